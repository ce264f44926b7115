import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import SQLiteDatabaseSystem
import TestSupport
import Testing

/// A database in a directory of its own, and what is made of it.
struct DatabaseCase {
  let place: TemporaryDirectory
  let input: BackupInput

  /// Made by Python, whose `c` is a connection to `data.db` in the directory.
  init(python: String, open name: String = "data.db", keepsRows: Bool = false) throws {
    let place = try TemporaryDirectory()
    let script = "import sqlite3, os, gzip, shutil, zipfile\nc = sqlite3.connect('data.db', isolation_level=None)\n"
    let result = try run(["python3", "-c", script + python], directory: place.path)
    #expect(result.errorText == "")
    try self.init(place, open: name, keepsRows: keepsRows)
  }

  /// Made by statements.
  init(_ statements: String, keepsRows: Bool = false) throws {
    let place = try TemporaryDirectory()
    let result = try run(["sqlite3", "-batch", "-bail", place.path + "/data.db"], input: Array(statements.utf8))
    #expect(result.errorText == "")
    try self.init(place, open: "data.db", keepsRows: keepsRows)
  }

  init(_ place: TemporaryDirectory, open name: String, keepsRows: Bool = false) throws {
    self.place = place
    let path = name.isEmpty ? Array(place.path.utf8) : place.file(name)
    // Databases of systems that keep their data in SQLite are claimed by those.
    let recognition = try BuiltIn.recogniser.recognise(try BuiltIn.recogniser.open(path), only: "sqlite")
    try #require(recognition.backups.count == 1)
    var options = ReadOptions()
    options.keepsRowsBeforeError = keepsRows
    input = BackupInput(
      backup: recognition.backups[0], container: recognition.container, toolbox: BuiltIn.toolbox, options: options)
    #expect(input.backup.system == "sqlite")
  }

  func survey() throws -> Knowledge { try SQLiteDatabase().survey(input) }

  /// The rows of all tables by their names.
  func rows(_ knowledge: Knowledge) throws -> [Name: [[TestValue]]] {
    var reader = try SQLiteDatabase().openRecords(input, knowledge), batch = RecordBatch(capacity: 64)
    var rows: [Name: [[TestValue]]] = [:]
    while let table = try reader.nextTable() {
      #expect(knowledge.tables.contains(table))
      rows[table.name] = []
      while try reader.read(into: &batch) {
        #expect(batch.rowCount > 0 && batch.cells.count == batch.rowCount * batch.columnCount)
        rows[table.name]! += try batch.testRows()
      }
    }
    return rows
  }

  /// Names, sizes and times of what lies in the directory.
  func listing() throws -> [String] {
    try directoryNames(Array(place.path.utf8)).map { name in
      let status = try fileStatus(Array(place.path.utf8).appending(path: name))
      return "\(displayed(name)) \(String(describing: status))"
    }
  }
}

/// Columns of a table as `name type`.
func columns(_ table: TableSchema) -> [String] { table.columns.map { "\(displayed($0.name)) \($0.type.word)" } }
