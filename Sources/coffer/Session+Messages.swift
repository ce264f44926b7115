internal import Bytes
internal import CommandLine
internal import Synchronization

/// Where the messages of a verb go that a program reads.
enum MessagePlace: Sendable { case standardOutput, standardError }

/// Messages of the thread that works and of the one that tells of progress do not run into each other.
private let messageLock = Mutex(())

extension Session {
  /// Begins to show progress, unless nobody wants to see it: to people on standard error, to programs as messages. Verbs that
  /// answer programs with one document have no place for messages. `end` has to be called.
  func show(_ verb: String, _ progress: Progress, messages: MessagePlace? = nil) -> ProgressDisplay? {
    if isQuiet { return nil }
    guard isForPrograms else { return .begin(verb, progress, as: .init(standardError)) }
    guard let messages else { return nil }
    return .begin(verb, progress, as: .messages) { text in
      // Whoever works notices for itself when its output cannot be written.
      try? write(message: Array(text.utf8), to: messages)
    }
  }

  /// Writes messages for programs, one JSON object per line.
  func printMessages(_ messages: [[Value.Field]], to place: MessagePlace) throws(Failure) {
    var text: [UInt8] = []
    for fields in messages { text += jsonLine(fields.map { .init($0.name, $0.value.shown(in: zone)) }) }
    do throws(IOError) { try write(message: text, to: place) } catch { throw Failure(writing: error) }
  }
}

private func write(message: [UInt8], to place: MessagePlace) throws(IOError) {
  try messageLock.withLock { (_) throws(IOError) in
    switch place {
    case .standardError: writeStandardError(String(decoding: message, as: UTF8.self))
    case .standardOutput:
      var sink = try DescriptorSink.standardOutput()
      try sink.write(message.span)
    }
  }
}
