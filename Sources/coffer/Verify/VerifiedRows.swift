internal import Bytes
internal import CatalogModel
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// The rows of a backup, read once more: digests of all tables, and whether keys and references hold.
struct VerifiedRows {
  private var tables: [(name: Name, digester: RowDigester)]
  private var positions: [Name: Int] = [:]
  private var check: RelationCheck?
  /// Why the rows ended early, and what was noticed on the way.
  private(set) var failure: ReadError?
  private(set) var findings: [Finding] = []

  init(_ knowledge: Knowledge, checksRelations: Bool) {
    tables = knowledge.tables.map { ($0.name, RowDigester($0)) }
    for (i, table) in knowledge.tables.enumerated() { positions[table.name] = i }
    if checksRelations {
      check = RelationCheck(
        knowledge.tables, unverified: knowledge.unverifiedForeignKeys, objects: knowledge.objects)
    }
  }

  var recordCount: Int { tables.reduce(0) { $0 + $1.digester.digest.count } }

  /// Records of each table.
  var counts: [(name: Name, count: Int)] { tables.map { ($0.name, $0.digester.digest.count) } }

  /// Records of a table; nil when there is no such table.
  func recordCount(of table: Name) -> Int? { positions[table].map { tables[$0].digester.digest.count } }

  /// Reads all rows.
  mutating func read(_ backup: OpenedBackup, _ knowledge: Knowledge) throws(Failure) {
    guard !knowledge.tables.isEmpty else { return }
    let reader: any RecordReader & ~Copyable
    do throws(ReadError) { reader = try backup.system.openRecords(backup.input, knowledge) } catch {
      failure = error
      return
    }
    let ahead = ReadAhead.start(reader)
    var failed: Failure?
    do throws(IOError) { try take(ahead) } catch { failed = Failure(error) }
    let end = ahead.finish()
    findings = end.findings
    if case .read(let error) = end.failure { failure = error }
    if let failed { throw failed }
  }

  private mutating func take(_ ahead: ReadAhead) throws(IOError) {
    var current = -1
    while let item = ahead.next() {
      switch item {
      case .begin(let table):
        current = positions[table.name] ?? -1
        check?.begin(table)
      case .rows(let box):
        if current >= 0 {
          try tables[current].digester.add(box.batch)
          try check?.add(box.batch)
        }
        ahead.recycle(box)
      }
    }
  }

  /// What keys, references and sequences come to.
  func relations() throws(Failure) -> SectionResult {
    guard let check else { return .skipped(.relations, "not asked for") }
    let findings = try telling { () throws(IOError) in try check.findings() }
    return SectionResult(
      .relations, "\(counted(check.ruleCount, "rule")) of \(counted(tables.count, "table"))", findings)
  }

  /// The tables against those that were registered.
  func compared(with known: [CatalogTable], isRegistered: Bool) -> SectionResult {
    guard isRegistered else { return .skipped(.rows, "not registered: nothing to compare with") }
    var findings: [Finding] = []
    for table in known {
      guard let position = positions[table.name] else {
        findings.append(
          Finding("table-missing", .error, "table '\(displayed(table.name))' is not in the files", table: table.name))
        continue
      }
      if let finding = Self.difference(table, tables[position].digester.digest) { findings.append(finding) }
    }
    let names = Set(known.map(\.name))
    for table in tables where !names.contains(table.name) {
      findings.append(
        Finding(
          "table-added", .error, "table '\(displayed(table.name))' was not in the files when they were registered",
          table: table.name))
    }
    return SectionResult(.rows, "\(counted(tables.count, "table")), \(counted(recordCount, "record"))", findings)
  }

  private static func difference(_ table: CatalogTable, _ found: TableDigest) -> Finding? {
    let name = displayed(table.name)
    if Int64(found.count) != table.statistics.recordCount {
      return Finding(
        "row-count-differs", .error,
        "table '\(name)' has \(counted(found.count, "record")); \(table.statistics.recordCount) were registered",
        table: table.name, count: Int((Int64(found.count) - table.statistics.recordCount).magnitude))
    }
    guard let text = table.statistics.digest else { return nil }
    guard let digest = TableDigest(text) else {
      return Finding(
        "digest-of-other-version", .info,
        "the digest of table '\(name)' was made by other rules and cannot be compared",
        table: table.name)
    }
    if digest == found { return nil }
    return Finding(
      "rows-differ", .error, "rows of table '\(name)' are not those that were registered", table: table.name)
  }
}
