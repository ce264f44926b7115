package import Bytes
internal import Conversion
internal import Records

/// A change of a column, or of an object that is no row.
package struct SchemaChange: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable { case added, removed, changed }
  package var kind: Kind
  /// Of the table, or the kind of the object.
  package var place: Name
  package var name: Name
  /// What it was and what it is, such as types.
  package var from: [UInt8]?
  package var to: [UInt8]?
}

extension Comparison {
  /// Changes of the columns of tables that both sides have.
  package var columnChanges: [SchemaChange] { pairs.flatMap(Self.changes) }

  private static func changes(_ pair: TablePair) -> [SchemaChange] {
    var changes: [SchemaChange] = []
    func add(_ kind: SchemaChange.Kind, _ name: Name, _ from: [UInt8]?, _ to: [UInt8]?) {
      changes.append(SchemaChange(kind: kind, place: pair.first.name, name: name, from: from, to: to))
    }
    for i in pair.missing { add(.removed, pair.first.columns[i].name, words(pair.first.columns[i]), nil) }
    for column in pair.columns {
      let (from, to) = (pair.first.columns[column.first], pair.second.columns[column.second])
      if from.type != to.type || from.isNullable != to.isNullable { add(.changed, from.name, words(from), words(to)) }
    }
    for name in pair.added {
      add(.added, name, nil, pair.second.index(of: name).map { words(pair.second.columns[$0]) })
    }
    return changes
  }

  private static func words(_ column: Column) -> [UInt8] {
    Array((column.type.word + (column.isNullable ? "" : " not null")).utf8)
  }
}

/// Attributes that say where an object stands, not what it is.
private let placeAttributes: Set<String> = ["artifact", "file", "offset", "order"]

/// Changes of objects that are no rows, by their kinds and names.
package func objectChanges(_ first: ComparedBackup, _ second: ComparedBackup) -> [SchemaChange] {
  struct Address: Hashable {
    var kind: String
    var table: Name?
    var name: Name
  }
  func text(_ object: SchemaObject) -> [UInt8] {
    var text = object.definition
    for attribute in object.attributes where !placeAttributes.contains(attribute.name) {
      text += Array("\n\(attribute.name) ".utf8) + attribute.value
    }
    return text
  }
  func grouped(_ side: ComparedBackup) -> [Address: [[UInt8]]] {
    Dictionary(grouping: side.parts.flatMap(\.knowledge.objects)) {
      Address(kind: $0.kind, table: $0.table, name: $0.name)
    }
    .mapValues { $0.map(text) }
  }
  let before = grouped(first), after = grouped(second)
  var changes: [SchemaChange] = []
  for address in Set(before.keys).union(after.keys) {
    let kind: SchemaChange.Kind
    switch (before[address], after[address]) {
    case (nil, _): kind = .added
    case (_, nil): kind = .removed
    case (let a?, let b?):
      guard Set(a) != Set(b) else { continue }
      kind = .changed
    }
    let table = address.table == address.name ? nil : address.table
    let name = (table.map { $0.bytes + [UInt8(ascii: ".")] } ?? []) + address.name.bytes
    changes.append(SchemaChange(kind: kind, place: Name(address.kind), name: Name(name), from: nil, to: nil))
  }
  return changes.sorted { ($0.place, $0.name) < ($1.place, $1.name) }
}
