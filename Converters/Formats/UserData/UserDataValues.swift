internal import Bytes
internal import Records

/// Turns cells into JSON values.
struct UserDataValues: Sendable {
  /// Whether the last value had no form in JSON and became null.
  private var wasSpecial = false

  /// Whether a value since the last call became null because JSON has no such number.
  mutating func takeSpecial() -> Bool {
    defer { wasSpecial = false }
    return wasSpecial
  }

  /// The value as it stands in a JSON document.
  mutating func json(_ cell: Cell, of batch: borrowing RecordBatch) throws(IOError) -> [UInt8] {
    switch cell.kind {
    case .null, .missing: return Array("null".utf8)
    case .boolean: return Array((cell.boolean ? "true" : "false").utf8)
    case .integer: return Array(String(cell.integer).utf8)
    case .double: return finite(Array("\(cell.double)".utf8), cell.double.isFinite)
    case .number:
      let digits = Array(batch.bytes(of: cell))
      return finite(digits, digits.last.map { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ?? false)
    case .text: return try quoted(Array(batch.bytes(of: cell)))
    case .json: return Array(batch.bytes(of: cell))
    case .bytes: return try encoded(batch.bytes(of: cell))
    case .external:
      let value = batch.externals[cell.offset]
      var source: any ByteSource & ~Copyable = SpillSource(value.file, at: value.offset, count: value.byteCount)
      let bytes = try readAll(&source, limit: UserDataWriter.limit)
      switch value.kind {
      case .json: return bytes
      case .bytes: return try encoded(bytes.span)
      default: return try quoted(bytes)
      }
    }
  }

  private mutating func finite(_ digits: [UInt8], _ isFinite: Bool) -> [UInt8] {
    if isFinite { return digits }
    wasSpecial = true
    return Array("null".utf8)
  }

  private func quoted(_ text: [UInt8]) throws(IOError) -> [UInt8] {
    let store = MemoryStore()
    var buffer = OutputBuffer(MemorySink(store), capacity: 256)
    try buffer.append(UInt8(ascii: "\""))
    try buffer.appendJSONEscaped(wtf8: text.span)
    try buffer.append(UInt8(ascii: "\""))
    try buffer.finish()
    return store.bytes
  }

  private func encoded(_ bytes: Span<UInt8>) throws(IOError) -> [UInt8] {
    let store = MemoryStore()
    var buffer = OutputBuffer(MemorySink(store), capacity: 256)
    try buffer.append(UInt8(ascii: "\""))
    try buffer.appendBase64(bytes)
    try buffer.append(UInt8(ascii: "\""))
    try buffer.finish()
    return store.bytes
  }
}
