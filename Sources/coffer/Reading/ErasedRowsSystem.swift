internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// A registered backup without the rows that were erased since: its file still holds them, what is read of it does not.
struct ErasedRowsSystem: WrappedSystem {
  let system: any SourceSystem
  private let erased: ErasedRows

  init(_ system: any SourceSystem, _ erased: ErasedRows) {
    self.system = system
    self.erased = erased
  }

  func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    ErasedRowsReader(try system.openRecords(input, knowledge), erased)
  }
}

private struct ErasedRowsReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let erased: ErasedRows
  private var current: ErasedRowsOfTable?
  private var table = Name("")
  private var counts: [Name: Int] = [:]
  private(set) var findings: [Finding] = []

  init(_ reader: consuming any RecordReader & ~Copyable, _ erased: ErasedRows) {
    self.reader = reader
    self.erased = erased
  }

  private mutating func note() {
    findings =
      reader.findings
      + counts.sorted { $0.key < $1.key }.map { table, count in
        Finding(
          "erased-rows-left-out", .info, "rows that were erased are left out", table: table, count: count)
      }
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { note() }
    guard let next = try reader.nextTable() else { return nil }
    table = next.name
    current = erased.inTable(next)
    return next
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    defer { note() }
    while try reader.read(into: &batch) {
      let count = current?.remove(from: &batch) ?? 0
      if count > 0 { counts[table, default: 0] += count }
      if batch.rowCount > 0 { return true }
    }
    return false
  }
}

extension Session {
  /// A registered backup as it is read since rows of its project were erased.
  func withoutErasedRows(_ opened: OpenedBackup, of backup: Backup) throws(Failure) -> OpenedBackup {
    let catalog = try openCatalog()
    let erased = try telling { () throws(CatalogError) in
      try catalog.read { reader throws(CatalogError) in
        ErasedRows(try reader.erasures(project: backup.project), key: reader.secretKey)
      }
    }
    guard !erased.isEmpty else { return opened }
    var opened = opened
    opened.system = ErasedRowsSystem(opened.system, erased)
    return opened
  }
}
