internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// A private copy of a database, with what its journal held put back; gone with the value. A database that this program has just
/// written is read itself.
///
/// The source is only ever read: opening it would let SQLite create files beside it, and opening it as if nothing changed it
/// would leave out what lies in its journal.
final class DatabaseCopy: Sendable {
  /// Path of the copy, which nothing changes any more.
  let path: [UInt8]
  let byteCount: Int64
  let header: DatabaseHeader
  let findings: [Finding]
  private let directory: PrivateDirectory?
  /// Keeps programs from changing the database itself where that is read instead of a copy.
  private let lock: SourceLock?

  /// What a file beside a database is called, in the order in which they are looked for.
  static let walSuffix = Array("-wal".utf8), journalSuffix = Array("-journal".utf8)

  /// Copies the files of a backup under a lock, where other programs may have them open.
  init(_ input: BackupInput) throws(ReadError) {
    guard let main = input.backup.artifacts.first(where: { $0.format == SQLiteFile.format }) else {
      throw ReadError(.unrecognised("backup holds no database"), artifact: input.container.path)
    }
    if input.options.written != nil, input.backup.artifacts.count == 1,
      let live = Self.liveFile(main.entry, input.container)
    {
      lock = try Self.lock(live, main.entry)
      directory = nil
      path = live
      self.findings = []
      (byteCount, header) = try Self.facts(live, main.entry)
      return
    }
    lock = nil
    let directory: PrivateDirectory
    do throws(IOError) { directory = try PrivateDirectory() } catch { throw ReadError(.io(error)) }
    self.directory = directory
    path = directory.path.appending(path: Array("copy".utf8))
    var findings: [Finding] = []
    let companions = input.backup.artifacts.filter { $0.format == SQLiteFile.companionFormat }.map(\.entry)
    let entries = [main.entry] + companions
    if let live = Self.liveFile(main.entry, input.container) {
      try withExtendedLifetime(try Self.lock(live, main.entry)) { () throws(ReadError) in
        let before = entries.map { Self.status($0, input.container) }
        try Self.copy(input, main.entry, companions, to: directory)
        guard entries.map({ Self.status($0, input.container) }) == before else {
          throw ReadError(.changed, artifact: main.entry.path)
        }
      }
    } else {
      try Self.copy(input, main.entry, companions, to: directory)
    }
    do throws(IOError) {
      if let finding = try Self.recover(path, main.entry) { findings.append(finding) }
    } catch { throw ReadError(.io(error), artifact: main.entry.path) }
    (byteCount, header) = try Self.facts(path, main.entry)
    self.findings = findings
  }

  /// Size and header of the database that is read.
  private static func facts(_ path: [UInt8], _ entry: ContainerEntry) throws(ReadError) -> (Int64, DatabaseHeader) {
    do throws(IOError) {
      let head = try SharedFile(path).bytes(at: 0, count: DatabaseHeader.byteCount)
      guard let header = DatabaseHeader(head) else {
        throw IOError(
          "read the database", detail: "it does not begin as a SQLite database does: it is encrypted or damaged",
          advice: "decrypt it first (SQLCipher: sqlcipher_export), or take another copy")
      }
      return (try fileStatus(path)?.byteCount ?? 0, header)
    } catch { throw ReadError(.io(error), artifact: entry.path) }
  }

  // MARK: Source

  /// The database file itself when it lies there as it is; nil within an archive or compression.
  private static func liveFile(_ entry: ContainerEntry, _ container: any BackupContainer) -> [UInt8]? {
    let path = container.file(of: entry)
    guard path.first == UInt8(ascii: "/"), let file = try? SharedFile(path), file.byteCount == entry.byteCount,
      let head = try? file.bytes(at: 0, count: DatabaseHeader.magic.count), head == DatabaseHeader.magic
    else { return nil }
    return path
  }

  private static func status(_ entry: ContainerEntry, _ container: any BackupContainer) -> FileStatus? {
    try? fileStatus(container.file(of: entry), followingLinks: false)
  }

  private static func lock(_ path: [UInt8], _ entry: ContainerEntry) throws(ReadError) -> SourceLock {
    do throws(SQLiteError) { return try SourceLock(path) } catch {
      throw ReadError(
        .io(
          IOError(
            "read the database", detail: error.message, advice: "end the program that writes to it, or try again later")
        ), artifact: entry.path)
    }
  }

  private static func copy(
    _ input: BackupInput, _ main: ContainerEntry, _ companions: [ContainerEntry], to directory: PrivateDirectory
  ) throws(ReadError) {
    // Whatever encoding texts are said to be in, a database is no text.
    let content = try input.toolbox.open(main, in: input.container, options: ReadOptions())
    try copy(content.text(), main, to: directory, Array("copy".utf8))
    for entry in companions {
      let suffix = entry.path.suffix(4) == walSuffix[...] ? walSuffix : journalSuffix
      let source: any ByteSource & ~Copyable
      do throws(IOError) { source = try input.container.open(entry) } catch {
        throw ReadError(.io(error), artifact: entry.path)
      }
      try copy(source, entry, to: directory, Array("copy".utf8) + suffix)
    }
  }

  private static func copy(
    _ source: consuming any ByteSource & ~Copyable, _ entry: ContainerEntry, to directory: PrivateDirectory,
    _ name: [UInt8]
  ) throws(ReadError) {
    do throws(IOError) {
      var source: any ByteSource & ~Copyable = source
      var sink = try directory.create(name), piece = ByteHeap(capacity: 1 << 20), isOver = false
      while !isOver {
        piece.removeAll()
        isOver = try piece.fill(from: &source)
        try sink.write(piece.span)
      }
    } catch { throw ReadError(.io(error), artifact: entry.path) }
  }

  // MARK: Recovery

  /// Puts into the copy what its write-ahead log holds, and takes out what its rollback journal says was never finished.
  private static func recover(_ path: [UInt8], _ entry: ContainerEntry) throws(IOError) -> Finding? {
    let wal = path + walSuffix, journal = path + journalSuffix
    var hasCompanion = false, problem: String?
    for file in [wal, journal] {
      guard let status = try fileStatus(file), status.byteCount > 0 else {
        try removeFile(file)
        continue
      }
      hasCompanion = true
    }
    guard hasCompanion else { return nil }
    if try namesOtherFile(journal) {
      // SQLite would look for that file and, when it finds it, may delete it.
      problem = "its journal names a file of another transaction"
      try removeFile(journal)
    }
    do throws(SQLiteError) {
      let connection = try Connection(path, ConnectionOptions(.write))
      _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
      try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch { problem = error.message }
    try removeFile(wal)
    try removeFile(journal)
    try removeFile(path + Array("-shm".utf8))
    return problem.map {
      Finding(
        "unreadable-journal", .error, "what lies in the journal beside the database cannot be used: \($0)",
        advice: "copy the database again, with its -wal or -journal file and while no program writes to it",
        artifact: entry.path)
    }
  }

  /// Whether a rollback journal ends in the name of a journal that speaks for several databases.
  private static func namesOtherFile(_ journal: [UInt8]) throws(IOError) -> Bool {
    guard let status = try fileStatus(journal), status.byteCount >= 16 else { return false }
    let mark: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    return try SharedFile(journal).bytes(at: status.byteCount - 8, count: 8) == mark
  }

  /// What reads the rows of a table from the pages themselves; nil where SQLite has to be asked.
  func reader(of table: DatabaseTable) -> TableReader? {
    guard header.isCurrent, table.hasPieces, table.root > 0, header.pageSize - header.reserved >= 480,
      byteCount == Int64(header.pageSize) * Int64(header.pageCount), let file = try? SharedFile(path)
    else { return nil }
    let layout = PageLayout(pageSize: header.pageSize, reserved: header.reserved, pageCount: header.pageCount)
    return TableReader(
      file, layout, root: table.root, columns: table.stored, rowLimit: Int(DatabaseTable.heldLimit))
  }

  /// Opens the copy so that nothing in it runs: no functions, triggers, views, virtual tables or extensions.
  func open() throws(SQLiteError) -> Connection {
    var options = ConnectionOptions(.read)
    options.isImmutable = true
    let connection = try Connection(path, options)
    try connection.restrictToReading()
    return connection
  }
}
