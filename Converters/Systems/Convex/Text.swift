internal import Bytes

/// Whether the bytes hold a word.
func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool { firstOffset(of: word.span, in: text.span) != nil }

/// The bytes without white space at both ends.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var bytes = bytes
  while let first = bytes.first, first <= 0x20 { bytes = bytes.dropFirst() }
  while let last = bytes.last, last <= 0x20 { bytes = bytes.dropLast() }
  return bytes
}

/// The texts of a JSON array that holds nothing else, escapes undone; none when it holds more.
func jsonTexts(_ array: [UInt8]) -> [[UInt8]] {
  var heap = ByteHeap(capacity: array.count)
  heap.append(array.span)
  heap.clearPadding()
  var texts: [[UInt8]] = []
  var at = heap.jsonSpace(from: 0)
  guard at < heap.count, heap[at] == UInt8(ascii: "[") else { return [] }
  at = heap.jsonSpace(from: at + 1)
  while at < heap.count, heap[at] == UInt8(ascii: "\"") {
    guard let text = jsonText(heap, &at) else { return [] }
    texts.append(text)
    at = heap.jsonSpace(from: at)
    guard at < heap.count, heap[at] == UInt8(ascii: ",") else { break }
    at = heap.jsonSpace(from: at + 1)
  }
  return at < heap.count && heap[at] == UInt8(ascii: "]") ? texts : []
}

/// The members of a JSON object, texts without their escapes and other values as they stand; those before the first that is
/// cut off or wrong.
func jsonMembers(_ object: [UInt8]) -> [(name: Name, value: [UInt8])] {
  var heap = ByteHeap(capacity: object.count)
  heap.append(object.span)
  heap.clearPadding()
  var members: [(Name, [UInt8])] = []
  var at = heap.jsonSpace(from: 0)
  guard at < heap.count, heap[at] == UInt8(ascii: "{") else { return [] }
  at = heap.jsonSpace(from: at + 1)
  while at < heap.count, heap[at] == UInt8(ascii: "\"") {
    guard let name = jsonText(heap, &at) else { return members }
    at = heap.jsonSpace(from: at)
    guard at < heap.count, heap[at] == UInt8(ascii: ":") else { return members }
    at = heap.jsonSpace(from: at + 1)
    guard at < heap.count else { return members }
    let start = at
    if heap[at] == UInt8(ascii: "\"") {
      guard let text = jsonText(heap, &at) else { return members }
      members.append((Name(name), text))
    } else {
      var walk = JSONWalk(python: false)
      guard heap.jsonWalk(&walk, at: &at, isLast: false) == .done else { return members }
      members.append((Name(name), [UInt8](heap.span(at: start, count: at - start))))
    }
    at = heap.jsonSpace(from: at)
    guard at < heap.count, heap[at] == UInt8(ascii: ",") else { return members }
    at = heap.jsonSpace(from: at + 1)
  }
  return members
}

/// The text at a quote, which `at` then lies behind; nil when it is cut off or wrong.
func jsonText(_ heap: borrowing ByteHeap, _ at: inout Int) -> [UInt8]? {
  var flags: UInt32 = 0
  let start = at + 1, close = heap.jsonStringEnd(at: start, flags: &flags)
  guard close < heap.count, flags & 2 == 0 else { return nil }
  at = close + 1
  if flags & 1 == 0 { return [UInt8](heap.span(at: start, count: close - start)) }
  var text = ByteHeap(capacity: close - start)
  text.append(from: heap, at: start, count: close - start)
  text.clearPadding()
  var bad = -1
  let count = text.jsonUnescape(at: 0, count: text.count, flags: &flags, bad: &bad)
  return bad < 0 ? [UInt8](text.span(at: 0, count: count)) : nil
}
