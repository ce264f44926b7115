internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// A backup whose files are open.
struct OpenedBackup: Sendable {
  var input: BackupInput
  var system: any SourceSystem

  /// Learns its tables and everything beside the rows.
  func survey() throws(Failure) -> Knowledge {
    try telling { () throws(ReadError) in try system.survey(input) }
  }
}

/// Opens what is at a path, or standard input for `-`, which is copied first; `progress` counts that.
func openContainer(_ path: [UInt8], _ progress: Progress? = nil) throws(Failure) -> any BackupContainer {
  guard path == Array("-".utf8) else {
    // As a migration's target is written.
    let scheme = Array("sqlite:".utf8)
    if path.starts(with: scheme), path.count > scheme.count {
      let file = path.dropFirst(scheme.count)
      return try openContainer(Array(file.starts(with: "//".utf8) ? file.dropFirst(2) : file), progress)
    }
    return try telling { () throws(ReadError) in try BuiltIn.recogniser.open(path) }
  }
  let file = try telling { () throws(IOError) in
    let file = try SpillFile()
    var input: any ByteSource & ~Copyable = try FileSource.standardInput()
    var piece = ByteHeap(capacity: 1 << 18)
    var isOver = false
    progress?.begin(Array("standard input".utf8))
    while !isOver {
      piece.removeAll()
      isOver = try piece.fill(from: &input)
      try file.append(piece.span)
      progress?.expect(Int64(piece.count))
      progress?.add(piece.count)
    }
    return try SharedFile(file)
  }
  return try telling { () throws(ReadError) in try BuiltIn.recogniser.open(standardInput: file) }
}

/// The backups at a path.
func recognise(
  _ path: [UInt8], _ invocation: Invocation, _ progress: Progress? = nil
) throws(Failure) -> Recognition {
  let container = try openContainer(path, progress)
  let system = ReadingFlags.system(invocation)
  return try telling { () throws(ReadError) in try BuiltIn.recogniser.recognise(container, only: system) }
}

/// The one backup at a path.
func openBackup(
  _ path: [UInt8], _ invocation: Invocation, _ options: ReadOptions, _ progress: Progress? = nil
) throws(Failure) -> OpenedBackup {
  let recognition = try recognise(path, invocation, progress)
  guard let backup = recognition.backups.first else { throw unrecognised(path, recognition.container) }
  guard recognition.backups.count == 1 else {
    let names = recognition.backups.prefix(4).map { backup in
      displayed(backup.artifacts.first { $0.role == .data }?.entry.path ?? backup.artifacts.first?.entry.path ?? [])
    }
    throw Failure(
      .usage, "'\(displayed(path))' holds \(recognition.backups.count) backups",
      advice: "name one of their files, or register them: \(names.joined(separator: ", "))"
        + (recognition.backups.count > 4 ? ", …" : ""))
  }
  return try opened(backup, in: recognition.container, options)
}

/// A detected backup with its system and everything needed to read it.
func opened(
  _ backup: DetectedBackup, in container: any BackupContainer, _ options: ReadOptions
) throws(Failure) -> OpenedBackup {
  guard let system = BuiltIn.recogniser.system(backup.system) else {
    throw Failure(.failure, "this build does not know the system '\(displayed(Array(backup.system.utf8)))'")
  }
  let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.recogniser.toolbox, options: options)
  return OpenedBackup(input: input, system: system)
}

/// Nothing that is known was found at a path.
func unrecognised(_ path: [UInt8], _ container: any BackupContainer) -> Failure {
  let count = container.entries.count
  let what = count == 0 ? "holds no files" : count == 1 ? "is no backup that is known" : "holds no backup that is known"
  return Failure(
    .failure, "'\(displayed(path))' \(what)",
    advice: count == 0
      ? nil : "'coffer formats' lists what can be read; --system and --encoding override what is guessed")
}
