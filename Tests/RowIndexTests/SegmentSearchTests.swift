import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

/// Rows of a table of texts, and what the index and a plain scan find in them.
struct SearchBed {
  let rows: [[TestValue]]
  let reader: SegmentReader
  let width: Int
  private let packed: [[UInt8]]

  init(_ dice: inout Dice, rows count: Int) throws {
    let width = 3
    self.width = width
    rows = (0..<count).map { _ in
      (0..<width).map { column -> TestValue in
        switch Int.random(in: 0..<12, using: &dice) {
        case 0: return .null
        case 1: return .integer(Int64.random(in: -50...5000, using: &dice))
        case 2: return .boolean(Bool.random(using: &dice))
        case 3:
          return .bytes((0..<Int.random(in: 0...90, using: &dice)).map { _ in UInt8.random(in: 0...9, using: &dice) })
        case 4:
          let text = Corpus.text(&dice).filter { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
          return .json(Array("{\"key\":\"a\\n\\u0062c\\u00e9 \\\"".utf8) + text + Array("\"}".utf8))
        case 5: return .number(Corpus.digits(3, &dice) + ".50")
        default: return .text(Corpus.text(&dice))
        }
      }
    }
    let schema = TableSchema("t", (0..<width).map { Column(Name("c\($0)"), .text) })
    packed = try Self.packed(rows, schema)
    let store = MemoryPageStore(), codec = PageCodec()
    var writer = SegmentWriter(lineage: 0, part: 1, firstRow: 0, codec: codec)
    var at = 0
    while at < count {
      let end = min(count, at + 7)
      let batch = try RecordBatch(rows[at..<end], columnCount: width)
      try writer.add(
        batch, RowShape(schema), number: 0, identities: (at..<end).map { RowIdentity(key: UInt64($0), content: 0) },
        erased: [],
        secretKey: nil)
      at = end
    }
    let header = try writer.finish()
    try store.commit(writing: try header.pages(lineage: 0, codec: codec) + writer.takePages(), removing: [])
    reader = try SegmentReader(
      part: 1,
      pageCount: store.ids(
        in: PageID(.header, lineage: 0, part: 1, number: 0)...PageID(.header, lineage: 0, part: 1, number: 99)
      ).count,
      lineage: 0, store: store, codec: codec)
  }

  /// What reading every row finds, in the existing index's own form of records.
  func scanned(_ plan: SearchPlan) throws -> [Int] {
    var verifier = RecordVerifier(plan), found: [Int] = []
    for row in packed.indices {
      let record = packed[row]
      if verifier.matches(record.span) { found.append(row) }
    }
    return found
  }
  /// What reading every row finds.
  static func scan(_ plan: SearchPlan, _ rows: [[TestValue]], _ schema: TableSchema) throws -> [Int] {
    var verifier = RecordVerifier(plan), found: [Int] = []
    for (row, record) in try packed(rows, schema).enumerated() where verifier.matches(record.span) { found.append(row) }
    return found
  }
  private static func packed(_ rows: [[TestValue]], _ schema: TableSchema) throws -> [[UInt8]] {
    var packer = RecordPacker(schema), packed: [[UInt8]] = []
    let batch = try RecordBatch(rows[...], columnCount: schema.columns.count)
    for row in rows.indices {
      packer.pack(row: row, of: batch)
      packed.append(Array(packer.cells.span))
    }
    return packed
  }

  /// What the index finds.
  func found(_ plan: SearchPlan) throws -> (rows: [Int], candidates: Int) {
    let candidates = try reader.rows(ConditionMaker().condition(of: plan))
    var tester = RowTester(plan), rows: [Int] = []
    _ = try reader.forEachMatch(
      in: candidates, below: reader.rowCount, &tester, columns: { _ in nil }, isOver: { false }
    ) { (row, _, _) throws(IndexError) in
      rows.append(row)
      return true
    }
    return (rows.reversed(), candidates.count)
  }
}

/// What can be asked for.
enum QueryKind: String, CaseIterable, Sendable {
  case exact, prefix, infix, both, phrase, regex, value

  static func cut(_ text: [UInt8], _ dice: inout Dice) -> [UInt8] {
    guard text.count > 1 else { return text }
    // At the ends, and anywhere else: sometimes within a letter of several bytes.
    let start = Int.random(in: 0..<text.count, using: &dice)
    let end = min(text.count, start + Int.random(in: 1...(Bool.random(using: &dice) ? 8 : 40), using: &dice))
    return Array(text[start..<end])
  }
  /// A word as people would type it.
  static func word(_ text: [UInt8], _ dice: inout Dice) -> [UInt8] {
    let words = text.split { $0 == 0x20 || $0 == 0x0A || $0 == 0 }
    let word = words.randomElement(using: &dice).map { Array($0) } ?? Array("x".utf8)
    guard Bool.random(using: &dice) else { return word }
    let parts = word.split { !($0 >= 0x80 || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39)) }
    return parts.randomElement(using: &dice).map { Array($0) } ?? word
  }
  func terms(_ text: [UInt8], _ other: [UInt8], _ dice: inout Dice) -> [SearchTerm] {
    switch self {
    case .exact: return [.words(Self.word(text, &dice))]
    case .prefix:
      let word = Self.word(text, &dice)
      return [.words(Array(word.prefix(Int.random(in: 1...max(1, word.count), using: &dice))) + [0x2A])]
    case .infix: return [.substring(Self.cut(text, &dice))]
    case .both:
      return [.words(Self.word(text, &dice)), .substring(Self.cut(other, &dice)), .words(Self.word(other, &dice))]
    case .phrase: return [.words([0x22] + Self.cut(text, &dice).filter { $0 != 0x22 } + [0x22])]
    case .regex:
      let literal = Self.cut(text, &dice).filter {
        $0 < 0x80 && ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D || $0 == 0x20)
      }
      return [.regex(Array("[0-9a-zé]*".utf8) + literal + Array(dice.one(of: ["", ".", "[ -]", "$", "x?"]).utf8))]
    case .value: return [.exact(text)]
    }
  }
}

@Suite struct SegmentSearchTests {
  /// Recall 100 % and no false hit: 2,400 queries of each kind.
  @Test(arguments: QueryKind.allCases, Array(UInt64(1)...16)) func indexFindsWhatReadingFinds(
    _ kind: QueryKind, _ seed: UInt64
  ) throws {
    var dice = Dice(seed)
    let bed = try SearchBed(&dice, rows: 32)
    var asked = 0, hits = 0, candidates = 0
    while asked < 150 {
      let row = bed.rows.randomElement(using: &dice)!
      func text(_ dice: inout Dice) -> [UInt8] {
        switch row.randomElement(using: &dice)! {
        case .text(let bytes), .json(let bytes), .number(let bytes): bytes
        case .integer(let value): Array("\(value)".utf8)
        case .bytes(let bytes): Array(hexadecimal(bytes).utf8)
        default: Corpus.text(&dice)
        }
      }
      let terms = kind.terms(text(&dice), text(&dice), &dice)
      let isCaseSensitive = Int.random(in: 0..<4, using: &dice) == 0
      guard let plan = try? SearchPlan(terms, isCaseSensitive: isCaseSensitive) else { asked += 1; continue }
      let (found, offered) = try bed.found(plan), expected = try bed.scanned(plan)
      candidates += offered
      #expect(
        found == expected, "seed \(seed), query \(asked): \(terms), case sensitive \(isCaseSensitive)")
      asked += 1
      hits += expected.count
    }
    // The index is no way round to reading everything.
    #expect(hits > 30 && candidates < asked * bed.rows.count * 3 / 4, "\(hits) hits, \(candidates) candidates")
  }
}
