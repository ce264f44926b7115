internal import Bytes

/// Finds keys that objects in a JSON value name twice, however they are spelt. Slow and exact: only for values in which there
/// may be such keys.
struct JSONNestedKeys {
  /// Number of keys that their object has named before.
  private(set) var repeats = 0
  /// Some of those keys.
  private(set) var repeated: [Name] = []
  /// Where the value of the first of them begins.
  private(set) var firstRepeat: Int?

  /// Reads a well-formed value.
  mutating func read(_ heap: borrowing ByteHeap, from start: Int, to end: Int) {
    // The keys of every open object; nil for an array.
    var open: [Set<Name>?] = [], at = start
    while at < end {
      switch heap[at] {
      case UInt8(ascii: "{"): open.append([])
      case UInt8(ascii: "["): open.append(nil)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): open.removeLast()
      case UInt8(ascii: "\""):
        var flags: UInt32 = 0
        let close = heap.jsonStringEnd(at: at + 1, flags: &flags), colon = heap.jsonSpace(from: close + 1)
        if colon < end, heap[colon] == UInt8(ascii: ":") {
          let key = name(heap, at + 1, close)
          let isNew = open[open.count - 1]?.insert(key).inserted ?? true
          if !isNew {
            repeats += 1
            if repeated.count < 8 { repeated.append(key) }
            if firstRepeat == nil { firstRepeat = heap.jsonSpace(from: colon + 1) }
          }
        }
        at = close
      default: break
      }
      at += 1
    }
  }

  private func name(_ heap: borrowing ByteHeap, _ start: Int, _ end: Int) -> Name {
    var text = ByteHeap(capacity: end - start), flags: UInt32 = 0, bad = -1
    text.append(heap.span(at: start, count: end - start))
    let count = text.jsonUnescape(at: 0, count: end - start, flags: &flags, bad: &bad)
    return Name(text.span(at: 0, count: count))
  }
}
