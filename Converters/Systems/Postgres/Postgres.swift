package import Conversion
internal import SQLDump
package import SQLText

/// Dumps of PostgreSQL: what pg_dump and pg_dumpall write, and scripts in its SQL.
package struct Postgres: DumpSystem {
  package init() {}
  package var id: String { "postgres" }
  package var title: String { "PostgreSQL" }
  package var summary: String { "pg_dump in every form, pg_dumpall, SQL scripts" }
  package var family: SQLSyntax.Family { .postgres }
}

extension SourceSystem where Self == Postgres {
  /// Dumps of PostgreSQL: what pg_dump and pg_dumpall write, and scripts in its SQL.
  package static var postgres: Self { Postgres() }
}
