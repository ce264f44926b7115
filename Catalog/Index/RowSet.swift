/// Rows of a segment, or row versions of a lineage, as bits.
package struct RowSet: Equatable, Sendable {
  package internal(set) var words: [UInt64]
  package let limit: Int

  /// No rows of `limit`.
  package init(limit: Int) {
    self.limit = limit
    words = [UInt64](repeating: 0, count: (limit + 63) / 64)
  }
  /// All rows of `limit`.
  package static func all(_ limit: Int) -> RowSet {
    var set = RowSet(limit: limit)
    set.toggle(0..<limit)
    return set
  }

  package func contains(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }
  package mutating func insert(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }
  package mutating func remove(_ row: Int) { words[row >> 6] &= ~(1 << UInt64(row & 63)) }
  package mutating func toggle(_ row: Int) { words[row >> 6] ^= 1 << UInt64(row & 63) }
  package mutating func toggle(_ rows: Range<Int>) {
    guard !rows.isEmpty else { return }
    let first = rows.lowerBound >> 6, last = (rows.upperBound - 1) >> 6
    for word in first...last {
      var mask = UInt64.max
      if word == first { mask &= UInt64.max << UInt64(rows.lowerBound & 63) }
      if word == last { mask &= UInt64.max >> UInt64(63 - (rows.upperBound - 1) & 63) }
      words[word] ^= mask
    }
  }
  /// Whether any row of a range is in the set.
  package func intersects(_ rows: Range<Int>) -> Bool {
    guard !rows.isEmpty else { return false }
    let first = rows.lowerBound >> 6, last = (rows.upperBound - 1) >> 6
    for word in first...last where words[word] != 0 {
      var mask = UInt64.max
      if word == first { mask &= UInt64.max << UInt64(rows.lowerBound & 63) }
      if word == last { mask &= UInt64.max >> UInt64(63 - (rows.upperBound - 1) & 63) }
      if words[word] & mask != 0 { return true }
    }
    return false
  }
  package mutating func formUnion(_ other: RowSet) { for i in words.indices { words[i] |= other.words[i] } }
  package mutating func formIntersection(_ other: RowSet) { for i in words.indices { words[i] &= other.words[i] } }
  package mutating func formSymmetricDifference(_ other: RowSet) {
    for i in words.indices { words[i] ^= other.words[i] }
  }
  package mutating func subtract(_ other: RowSet) { for i in words.indices { words[i] &= ~other.words[i] } }
  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  /// The same rows among more or fewer.
  package func resized(to limit: Int) -> RowSet {
    var set = RowSet(limit: limit)
    for i in 0..<min(words.count, set.words.count) { set.words[i] = words[i] }
    if limit & 63 != 0, let last = set.words.indices.last { set.words[last] &= UInt64.max >> UInt64(64 - limit & 63) }
    return set
  }
  /// Calls `body` with each row, ascending, until it returns false.
  package func forEach<E: Error>(_ body: (Int) throws(E) -> Bool) throws(E) {
    for (i, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        guard try body(i * 64 + rest.trailingZeroBitCount) else { return }
        rest &= rest - 1
      }
    }
  }
  /// Calls `body` with each row of a range, ascending.
  func forEach(in rows: Range<Int>, _ body: (Int) -> Void) {
    var at = rows.lowerBound
    while at < rows.upperBound {
      let rest = words[at >> 6] >> UInt64(at & 63)
      guard rest != 0 else {
        at = (at | 63) + 1
        continue
      }
      at += rest.trailingZeroBitCount
      if at < rows.upperBound { body(at) }
      at += 1
    }
  }
  /// All rows, ascending.
  package var rows: [Int] {
    var rows: [Int] = []
    forEach {
      rows.append($0); return true
    }
    return rows
  }
  /// The greatest row below `row`; nil when there is none.
  package func last(before row: Int) -> Int? {
    guard row > 0 else { return nil }
    var i = (row - 1) >> 6
    var word = words[i] & (UInt64.max >> UInt64(63 - (row - 1) & 63))
    while word == 0 {
      guard i > 0 else { return nil }
      i -= 1
      word = words[i]
    }
    return i * 64 + 63 - word.leadingZeroBitCount
  }
}
