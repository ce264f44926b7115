internal import Bytes
internal import Conversion
internal import Records

/// What the combined file says beside and in its rows.
struct CombinedFacts {
  /// One table of the file.
  struct Table {
    var schema: TableSchema
    var digest = WitnessDigest(.exact)
    /// Columns that some record has.
    var present: Set<Name> = []
    /// `record_count` as it stands.
    var statedCount: [UInt8]?
    /// `schema_fields`.
    var statedFields: [Name]?
  }
  let artifact: DetectedArtifact
  var tables: [Table] = []
  /// Members of `backup_metadata`: text as it is, other values as JSON.
  var metadata: [(name: Name, value: [UInt8])] = []

  init(_ artifact: DetectedArtifact) { self.artifact = artifact }

  subscript(metadata name: Name) -> [UInt8]? { metadata.first { $0.name == name }?.value }
  func table(_ name: Name) -> Table? { tables.first { $0.schema.name == name } }
  func index(of name: Name) -> Int? { tables.firstIndex { $0.schema.name == name } }

  /// Takes a run that describes the backup or a table; false when it holds rows.
  mutating func takeDescription(_ batch: borrowing RecordBatch, _ run: TableSchema) -> Bool {
    if run.name == "backup_metadata" {
      metadata += members(batch, run)
      return true
    }
    if let place = run.index(of: "backup_metadata"), batch.rowCount == 1, batch[0, place].kind == .json {
      metadata += jsonMembers([UInt8](batch.bytes(of: batch[0, place])))
      for (name, value) in members(batch, run) where name != "backup_metadata" {
        if !takeEmptyTable(name, value) { metadata.append((name, value)) }
      }
      return true
    }
    let suffix = "_document"
    let isRoot = run.name.isEmpty
    let owner = run.name.hasSuffix(suffix) ? Name(Array(run.name.bytes.dropLast(suffix.utf8.count))) : run.name
    guard isRoot || run.index(of: "record_count") != nil || run.index(of: "schema_fields") != nil,
      run.index(of: "_id") == nil
    else { return false }
    let members = members(batch, run)
    guard let table = index(of: owner) else {
      for (name, value) in members where !isRoot || !takeEmptyTable(name, value) { metadata.append((name, value)) }
      return true
    }
    for (name, value) in members {
      if name == "record_count" { tables[table].statedCount = value }
      if name == "schema_fields" { tables[table].statedFields = jsonTexts(value).map { Name($0) } }
    }
    return true
  }

  /// Takes what describes a table that has no rows, so that it is a member like any other; false when it is none.
  private mutating func takeEmptyTable(_ name: Name, _ value: [UInt8]) -> Bool {
    let members = jsonMembers(value)
    guard let stated = members.first(where: { $0.name == "record_count" }), index(of: name) == nil,
      members.contains(where: { $0.name == "records" })
    else { return false }
    var table = Table(schema: TableSchema(name, []))
    table.statedCount = stated.value
    table.statedFields = members.first { $0.name == "schema_fields" }.map { jsonTexts($0.value).map { Name($0) } }
    tables.append(table)
    return true
  }

  private func members(_ batch: borrowing RecordBatch, _ run: TableSchema) -> [(Name, [UInt8])] {
    var members: [(Name, [UInt8])] = []
    guard batch.rowCount > 0 else { return [] }
    for (i, column) in run.columns.enumerated() {
      let cell = batch[0, i]
      switch cell.kind {
      case .text, .number, .json: members.append((column.name, [UInt8](batch.bytes(of: cell))))
      case .boolean: members.append((column.name, Array((cell.boolean ? "true" : "false").utf8)))
      case .integer: members.append((column.name, Array(String(cell.integer).utf8)))
      default: break
      }
    }
    return members
  }

  /// Takes rows of a table. Cells of the batch may be changed.
  mutating func take(rows batch: inout RecordBatch, _ run: TableSchema) throws(ReadError) {
    let place = index(of: run.name) ?? tables.count
    if place == tables.count { tables.append(Table(schema: run)) }
    tables[place].schema = run
    for (i, column) in run.columns.enumerated() where !tables[place].present.contains(column.name) {
      for row in 0..<batch.rowCount where batch[row, i].kind != .missing {
        tables[place].present.insert(column.name)
        break
      }
    }
    try tables[place].digest.add(&batch, run)
  }
}
