internal import Bytes
internal import Records

/// What tables are called in a dialect, and in which schemas they lie.
struct SQLPlaces {
  /// Of each table, in their order; the schema is nil for the usual one.
  private(set) var tables: [(name: Name, schema: Name?)] = []
  /// All schemas but the usual one, in the order of their first tables.
  private(set) var schemas: [Name] = []

  init(_ schemas: [TableSchema], _ dialect: SQLDialect) {
    guard dialect == .postgres else {
      tables = SQLNames.assign(schemas.map(\.name), isTables: true, dialect).map { ($0, nil) }
      return
    }
    var spaces: [Name] = [], members: [Name?: [Int]] = [:]
    for (i, schema) in schemas.enumerated() {
      let space = schema.namespace == "public" ? nil : schema.namespace
      if let space, members[space] == nil { spaces.append(space) }
      members[space, default: []].append(i)
    }
    // PostgreSQL keeps names that begin so for itself.
    let given = SQLNames.assign(
      spaces.map { $0.lowercased.hasPrefix("pg_") ? "_" + $0 : $0 }, isTables: true, dialect)
    tables = schemas.map { ($0.name, nil) }
    for (space, rows) in members {
      let names = SQLNames.assign(rows.map { schemas[$0].localName }, isTables: true, dialect)
      let schema = space.flatMap { spaces.firstIndex(of: $0) }.map { given[$0] }
      for (row, name) in zip(rows, names) { tables[row] = (name, schema) }
    }
    self.schemas = given
  }
}
