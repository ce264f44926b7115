package import Conversion
internal import SQLDump
package import SQLText

/// Dumps of MySQL and MariaDB.
package struct MySQL: DumpSystem {
  package init() {}
  package var id: String { "mysql" }
  package var title: String { "MySQL and MariaDB" }
  package var summary: String { "mysqldump and mariadb-dump" }
  package var family: SQLSyntax.Family { .mysql }
}

extension SourceSystem where Self == MySQL {
  /// Dumps of MySQL and MariaDB.
  package static var mysql: Self { MySQL() }
}
