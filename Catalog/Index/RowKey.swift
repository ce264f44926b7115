internal import Bytes
internal import Records

/// Hashes of tables and keys.
enum RowKey {
  static func table(_ name: Name) -> Hash128 { .of(name.bytes.span, seed: 0x7461_626C) }

  /// Hashes that the key of a table's row has by the texts of its values, one for each way in which shapes hold them.
  static func hashes(_ values: [[UInt8]], of table: Name, _ shapes: [RowShape]) throws(IndexError) -> [Hash128] {
    var hashes: [Hash128] = [], ways = Set<[Bool]>()
    for shape in shapes where shape.table == table && shape.key.count == values.count {
      ways.insert(shape.key.map { shape.columns[$0].type.elementsEqual("bytes".utf8) })
    }
    if ways.isEmpty { ways.insert(values.map { _ in false }) }
    for way in ways { hashes.append(try KeyDigester.hash(values, isBytes: way, table: table)) }
    return hashes
  }
}
