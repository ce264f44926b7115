internal import Bytes
package import Records

extension Lineage {
  /// The names that tables and columns get in a dialect of SQL.
  package init(_ tables: [TableSchema], _ dialect: SQLDialect) {
    self.init()
    // What cannot be written at all has no lineage.
    guard let schema = try? SQLSchema(tables, dialect) else { return }
    for table in schema.tables {
      let place = table.schemaName.map { Name($0.bytes + [UInt8(ascii: ".")] + table.name.bytes) }
      var found = Table([place, table.name].compactMap(\.self))
      for (column, made) in zip(table.source.columns, table.columns) where column.name != made.name {
        found.columns[column.name] = [made.name]
      }
      self.tables[table.source.name] = found
    }
  }
}
