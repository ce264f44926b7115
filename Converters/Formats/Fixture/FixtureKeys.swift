internal import Bytes
internal import Records

/// Natural keys of rows, kept until the references to them are written.
final class FixtureKeys {  // shared by the writer and the sink that puts the keys in their places
  /// Marks of references have this bit in their number, and this one where they are elements of a list.
  static let bit = 1 << 31
  static let elementBit = 1 << 30

  /// A part of a key: its text, or the row of a table whose key it is.
  enum Part {
    case text([UInt8])
    case row(Hash128, table: Int)
  }

  private struct Row {
    let owner: Hash128
    let start: Int
    let count: Int
  }

  private let syntax: FixtureSyntax
  private var bytes: [UInt8] = []
  private var rows: [[Row]]
  private var isSorted = false

  init(count: Int, _ syntax: FixtureSyntax) {
    self.syntax = syntax
    rows = Array(repeating: [], count: count)
  }

  /// Keeps the key of a row; false when there is no more room.
  func add(_ parts: [Part], of owner: [UInt8], to table: Int) -> Bool {
    let start = bytes.count
    for part in parts {
      switch part {
      case .text(let text):
        bytes.append(0)
        bytes += Self.four(text.count) + text
      case .row(let hash, let table):
        bytes.append(1)
        bytes += Self.four(table) + Self.eight(hash.low) + Self.eight(hash.high)
      }
    }
    rows[table].append(Row(owner: Hash128.of(owner.span, seed: 0), start: start, count: bytes.count - start))
    return bytes.count + rows[table].count * MemoryLayout<Row>.stride <= FixtureLists.limit
  }

  static func four(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  private static func eight(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  // MARK: References

  /// The mark of a reference; `plain` stands there when the row has no natural key.
  static func mark(_ table: Int, of owner: [UInt8], isElement: Bool, plain: [UInt8]) -> [UInt8] {
    FixtureLists.mark(table | bit | (isElement ? elementBit : 0), of: owner) + four(plain.count) + plain
  }
  /// How long a mark that has begun is; nil as long as that is not known.
  static func length(_ mark: [UInt8]) -> Int? {
    guard mark.count >= 5 else { return nil }
    guard mark[4] & 0x80 != 0 else { return FixtureLists.markCount }
    guard mark.count >= FixtureLists.markCount + 4 else { return nil }
    return FixtureLists.markCount + 4 + Int(number(mark[FixtureLists.markCount..<(FixtureLists.markCount + 4)]))
  }

  /// What a mark stands for.
  func reference(_ mark: [UInt8]) -> [UInt8] {
    let number = Int(Self.number(mark[1..<5])),
      owner = Hash128(low: Self.number(mark[5..<13]), high: Self.number(mark[13..<21]))
    let table = number & ~(Self.bit | Self.elementBit)
    guard let parts = parts(owner, table) else { return Array(mark[(FixtureLists.markCount + 4)...]) }
    return FixtureText.naturalKey(parts, syntax, isElement: number & Self.elementBit != 0)
  }

  private func parts(_ owner: Hash128, _ table: Int) -> [[UInt8]]? {
    if !isSorted { sort() }
    guard table < rows.count, let row = row(owner, table) else { return nil }
    var parts: [[UInt8]] = [], at = row.start
    while at < row.start + row.count {
      let number = Int(Self.number(bytes[(at + 1)..<(at + 5)]))
      if bytes[at] == 0 {
        parts.append(Array(bytes[(at + 5)..<(at + 5 + number)]))
        at += 5 + number
        continue
      }
      let other = Hash128(
        low: Self.number(bytes[(at + 5)..<(at + 13)]), high: Self.number(bytes[(at + 13)..<(at + 21)]))
      guard let more = self.parts(other, number) else { return nil }
      parts += more
      at += 21
    }
    return parts
  }

  private func row(_ owner: Hash128, _ table: Int) -> Row? {
    var low = 0, high = rows[table].count
    while low < high {
      let middle = (low + high) / 2
      if FixtureLists.precedes(rows[table][middle].owner, owner) { low = middle + 1 } else { high = middle }
    }
    return low < rows[table].count && rows[table][low].owner == owner ? rows[table][low] : nil
  }

  private func sort() {
    isSorted = true
    for table in rows.indices { rows[table].sort { FixtureLists.precedes($0.owner, $1.owner) } }
  }
}

extension FixtureText {
  /// A natural key as the value of a field or an element of a list.
  static func naturalKey(_ parts: [[UInt8]], _ syntax: FixtureSyntax, isElement: Bool) -> [UInt8] {
    switch syntax {
    case .json, .jsonl: return list(parts, syntax)
    case .xml:
      let text = Array(parts.joined())
      return isElement ? Array("<object>".utf8) + text + Array("</object>".utf8) : text
    case .yaml:
      let line = Array((isElement ? "\n      -" : "\n    -").utf8)
      var text: [UInt8] = []
      for (i, part) in parts.enumerated() { text += (isElement && i == 0 ? Array("\n    - -".utf8) : line) + part }
      return text
    }
  }

  /// A value as part of a natural key.
  mutating func naturalPart(_ value: FixtureValue) -> [UInt8] {
    if syntax == .xml {
      var text = Array("<natural>".utf8)
      text.append(xmlText: Self.word(value))
      return text + Array("</natural>".utf8)
    }
    return elements([value], isMany: false, indent: 8)
  }

  /// A value as it stands in a field.
  mutating func plain(_ value: FixtureValue) -> [UInt8] {
    if syntax == .xml {
      var text: [UInt8] = []
      text.append(xmlText: Self.word(value))
      return text
    }
    return elements([value], isMany: false, indent: 4)
  }
}
