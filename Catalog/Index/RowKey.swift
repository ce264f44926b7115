internal import Bytes
internal import Records

/// Hashes of tables, keys and rows.
enum RowKey {
  static func table(_ name: Name) -> Hash128 { .of(name.bytes.span, seed: 0x7461_626C) }

  /// Hash of a key by the texts of its values.
  static func hash(_ values: [[UInt8]], table: Hash128) -> Hash128 {
    var stream = HashStream(seed: table.low)
    for value in values { add(value.span, to: &stream) }
    return stream.result
  }

  private static func add(_ value: Span<UInt8>, to stream: inout HashStream) {
    for shift in [0, 8, 16, 24] { stream.update(UInt8(truncatingIfNeeded: value.count >> shift)) }
    stream.update(value)
  }

  /// Hash of the key of a row; nil when a value of it is missing or held elsewhere.
  static func hash(
    _ row: Int, of batch: borrowing RecordBatch, _ columns: [Int], table: Hash128, _ scratch: inout ByteHeap
  ) -> Hash128? {
    var stream = HashStream(seed: table.low)
    for column in columns {
      let cell = batch[row, column]
      switch cell.kind {
      case .null, .missing, .external: return nil
      case .text, .number, .json, .bytes: add(batch.bytes(of: cell), to: &stream)
      case .boolean, .integer, .double:
        scratch.removeAll()
        appendShown(cell, to: &scratch)
        add(scratch, to: &stream)
      }
    }
    return stream.result
  }
  private static func add(_ heap: borrowing ByteHeap, to stream: inout HashStream) { add(heap.span, to: &stream) }

  /// What a row of another table, or the n-th of several that are equal, is told by.
  static func row(_ hash: Hash128, table: Hash128, seed: Hash128?) -> Hash128 {
    let hash = hash.mixed(with: table)
    return seed.map { hash.mixed(with: $0) } ?? hash
  }
  static func repeated(_ hash: Hash128, times: Int) -> Hash128 {
    hash.mixed(with: Hash128(low: UInt64(times), high: 0x7265))
  }
  /// What all versions of an erased row have instead of their hash.
  static func erased(_ key: Hash128) -> Hash128 { key.mixed(with: Hash128(low: 0, high: 0x6572)) }
}
