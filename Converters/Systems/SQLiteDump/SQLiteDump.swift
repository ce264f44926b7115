package import Conversion
internal import SQLDump
package import SQLText

/// Dumps of SQLite databases in SQL.
package struct SQLiteDump: DumpSystem {
  package init() {}
  package var id: String { "sqlite-dump" }
  package var title: String { "SQLite dump" }
  package var summary: String { "sqlite3 .dump and Python's iterdump" }
  package var family: SQLSyntax.Family { .sqlite }
}

extension SourceSystem where Self == SQLiteDump {
  /// Dumps of SQLite databases in SQL.
  package static var sqliteDump: Self { SQLiteDump() }
}
