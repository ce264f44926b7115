internal import Bytes
internal import ConvexValues
internal import Records

/// Writes nested values of the legacy generation as the uniform one has them.
struct LegacyNested: Sendable {
  private var output: [UInt8] = []
  private var unfit = 0

  /// How many texts could not stand for what they should since the last call.
  mutating func takeUnfit() -> Int {
    defer { unfit = 0 }
    return unfit
  }

  /// Rewrites the JSON of a cell; the number of bytes, or nil when nothing could be made of it.
  mutating func rewrite(
    _ heap: borrowing ByteHeap, _ cell: Cell, _ state: Int, _ override: ConvexOverride, _ states: ShapeStates
  ) -> Int? {
    output.removeAll(keepingCapacity: true)
    var at = cell.offset
    guard value(heap, &at, cell.offset + cell.count, state, override, states) else { return nil }
    return output.count
  }

  /// Appends what was written; where it begins.
  func append(to heap: inout ByteHeap) -> Int {
    defer { heap.clearPadding() }
    return heap.append(output.span)
  }

  private mutating func copy(_ heap: borrowing ByteHeap, _ range: Range<Int>) {
    let bytes = heap.span(at: range.lowerBound, count: range.count)
    for i in bytes.indices { output.append(bytes[i]) }
  }

  private mutating func value(
    _ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ state: Int, _ override: ConvexOverride,
    _ states: ShapeStates
  ) -> Bool {
    at = heap.jsonSpace(from: at)
    guard at < end else { return false }
    let isKnown = state >= 0 && !states.states[state].isPlain
    if !isKnown, override == .infer { return whole(heap, &at, end) }
    switch heap[at] {
    case UInt8(ascii: "["): return array(heap, &at, end, state, override, states)
    case UInt8(ascii: "{"): return object(heap, &at, end, state, override, states)
    case UInt8(ascii: "\""): return text(heap, &at, end, LegacyMeaning(override, state, states))
    default: return whole(heap, &at, end)
    }
  }

  /// A value as it stands.
  private mutating func whole(_ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int) -> Bool {
    let start = at
    var walk = JSONWalk(python: false)
    guard heap.jsonWalk(&walk, at: &at, isLast: true) == .done, at <= end else { return false }
    copy(heap, start..<at)
    return true
  }

  private mutating func text(
    _ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ meaning: LegacyMeaning
  ) -> Bool {
    var flags: UInt32 = 0
    let start = at + 1, close = heap.jsonStringEnd(at: start, flags: &flags)
    guard close < end else { return false }
    at = close + 1
    let content = heap.span(at: start, count: close - start)
    switch meaning {
    case .text: break
    case .int64 where isCanonicalInteger(content) && Int64(digits: content) != nil:
      copy(heap, start..<close)
      return true
    case .infinity where isWord(content, "Infinity") || isWord(content, "-Infinity"):
      output += taggedFloat(content.count == 8 ? .infinity : -.infinity)
      return true
    case .notANumber(let bits) where isWord(content, "NaN") && Double(bitPattern: bits).isNaN:
      output += taggedFloat(Double(bitPattern: bits))
      return true
    case .bytes where decodeBase64(content) != nil:
      output += Array("{\"$bytes\":\"".utf8)
      copy(heap, start..<close)
      output += Array("\"}".utf8)
      return true
    case .int64, .infinity, .notANumber, .bytes: unfit += 1
    }
    copy(heap, (start - 1)..<at)
    return true
  }

  private mutating func array(
    _ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ state: Int, _ override: ConvexOverride,
    _ states: ShapeStates
  ) -> Bool {
    let element = state < 0 ? -1 : states.states[state].element
    var overrides: [ConvexOverride] = [], index = 0
    if case .array(let given) = override { overrides = given }
    output.append(UInt8(ascii: "["))
    at = heap.jsonSpace(from: at + 1)
    while at < end, heap[at] != UInt8(ascii: "]") {
      guard value(heap, &at, end, element, index < overrides.count ? overrides[index] : .infer, states) else {
        return false
      }
      index += 1
      guard separator(heap, &at, end) else { return false }
    }
    guard at < end else { return false }
    if !overrides.isEmpty, overrides.count != index { unfit += 1 }
    output.append(UInt8(ascii: "]"))
    at += 1
    return true
  }

  private mutating func object(
    _ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ state: Int, _ override: ConvexOverride,
    _ states: ShapeStates
  ) -> Bool {
    output.append(UInt8(ascii: "{"))
    at = heap.jsonSpace(from: at + 1)
    while at < end, heap[at] != UInt8(ascii: "}") {
      let start = at
      guard heap[at] == UInt8(ascii: "\"") else { return false }
      var flags: UInt32 = 0
      let close = heap.jsonStringEnd(at: at + 1, flags: &flags)
      guard close < end else { return false }
      copy(heap, start..<(close + 1))
      at = heap.jsonSpace(from: close + 1)
      guard at < end, heap[at] == UInt8(ascii: ":") else { return false }
      output.append(UInt8(ascii: ":"))
      at += 1
      // A key with escapes names no field that a shape knows: fields are ASCII without control characters.
      let key = heap.span(at: start + 1, count: close - start - 1)
      let field = states.field(key, of: state), given = override.field(key)
      guard value(heap, &at, end, field, given, states), separator(heap, &at, end) else { return false }
    }
    guard at < end else { return false }
    output.append(UInt8(ascii: "}"))
    at += 1
    return true
  }

  /// Steps over a comma, or up to a closing bracket.
  private mutating func separator(_ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int) -> Bool {
    at = heap.jsonSpace(from: at)
    guard at < end else { return false }
    if heap[at] == UInt8(ascii: ",") {
      output.append(UInt8(ascii: ","))
      at = heap.jsonSpace(from: at + 1)
      return at < end
    }
    return heap[at] == UInt8(ascii: "]") || heap[at] == UInt8(ascii: "}")
  }
}
