internal import Bytes
internal import Records

/// What the values of one column, or under one key of its JSON values, look like to somebody who searches for secrets.
struct SecretStats: Equatable, Sendable {
  /// Texts and numbers looked at, without empty and masked ones.
  private(set) var valueCount = 0
  /// Values of one form of `SecretShapes.all`.
  struct ShapeCount: Equatable, Sendable {
    var shape: Int
    var count: Int
    /// Bytes of the last such value.
    var length: Int
  }
  /// Values by form; that of the last value comes first.
  private(set) var shapes: [ShapeCount] = []
  /// Values with a form that means something only in a column named like a password. These, `plainCount`, `longCount` and
  /// those in `shapes` are all values.
  private(set) var digests: [SecretDigest: Int] = [:]
  private(set) var opaqueCount = 0
  private(set) var randomCount = 0
  /// Four to ten digits.
  private(set) var codeCount = 0
  /// Values that nobody would take for a hash: short, of few different bytes, with white space or unusual signs.
  private(set) var plainCount = 0
  /// Long values of many different bytes in the alphabets that hashes are printed in, and their least and greatest length.
  private(set) var longCount = 0
  private(set) var longMinimum = Int.max
  private(set) var longMaximum = 0
  private(set) var uuidCount = 0
  private(set) var booleanCount = 0
  private(set) var numberCount = 0

  /// Values that have any form of `SecretShapes`.
  var shapeCount: Int { shapes.reduce(0) { $0 + $1.count } }

  mutating func addBoolean() { booleanCount += 1 }

  /// Takes a number by its digits.
  mutating func add(number: Span<UInt8>) {
    numberCount += 1
    if number.count >= 4 && number.count <= 10 { codeCount += 1 }
  }

  /// Takes a value that was recognised without looking at the column's name.
  mutating func add(shape: Int, length: Int) {
    valueCount += 1
    if let i = shapes.firstIndex(where: { $0.shape == shape }) {
      shapes.swapAt(0, i)
    } else {
      shapes.insert(ShapeCount(shape: shape, count: 0, length: 0), at: 0)
    }
    shapes[0].count += 1
    shapes[0].length = length
  }

  /// Takes texts that have no form of `SecretShapes` and were not looked at further.
  mutating func pass(_ count: Int) { valueCount += count }

  /// Takes a text whatever its form. What begins like the last value and is as long has the same form.
  mutating func add(text: Span<UInt8>) {
    guard !text.isEmpty, !isMasked(text), text[0] != UInt8(ascii: "!") || !isUnusablePassword(text) else { return }
    if let first = shapes.first, first.length == text.count, SecretShapes.all[first.shape].begins(text) {
      valueCount += 1
      shapes[0].count += 1
    } else if let shape = SecretShapes.index(of: text) {
      add(shape: shape, length: text.count)
    } else {
      valueCount += 1
      addLooks(Looks(text), text)
    }
  }

  private mutating func addLooks(_ looks: Looks, _ text: Span<UInt8>) {
    if looks.isOpaque { opaqueCount += 1 }
    if looks.isRandom { randomCount += 1 }
    if looks.classes == .digit && text.count >= 4 && text.count <= 10 { codeCount += 1 }
    if TextShape.isUUID(text) { uuidCount += 1 }
    if let digest = SecretDigest(text) {
      digests[digest, default: 0] += 1
    } else if looks.isRandom && text.count >= 20 && ByteClass.crypt.isSuperset(of: looks.classes) {
      longCount += 1
      longMinimum = min(longMinimum, text.count)
      longMaximum = max(longMaximum, text.count)
    } else {
      plainCount += 1
    }
  }
}

/// How a text looks at a glance.
struct Looks {
  var classes: ByteClass = []
  var distinct = 0
  var count: Int
  private var changes = 0

  init(_ text: Span<UInt8>) {
    count = text.count
    var seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var previous: ByteClass = []
    for i in text.indices {
      let byte = text[i]
      let found = ByteClass.table[Int(byte)]
      classes.formUnion(found)
      if found != previous { changes &+= 1 }
      previous = found
      let bit = 1 as UInt64 &<< UInt64(byte & 63)
      switch byte >> 6 {
      case 0: seen.0 |= bit
      case 1: seen.1 |= bit
      case 2: seen.2 |= bit
      default: seen.3 |= bit
      }
    }
    distinct =
      seen.0.nonzeroBitCount + seen.1.nonzeroBitCount + seen.2.nonzeroBitCount + seen.3.nonzeroBitCount
  }

  /// Whether it is no word of a language: no white space, and digits or capitals within.
  var isOpaque: Bool {
    guard count >= 6, classes.isDisjoint(with: [.space, .foreign]) else { return false }
    if !classes.isDisjoint(with: .digit) { return true }
    return !classes.isDisjoint(with: .upper) && !classes.isDisjoint(with: .lower) && changes * 4 >= count
  }
  /// Whether it is long and of many different bytes.
  var isRandom: Bool { isOpaque && count >= 16 && distinct >= min(10, count / 2) }
}

/// Whether all of a text is a mark that stands for a value left out: `***`, `•••`.
private func isMasked(_ text: Span<UInt8>) -> Bool {
  for i in text.indices where text[i] != UInt8(ascii: "*") && !(text[i] == 0xE2 || text[i] == 0x80 || text[i] == 0xA2) {
    return false
  }
  return true
}

/// Whether a text is what Django stores for "no password": `!` and nothing or 40 letters and digits; `*` and `!!` of Unix.
func isUnusablePassword(_ text: Span<UInt8>) -> Bool {
  guard text.count == 1 || text.count == 2 || text.count >= 33 && text.count <= 48 else { return false }
  for i in text.indices.dropFirst() {
    guard ByteClass.word.contains(ByteClass.table[Int(text[i])]) || text[i] == UInt8(ascii: "!") else { return false }
  }
  return true
}
