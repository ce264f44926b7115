internal import Bytes
internal import Records

// Columns that a table has from another.
extension DumpSchema {
  /// Tables behind INHERITS, which stands after the body whose columns come after theirs.
  func inherited(_ cursor: SQLCursor) -> [[Name]]? {
    var cursor = cursor
    guard cursor.isSymbol("(") else { return nil }
    cursor.skipBrackets()
    guard cursor.accept("inherits"), cursor.acceptSymbol("(") else { return nil }
    var tables: [[Name]] = []
    while let parts = cursor.qualifiedName() {
      tables.append(parts)
      guard cursor.acceptSymbol(",") else { break }
    }
    return tables
  }

  mutating func inherit(_ table: Int, from parent: [Name]) {
    guard let other = number(parent), other != table else { return }
    copyColumns(from: other, to: table)
  }

  /// Gives a table the columns of another; keys stay behind.
  mutating func copyColumns(from other: Int, to table: Int) {
    guard other != table else { return }
    for column in entries[other].columns where !column.isDropped { add(column, to: table) }
  }

  /// The table that a table is a partition of, behind PARTITION OF: columns and keys are the same.
  mutating func partition(_ cursor: inout SQLCursor, _ table: Int) {
    let start = cursor.at
    guard let parent = cursor.qualifiedName() else { return }
    let name = entries[table].name, label = tableLabel(parent)
    addObject(
      "partition", name, table: label,
      definition: Array("PARTITION OF ".utf8) + cursor.text(start..<cursor.tokens.count))
    guard let other = number(parent), other != table else { return }
    copyColumns(from: other, to: table)
    let source = entries[other]
    func own(_ numbers: [Int]) -> [Int]? {
      numbers.isEmpty ? nil : source.names(of: numbers).flatMap { entries[table].numbers(of: $0, folded) }
    }
    entries[table].primaryKey = own(source.primaryKey) ?? []
    for key in source.uniqueKeys {
      if let numbers = own(key), mayAddKey() { entries[table].uniqueKeys.append(numbers) }
    }
    for reference in source.references {
      guard let numbers = own(reference.columns), mayAddKey() else { continue }
      var copy = reference
      copy.columns = numbers
      entries[table].references.append(copy)
    }
  }
}
