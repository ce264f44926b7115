internal import CBytes
internal import Glibc

/// Buffers small writes in front of a sink.
public struct OutputBuffer: ~Copyable {
  @usableFromInline var sink: any ByteSink & ~Copyable
  @usableFromInline let base: UnsafeMutablePointer<UInt8>
  @usableFromInline let capacity: Int
  @usableFromInline var count = 0
  @usableFromInline var flushed = 0

  public init(_ sink: consuming any ByteSink & ~Copyable, capacity: Int = 1 << 16) {
    self.sink = sink
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }
  deinit { base.deallocate() }

  /// Bytes appended so far.
  @inlinable public var byteCount: Int { flushed + count }

  @inlinable public mutating func append(_ byte: UInt8) throws(IOError) {
    if count == capacity { try flush() }
    unsafe base[count] = byte
    count &+= 1
  }

  @inlinable public mutating func append(_ bytes: Span<UInt8>) throws(IOError) {
    let n = bytes.count
    if n > capacity &- count {
      try flush()
      if n > capacity {
        flushed += n
        return try sink.write(bytes)
      }
    }
    unsafe bytes.withUnsafeBufferPointer {
      if let from = $0.baseAddress { unsafe (base + count).update(from: from, count: n) }
    }
    count &+= n
  }

  @inlinable public mutating func append(_ bytes: [UInt8]) throws(IOError) {
    try append(bytes.span)
  }

  @inlinable public mutating func append(_ literal: StaticString) throws(IOError) {
    let n = literal.utf8CodeUnitCount
    if n > capacity &- count { try flush() }
    unsafe (base + count).update(from: literal.utf8Start, count: n)
    count &+= n
  }

  /// Appends an integer in decimal digits.
  @inlinable public mutating func append(decimal value: Int64) throws(IOError) {
    if 20 > capacity &- count { try flush() }
    var magnitude = value.magnitude
    var digits = 1
    var limit: UInt64 = 10
    while digits < 19 && magnitude >= limit { digits &+= 1; limit = limit &* 10 }
    if digits == 19 && magnitude >= 10_000_000_000_000_000_000 { digits = 20 }
    if value < 0 { unsafe base[count] = UInt8(ascii: "-"); count &+= 1 }
    var at = count &+ digits
    count = at
    repeat {
      at &-= 1
      unsafe base[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
  }

  /// Hands everything on to the sink.
  @inline(never) public mutating func flush() throws(IOError) {
    guard count > 0 else { return }
    let n = count
    count = 0
    flushed += n
    try sink.write(unsafe Span(_unsafeStart: UnsafePointer(base), count: n))
  }

  /// Flushes and finishes the sink; nothing may be appended afterwards.
  public mutating func finish() throws(IOError) {
    try flush()
    try sink.finish()
  }
}

// Escaping text, sixteen bytes at a time.
extension OutputBuffer {
  /// Appends the inside of a JSON string: what has to be escaped, is.
  public mutating func appendJSONEscaped(_ bytes: Span<UInt8>) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (p) throws(IOError) in
      guard let from = p.baseAddress else { return }
      let n = p.count
      var i = 0
      while i < n {
        if 112 > capacity &- count { try flush() }
        let out = unsafe base + count
        if i &+ 16 <= n {
          let mask = unsafe cb_json_special_16(from + i)
          unsafe _ = memcpy(out, from + i, 16)
          if mask == 0 { i &+= 16; count &+= 16; continue }
          let clean = mask.trailingZeroBitCount
          i &+= clean
          count &+= clean
          unsafe count &+= escapeJSON(from[i], base + count)
          i &+= 1
          continue
        }
        let byte = unsafe from[i]
        if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
          unsafe out[0] = byte
          count &+= 1
        } else {
          unsafe count &+= escapeJSON(byte, out)
        }
        i &+= 1
      }
    }
  }

  /// The same for text that holds lone surrogates as WTF-8 (`ED A0…BF xx`): they come back as `\uDXXX`.
  public mutating func appendJSONEscaped(wtf8 bytes: Span<UInt8>) throws(IOError) {
    var from = 0, i = 0
    while i + 2 < bytes.count {
      guard bytes[i] == 0xED, bytes[i + 1] >= 0xA0 else { i += 1; continue }
      try appendJSONEscaped(bytes.extracting(from..<i))
      try append("\\ud")
      try append(hexDigit(0x8 | (bytes[i + 1] >> 2) & 0x7))
      try append(hexDigit((bytes[i + 1] & 3) << 2 | (bytes[i + 2] >> 4) & 3))
      try append(hexDigit(bytes[i + 2] & 15))
      i += 3
      from = i
    }
    try appendJSONEscaped(bytes.extracting(from..<bytes.count))
  }

  /// Appends a JSON string literal.
  public mutating func appendJSONString(_ bytes: Span<UInt8>) throws(IOError) {
    try append(UInt8(ascii: "\""))
    try appendJSONEscaped(bytes)
    try append(UInt8(ascii: "\""))
  }

  /// Appends bytes, writing `byte` twice wherever it occurs.
  public mutating func append(_ bytes: Span<UInt8>, doubling byte: UInt8) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (p) throws(IOError) in
      guard var from = p.baseAddress else { return }
      var left = p.count
      while let hit = unsafe memchr(from, CInt(byte), left) {
        let n = unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(from) + 1
        try append(unsafe Span(_unsafeStart: from, count: n))
        try append(byte)
        unsafe from += n
        left -= n
      }
      try append(unsafe Span(_unsafeStart: from, count: left))
    }
  }
}

@usableFromInline @inline(never)
func escapeJSON(_ byte: UInt8, _ out: UnsafeMutablePointer<UInt8>) -> Int {
  out[0] = UInt8(ascii: "\\")
  switch byte {
  case UInt8(ascii: "\""), UInt8(ascii: "\\"): out[1] = byte
  case 0x08: out[1] = UInt8(ascii: "b")
  case 0x09: out[1] = UInt8(ascii: "t")
  case 0x0A: out[1] = UInt8(ascii: "n")
  case 0x0C: out[1] = UInt8(ascii: "f")
  case 0x0D: out[1] = UInt8(ascii: "r")
  default:
    out[1] = UInt8(ascii: "u")
    out[2] = UInt8(ascii: "0")
    out[3] = UInt8(ascii: "0")
    out[4] = hexDigit(byte >> 4)
    out[5] = hexDigit(byte & 15)
    return 6
  }
  return 2
}

/// The lower-case hexadecimal digit of a number below 16.
@inlinable public func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ (value &- 10)
}
