package import Bytes
internal import CatalogModel
internal import CatalogStore
package import Conversion
package import Records
internal import RowIndex

/// SQL statements that make the rows of one backup those of another of its lineage.
///
/// Rows are told by their primary keys, and all statements are one transaction. Where references are checked at its end, rows are removed
/// before others are changed and inserted, so that unique values are free; elsewhere they are inserted first and removed last, so that
/// references lead somewhere at any time.
package struct SQLPatch: ~Copyable {
  private let base: CatalogSystem
  private let system: CatalogSystem
  private let schema: SQLSchema
  private var conformers: [SQLRowConformer]
  /// Rows that are inserted, changed and removed.
  package private(set) var counts = (inserted: 0, changed: 0, removed: 0)
  private var lacks: [Lack: Int] = [:]
  private var row = RecordBatch(capacity: 4096)
  private var copy = RecordBatch(capacity: 4096)

  private struct Lack: Hashable {
    var code: String
    var table: Name
    var column: Name?
  }

  /// From the rows of `base` to those of `system`.
  package init(from base: CatalogSystem, to system: CatalogSystem, _ dialect: SQLDialect) throws(WriteError) {
    self.base = base
    self.system = system
    var tables = system.tables
    for i in tables.indices {
      for j in tables[i].columns.indices where tables[i].columns[j].isSecret { tables[i].columns[j].isNullable = true }
    }
    schema = try SQLSchema(tables, dialect)
    conformers = schema.tables.map { SQLRowConformer($0, dialect) }
  }

  /// What the statements do not carry.
  package var losses: [Loss] {
    let named = lacks.sorted {
      ($0.key.table, $0.key.column ?? "", $0.key.code) < ($1.key.table, $1.key.column ?? "", $1.key.code)
    }
    return named.map { lack, count in
      let (message, isReject) =
        switch lack.code {
        case "no-key": ("rows of tables without a primary key are left out", true)
        case "secret-needed": ("rows are left out, because a secret that they need is not in the catalog", true)
        case "schema-differs": ("rows are left out, because the columns of the table are others", true)
        case CatalogLog.secretCode: ("secrets are in the catalog by digests only and stay as they are", false)
        default: ("values are not in the catalog and stay as they are", false)
        }
      return Loss(lack.code, message, table: lack.table, column: lack.column, count: count, isReject: isReject)
    }
      + zip(schema.tables, conformers).flatMap { table, conformer in
        // Secrets are told of by themselves.
        conformer.losses.filter { loss in !table.source.columns.contains { $0.name == loss.column && $0.isSecret } }
      }
  }

  /// Writes the statements for some tables; empty: for all.
  package mutating func write(tables: Set<Name>, to output: inout OutputBuffer) throws(WriteError) {
    let system = self.system, base = self.base
    try system.catalog.read(failed: { WriteError(.target($0.message)) }) { (reader) throws(WriteError) in
      let index: RowIndex, changes: [RowChange]
      do throws(CatalogError) { index = try reader.rowIndex(of: system.lineage) } catch {
        throw WriteError(.target(error.message))
      }
      do throws(IndexError) {
        changes = try index.differences(
          from: UInt64(base.backup.key.number), to: UInt64(system.backup.key.number)
        ).filter { $0.shape.table != DocumentTable.name && (tables.isEmpty || tables.contains($0.shape.table)) }
      } catch { throw WriteError(.target(error.message)) }
      try write(changes, of: index, to: &output)
    }
  }

  private mutating func write(
    _ changes: [RowChange], of index: RowIndex, to output: inout OutputBuffer
  ) throws(WriteError) {
    let places = Dictionary(uniqueKeysWithValues: schema.tables.enumerated().map { ($1.source.name, $0) })
    var byTable: [[RowChange]] = schema.tables.map { _ in [] }
    for change in changes {
      guard let place = places[change.shape.table] else {
        lacks[Lack(code: "schema-differs", table: change.shape.table), default: 0] += 1
        continue
      }
      guard !schema.tables[place].primaryKey.isEmpty, !change.shape.key.isEmpty else {
        lacks[Lack(code: "no-key", table: change.shape.table), default: 0] += 1
        continue
      }
      guard isOfOneShape(place) else {
        lacks[Lack(code: "schema-differs", table: change.shape.table), default: 0] += 1
        continue
      }
      byTable[place].append(change)
    }
    try put(header, to: &output)
    let forwards = Array(byTable.indices), removesFirst = schema.dialect == .sqlite
    if removesFirst { try remove(byTable, index, &output) }
    for place in forwards where removesFirst { try update(byTable[place], place, index, &output) }
    for place in forwards { try insert(byTable[place], place, index, &output) }
    for place in forwards where !removesFirst { try update(byTable[place], place, index, &output) }
    if !removesFirst { try remove(byTable, index, &output) }
    try put("COMMIT;\n", to: &output)
  }

  /// Whether a table has the same columns in both backups.
  private func isOfOneShape(_ place: Int) -> Bool {
    let table = schema.tables[place].source
    guard let other = base.contents.tables.first(where: { $0.name == table.name }) else { return true }
    return Set(other.columns.map(\.name)) == Set(table.columns.map(\.name)) && other.primaryKey == table.primaryKey
  }

  private var header: String {
    let begin =
      switch schema.dialect {
      case .sqlite: "BEGIN;\nPRAGMA defer_foreign_keys = ON;\n"
      case .postgres: "BEGIN;\nSET CONSTRAINTS ALL DEFERRED;\n"
      case .mysql: "START TRANSACTION;\n"
      }
    return "-- Makes the rows of backup \(base.backup.id.short) those of backup \(system.backup.id.short).\n" + begin
  }

  private mutating func insert(
    _ changes: [RowChange], _ place: Int, _ index: RowIndex, _ output: inout OutputBuffer
  ) throws(WriteError) {
    let table = schema.tables[place]
    for change in changes where change.old == nil {
      guard let version = change.new, let kept = try load(version, place, index) else { continue }
      if let needed = table.written.first(where: { isUnknown(kept, $0, table) && needsValue($0, place) }) {
        lacks[
          Lack(code: "secret-needed", table: table.source.name, column: table.source.columns[needed].name), default: 0] +=
          1
        continue
      }
      let written = table.written.filter { !isUnknown(kept, $0, table) }
      for column in table.written where !written.contains(column) { note(kept, column, table) }
      try put("INSERT INTO ", table.quotedName, " (", table.list(written), ") VALUES (", to: &output)
      for (i, column) in written.enumerated() { try literal(column, place, before: i > 0 ? ", " : "", &output) }
      try put(");\n", to: &output)
      counts.inserted += 1
    }
  }

  private mutating func update(
    _ changes: [RowChange], _ place: Int, _ index: RowIndex, _ output: inout OutputBuffer
  ) throws(WriteError) {
    let table = schema.tables[place]
    for change in changes {
      guard let old = change.old, let version = change.new else { continue }
      let before: KeptRow
      do throws(IndexError) { before = try KeptRow(old, of: index) } catch { throw WriteError(.target(error.message)) }
      guard let kept = try load(version, place, index) else { continue }
      let changed = Set(kept.changes(since: before).map(\.column))
      var columns = table.written.filter { changed.contains(table.source.columns[$0].name) }
      for column in columns where isUnknown(kept, column, table) { note(kept, column, table) }
      columns.removeAll { isUnknown(kept, $0, table) }
      guard !columns.isEmpty else { continue }
      try put("UPDATE ", table.quotedName, " SET ", to: &output)
      for (i, column) in columns.enumerated() {
        try put(i > 0 ? ", " : "", table.columns[column].quotedName, " = ", to: &output)
        try literal(column, place, before: "", &output)
      }
      try condition(place, &output)
      counts.changed += 1
    }
  }

  /// Tables that refer to others come first.
  private mutating func remove(
    _ byTable: [[RowChange]], _ index: RowIndex, _ output: inout OutputBuffer
  ) throws(WriteError) {
    for place in byTable.indices.reversed() {
      for change in byTable[place] where change.new == nil {
        guard let version = change.old, try load(version, place, index) != nil else { continue }
        try put("DELETE FROM ", schema.tables[place].quotedName, to: &output)
        try condition(place, &output)
        counts.removed += 1
      }
    }
  }

  /// Puts a row into the columns of its table, as the dialect takes them; nil when it cannot be written, which is counted.
  private mutating func load(_ version: UInt32, _ place: Int, _ index: RowIndex) throws(WriteError) -> KeptRow? {
    let kept: KeptRow, columns = schema.tables[place].source.columns
    do throws(IndexError) { kept = try KeptRow(version, of: index) } catch { throw WriteError(.target(error.message)) }
    row.removeAll(columnCount: columns.count)
    var cells: [Cell] = []
    for column in columns { cells.append((kept.value(of: column.name) ?? .missing).cell(in: &row)) }
    row.append(row: cells)
    copy.removeAll(columnCount: columns.count)
    switch try conformers[place].conform(row: 0, of: row, copyingTo: &copy) {
    case .asIs: return kept
    case .rewritten:
      swap(&row, &copy)
      return kept
    case .rejected: return nil
    }
  }

  private func isUnknown(_ row: KeptRow, _ column: Int, _ table: SQLTable) -> Bool {
    switch row.value(of: table.source.columns[column].name) {
    case .secret, .leftOut, .reference, .erased: true
    default: false
    }
  }

  /// Whether the source says that every row has a value in a column.
  private func needsValue(_ column: Int, _ place: Int) -> Bool {
    let name = schema.tables[place].source.name
    return system.contents.tables.first { $0.name == name }.map { !$0.columns[column].isNullable } ?? false
  }

  private mutating func note(_ row: KeptRow, _ column: Int, _ table: SQLTable) {
    let source = table.source.columns[column]
    let code = source.isSecret ? CatalogLog.secretCode : "value-not-kept"
    lacks[Lack(code: code, table: table.source.name, column: source.name), default: 0] += 1
  }

  private func literal(
    _ column: Int, _ place: Int, before: StaticString, _ output: inout OutputBuffer
  ) throws(WriteError) {
    do throws(IOError) {
      try output.append(before)
      try output.appendLiteral(row[0, column], of: row, schema.tables[place].columns[column].type.form, schema.dialect)
    } catch { throw WriteError(error) }
  }

  private func condition(_ place: Int, _ output: inout OutputBuffer) throws(WriteError) {
    let table = schema.tables[place]
    for (i, column) in table.primaryKey.enumerated() {
      try put(i > 0 ? " AND " : " WHERE ", table.columns[column].quotedName, " = ", to: &output)
      try literal(column, place, before: "", &output)
    }
    try put(";\n", to: &output)
  }
}

/// Words and quoted names of a statement.
private protocol Words { var words: [UInt8] { get } }
extension String: Words { fileprivate var words: [UInt8] { Array(utf8) } }
extension Array: Words where Element == UInt8 { fileprivate var words: [UInt8] { self } }

private func put(_ words: any Words..., to output: inout OutputBuffer) throws(WriteError) {
  do throws(IOError) { for word in words { try output.append(word.words) } } catch { throw WriteError(error) }
}

extension KeptValue {
  /// The value as a cell of a batch; what is not known is missing.
  func cell(in batch: inout RecordBatch) -> Cell {
    switch self {
    case .secret, .leftOut, .reference, .erased, .missing: .missing
    case .null: .null
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .double(let value): .double(value)
    case .number(let bytes): batch.cell(.number, bytes.span)
    case .text(let bytes): batch.cell(.text, bytes.span)
    case .json(let bytes): batch.cell(.json, bytes.span)
    case .bytes(let bytes): batch.cell(.bytes, bytes.span)
    }
  }
}
