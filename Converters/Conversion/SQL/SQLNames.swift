internal import Bytes
internal import Diagnostics
internal import Records

/// The names that the tables, or the columns of one table, get in a dialect.
///
/// A name that the dialect takes stays as it is. Any other (too long, reserved, the same as another once the dialect has
/// folded its case) gets a name made of its beginning and a hash of the whole, so that it is the same in every run.
struct SQLNames {
  private let dialect: SQLDialect
  private let facts: SQLDialectFacts
  /// Names given so far, as the dialect compares them.
  private var taken: Set<Name> = []
  /// Names given so far that hold bytes beyond ASCII.
  private var takenBeyondASCII: [Name] = []

  init(_ dialect: SQLDialect) {
    self.dialect = dialect
    facts = dialect.facts
  }

  /// The names for `names`, in the same order. Those that can stay are given out first, so that they do stay.
  static func assign(_ names: [Name], isTables: Bool, _ dialect: SQLDialect) -> [Name] {
    var assigner = SQLNames(dialect)
    var result = [Name?](repeating: nil, count: names.count)
    for (i, name) in names.enumerated() where assigner.allows(name, isTable: isTables) && assigner.isFree(name) {
      assigner.take(name)
      result[i] = name
    }
    return names.enumerated().map { i, name in result[i] ?? assigner.substitute(for: name) }
  }

  /// Whether the dialect takes the name as it is.
  private func allows(_ name: Name, isTable: Bool) -> Bool {
    let bytes = name.bytes
    guard !bytes.isEmpty, bytes.count <= facts.nameByteLimit else { return false }
    guard let characters = characterCount(bytes), characters <= facts.nameCharacterLimit else { return false }
    let folded = name.lowercased
    if isTable, let prefix = facts.reservedTablePrefix, folded.hasPrefix(prefix) { return false }
    if !isTable, facts.reservedColumns.contains(where: { Array($0.utf8) == folded.bytes }) { return false }
    guard dialect == .mysql else { return true }
    // MySQL knows no identifiers that end with white space or leave the basic plane.
    return (bytes.last ?? 0) > 0x20 && !bytes.contains { $0 >= 0xF0 }
  }

  /// The name as the dialect compares it.
  private func key(_ name: Name) -> Name { facts.foldsCase ? name.lowercased : name }

  private func isFree(_ name: Name) -> Bool {
    if taken.contains(key(name)) { return false }
    guard dialect == .mysql, !takenBeyondASCII.isEmpty || name.bytes.contains(where: { $0 >= 0x80 }) else {
      return true
    }
    // MySQL also folds accents, by tables of its own: any letter beyond ASCII may be the same as any other.
    let others = name.bytes.contains { $0 >= 0x80 } ? Array(taken) : takenBeyondASCII
    return !others.contains { mayBeEqual($0, key(name)) }
  }

  private mutating func take(_ name: Name) {
    taken.insert(key(name))
    if name.bytes.contains(where: { $0 >= 0x80 }) { takenBeyondASCII.append(key(name)) }
  }

  private mutating func substitute(for name: Name) -> Name {
    // Bytes that are no UTF-8 become readable escapes; the hash keeps what differs apart.
    let hash = Array(Hash128.of(name.bytes.span, seed: 0).description.utf8)
    var readable = characterCount(name.bytes) == nil ? Array(displayed(name).utf8) : name.bytes
    if dialect == .mysql { readable = withinBasicPlane(readable) }
    if let prefix = facts.reservedTablePrefix, Name(readable).lowercased.hasPrefix(prefix) {
      readable = Array("_".utf8) + readable
    }
    for digits in [8, 16, 32] {
      let suffix = [UInt8(ascii: "_")] + hash.prefix(digits)
      let room = min(facts.nameByteLimit, facts.nameCharacterLimit) - suffix.count
      let candidate = Name(prefix(of: readable, characters: room, bytes: room) + suffix)
      if isFree(candidate) {
        take(candidate)
        return candidate
      }
    }
    // Three hashes taken by other names of the backup is no accident; count on.
    var number = 1
    while !isFree(Name("_\(number)")) { number += 1 }
    take(Name("_\(number)"))
    return Name("_\(number)")
  }
}

/// Number of characters of UTF-8; nil when the bytes are none.
private func characterCount(_ bytes: [UInt8]) -> Int? {
  var at = 0, count = 0
  while at < bytes.count {
    guard let (_, length) = unicodeScalar(bytes.span, at: at) else { return nil }
    at += length
    count += 1
  }
  return count
}

/// The longest beginning of UTF-8 that is no longer than asked and cuts no character.
private func prefix(of bytes: [UInt8], characters: Int, bytes limit: Int) -> [UInt8] {
  var at = 0, count = 0
  while at < bytes.count, count < characters, let (_, length) = unicodeScalar(bytes.span, at: at), at + length <= limit
  {
    at += length
    count += 1
  }
  return Array(bytes.prefix(at))
}

/// UTF-8 with an underscore for every character beyond the basic plane.
private func withinBasicPlane(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [], at = 0
  while at < bytes.count, let (_, length) = unicodeScalar(bytes.span, at: at) {
    result += length == 4 ? [UInt8(ascii: "_")] : Array(bytes[at..<at + length])
    at += length
  }
  return result
}

/// Whether two names have the same letters where both are ASCII, and as many characters.
private func mayBeEqual(_ a: Name, _ b: Name) -> Bool {
  var i = 0, j = 0
  while i < a.bytes.count && j < b.bytes.count {
    guard let (x, m) = unicodeScalar(a.bytes.span, at: i), let (y, n) = unicodeScalar(b.bytes.span, at: j) else {
      return true
    }
    if x.isASCII && y.isASCII && x != y { return false }
    i += m
    j += n
  }
  return i == a.bytes.count && j == b.bytes.count
}
