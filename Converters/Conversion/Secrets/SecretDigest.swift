internal import Bytes

/// Forms of bare digests, which are hashes of passwords only where the column is named so.
enum SecretDigest: Hashable, Sendable {
  case hex(bytes: Int)
  case base64(bytes: Int)
  /// Salt and digest in hexadecimal with a sign between.
  case saltedHex
  /// ASP.NET Identity.
  case aspNet
  /// MySQL's `*` and 40 capitals.
  case mysql

  init?(_ text: Span<UInt8>) {
    let count = text.count
    guard count >= 24 else { return nil }
    var classes: ByteClass = [], signs = 0
    for i in text.indices {
      let found = ByteClass.table[Int(text[i])]
      if text[i] == UInt8(ascii: ":") || text[i] == UInt8(ascii: ".") || text[i] == UInt8(ascii: "$") {
        signs += 1
      } else {
        classes.formUnion(found)
      }
    }
    if ByteClass.hex.isSuperset(of: classes) {
      if signs == 0, [32, 40, 48, 56, 64, 96, 128].contains(count) {
        self = .hex(bytes: count / 2)
        return
      }
      if signs == 1 && count >= 41 {
        self = .saltedHex
        return
      }
    }
    if text[0] == UInt8(ascii: "*"), count == 41, ByteClass([.hex, .otherSign]).isSuperset(of: classes) {
      self = .mysql
    } else if count == 84, text[0] == UInt8(ascii: "A"), text[1] == UInt8(ascii: "Q"), TextShape.isBase64(text) {
      self = .aspNet
    } else if [24, 28, 44, 88].contains(count), text[count - 1] == UInt8(ascii: "="), TextShape.isBase64(text) {
      self = .base64(bytes: count / 4 * 3)
    } else {
      return nil
    }
  }

  /// The name of the form.
  var family: String {
    switch self {
    case .hex(16): "md5 in hexadecimal"
    case .hex(20): "sha1 in hexadecimal"
    case .hex(32): "sha256 in hexadecimal"
    case .hex(64): "sha512 in hexadecimal"
    case .hex: "digest in hexadecimal"
    case .base64: "digest in base64"
    case .saltedHex: "salted digest"
    case .aspNet: "ASP.NET Identity"
    case .mysql: "MySQL native"
    }
  }
}
