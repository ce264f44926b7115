internal import Bytes
internal import Records

/// A small generator: the same numbers in every run.
struct Numbers {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  /// Small numbers more often than great ones.
  mutating func skewed(_ limit: Int) -> Int { below(below(below(limit) + 1) + 1) }
}

/// Rows of a made-up shop: accounts, orders full of ids, digests and times, and messages in words of a made-up language. Of the
/// terms of a row about one in fifteen is met nowhere else.
struct Shop {
  static let tables = [
    TableSchema(
      "accounts",
      [
        Column("id", .uuid), Column("email", .text), Column("name", .text), Column("joined", .timestamptz),
        Column("active", .boolean), Column("city", .text),
      ], primaryKey: ["id"]),
    TableSchema(
      "orders",
      [
        Column("id", .int64), Column("account", .uuid), Column("digest", .text), Column("total", .decimal),
        Column("created", .timestamptz), Column("updated", .timestamptz), Column("state", .text), Column("note", .text),
      ], primaryKey: ["id"]),
    TableSchema(
      "messages",
      [Column("id", .int64), Column("account", .uuid), Column("sent", .timestamptz), Column("body", .text)],
      primaryKey: ["id"]),
  ]
  static let rowsAtOnce = 2000
  private let words: [[UInt8]]

  init() {
    var numbers = Numbers(state: 7), words: [[UInt8]] = []
    let syllables = [
      "an", "be", "ca", "do", "er", "fi", "ga", "ho", "in", "ju", "ka", "lo", "mi", "no", "or", "pe", "ra", "si", "tu",
      "ver",
    ].map { Array($0.utf8) }
    for _ in 0..<20_000 { words.append((0...numbers.below(4)).flatMap { _ in syllables[numbers.below(20)] }) }
    self.words = words
  }

  /// Fills a batch with rows of a table; `version` changes one row in a hundred.
  func fill(_ batch: inout RecordBatch, table: Int, number: Int, version: Int = 0) {
    batch.removeAll(columnCount: Self.tables[table].columns.count)
    for i in 0..<Self.rowsAtOnce {
      let row = number * Self.rowsAtOnce + i
      var numbers = Numbers(state: UInt64(row) << 8 | UInt64(table))
      if version > 0, Numbers.hash(row &+ version) % 100 == 0 { numbers.state ^= UInt64(version) << 40 }
      var texts: [[UInt8]] = []
      switch table {
      case 0:
        let name = word(&numbers) + [0x20] + word(&numbers)
        texts = [
          uuid(row), Array("\(row).".utf8) + word(&numbers) + Array("@example.org".utf8), name, moment(&numbers),
          Array("t".utf8), word(&numbers),
        ]
      case 1:
        let digest = numbers.below(4) == 0 ? (0..<4).flatMap { _ in Self.hex(numbers.next(), 16) } : []
        let created = moment(&numbers), updated = numbers.below(3) == 0 ? moment(&numbers) : created
        let total = Array("\(numbers.below(900)).\(10 + numbers.below(90))".utf8)
        texts = [
          Array("\(row)".utf8), uuid(numbers.below(40_000)), digest, total, created, updated,
          Array(["open", "paid", "sent"][numbers.below(3)].utf8), sentence(&numbers, 4),
        ]
      default:
        texts = [
          Array("\(row)".utf8), uuid(numbers.below(40_000)), moment(&numbers),
          sentence(&numbers, 8 + numbers.below(40)),
        ]
      }
      for text in texts { batch.cells.append(batch.cell(.text, text.span)) }
      batch.rowCount += 1
    }
  }

  func word(_ numbers: inout Numbers) -> [UInt8] { words[numbers.skewed(words.count)] }
  func sentence(_ numbers: inout Numbers, _ count: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(count * 12)
    for _ in 0..<count {
      text.append(contentsOf: word(&numbers))
      text.append(0x20)
    }
    return text
  }
  func uuid(_ number: Int) -> [UInt8] {
    let a = Self.hex(Numbers.hash(number), 16), b = Self.hex(Numbers.hash(number &+ 1 << 40), 16)
    let dash = [UInt8(ascii: "-")]
    var text = Array(a[0..<8])
    for part in [a[8..<12], a[12..<16], b[0..<4], b[4..<16]] {
      text += dash
      text += part
    }
    return text
  }
  func moment(_ numbers: inout Numbers) -> [UInt8] {
    let at = 1_700_000_000_000_000 + Int64(numbers.below(60_000_000)) * 1_000_000 + Int64(numbers.below(1_000_000))
    var text = Array(rfc3339(microseconds: at).utf8)
    while text.last == UInt8(ascii: "Z") { text.removeLast() }
    return text + Array("+00".utf8)
  }
  static func hex(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { hexDigit(UInt8(truncatingIfNeeded: value >> UInt64($0 * 4)) & 15) }
  }
}

extension Numbers {
  static func hash(_ value: Int) -> UInt64 {
    var numbers = Numbers(state: UInt64(bitPattern: Int64(value)))
    return numbers.next()
  }
}
