/// A name of unknown origin (table, column, key): bytes, compared byte by byte.
///
/// `String` would call canonically equivalent names equal and replace bytes that are not UTF-8.
@frozen public struct Name: Hashable, Sendable, Comparable, ExpressibleByStringLiteral {
  public var bytes: [UInt8]

  @inlinable public init(_ bytes: [UInt8]) { self.bytes = bytes }
  public init(_ text: String) { bytes = Array(text.utf8) }
  public init(_ span: Span<UInt8>) { bytes = Array(span) }
  public init(stringLiteral text: String) { bytes = Array(text.utf8) }

  public var isEmpty: Bool { bytes.isEmpty }
  /// Whether the bytes are well-formed UTF-8.
  public var isUTF8: Bool { (try? UTF8Span(validating: bytes.span)) != nil }
  /// Whether the bytes are well-formed UTF-8 but for lone surrogates (`ED A0…BF xx`), which JSON can carry as escapes.
  public var isWTF8: Bool {
    guard !isUTF8 else { return true }
    var plain: [UInt8] = [], i = 0
    while i < bytes.count {
      if i + 2 < bytes.count, bytes[i] == 0xED, bytes[i + 1] >= 0xA0, bytes[i + 1] < 0xC0, bytes[i + 2] & 0xC0 == 0x80 {
        i += 3
      } else {
        plain.append(bytes[i])
        i += 1
      }
    }
    return Name(plain).isUTF8
  }
  public static func < (a: Name, b: Name) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
  public static func + (a: Name, b: Name) -> Name { Name(a.bytes + b.bytes) }

  /// The name with ASCII letters in lower case.
  public var lowercased: Name { Name(bytes.map(asciiLower)) }
  public func hasPrefix(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
  public func hasSuffix(_ text: String) -> Bool { bytes.reversed().starts(with: text.utf8.reversed()) }
}

/// The byte with an ASCII capital made small.
@inlinable public func asciiLower(_ byte: UInt8) -> UInt8 {
  byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}
