public import CBytes

extension Int64 {
  /// The integer that `text` spells in decimal digits behind an optional sign; nil on overflow or for anything else.
  @inlinable public init?(digits text: Span<UInt8>) {
    let count = text.count
    guard count > 0 else { return nil }
    let first = text[0]
    var at = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0
    guard at < count else { return nil }
    var value: Int64 = 0
    // Eighteen digits cannot overflow.
    let safe = Swift.min(count, at &+ 18)
    while at < safe {
      let digit = text[at] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int64(digit)
      at &+= 1
    }
    // Below zero from here on: the least integer has no positive counterpart.
    value = 0 &- value
    while at < count {
      let digit = text[at] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (difference, underflow) = product.subtractingReportingOverflow(Int64(digit))
      guard !overflow && !underflow else { return nil }
      value = difference
      at &+= 1
    }
    if first == UInt8(ascii: "-") {
      self = value
    } else {
      guard value != .min else { return nil }
      self = 0 &- value
    }
  }
}

/// Whether `text` spells an integer of any size in its shortest form: no `+`, no leading zero, no `-0`.
public func isCanonicalInteger(_ text: Span<UInt8>) -> Bool {
  let start = !text.isEmpty && text[0] == UInt8(ascii: "-") ? 1 : 0
  guard start < text.count else { return false }
  if text[start] == UInt8(ascii: "0") { return text.count == 1 }
  for i in start..<text.count where !isDigit(text[i]) { return false }
  return true
}

/// Whether a byte is an ASCII digit.
@inlinable public func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

/// The number that exactly two digits at `offset` spell; nil for anything else.
@inline(__always) func twoDigits(_ text: Span<UInt8>, at offset: Int) -> Int? {
  guard offset &+ 2 <= text.count else { return nil }
  let tens = text[offset] &- UInt8(ascii: "0"), ones = text[offset &+ 1] &- UInt8(ascii: "0")
  guard tens < 10 && ones < 10 else { return nil }
  return Int(tens) &* 10 &+ Int(ones)
}

/// Whether the bytes from `offset` on begin with `word`, letters of either case (`word` in lower case).
func hasWord(_ text: Span<UInt8>, at offset: Int, _ word: StaticString) -> Bool {
  let count = word.utf8CodeUnitCount
  guard offset &+ count <= text.count else { return false }
  for i in 0..<count where asciiLower(text[offset &+ i]) != word.utf8Start[i] { return false }
  return true
}

/// Whether `text` is exactly `word`.
public func isWord(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
  guard text.count == word.utf8CodeUnitCount else { return false }
  for i in text.indices where text[i] != word.utf8Start[i] { return false }
  return true
}

extension ByteHeap {
  /// The number that one to sixteen digits without sign spell, the fast way; nil for anything else.
  @inlinable @inline(__always)
  public func smallNumber(at offset: Int, count: Int) -> UInt64? {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    var value: UInt64 = 0
    return unsafe cb_small_number(base + offset, count, &value) != 0 ? value : nil
  }

  /// The number that digits with a point among them spell, as value / 10^scale, the fast way; nil for anything else.
  @inlinable @inline(__always)
  public func smallDecimal(at offset: Int, count: Int) -> (value: UInt64, scale: Int)? {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    var value: UInt64 = 0, scale: UInt32 = 0
    return unsafe cb_small_decimal(base + offset, count, &value, &scale) != 0 ? (value, Int(scale)) : nil
  }
}
