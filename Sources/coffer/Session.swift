internal import Bytes
internal import CommandLine

/// What a verb works with: its command line and the places it writes to.
struct Session: Sendable {
  let invocation: Invocation
  let standardOutput: Terminal
  let standardError: Terminal
  let format: OutputFormat
  let isQuiet: Bool

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

  /// Tells people something that only matters to those who ask for it.
  func detail(_ text: String) {
    if invocation.isSet(GlobalFlags.verbose) { writeStandardError("\(text)\n") }
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
