package import Bytes
internal import Diagnostics
package import Records
internal import Synchronization

/// Files within a backup on their way into a directory: a survey writes them where nobody sees them and names them when all is
/// known of them; the directory appears when the rows have been written.
package final class FileStage: Sendable {
  /// A file that has its name.
  fileprivate struct Kept: Sendable {
    var number: Int
    var reference: FileReference
    /// Where its reference stands instead of its content.
    var column: Name?

    /// Whether it belongs to one of the tables, or to none.
    func isKept(_ columns: [Name: Set<Name>]) -> Bool {
      guard let table = reference.object.table else { return true }
      guard let columns = columns[table] else { return false }
      return column.map { columns.contains($0) } ?? true
    }
  }
  fileprivate struct State: ~Copyable {
    var directory: StagedDirectory
    var count = 0
    var kept: [Kept] = []
    /// Paths that are taken, as file systems see them that know no capital letters, and the number last tried behind each.
    var taken: [[UInt8]: Int] = [:]
  }
  private let state: Mutex<State>
  /// The directory's name once the files are there.
  package let path: [UInt8]
  fileprivate let stage: [UInt8]
  fileprivate let group = StagedFileGroup()

  /// The name of the list of all files, which lies beside them.
  fileprivate static var list: [UInt8] { Array("files.jsonl".utf8) }

  /// Begins a directory of files at `path`.
  package init(_ path: [UInt8], replaces: Bool) throws(IOError) {
    let directory = try StagedDirectory(path, replaces: replaces)
    self.path = path
    stage = directory.stage
    state = Mutex(State(directory: directory))
  }

  // MARK: Surveys

  /// Begins a file; its number keeps or discards it.
  package func begin() throws(IOError) -> (number: Int, file: StagedFile) {
    let number = state.withLock { state in
      state.count += 1
      return state.count - 1
    }
    return (number, try StagedFile(temporaryPath(number), in: group))
  }

  /// Takes a file away that is not to be there.
  package func discard(_ number: Int) throws(IOError) { try removeFile(temporaryPath(number)) }

  /// Names a finished file `folder/name.ending`, or nearly so; gives what stands for it elsewhere. `column`: it stood in cells of
  /// its object's table, and only matters when they are written.
  package func keep(
    _ number: Int, _ folder: Name, _ name: Name, ending: [UInt8], _ object: SchemaObject, column: Name? = nil
  ) -> FileReference {
    let tail = FileEnding.isPlain(ending[...]) ? [UInt8(ascii: ".")] + ending : []
    // Nothing but the list of files is called as it is.
    var place = fileName(for: folder)
    if place.map(asciiLower) == Self.list { place.append(UInt8(ascii: "-")) }
    let base = place.appending(path: fileName(for: name))
    return state.withLock { state in
      let reference = FileReference(object, state.takePath(base, tail))
      state.kept.append(Kept(number: number, reference: reference, column: column))
      return reference
    }
  }

  /// Measures the bytes of an entry, as far as they can be read, and copies them to where files are wanted: the copy's number,
  /// which it has when it is whole.
  package static func measure(
    _ entry: ContainerEntry, in container: any BackupContainer, copyingTo stage: FileStage?
  ) throws(IOError) -> (sha256: [UInt8], byteCount: Int64, staged: Int?) {
    var hash = SHA256(), byteCount: Int64 = 0, isOver = false
    var piece = ByteHeap(capacity: 1 << 16)
    let copy = try stage?.begin()
    do throws(IOError) {
      var source = try container.open(entry)
      while !isOver {
        piece.removeAll()
        isOver = try piece.fill(from: &source)
        hash.update(piece.span)
        byteCount += Int64(piece.count)
        try copy?.file.append(piece.span)
      }
    } catch {
      if error.isInterruption || copy?.file.hasFailed == true { throw error }
    }
    try copy?.file.finish()
    if let copy, !isOver { try stage?.discard(copy.number) }
    return (hash.finish(), byteCount, isOver ? copy?.number : nil)
  }

  /// Names a file of a container.
  package func keep(_ number: Int, _ folder: Name, _ path: [UInt8], _ object: SchemaObject) {
    let (stem, ending) = FileEnding.split(path.lastPathComponent)
    _ = keep(number, folder, Name(stem), ending: ending, object)
  }

  // MARK: The end

  /// The files that `commit` will put into the directory when these tables are written.
  package func references(of tables: [TableSchema]) -> [FileReference] {
    let columns = FileStage.columns(of: tables)
    return state.withLock { state in state.kept.filter { $0.isKept(columns) }.map(\.reference) }
  }

  fileprivate static func columns(of tables: [TableSchema]) -> [Name: Set<Name>] {
    Dictionary(tables.map { ($0.name, Set($0.columns.map(\.name))) }, uniquingKeysWith: { $0.union($1) })
  }

  /// Gives the directory its name, with the files that belong to `tables` or to none; returns how many these are.
  package func commit(_ tables: [TableSchema]) throws(IOError) -> (files: Int, bytes: Int64) {
    try group.finish()
    let outcome = state.withLock { state -> Result<(files: Int, bytes: Int64), IOError> in
      do throws(IOError) { return .success(try state.commit(tables, self)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  fileprivate func temporaryPath(_ number: Int) -> [UInt8] {
    stage.appending(path: Array(".\(number)".utf8))
  }
}

extension FileStage.State {
  /// The first path that is free: `base.tail`, `base-2.tail` and so on.
  fileprivate mutating func takePath(_ base: [UInt8], _ tail: [UInt8]) -> [UInt8] {
    let key = (base + tail).map(asciiLower)
    var path = base + tail
    while taken[path.map(asciiLower)] != nil {
      let next = taken[key, default: 1] + 1
      taken[key] = next
      path = base + Array("-\(next)".utf8) + tail
    }
    taken[path.map(asciiLower)] = 1
    return path
  }

  fileprivate mutating func commit(_ tables: [TableSchema], _ files: FileStage) throws(IOError) -> (Int, Int64) {
    let columns = FileStage.columns(of: tables)
    var folders = Set<[UInt8]>(), count = 0, bytes: Int64 = 0
    var list = OutputBuffer(try DurableFile(files.stage.appending(path: FileStage.list)))
    for file in kept where file.isKept(columns) {
      let path = files.stage.appending(path: file.reference.path), folder = path.directoryPath
      if folders.insert(folder).inserted { try createDirectory(folder) }
      try moveFile(files.temporaryPath(file.number), to: path)
      try file.reference.write(to: &list)
      count += 1
      bytes += file.reference.byteCount
    }
    try list.finish()
    for folder in folders { try synchronizeDirectory(folder) }
    // What was not kept, or belongs to what is not written.
    for name in try directoryNames(files.stage) where name.first == UInt8(ascii: ".") {
      try removeFile(files.stage.appending(path: name))
    }
    try directory.commit()
    return (count, bytes)
  }
}
