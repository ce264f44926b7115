public import Bytes

/// What the rows of a table are, without regard to their order: equal digests mean equal rows.
///
/// `CanonicalValue.swift` says which values are equal.
public struct TableDigest: Hashable, Sendable {
  /// Number of rows.
  public var count: Int
  /// Sum of the row hashes modulo 2^128.
  public var sum: Hash128

  public init(count: Int = 0, sum: Hash128 = Hash128()) {
    self.count = count
    self.sum = sum
  }

  /// The digest of the rows of both.
  public static func + (a: TableDigest, b: TableDigest) -> TableDigest {
    TableDigest(count: a.count + b.count, sum: a.sum + b.sum)
  }
  public static func += (a: inout TableDigest, b: TableDigest) { a = a + b }

  /// Version of the rules, which begins the text form: digests of different versions cannot be compared.
  public static var version: Int { 1 }
}

extension TableDigest: LosslessStringConvertible {
  /// Version, number of rows and sum, such as `1:1389:0f3a…` with 32 hexadecimal digits.
  public var description: String { "\(Self.version):\(count):\(sum)" }

  /// Reads the text form back; nil for anything else and for another version.
  public init?(_ description: String) {
    let parts = description.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].elementsEqual(String(Self.version).utf8), parts[2].count == 32 else { return nil }
    let digits = Array(parts[1])
    guard isCanonicalInteger(digits.span), let count = Int64(digits: digits.span), count >= 0 else { return nil }
    var words: [2 of UInt64] = [0, 0]
    for (i, byte) in parts[2].enumerated() {
      guard let digit = hexValue(byte) else { return nil }
      words[i / 16] = words[i / 16] << 4 | UInt64(digit)
    }
    self.init(count: Int(count), sum: Hash128(low: words[1], high: words[0]))
  }
}
