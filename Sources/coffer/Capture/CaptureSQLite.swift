internal import Bytes
internal import Capture
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteFile

extension CaptureRun {
  /// Copies a SQLite database that others may be writing to; what the copy is made of.
  mutating func captureSQLite() throws(Failure) -> CaptureManifest {
    let path = filePath(session.invocation.operands[1])
    let name = stem(of: path), now = currentMicroseconds()
    let manifest = CaptureManifest(
      system: "sqlite", kind: "database file", project: Name(name), source: path, server: Array("SQLite".utf8),
      takenAt: now)
    var stage = try begin(manifest)
    try copyDatabase(path, Name(name + Array("_backup_\(place.stamp).db".utf8)), .data, &stage)
    try commit(&stage)
    return stage.manifest
  }

  /// The file that a word names, which may be written as a migration's target is.
  func filePath(_ word: [UInt8]) -> [UInt8] {
    guard word.starts(with: "sqlite:".utf8) else { return word }
    let path = Array(word.dropFirst(7))
    return path.starts(with: "//".utf8) ? Array(path.dropFirst(2)) : path
  }

  /// A file's name without its ending.
  func stem(of path: [UInt8]) -> [UInt8] {
    let name = path.lastPathComponent
    let stem = name.lastIndex(of: UInt8(ascii: ".")).map { Array(name[..<$0]) } ?? name
    return fileName(for: Name(stem.isEmpty ? name : stem))
  }

  /// Begins the directory, which must not be there.
  func begin(_ manifest: CaptureManifest) throws(Failure) -> CaptureStage {
    do throws(IOError) { return try CaptureStage(place.directory, manifest, progress) } catch {
      var failure = Failure(error)
      if error.isExistingFile { failure.advice = "name a directory that does not exist or is empty" }
      throw failure
    }
  }

  /// Copies the database into the stage and counts the rows of its tables.
  mutating func copyDatabase(
    _ path: [UInt8], _ name: Name, _ role: ArtifactRole, _ stage: inout CaptureStage
  ) throws(Failure) {
    progress.begin(path)
    guard try telling({ () throws(IOError) in try fileStatus(path) })?.kind == .regular else {
      throw Failure(.failure, "'\(displayed(path))' is no file", advice: "name a SQLite database file")
    }
    let target = stage.path.appending(path: name.bytes)
    stage.manifest.tables = try telling { () throws(CaptureError) in try SQLiteCapture.copy(path, to: target) }
    try telling { () throws(IOError) -> Void in try stage.adopt(name.bytes, role, format: SQLiteFile.format) }
  }
}
