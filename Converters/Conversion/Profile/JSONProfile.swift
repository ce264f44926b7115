internal import Bytes
internal import Records

/// What the JSON objects and arrays of a column look like.
package struct JSONProfile: Equatable, Sendable {
  /// Kinds of elements of arrays.
  package struct Elements: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let texts = Elements(rawValue: 1)
    /// Numbers without point and exponent.
    package static let integers = Elements(rawValue: 2)
    package static let otherNumbers = Elements(rawValue: 4)
    package static let booleans = Elements(rawValue: 8)
    package static let nulls = Elements(rawValue: 16)
    package static let arrays = Elements(rawValue: 32)
    package static let objects = Elements(rawValue: 64)
  }

  package private(set) var objectCount = 0
  package private(set) var arrayCount = 0
  /// Arrays without elements; they are also among `arrayCount`.
  package private(set) var emptyArrayCount = 0
  /// Values too large to be looked at, and JSON scalars.
  package private(set) var otherCount = 0
  package private(set) var elements: Elements = []
  /// Greatest number of elements among the arrays that hold no object.
  package private(set) var maximumElementCount = 0

  package init() {}

  package var count: Int { objectCount + arrayCount + otherCount }
  /// Whether all values are arrays, and all elements integers or all texts: what many-to-many relations look like.
  package var holdsKeys: Bool {
    arrayCount > 0 && arrayCount == count && (elements == .integers || elements == .texts)
  }

  /// Takes a JSON cell of the batch.
  @inline(__always)
  mutating func add(_ cell: Cell, in batch: borrowing RecordBatch) {
    guard cell.count > 1 else { return addOther() }
    switch batch.heap[cell.offset] {
    case UInt8(ascii: "{"): objectCount &+= 1
    case UInt8(ascii: "["):
      arrayCount &+= 1
      addElements(cell, in: batch)
    default: addOther()
    }
  }

  /// Takes a value that is not looked at.
  mutating func addOther() { otherCount &+= 1 }

  /// Learns the kinds of an array's elements, up to the first object.
  private mutating func addElements(_ cell: Cell, in batch: borrowing RecordBatch) {
    let end = cell.offset &+ cell.count &- 1
    var at = batch.heap.jsonSpace(from: cell.offset &+ 1)
    var count = 0
    while at < end {
      let first = batch.heap[at]
      switch first {
      case UInt8(ascii: "{"): return elements.formUnion(.objects)
      case UInt8(ascii: "["): elements.formUnion(.arrays)
      case UInt8(ascii: "\""): elements.formUnion(.texts)
      case UInt8(ascii: "t"), UInt8(ascii: "f"): elements.formUnion(.booleans)
      case UInt8(ascii: "n"): elements.formUnion(.nulls)
      default: elements.formUnion(isInteger(at, end, in: batch) ? .integers : .otherNumbers)
      }
      var walk = JSONWalk(python: true)
      guard batch.heap.jsonWalk(&walk, at: &at, isLast: true) == .done else { break }
      count &+= 1
      at = batch.heap.jsonSpace(from: at)
      guard at < end, batch.heap[at] == UInt8(ascii: ",") else { break }
      at = batch.heap.jsonSpace(from: at &+ 1)
    }
    if count == 0 { emptyArrayCount &+= 1 }
    if count > maximumElementCount { maximumElementCount = count }
  }

  /// Whether the scalar at `offset` is digits with at most a minus sign.
  private func isInteger(_ offset: Int, _ end: Int, in batch: borrowing RecordBatch) -> Bool {
    var at = batch.heap[offset] == UInt8(ascii: "-") ? offset &+ 1 : offset
    let start = at
    while at < end && isDigit(batch.heap[at]) { at &+= 1 }
    guard at > start else { return false }
    let next = batch.heap[at]
    return next == UInt8(ascii: ",") || next == UInt8(ascii: "]") || next <= 0x20
  }
}
