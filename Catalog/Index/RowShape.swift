package import Bytes
package import Records

/// What the rows of a block have in common: table, columns and key.
package struct RowShape: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package var name: Name
    /// The logical type's word.
    package var type: [UInt8]
    package var isSecret: Bool
  }
  package var table: Name
  package var columns: [Column]
  /// Positions of the primary key's columns; empty when there is none.
  package var key: [Int]

  package init(_ table: TableSchema) {
    self.table = table.name
    columns = table.columns.map { Column(name: $0.name, type: Array($0.type.word.utf8), isSecret: $0.isSecret) }
    let positions = table.primaryKey.compactMap { table.index(of: $0) }
    key = positions.count == table.primaryKey.count ? positions : []
  }

  /// Keeps nothing but the number of columns.
  mutating func forget() {
    table = Name("")
    columns = columns.map { Column(name: Name(""), type: $0.type, isSecret: $0.isSecret) }
    key = []
  }

  func append(to heap: inout ByteHeap) {
    heap.append(counted: table.bytes)
    heap.append(varint: columns.count)
    for column in columns {
      heap.append(counted: column.name.bytes)
      heap.append(counted: column.type)
      heap.append(column.isSecret ? 1 : 0)
    }
    heap.append(varint: key.count)
    for position in key { heap.append(varint: position) }
  }

  init(_ cursor: inout PageCursor) throws(IndexError) {
    table = Name(try cursor.counted())
    columns = []
    for _ in 0..<(try cursor.count()) {
      let name = Name(try cursor.counted()), type = try cursor.counted()
      columns.append(Column(name: name, type: type, isSecret: try cursor.byte() != 0))
    }
    key = []
    for _ in 0..<(try cursor.count(columns.count)) { key.append(try cursor.count(columns.count - 1)) }
  }
}
