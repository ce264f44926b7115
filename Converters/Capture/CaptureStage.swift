package import Bytes
package import Conversion
internal import Records

/// The files of a capture before it has its name: written once, checksummed on the way, readable by their owner alone.
package struct CaptureStage: ~Copyable {
  private var directory: StagedDirectory
  private let group = StagedFileGroup()
  private let progress: Progress
  /// Directories below, by their names.
  private var folders: [[UInt8]] = []
  package var manifest: CaptureManifest

  /// Begins a directory at a path, which must not exist or be empty.
  package init(_ path: [UInt8], _ manifest: CaptureManifest, _ progress: Progress) throws(IOError) {
    directory = try StagedDirectory(path)
    self.manifest = manifest
    self.progress = progress
  }

  /// Where the files are until then.
  package var path: [UInt8] { directory.stage }

  /// Writes a file and notes it; `name` may lead into a directory below, which is made.
  package mutating func write(
    _ name: [UInt8], _ role: ArtifactRole, format: String, table: Name? = nil,
    from source: inout any ByteSource & ~Copyable
  ) throws(IOError) {
    progress.begin(name)
    let file = try begin(name)
    var hash = SHA256(), count: Int64 = 0, piece = ByteHeap(capacity: 1 << 18), isOver = false
    while !isOver {
      piece.removeAll()
      isOver = try piece.fill(from: &source)
      hash.update(piece.span)
      try file.append(piece.span)
      count += Int64(piece.count)
      progress.add(piece.count)
    }
    try file.finish()
    note(name, role, format, table, count, hash.finish())
  }

  /// Notes a file that somebody else has put into the stage, and makes it durable.
  package mutating func adopt(
    _ name: [UInt8], _ role: ArtifactRole, format: String, table: Name? = nil
  ) throws(IOError) {
    let path = directory.stage.appending(path: name)
    try synchronizeFile(path)
    var source: any ByteSource & ~Copyable = try FileSource(path)
    var hash = SHA256(), count: Int64 = 0, piece = ByteHeap(capacity: 1 << 18), isOver = false
    while !isOver {
      piece.removeAll()
      isOver = try piece.fill(from: &source)
      hash.update(piece.span)
      count += Int64(piece.count)
    }
    note(name, role, format, table, count, hash.finish())
  }

  /// Writes a file of bytes that are there.
  package mutating func write(
    _ name: [UInt8], _ role: ArtifactRole, format: String, _ bytes: [UInt8]
  ) throws(IOError) {
    let file = try begin(name)
    var hash = SHA256()
    hash.update(bytes.span)
    try file.append(bytes.span)
    try file.finish()
    note(name, role, format, nil, Int64(bytes.count), hash.finish())
  }

  private mutating func begin(_ name: [UInt8]) throws(IOError) -> StagedFile {
    let path = directory.stage.appending(path: name)
    let folder = path.directoryPath
    if folder != directory.stage, !folders.contains(folder) {
      try createDirectory(folder)
      folders.append(folder)
    }
    return try StagedFile(path, in: group)
  }

  private mutating func note(
    _ name: [UInt8], _ role: ArtifactRole, _ format: String, _ table: Name?, _ count: Int64, _ sum: [UInt8]
  ) {
    manifest.files.append(
      CaptureManifest.File(
        name, role, format: format, table: table, byteCount: count, checksum: Array(hexadecimal(sum).utf8)))
  }

  /// Writes the manifest; whoever looks at the stage now sees the backup as it will be.
  package mutating func writeManifest() throws(IOError) {
    let file = try StagedFile(directory.stage.appending(path: CaptureManifest.fileName), in: group)
    let bytes = manifest.json
    try file.append(bytes.span)
    try file.finish()
    try group.finish()
    for folder in folders { try synchronizeDirectory(folder) }
  }

  /// Gives the directory its name.
  package mutating func commit() throws(IOError) { try directory.commit() }
}
