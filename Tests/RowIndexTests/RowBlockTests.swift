import Bytes
import CIndex
import Records
import TestSupport
import Testing

@testable import RowIndex

@Suite struct RowBlockTests {
  static func value(_ dice: inout Dice) -> TestValue {
    switch Int.random(in: 0..<16, using: &dice) {
    case 0: return .null
    case 1: return .missing
    case 2: return .boolean(Bool.random(using: &dice))
    case 3: return .integer(Int64.random(in: .min ... .max, using: &dice))
    case 4: return .double([0.1, -0.0, 1e300, .infinity, .nan].randomElement(using: &dice)!)
    case 5: return .number("1.10")
    case 6:
      return .bytes((0..<Int.random(in: 0...300, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) })
    case 7: return .json("{\"a\":\"\\u00e9\"}")
    case 8: return .surrogates([0x61, 0xED, 0xA0, 0x80])
    case 9, 10: return .text(Array(Corpus.uuid(&dice).utf8))
    case 11, 12: return .text(Array(Corpus.moment(&dice).utf8))
    case 13: return .text([UInt8](repeating: 0x61, count: Int.random(in: 240...260, using: &dice)))
    default: return .text(Corpus.text(&dice))
    }
  }
  static func shape(_ columns: Int, secret: Set<Int> = []) -> RowShape {
    RowShape(
      TableSchema("t", (0..<columns).map { Column(Name(Array("c\($0)".utf8)), .text, isSecret: secret.contains($0)) }))
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6]) func rowsComeBack(_ seed: UInt64) throws {
    var dice = Dice(seed)
    for _ in 0..<20 {
      let columns = Int.random(in: 1...6, using: &dice)
      let uniform = Bool.random(using: &dice)
      let sample = (0..<columns).map { _ in Self.value(&dice) }
      let rows = (0..<Int.random(in: 1...40, using: &dice)).map { _ in
        (0..<columns).map { uniform ? (Bool.random(using: &dice) ? sample[$0] : .null) : Self.value(&dice) }
      }
      let batch = try RecordBatch(rows[...], columnCount: columns)
      var writer = RowBlockWriter(), raw = ByteHeap(capacity: 64)
      writer.append(batch, Self.shape(columns), key: nil, erased: [], to: &raw)
      let codec = PageCodec(), page = codec.seal("R1", raw.span)
      let block = try RowBlock(codec.open("R1", page, id: nil), id: nil)
      var again = RecordBatch(capacity: 64)
      again.removeAll(columnCount: columns)
      for row in rows.indices { block.append(row, to: &again) }
      #expect(try again.testRows() == rows, "seed \(seed)")
    }
  }

  @Test func momentsArePackedOnlyIfTheyComeBack() {
    let packed = [
      "2024-02-29T23:59:59.123456+00:00", "0001-01-01 00:00:00", "9999-12-31T00:00:00.1Z",
      "1969-12-31 23:59:59.999999+00",
      "1900-03-01T00:00:00.120000",
    ]
    let refused = [
      "2023-02-29T00:00:00", "2024-13-01T00:00:00", "2024-01-01T24:00:00", "2024-01-01t00:00:00", "2024-01-01T00:00:60",
      "2024-01-01T00:00:00.", "2024-01-01T00:00:00.1234567", "2024-01-01T00:00:00z", "2024-01-01T00:00:00+01",
      "0000-01-01T00:00:00",
      "2024-01-01T00:00:00.123+0",
    ]
    for text in packed + refused {
      var micros: Int64 = 0, format: UInt8 = 0
      let bytes = Array(text.utf8)
      #expect((ci_pack_moment(bytes, bytes.count, &micros, &format) != 0) == packed.contains(text), "\(text)")
      var out = [UInt8](repeating: 0, count: 40)
      let count = ci_unpack_moment(micros, format, &out)
      if packed.contains(text) { #expect(String(decoding: out[..<count], as: UTF8.self) == text) }
    }
  }

  @Test func secretsAndErasedRowsLeaveNothing() throws {
    let rows: [[TestValue]] = [["hunter2", "open"], ["hunter2", "gone"], [nil, "x"]]
    let batch = try RecordBatch(rows[...], columnCount: 2)
    var writer = RowBlockWriter(), raw = ByteHeap(capacity: 64)
    writer.append(
      batch, Self.shape(2, secret: [0]), key: SecretKey([1, 2, 3]), erased: [false, true, false], to: &raw)
    #expect(firstOffset(of: Array("hunter2".utf8).span, in: raw.span) == nil)
    #expect(firstOffset(of: Array("gone".utf8).span, in: raw.span) == nil)
    let block = try RowBlock(Array(raw.span), id: nil)
    #expect(block.state(0, 0) == .secret && block.state(0, 1) == .kept)
    #expect(block.state(1, 0) == .erased && block.state(1, 1) == .erased && block.state(2, 0) == .kept)
  }

  @Test func damageIsNoticed() throws {
    let batch = try RecordBatch([["one", "two"], ["three", nil]], columnCount: 2)
    var writer = RowBlockWriter(), raw = ByteHeap(capacity: 64)
    writer.append(batch, Self.shape(2), key: nil, erased: [], to: &raw)
    let codec = PageCodec(), page = codec.seal("R1", raw.span)
    for i in page.indices {
      var broken = page
      broken[i] ^= 0x10
      #expect(throws: IndexError.self) { try codec.open("R1", broken, id: nil) }
      #expect(throws: IndexError.self) { try codec.open("R1", Array(page[..<i]), id: nil) }
    }
    // What no checksum covers ends in an error as well, never in a trap.
    let plain = Array(raw.span)
    for i in plain.indices {
      var broken = plain
      for byte in [UInt8(0), 0x7F, 0xFF] {
        broken[i] = byte
        _ = try? RowBlock(broken, id: nil)
      }
      #expect(throws: IndexError.self) { try RowBlock(Array(plain[..<i]), id: nil) }
    }
  }
}
