internal import Bytes
internal import Conversion
internal import Records

/// A row by column that no source holds; nil is NULL.
typealias MadeRow = [[UInt8]?]

/// A table of one of Supabase's own schemas, with the columns that are written.
func madeTable(_ schema: Name, _ name: Name, _ columns: [(Name, LogicalType)]) -> TableSchema {
  var table = TableSchema(schema + "." + name, columns.map { Column($0.0, $0.1) }, primaryKey: ["id"])
  table.namespace = schema
  return table
}

/// A UUID of version 8 made of what a row is known by, so that it is the same every time.
func minted(_ use: String, _ table: [UInt8], _ key: [UInt8]) -> [UInt8] {
  var hash = SHA256()
  let text = Array("coffer supabase \(use)\n".utf8) + table + [10] + key
  hash.update(text.span)
  let bytes = hash.finish()
  func word(_ start: Int) -> UInt64 { bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
  let high = word(0) & ~0xF000 | 0x8000, low = word(8) & ~(3 << 62) | 2 << 62
  return UUIDText(high: high, low: low).text
}

/// A text as JSON.
func jsonText(_ text: [UInt8]) -> [UInt8] {
  var made = [UInt8(ascii: "\"")], escaper = JSONStringEscaper()
  escaper.escape(text.span, into: &made)
  return made + [UInt8(ascii: "\"")]
}
