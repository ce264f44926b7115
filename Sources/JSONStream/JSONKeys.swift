internal import Bytes

/// The keys of one table's records: which column a key belongs to.
///
/// Records of a table nearly always repeat their keys in one order, so the expected key is compared first, quotes included;
/// any other goes through a small hash table.
struct JSONKeys {
  /// All keys in quotes, one after the other.
  private(set) var literals: [UInt8] = []
  private(set) var starts: [Int] = [0]
  private var buckets: [Int32] = Array(repeating: -1, count: 16)

  init(_ names: [Name] = []) {
    for name in names { append(name) }
  }

  var count: Int { starts.count - 1 }

  /// The key of a column.
  func name(_ index: Int) -> Name { Name(Array(literals[(starts[index] + 1)..<(starts[index + 1] - 1)])) }

  mutating func append(_ name: Name) {
    literals.append(UInt8(ascii: "\""))
    literals += name.bytes
    literals.append(UInt8(ascii: "\""))
    starts.append(literals.count)
    if count * 2 > buckets.count {
      let size = buckets.count * 4
      buckets = Array(repeating: -1, count: size)
      for i in 0..<count { insert(i) }
    } else {
      insert(count - 1)
    }
  }

  private mutating func insert(_ index: Int) {
    let last = buckets.count - 1
    var slot = hash(of: index) & last
    while buckets[slot] >= 0 { slot = (slot + 1) & last }
    buckets[slot] = Int32(index)
  }

  private func hash(of index: Int) -> Int {
    let bytes = literals.span.extracting((starts[index] + 1)..<(starts[index + 1] - 1))
    return Int(truncatingIfNeeded: Hash128.of(bytes, seed: 0).low)
  }

  /// Length of the key at `index` if it stands, in quotes, at `offset` of the heap; 0 otherwise. Keys whose own text holds a
  /// quote or backslash never match here, for in JSON they are escaped.
  @inline(__always)
  func matchCount(_ index: Int, _ heap: borrowing ByteHeap, at offset: Int) -> Int {
    let start = starts[index], count = starts[index &+ 1] &- start
    return heap.matches(literals, from: start, count: count, at: offset) ? count : 0
  }

  /// The column of the key whose bytes, escapes undone, stand in a range of the heap; -1 when there is none.
  @inline(never)
  func index(_ heap: borrowing ByteHeap, at offset: Int, count: Int) -> Int {
    var slot = Int(truncatingIfNeeded: heap.hash(at: offset, count: count, seed: 0).low) & (buckets.count - 1)
    while buckets[slot] >= 0 {
      let i = Int(buckets[slot]), start = starts[i] + 1
      if starts[i + 1] - 1 - start == count, heap.matches(literals, from: start, count: count, at: offset) { return i }
      slot = (slot + 1) & (buckets.count - 1)
    }
    return -1
  }

  /// The same for a name.
  func index(of name: Name) -> Int {
    var heap = ByteHeap(capacity: name.bytes.count)
    heap.append(name.bytes.span)
    return index(heap, at: 0, count: name.bytes.count)
  }
}
