package import Bytes
package import Diagnostics
package import Records

// What all statements together declare.
extension DumpSchema {
  /// Complete tables in the order of creation, all objects, and what was noticed.
  package func finish() -> (tables: [TableSchema], objects: [SchemaObject], findings: [Finding]) {
    var tables: [TableSchema] = [], left = 0, findings = notes, objects = objects.compactMap { $0 }
    tables.reserveCapacity(entries.count)
    for entry in entries where !entry.isDropped {
      guard let owner = shadowNames[entry.name.lowercased] else {
        tables.append(schema(entry))
        continue
      }
      left += 1
      var object = SchemaObject(kind: "statement", name: entry.name, table: owner)
      object.attributes = [SchemaAttribute("form", Array("shadow-table".utf8))]
      objects.append(object)
    }
    if left > 0 {
      findings.append(
        Finding(
          "shadow-tables-left-out", .info, "tables that hold the content of SQLite's virtual tables are left out",
          count: left))
    }
    return (tables, objects, findings)
  }

  /// The table that a unique name names.
  package func table(_ name: Name) -> TableSchema? {
    guard let place = names[name], let index = places[place], entries[index].name == name else { return nil }
    return isShadow(name) ? nil : schema(entries[index])
  }

  /// Whether a table holds the content of one of SQLite's virtual tables, and is left out.
  package func isShadow(_ name: Name) -> Bool { !shadowNames.isEmpty && shadowNames[name.lowercased] != nil }

  private func schema(_ entry: TableEntry) -> TableSchema {
    var table = TableSchema(entry.name, [])
    table.namespace = entry.namespace
    table.columns.reserveCapacity(entry.columns.count)
    for column in entry.columns where !column.isDropped { table.columns.append(finished(column, of: entry)) }
    table.primaryKey = entry.names(of: entry.primaryKey) ?? []
    table.uniqueKeys = entry.uniqueKeys.compactMap { $0.isEmpty ? nil : entry.names(of: $0) }
    table.indexes = entry.indexes.compactMap { $0.isEmpty ? nil : entry.names(of: $0) }
    table.foreignKeys = entry.references.compactMap { reference in foreignKey(reference, entry) }
    return table
  }

  private func finished(_ entry: ColumnEntry, of table: TableEntry) -> Column {
    var column = entry.column
    if let userType = entry.userType, let known = types[userType] {
      var type = ParsedType()
      type.maximumLength = column.maximumLength
      type = resolved(type, known)
      column.type = entry.isArray ? .array(type.logical) : type.logical
      if !entry.isArray {
        column.maximumLength = type.maximumLength
        if type.isNotNull { column.isNullable = false }
      }
    }
    if !column.isIdentity, isPostgres, let expression = column.defaultValue, isOwnSequence(expression, column, table) {
      column.isIdentity = true
    }
    return column
  }

  /// Whether a default takes the next number of the sequence that the column owns.
  private func isOwnSequence(_ expression: [UInt8], _ column: Column, _ table: TableEntry) -> Bool {
    guard !sequenceOwners.isEmpty, expression.count < 4096 else { return false }
    var cursor = SQLCursor(expression, .postgres, limit: 16)
    guard let function = cursor.qualifiedName(), function.last == "nextval", cursor.acceptSymbol("(") else {
      return false
    }
    guard let text = cursor.string() else { return false }
    var inner = SQLCursor(text, .postgres, limit: 16)
    guard let parts = inner.qualifiedName(), let local = parts.last else { return false }
    let schema = parts.count > 1 ? parts[parts.count - 2] : table.place.schema
    let place = Place(database: table.place.database, schema: schema, local: local)
    guard let owner = sequenceOwners[place], entries[owner.table].place == table.place else { return false }
    return entries[owner.table].columns[owner.column].column.name == column.name
  }

  private func foreignKey(_ reference: PendingReference, _ entry: TableEntry) -> ForeignKey? {
    guard !reference.columns.isEmpty, let columns = entry.names(of: reference.columns) else { return nil }
    var name = displayName(reference.target, reference.target.local), others = reference.referencedColumns
    let index = reference.index.flatMap { entries[$0].isDropped ? nil : $0 } ?? places[reference.target]
    if let index {
      let other = entries[index]
      name = other.name
      if others.isEmpty { others = other.names(of: other.primaryKey) ?? [] }
      // As the table itself spells them, and calls them now.
      others = others.map { column in
        other.numbers[folded(column)].map { other.columns[$0].column.name } ?? column
      }
    }
    var key = ForeignKey(columns, references: name, others)
    key.name = reference.name
    key.actions = reference.actions
    return key
  }
}
