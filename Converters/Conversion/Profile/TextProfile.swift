internal import Bytes
internal import Records

/// What the texts of a column look like.
package struct TextProfile: Equatable, Sendable {
  /// Texts seen, empty ones among them.
  package private(set) var count = 0
  package private(set) var emptyCount = 0
  /// What all texts that are not empty have in common.
  package private(set) var shape = TextShape.none
  /// The numbers, as long as `shape` is numeric.
  package private(set) var numbers = NumberProfile()
  /// Texts that hold U+0000.
  package private(set) var nulCount = 0
  /// Texts that hold lone surrogates.
  package private(set) var surrogateCount = 0

  package init() {}

  /// Takes a text cell of the batch.
  @inline(__always)
  mutating func add(_ cell: Cell, in batch: borrowing RecordBatch) {
    count &+= 1
    if !cell.flags.isDisjoint(with: [.nul, .surrogates]) { note(cell.flags) }
    if cell.count == 0 {
      emptyCount &+= 1
    } else if shape != .text {
      classify(cell, in: batch)
    }
  }

  /// Takes texts that change nothing: empty ones, those that have the shape of all others, and any once there is none.
  mutating func add(count: Int, empty: Int) {
    self.count &+= count
    emptyCount &+= empty
  }

  /// Takes the numbers among them.
  mutating func add(_ fractions: PlainFractions) { numbers.add(fractions) }

  /// Takes a text that is too long to be looked at.
  mutating func addLong(_ flags: Cell.Flags) {
    count &+= 1
    note(flags)
    shape = .text
  }

  private mutating func note(_ flags: Cell.Flags) {
    if flags.contains(.nul) { nulCount &+= 1 }
    if flags.contains(.surrogates) { surrogateCount &+= 1 }
  }

  /// Tries the expected shape first, all others only when it does not fit.
  private mutating func classify(_ cell: Cell, in batch: borrowing RecordBatch) {
    let text = batch.bytes(of: cell)
    switch shape {
    case .uuid where TextShape.isUUID(text): return
    case .date, .time, .timestamp, .timestamptz:
      if TextShape.ofDate(text) == shape { return }
    case .integer, .decimal, .number:
      shape = shape.joined(with: numericShape(text) ?? .text)
      return
    case .base64 where TextShape.isBase64(text): return
    case .interval where TextShape.isInterval(text): return
    default: break
    }
    shape = shape.joined(with: fullShape(text, cell, in: batch))
  }

  /// The shape of a number, which is added to `numbers`; nil when it is none.
  private mutating func numericShape(_ text: Span<UInt8>) -> TextShape? {
    let form = numbers.add(text)
    guard TextShape.isPrintedNumber(form, text) else { return nil }
    return form == .integer ? .integer : form == .fraction ? .decimal : .number
  }

  /// The shape of one text, whatever the others are.
  private mutating func fullShape(_ text: Span<UInt8>, _ cell: Cell, in batch: borrowing RecordBatch) -> TextShape {
    switch text[0] {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return isJSON(cell, in: batch) ? .json : .text
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "P"), UInt8(ascii: "N"),
      UInt8(ascii: "I"):
      if let shape = TextShape.ofDate(text) { return shape }
      if TextShape.isInterval(text) { return .interval }
      if shape == .none, let shape = numericShape(text) { return shape }
    default: break
    }
    if TextShape.isUUID(text) { return .uuid }
    if TextShape.isBoolean(text) { return .boolean }
    return TextShape.isBase64(text) ? .base64 : .text
  }
}

/// Whether a text cell is a JSON object or array and nothing else.
private func isJSON(_ cell: Cell, in batch: borrowing RecordBatch) -> Bool {
  var walk = JSONWalk(python: false)
  var at = cell.offset
  return batch.heap.jsonWalk(&walk, at: &at, isLast: true) == .done && at == cell.offset &+ cell.count
}
