internal import Bytes
internal import Records

/// The members of an object, or the elements of a list, of JSON in the heap of a batch, one after another. Escapes of keys and texts
/// are undone in place, so that the value they stand in cannot be read again.
struct JSONParts {
  private var at: Int
  private let end: Int
  let isObject: Bool
  /// Where the key of the member at hand is in the heap.
  private(set) var key = 0..<0

  /// Nil for a cell that holds no object or list.
  init?(_ cell: Cell, in batch: borrowing RecordBatch) {
    guard cell.kind == .json, cell.count > 1 else { return nil }
    let first = batch.heap[cell.offset]
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
    isObject = first == UInt8(ascii: "{")
    at = cell.offset + 1
    end = cell.offset + cell.count - 1
  }

  /// The next value; nil at the end.
  mutating func next(in batch: inout RecordBatch) -> Cell? {
    skipSpace(batch)
    if at < end, batch.heap[at] == UInt8(ascii: ",") {
      at += 1
      skipSpace(batch)
    }
    guard at < end else { return nil }
    if isObject {
      guard let cell = value(in: &batch), cell.kind == .text else { return nil }
      key = cell.offset..<cell.offset + cell.count
      skipSpace(batch)
      guard at < end, batch.heap[at] == UInt8(ascii: ":") else { return nil }
      at += 1
      skipSpace(batch)
      guard at < end else { return nil }
    }
    return value(in: &batch)
  }

  private mutating func skipSpace(_ batch: borrowing RecordBatch) { at = min(batch.heap.jsonSpace(from: at), end) }

  /// The value that begins here.
  private mutating func value(in batch: inout RecordBatch) -> Cell? {
    let start = at
    var walk = JSONWalk(python: true)
    guard batch.heap.jsonWalk(&walk, at: &at, isLast: true) == .done, at <= end else {
      at = end
      return nil
    }
    switch batch.heap[start] {
    case UInt8(ascii: "\""): return text(at: start + 1, count: at - start - 2, in: &batch)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      return Cell(.json, offset: start, count: at - start, flags: walk.metSpecial ? .specials : [])
    case UInt8(ascii: "t"): return .boolean(true)
    case UInt8(ascii: "f"): return .boolean(false)
    case UInt8(ascii: "n"): return .null
    default: return Cell(.number, offset: start, count: at - start)
    }
  }

  private func text(at offset: Int, count: Int, in batch: inout RecordBatch) -> Cell {
    guard batch.heap.firstOffset(of: UInt8(ascii: "\\"), at: offset, count: count) != nil else {
      return Cell(.text, offset: offset, count: count, flags: .plainJSON)
    }
    var bits: UInt32 = 0, bad = 0, flags: Cell.Flags = []
    let length = batch.heap.jsonUnescape(at: offset, count: count, flags: &bits, bad: &bad)
    if bits & 1 != 0 { flags.insert(.surrogates) }
    if bits & 2 != 0 { flags.insert(.nul) }
    return Cell(.text, offset: offset, count: max(length, 0), flags: flags)
  }
}
