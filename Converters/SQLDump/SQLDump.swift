package import Bytes
package import Conversion
package import Diagnostics
internal import PostgresArchive
package import Records
package import SQLText
internal import Synchronization

/// A dump in SQL that an entry of a backup is, and how its rows are had.
///
/// Archives of pg_dump are read as the SQL text that they stand for.
package struct SQLDump: Sendable {
  package let entry: ContainerEntry
  package let sniff: SQLDumpSniff
  private let container: any BackupContainer
  private let toolbox: Toolbox
  private let options: ReadOptions
  private let archive = OpenedArchive()
  /// What had to be done to get at the text.
  package let openingFindings: [Finding]

  /// Looks at an entry; nil when it is no SQL.
  package init?(
    _ entry: ContainerEntry, in container: any BackupContainer, _ toolbox: Toolbox, _ options: ReadOptions
  ) throws(ReadError) {
    let content = try toolbox.open(entry, in: container, options: options, headCount: 1 << 16)
    guard let sniff = SQLDumpSniff(content.head) else { return nil }
    self.entry = entry
    self.sniff = sniff
    self.container = container
    self.toolbox = toolbox
    var options = options
    if options.encoding == nil, let own = sniff.encoding, own != .utf8 { options.encoding = own }
    self.options = options
    openingFindings =
      content.findings + (sniff.noise > 0 ? [Content.noiseFinding(sniff.noise, in: entry.path)] : [])
  }

  /// The text of a plain dump, in UTF-8 as far as its encoding is known.
  private func openText() throws(ReadError) -> any ByteSource & ~Copyable {
    let content = try toolbox.open(entry, in: container, options: options)
    guard sniff.noise > 0 else { return content.text() }
    var peeked = PeekedSource(content.text(), count: sniff.noise)
    peeked.skip(sniff.noise)
    return peeked
  }

  /// What the dump declares, where its container has it without the rows.
  private func declared() throws(ReadError) -> (any ByteSource & ~Copyable)? {
    do throws(IOError) { return try container.openDeclared(entry) } catch { throw ReadError(.io(error)) }
  }

  /// The archive; nil for a plain dump.
  private func openArchive() throws(ReadError) -> PostgresArchive? {
    switch sniff.form {
    case .plain: return nil
    case .custom: return try archive.get { () throws(ReadError) in try PostgresArchive.open(custom: file()) }
    case .members:
      return try archive.get { () throws(ReadError) in
        let content = try toolbox.open(entry, in: container, options: options)
        var text = content.text()
        let toc: [UInt8]
        do throws(IOError) { toc = try readAll(&text, limit: 1 << 30) } catch { throw ReadError(.io(error)) }
        return try PostgresArchive.open(toc: toc, members: EntryMembers(container, beside: entry))
      }
    }
  }

  /// The archive's bytes as a file; what is no file of its own is copied to a private one.
  private func file() throws(ReadError) -> SharedFile {
    do throws(IOError) {
      if let file = try container.sharedFile(entry), ArchiveHeader.matches(try file.bytes(at: 0, count: 5)) {
        return file
      }
      let content: Content
      do throws(ReadError) { content = try toolbox.open(entry, in: container, options: options) } catch {
        guard case .io(let error) = error.code else { throw IOError("open", detail: error.message) }
        throw error
      }
      let spill = try SpillFile()
      var source = content.text(), heap = ByteHeap(capacity: 1 << 20)
      while true {
        let isLast = try heap.fill(from: &source)
        try spill.append(heap.span)
        heap.removeAll()
        if isLast { break }
      }
      return try SharedFile(spill)
    } catch { throw ReadError(.io(error), artifact: entry.path) }
  }

  /// The dump as SQL in UTF-8: a plain one as it is, an archive as the script that it stands for.
  /// `onlyLargeObjects`: of an archive nothing else is decoded. `withoutRows`: rows may be left out.
  package func openScript(
    onlyLargeObjects: Bool = false, withoutRows: Bool = false
  ) throws(ReadError) -> any ByteSource & ~Copyable {
    do throws(ReadError) {
      if withoutRows, let declared = try declared() { return declared }
      guard let archive = try openArchive() else { return try openText() }
      if let refusal = archive.refusal { throw refusal }
      let script = archive.script { !onlyLargeObjects || $0.holdsLargeObjects }
      self.archive.notes = script.notes
      let encoding = options.encoding ?? archive.encoding.flatMap { SQLDumpSniff.encoding(named: $0.bytes) }
      guard let encoding, encoding != .utf8 else { return script }
      return TranscodingSource(script, from: encoding)
    } catch { throw error.located(in: entry.path) }
  }

  /// A reader of the rows in the schemas of `tables`; empty: in those found while reading, which `outcome` then has. Rows of tables
  /// that are not `wanted` may be left out.
  package func openRecords(
    _ tables: [TableSchema], wanted: Set<Name>? = nil, outcome: SQLDumpOutcome? = nil,
    largeObjects: (any LargeObjectStore)? = nil
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    LocatedReader(
      SQLDumpReader(
        try openScript(withoutRows: wanted?.isEmpty == true), sniff.syntax, tables: tables, wanted: wanted,
        outcome: outcome, isSurvey: outcome != nil,
        largeObjects: largeObjects),
      in: entry.path)
  }

  /// `plain`, `custom`, `directory` or `tar`.
  var formatWord: String {
    switch sniff.form {
    case .plain: "plain"
    case .custom: "custom"
    case .members: container.isDirectory ? "directory" : "tar"
    }
  }
  /// `postgres`, `mysql` or `sqlite`.
  var dialectWord: String {
    switch sniff.syntax.family {
    case .postgres: "postgres"
    case .mysql: "mysql"
    case .sqlite: "sqlite"
    }
  }

  /// Large objects that an archive which has been read to its end does not hold whole.
  var lostLargeObjects: Set<Name> { Set((archive.notes?.lostLargeObjects ?? []).map { Name("\($0)") }) }
  /// What was noticed in an archive that has been read to its end.
  var archiveFindings: [Finding] { archive.notes?.findings ?? [] }
}

/// The archive of a dump, opened when it is first needed and kept for the next reading.
private final class OpenedArchive: Sendable {
  private let archive = Mutex<PostgresArchive?>(nil)
  private let kept = Mutex<ScriptNotes?>(nil)

  func get(_ open: () throws(ReadError) -> PostgresArchive) throws(ReadError) -> PostgresArchive {
    if let known = archive.withLock({ $0 }) { return known }
    let opened = try open()
    archive.withLock { $0 = opened }
    return opened
  }
  /// Of the last reading.
  var notes: ScriptNotes? {
    get { kept.withLock { $0 } }
    set { kept.withLock { $0 = newValue } }
  }
}

/// The data files of a directory or tar dump: the entries beside its table of contents.
private struct EntryMembers: ArchiveMembers {
  private let container: any BackupContainer
  private let prefix: [UInt8]

  init(_ container: any BackupContainer, beside entry: ContainerEntry) {
    self.container = container
    prefix = Array(entry.path.dropLast(entry.path.lastPathComponent.count))
  }
  func open(_ name: [UInt8]) throws(IOError) -> (any ByteSource & ~Copyable)? {
    guard let entry = container.entry(at: prefix + name) else { return nil }
    return try container.open(entry)
  }
  func byteCount(of name: [UInt8]) -> Int64? { container.entry(at: prefix + name)?.byteCount }
}
