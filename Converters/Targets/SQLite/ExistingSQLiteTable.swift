internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient
internal import SQLiteFormat

/// A table that is in the database before the load.
struct ExistingSQLiteTable {
  var rows = 0
  /// Columns that rows can give values for.
  var columns: Set<Name> = []
  /// Columns that must have a value and have no default.
  var neededColumns: [Name] = []
  /// Names of the primary key's columns; empty when there is none.
  var primaryKey: [Name] = []
}

extension Connection {
  /// Number of rows of a table, given by its quoted name.
  borrowing func count(_ name: [UInt8]) throws(SQLiteError) -> Int {
    var statement = try prepare(Array("SELECT count(*) FROM main.".utf8) + name)
    return try statement.step() ? Int(statement.integer(0)) : 0
  }

  /// Names and kinds of what is there, but for SQLite's own tables.
  fileprivate borrowing func inventory() throws(SQLiteError) -> [(name: Name, isTable: Bool)] {
    var found: [(name: Name, isTable: Bool)] = []
    var list = try prepare(
      "SELECT name, type = 'table' FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    while try list.step() { found.append((Name(list.bytes(0)), list.integer(1) != 0)) }
    return found
  }

  fileprivate borrowing func describe(_ table: SQLTable) throws(SQLiteError) -> ExistingSQLiteTable {
    var existing = ExistingSQLiteTable(), keys: [(Int64, Name)] = []
    var list = try prepare(Array("PRAGMA main.table_xinfo(".utf8) + table.quotedName + Array(")".utf8))
    while try list.step() {
      let name = Name(list.bytes(1)), key = list.integer(5)
      if key > 0 { keys.append((key, name)) }
      // 2 and 3: computed, virtually or stored.
      guard list.integer(6) == 0 else { continue }
      existing.columns.insert(name.lowercased)
      if list.integer(3) != 0, list.isNull(4), key == 0 { existing.neededColumns.append(name) }
    }
    existing.primaryKey = keys.sorted { $0.0 < $1.0 }.map(\.1)
    existing.rows = try count(table.quotedName)
    return existing
  }
}

/// Tables in which loads keep their own records.
private let ownTables: Set<Name> = ["coffer_loads", "coffer_rejects", "coffer_lineage"]

/// Looks at what is there, refuses what the mode does not allow, makes tables and deletes rows that are to be replaced.
func prepareSQLite(
  _ connection: borrowing Connection, _ schema: SQLSchema, _ options: LoadOptions, resuming progress: LoadProgress?
) throws(WriteError) -> [ExistingSQLiteTable?] {
  var existing: [ExistingSQLiteTable?] = [], filled: [String] = [], ours: [String] = []
  do throws(SQLiteError) {
    let inventory = try connection.inventory()
    for table in schema.tables {
      guard let found = inventory.first(where: { $0.name.lowercased == table.name.lowercased }) else {
        existing.append(nil)
        continue
      }
      guard found.isTable else {
        throw SQLiteError(code: 1, message: "'\(displayed(found.name))' is there and is no table")
      }
      existing.append(try connection.describe(table))
    }
    if options.mode == .create, progress == nil {
      for item in inventory where item.isTable && !ownTables.contains(item.name) {
        let rows = try connection.count(SQLDialect.sqlite.quoted(item.name))
        let words = "\(displayed(item.name)) (\(rows) \(rows == 1 ? "row" : "rows"))"
        if rows > 0 { filled.append(words) }
        if schema.tables.contains(where: { $0.name.lowercased == item.name.lowercased }),
          rows > 0 || options.write.writesSchema
        {
          ours.append(words)
        }
      }
    }
  } catch { throw WriteError(error) }
  let full = ours.isEmpty && options.write.writesSchema ? filled : ours
  guard full.isEmpty else {
    let what = ours.isEmpty ? "the target is not empty" : "tables are in the target already"
    throw WriteError(
      .refused("\(what): \(full.prefix(20).joined(separator: ", "))\(full.count > 20 ? ", …" : "")"),
      advice:
        "name a new file, or say what becomes of the rows there: --mode append, skip-existing, upsert or replace")
  }
  for (table, found) in zip(schema.tables, existing) {
    if let found { try check(table, found, options) } else { try checkMissing(table, options) }
  }
  if let progress {
    // Tables are made and emptied once.
    return existing.indices.map { i in
      guard var table = existing[i], !progress[i].isNew else { return nil }
      table.rows = progress[i].before
      return table
    }
  }
  do throws(SQLiteError) {
    for (table, found) in zip(schema.tables, existing) {
      if found == nil, !table.columns.isEmpty { try connection.execute(schema.createTable(table)) }
      if found != nil, options.mode == .replace, options.write.writesData {
        try connection.execute(Array("DELETE FROM main.".utf8) + table.quotedName)
      }
    }
  } catch { throw WriteError(error) }
  return existing
}

private func checkMissing(_ table: SQLTable, _ options: LoadOptions) throws(WriteError) {
  guard !options.write.writesSchema else { return }
  throw WriteError(
    .refused("the target has no '\(displayed(table.name))', and --data-only makes no tables"),
    advice: "leave --data-only out")
}

/// Rows have to fit a table that is there.
private func check(
  _ table: SQLTable, _ existing: ExistingSQLiteTable, _ options: LoadOptions
) throws(WriteError) {
  guard options.write.writesData else { return }
  func refuse(_ what: String, _ advice: String) -> WriteError {
    WriteError(.refused(what), table: table.source.name, advice: advice)
  }
  let written = Set(table.columns.map(\.name.lowercased))
  if let name = table.columns.first(where: { !existing.columns.contains($0.name.lowercased) })?.name {
    throw refuse(
      "the target's table has no column '\(displayed(name))' that takes values",
      "add it there first, or leave the table out with --exclude")
  }
  if let name = existing.neededColumns.first(where: { !written.contains($0.lowercased) }) {
    throw refuse(
      "the target's column '\(displayed(name))' needs a value that the backup does not hold",
      "give it a default there, or leave the table out with --exclude")
  }
  guard options.mode == .upsert || options.mode == .skipExisting else { return }
  guard !existing.primaryKey.isEmpty, existing.primaryKey.allSatisfy({ written.contains($0.lowercased) }) else {
    throw refuse(
      "the target's table has no primary key that the backup's columns hold, by which rows are found",
      "--mode append adds all rows, --mode replace deletes those that are there")
  }
}
