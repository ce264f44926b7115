internal import Bytes
internal import CatalogModel
internal import CommandLine
internal import Diagnostics

/// What a verb works with: its command line and the places it writes to.
struct Session: Sendable {
  let invocation: Invocation
  let standardOutput: Terminal
  let standardError: Terminal
  let format: OutputFormat
  let isQuiet: Bool
  let isVerbose: Bool
  /// The zone of times that name none.
  let zone: TimeZone
  /// What flags, environment and configuration files say.
  let settings: Settings
  let configuration: ConfigurationFiles

  /// Settles what flags, environment and configuration files say. A mistake in them is a failure, unless the verb goes on
  /// without what cannot be understood.
  init(_ invocation: Invocation, toleratesMistakes: Bool = false) throws(Failure) {
    self.invocation = invocation
    configuration = ConfigurationFiles()
    settings = Settings(
      Setting.all, of: program.name, invocation, variables: environment, files: configuration.files,
      home: environment("HOME").flatMap { $0.isEmpty ? nil : $0 })
    let color = settings.word(.color, as: ColorChoice.self) ?? .auto
    standardOutput = Terminal.onDescriptor(1, color: color)
    standardError = Terminal.onDescriptor(2, color: color)
    // --json is as near as --format; anything else is further away.
    let json: OutputFormat? = invocation.isSet(GlobalFlags.json) ? .json : nil
    format = invocation.choice(GlobalFlags.format) ?? json ?? settings.word(.format) ?? .table
    isQuiet = settings.isOn(.quiet)
    isVerbose = settings.isOn(.verbose)
    zone = settings[.zone].flatMap { TimeZone(named: $0.bytes) } ?? .utc
    guard !toleratesMistakes else { return }
    if let problem = mistakes.first { throw problem }
    for (path, reason) in configuration.ignored {
      note(
        "warning: '\(displayed(path))' is not honoured: \(reason.reason)"
          + (reason.advice.map { "\n  advice: \($0)" } ?? ""))
    }
  }

  /// What environment and configuration files have that cannot be understood.
  var mistakes: [Failure] { configuration.problems + settings.problems }

  /// Whether messages are for programs.
  var isForPrograms: Bool { format == .json || format == .jsonl }

  /// Whether answers are laid out for people.
  var isForPeople: Bool { format == .table || format == .md }

  /// Writes text to standard output.
  func print(_ text: String) throws(Failure) {
    do throws(IOError) {
      var output = OutputBuffer(try DescriptorSink.standardOutput())
      try output.append(Array(text.utf8))
      try output.finish()
    } catch { throw Failure(writing: error) }
  }

  /// A report on standard output.
  func report(isSingle: Bool = true) throws(Failure) -> Report {
    let sink: DescriptorSink
    do throws(IOError) { sink = try .standardOutput() } catch { throw Failure(writing: error) }
    return try Report(to: sink, format, standardOutput, zone: zone, isSingle: isSingle)
  }

  /// Tells people something that is no part of the answer.
  func note(_ text: String) {
    if !isQuiet { writeStandardError("\(text)\n") }
  }

  /// A moment as text in the zone that was asked for.
  func shown(_ moment: Moment) -> String { rfc3339(microseconds: moment.microseconds, in: zone) }

  /// Tells people what was done, on standard output.
  func print(remark text: String) throws(Failure) {
    if !isQuiet { try print("\(text)\n") }
  }

  /// Tells people something that only matters to those who ask for it.
  func detail(_ text: String) {
    if isVerbose { writeStandardError("\(text)\n") }
  }
}

extension Session {
  /// Asks on the terminal; anything but yes is a refusal, and so is a terminal that is not there.
  func confirm(_ question: String) throws(Failure) {
    let refusal = Failure(.refused, "not confirmed: \(question)", advice: "pass --yes to go on without being asked")
    guard isTerminal(0), standardError.isInteractive else { throw refusal }
    let answer = try ask("\(question) [y/N]")
    let word = String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isWhitespace).first ?? ""
    guard ["y", "yes"].contains(word.lowercased()) else { throw refusal }
  }

  /// Asks on the terminal; the line that is typed, without white space around it.
  func ask(_ question: String) throws(Failure) -> [UInt8] {
    writeStandardError("\(question) ")
    var line = ByteHeap(capacity: 1)
    var answer: [UInt8] = []
    do throws(IOError) {
      var input: any ByteSource & ~Copyable = try FileSource.standardInput()
      while answer.count < 100, answer.last != UInt8(ascii: "\n") {
        line.removeAll()
        if try line.fill(from: &input) { break }
        answer.append(line[0])
      }
    } catch { throw Failure(error) }
    let isSpace: (UInt8) -> Bool = { $0 <= UInt8(ascii: " ") }
    return Array(Array(answer.drop(while: isSpace)).reversed().drop(while: isSpace).reversed())
  }

  /// Shows findings that people should know of on standard error.
  func note(findings: [Finding]) {
    for finding in findings where finding.isForPeople {
      // Many messages name the number themselves.
      let isSaid = finding.message.utf8.split { !(0x30...0x39).contains($0) }.contains {
        $0.elementsEqual("\(finding.count)".utf8)
      }
      let count = finding.count > 1 && !isSaid ? " (\(finding.count) times)" : ""
      note("\(finding.severity.word): \(finding.message)\(count)" + (finding.advice.map { "\n  advice: \($0)" } ?? ""))
    }
    for finding in findings where !finding.isForPeople { detail("info: \(finding.message)") }
  }
}
