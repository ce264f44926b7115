internal import Bytes

/// What a system keeps of one user's password, by the form of the value alone.
enum PasswordForm: Hashable, Sendable {
  /// A hash of a family that is known.
  case hash(String)
  /// Readable by anybody.
  case plain
  /// A mark that there is none and that none will do: Django's `!`.
  case unusable
  /// No value.
  case absent

  /// What stands in a column of passwords; `isNamed`: whether its name says so, or else only known forms count.
  init?(_ value: Span<UInt8>, isNamed: Bool) {
    if value.isEmpty {
      self = .absent
    } else if value[0] == UInt8(ascii: "!"), isUnusablePassword(value) {
      self = .unusable
    } else if let shape = SecretShapes.index(of: value), SecretShapes.all[shape].kind == .passwordHash {
      self = .hash(Self.isArgon2d(value) ? "argon2d" : SecretShapes.all[shape].family)
    } else if Self.isLucia(value) {
      self = .hash("Lucia scrypt")
    } else if !isNamed {
      return nil
    } else if let digest = SecretDigest(value) {
      self = .hash(digest.family)
    } else {
      let looks = Looks(value)
      // Hashes are long and random; what people choose is neither.
      let isLong = looks.isRandom && value.count >= 40 && ByteClass.crypt.isSuperset(of: looks.classes)
      self = isLong ? .hash("unknown") : .plain
    }
  }

  /// For people, such as `bcrypt`.
  var family: String {
    switch self {
    case .hash(let family): family
    case .plain: "plaintext"
    case .unusable: "unusable"
    case .absent: "none"
    }
  }

  private static func isArgon2d(_ value: Span<UInt8>) -> Bool {
    let mark = Array("$argon2d$".utf8)
    return value.count > mark.count && mark.indices.allSatisfy { value[$0] == mark[$0] }
  }

  /// Salt and key of scrypt in hexadecimal with a colon between, as Lucia and Convex Auth keep them.
  private static func isLucia(_ value: Span<UInt8>) -> Bool {
    guard value.count == 161, value[32] == UInt8(ascii: ":") else { return false }
    for i in value.indices where i != 32 && !ByteClass.lowerHex.contains(ByteClass.table[Int(value[i])]) {
      return false
    }
    return true
  }
}
