internal import Bytes
internal import CommandLine
internal import Diagnostics

extension Session {
  /// Starts the same command once more, in the background and with a log, and says where that is.
  func detach(_ place: CapturePlace) throws(Failure) -> ExitCode {
    let log = invocation.bytes(CaptureFlags.log) ?? place.directory + Array(".log".utf8)
    guard try telling({ () throws(IOError) in try fileStatus(log, followingLinks: false) }) == nil else {
      throw Failure(.failure, "cannot create '\(displayed(log))': it exists", advice: "name another file with --log")
    }
    // What can be refused is refused while somebody looks.
    _ = try telling { () throws(IOError) in try StagedDirectory(place.directory) }
    let process = try telling { () throws(IOError) in
      try ChildProcess.startAgain(arguments(place), log: log)
    }
    guard isForPrograms else {
      try print(remark: "started process \(process); its log: \(displayed(log)), then \(displayed(place.directory))")
      return .success
    }
    try printMessages(
      [
        [
          .init("message_type", .text("status")), .init("action", .text("started")),
          .init("process", .integer(process)),
          .init("log", .bytes(log)), .init("output", .bytes(place.directory)),
        ]
      ], to: .standardOutput)
    return .success
  }

  /// The words of the command line without those of the background, and with the directory that was settled.
  private func arguments(_ place: CapturePlace) -> [[UInt8]] {
    var words: [[UInt8]] = [], isOver = false, skips = false
    for word in ProcessSetup.arguments {
      if skips {
        skips = false
        continue
      }
      isOver = isOver || word == Array("--".utf8)
      if !isOver {
        if word == Array("--detach".utf8) || word.starts(with: "--log=".utf8) { continue }
        if word == Array("--log".utf8) {
          skips = true
          continue
        }
      }
      words.append(word)
    }
    let settled = [Array("--output".utf8), place.directory, Array("--json".utf8)]
    let end = words.firstIndex(of: Array("--".utf8)) ?? words.count
    return Array(words[..<end]) + settled + words[end...]
  }
}
