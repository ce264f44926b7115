internal import Bytes
internal import Records

/// The numbers and texts of an archive, read in order from memory or from a window over a file.
///
///     INT    sign 1 │ magnitude, little endian, intSize bytes
///     STR    INT length (-1: none) │ bytes
///     OFFSET state 1 │ little endian, offsetSize bytes
struct ArchiveBytes {
  private let file: SharedFile?
  private var window: [UInt8]
  private var at = 0
  /// Offset of the window in the file.
  private var base: Int64 = 0
  /// Size of the whole input.
  let byteCount: Int64
  /// Bytes of a number, and of an offset, as the header says.
  var intSize = 4
  var offsetSize = 8

  init(_ bytes: [UInt8]) {
    file = nil
    window = bytes
    byteCount = Int64(bytes.count)
  }
  init(_ file: SharedFile, at offset: Int64 = 0) {
    self.file = file
    window = []
    base = offset
    byteCount = file.byteCount
  }

  /// Where the next byte lies.
  var offset: Int64 { base + Int64(at) }
  /// Bytes from here on.
  var left: Int64 { byteCount - offset }

  /// What is wrong at an offset, by default where the next byte lies.
  func corrupt(_ what: String, at offset: Int64? = nil) -> ReadError {
    ReadError(.syntax("archive is damaged: " + what), offset: Int(offset ?? self.offset))
  }

  /// Makes the next `count` bytes lie in the window.
  private mutating func need(_ count: Int) throws(ReadError) {
    if window.count - at >= count { return }
    guard left >= Int64(count) else { throw ReadError(.truncated, offset: Int(byteCount)) }
    try reload(count)
    guard window.count >= count else { throw ReadError(.changed, offset: Int(offset)) }
  }

  private mutating func reload(_ count: Int = 1) throws(ReadError) {
    guard let file else { return }
    do throws(IOError) {
      try Interruption.check("read")
      let size = Int(min(left, Int64(max(count, Self.windowSize))))
      window = try file.bytes(at: offset, count: size)
    } catch { throw ReadError(.io(error), offset: Int(offset)) }
    base += Int64(at)
    at = 0
  }
  private static let windowSize = 1 << 17

  mutating func byte() throws(ReadError) -> UInt8 {
    try need(1)
    at += 1
    return window[at - 1]
  }

  mutating func bytes(_ count: Int) throws(ReadError) -> [UInt8] {
    try need(count)
    at += count
    return Array(window[(at - count)..<at])
  }

  /// A signed number; its magnitude has at most 32 bits.
  mutating func int() throws(ReadError) -> Int {
    let start = offset
    try need(1 + intSize)
    let sign = window[at]
    guard sign <= 1 else { throw corrupt("a number has the sign \(sign)", at: start) }
    var value = 0, i = intSize
    while i > 0 {
      guard value < 1 << 24 else { throw corrupt("a number is too large", at: start) }
      value = value << 8 | Int(window[at + i])
      i -= 1
    }
    at += 1 + intSize
    return sign == 0 ? value : -value
  }

  /// A number of something there cannot be less than none of.
  mutating func count(of what: String) throws(ReadError) -> Int {
    let start = offset
    let value = try int()
    guard value >= 0 else { throw corrupt("the number of \(what) is negative", at: start) }
    return value
  }

  /// An object identifier, which a writer may have taken for a signed number.
  mutating func oid() throws(ReadError) -> UInt32 { UInt32(truncatingIfNeeded: try int()) }

  mutating func string() throws(ReadError) -> [UInt8]? {
    let start = offset
    let count = try int()
    if count == -1 { return nil }
    guard count >= 0 else { throw corrupt("a text has the length \(count)", at: start) }
    guard Int64(count) <= left else { throw corrupt("a text of \(count) bytes reaches beyond the end", at: start) }
    return try bytes(count)
  }

  /// Where a block lies.
  mutating func position() throws(ReadError) -> BlockPosition {
    let start = offset
    let state = try byte()
    let bytes = try bytes(offsetSize)
    switch state {
    case 1: return .unknown
    case 3: return .none
    case 2: break
    default: throw corrupt("an offset has the state \(state)", at: start)
    }
    let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard bytes.dropFirst(8).allSatisfy({ $0 == 0 }), let position = Int64(exactly: value) else {
      throw corrupt("an offset is too large", at: start)
    }
    return .at(position)
  }

  /// Steps over bytes without reading them.
  mutating func skip(_ count: Int) throws(ReadError) {
    guard Int64(count) <= left else { throw ReadError(.truncated, offset: Int(byteCount)) }
    if count <= window.count - at {
      at += count
    } else {
      base = offset + Int64(count)
      at = 0
      window.removeAll(keepingCapacity: true)
    }
  }

  /// Appends up to `count` bytes to a buffer with room, as many as lie in the window; returns how many, at least one.
  mutating func copy(_ count: Int, into buffer: inout OutputRawSpan) throws(ReadError) -> Int {
    try need(1)
    let step = min(count, window.count - at, buffer.freeCapacity)
    let copied = buffer.append(copying: window.span.extracting(at..<(at + step)))
    at += copied
    return copied
  }
}
