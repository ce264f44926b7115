internal import Bytes
internal import Records

/// Finds rows whose primary key comes more than once, in bounded memory.
///
/// A key whose bits are all set may have come before, and its row is noted. A key noted for nothing does no harm: its only row
/// is then also its last.
struct DuplicateFinder: Sendable {
  /// Keys noted beyond this number are refused.
  private static let limit = 1 << 20

  private var bits: [UInt64]
  private var row = 0
  /// Number of the last row of each key that may come more than once, by the key's hash.
  private(set) var lastRows: [Hash128: Int] = [:]

  init(rowCount: Int) {
    var words = 1 << 10
    // Sixteen bits a row, at most 16 MiB.
    while words * 4 < rowCount, words < 1 << 21 { words *= 2 }
    bits = Array(repeating: 0, count: words)
  }

  mutating func observe(_ batch: borrowing RecordBatch, keyColumn: Int) throws(ReadError) {
    for i in 0..<batch.rowCount {
      let cell = batch[i, keyColumn]
      row += 1
      guard cell.kind == .number || cell.kind == .text || cell.kind == .json else { continue }
      let hash = Hash128.of(batch.bytes(of: cell), seed: 0)
      if !insert(hash) { continue }
      lastRows[hash] = row - 1
      guard lastRows.count <= Self.limit else {
        throw ReadError(.tooLarge(what: "the repeated primary keys of one model", limit: Self.limit * 48))
      }
    }
  }

  /// Sets the bits of a hash; true when all were set.
  private mutating func insert(_ hash: Hash128) -> Bool {
    var wereSet = true
    for word in [hash.low, hash.high] {
      let at = Int(truncatingIfNeeded: word >> 6) & (bits.count - 1), bit = 1 as UInt64 &<< (word & 63)
      if bits[at] & bit == 0 { wereSet = false }
      bits[at] |= bit
    }
    return wereSet
  }
}
