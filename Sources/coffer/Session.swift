internal import Bytes
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

  /// Settles what flags and environment say about output.
  init(_ invocation: Invocation) throws(Failure) {
    self.invocation = invocation
    let defaults = try (
      color: choice("COFFER_COLOR", as: ColorChoice.self), format: choice("COFFER_FORMAT", as: OutputFormat.self)
    )
    let color = invocation.choice(GlobalFlags.color) ?? defaults.color ?? .auto
    standardOutput = Terminal.onDescriptor(1, color: color)
    standardError = Terminal.onDescriptor(2, color: color)
    let json: OutputFormat? = invocation.isSet(GlobalFlags.json) ? .json : nil
    format = invocation.choice(GlobalFlags.format) ?? json ?? defaults.format ?? .table
    isQuiet = invocation.isSet(GlobalFlags.quiet)
    isVerbose = invocation.isSet(GlobalFlags.verbose)
  }

  /// Whether messages are for programs.
  var isForPrograms: Bool { format == .json || format == .jsonl }

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
    return try Report(to: sink, format, standardOutput, isSingle: isSingle)
  }

  /// Tells people something that is no part of the answer.
  func note(_ text: String) {
    if !isQuiet { writeStandardError("\(text)\n") }
  }

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
    writeStandardError("\(question) [y/N] ")
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
    let word = String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isWhitespace).first ?? ""
    guard ["y", "yes"].contains(word.lowercased()) else { throw refusal }
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

  /// Begins to show progress on standard error, unless nobody wants to see it. `end` has to be called.
  func show(_ verb: String, _ progress: Progress) -> ProgressDisplay? {
    isQuiet || isForPrograms ? nil : .begin(verb, progress, on: standardError)
  }

  /// Writes messages for programs, one JSON object per line.
  func printMessages(_ messages: [[Value.Field]], onStandardError: Bool) throws(Failure) {
    var text: [UInt8] = []
    for fields in messages { text += jsonLine(fields) }
    if onStandardError {
      writeStandardError(String(decoding: text, as: UTF8.self))
    } else {
      try print(String(decoding: text, as: UTF8.self))
    }
  }
}

/// The value of an environment variable that is one of some words.
private func choice<T: RawRepresentable<String> & CaseIterable>(_ variable: String, as type: T.Type) throws(Failure)
  -> T?
{
  guard let value = environment(variable), !value.isEmpty else { return nil }
  guard let choice = T(rawValue: String(decoding: value, as: UTF8.self)) else {
    throw .usage(
      "\(variable) is none of the words it can be",
      advice: "one of: " + T.allCases.map(\.rawValue).joined(separator: ", "))
  }
  return choice
}
