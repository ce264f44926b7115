public import CBytes

/// How far a JSON value has been walked, so that the walk can go on when more bytes are there.
@frozen public struct JSONWalk: Sendable {
  /// Why a walk stopped.
  @frozen public enum Stop: Sendable {
    case done, needsMore, syntax, tooDeep, controlCharacter, badEscape
  }
  public static var depthLimit: Int { 512 }

  @usableFromInline var state: cb_json_state

  /// A walk from the first byte of a value. `python`: `NaN`, `Infinity` and `-Infinity` are values too.
  @inlinable public init(python: Bool, depthLimit: Int = JSONWalk.depthLimit) {
    state = cb_json_state()
    unsafe cb_json_start(&state, UInt32(depthLimit), python ? 1 : 0)
  }

  /// Whether `NaN` or an infinity was met.
  @inlinable public var metSpecial: Bool { state.specials != 0 }

  @usableFromInline static func stop(_ code: CInt) -> Stop {
    switch code {
    case 1: .done
    case 0: .needsMore
    case -2: .tooDeep
    case -3: .controlCharacter
    case -4: .badEscape
    default: .syntax
    }
  }
}

/// A scalar of JSON that is no string.
@frozen public struct JSONScalar: Sendable {
  /// Number of bytes; 0 when there is no scalar.
  public var count: Int
  /// Whether it is `NaN` or an infinity.
  public var isSpecial: Bool
  /// Whether the end of the bytes may cut it off.
  public var isCut: Bool
  @inlinable public init(count: Int, isSpecial: Bool, isCut: Bool) {
    self.count = count
    self.isSpecial = isSpecial
    self.isCut = isCut
  }
}

extension ByteHeap {
  /// The first byte from `offset` on that is not JSON white space; `count` when there is none.
  @inlinable @inline(__always)
  public func jsonSpace(from offset: Int) -> Int {
    precondition(offset >= 0 && offset <= storedCount)
    return unsafe cb_json_space(base, offset, storedCount)
  }

  /// The first byte in `from..<to` that ends or escapes a JSON string or may not stand in one; `to` when there is none.
  @inlinable @inline(__always)
  public func jsonSpecial(from offset: Int, to end: Int) -> Int {
    precondition(offset >= 0 && offset <= end && end <= storedCount)
    var at = offset
    while at < end {
      let mask = unsafe cb_json_special_16(base + at)
      if mask != 0 { return min(end, at &+ mask.trailingZeroBitCount) }
      at &+= 16
    }
    return end
  }

  /// The first byte in `from..<to` that cannot belong to a number or literal of JSON; `to` when there is none.
  @inlinable @inline(__always)
  public func jsonWordEnd(from offset: Int, to end: Int) -> Int {
    precondition(offset >= 0 && offset <= end && end <= storedCount)
    return unsafe cb_json_word_end(base, offset, end)
  }

  /// Walks a JSON value from `offset`, which becomes the place past it, to go on from, or of the error.
  @inlinable
  public func jsonWalk(_ walk: inout JSONWalk, at offset: inout Int, isLast: Bool) -> JSONWalk.Stop {
    precondition(offset >= 0 && offset <= storedCount)
    return unsafe JSONWalk.stop(cb_json_walk(base, &offset, storedCount, &walk.state, isLast ? 1 : 0, nil))
  }

  /// Walks the whole value at `offset`, as `jsonWalk`, and also says whether an object in it may name a key twice.
  public func jsonNested(
    at offset: inout Int, python: Bool, isLast: Bool
  ) -> (stop: JSONWalk.Stop, metSpecial: Bool, mayRepeatKeys: Bool) {
    precondition(offset >= 0 && offset <= storedCount)
    var special: CInt = 0, suspect: CInt = 0
    let stop = cb_json_nested(base, &offset, storedCount, python ? 1 : 0, isLast ? 1 : 0, &special, &suspect)
    return (JSONWalk.stop(stop), special != 0, suspect != 0)
  }

  /// The literal or number at `offset`, which lies before the end.
  @inlinable @inline(__always)
  public func jsonScalar(at offset: Int, python: Bool, isLast: Bool) -> JSONScalar {
    precondition(offset >= 0 && offset < storedCount)
    var special: CInt = 0
    let n = unsafe cb_json_scalar(base + offset, storedCount &- offset, python ? 1 : 0, isLast ? 1 : 0, &special)
    return JSONScalar(count: max(n, 0), isSpecial: special != 0, isCut: n < 0)
  }

  /// The last place up to `end` that does not cut an escape of the string content from `offset` on; nil with the place of a
  /// wrong escape in `bad`.
  public func jsonEscapeBoundary(from offset: Int, to end: Int, bad: inout Int) -> Int? {
    precondition(offset >= 0 && offset <= end && end <= storedCount)
    var wrong: CInt = 0
    let place = unsafe cb_json_escapes(base, offset, end, 0, &wrong)
    if wrong == 0 { return place }
    bad = place
    return nil
  }

  /// Undoes JSON escapes in place; returns the new length, or the offset of a wrong escape in `bad`.
  /// Bit 0 of `flags`: lone surrogates became WTF-8; bit 1: the text holds U+0000.
  public mutating func jsonUnescape(at offset: Int, count: Int, flags: inout UInt32, bad: inout Int) -> Int {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    var wrong = Int.max
    let length = unsafe cb_json_unescape(base + offset, count, &flags, &wrong)
    if wrong != Int.max { bad = offset &+ wrong }
    return length
  }
}

/// Number of bytes before the first quote or backslash of a JSON text's inside.
public func jsonPlainCount(_ text: Span<UInt8>) -> Int {
  text.withUnsafeBufferPointer { p in p.baseAddress.map { cb_json_plain($0, p.count) } ?? 0 }
}
