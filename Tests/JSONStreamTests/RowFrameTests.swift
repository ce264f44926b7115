import Bytes
import CBytes
import Records
import TestSupport
import Testing

@testable import JSONStream

/// Rows of plain values are written by a kernel: everything must be as if they were written cell by cell.
@Suite struct RowFrameTests {
  private static let texts = [
    "", "plain", "é漢😀", "a\nb\t\"c\"\\", "\u{0}\u{1}\u{1F}\u{7F}", "sixteen bytes ..", "fifteen bytes .\"",
    "a longer text that needs more than one block of sixteen bytes, with \"quotes\" near its end\"",
    String(repeating: "\"", count: 70), String(repeating: "x", count: 300),
  ]
  private static let numbers = ["1", "-0.5", "12345678901234567890123456789", "1e400", "NaN", "-Infinity", "", "-"]
  private static let objects = [
    "{}", "[1, 2]", "{\n  \"a\": \"x \\\" y\",\r\n  \"b\": [1, null]\n}", "\"a\\n b\"", "[\n\"\u{1}\"]", "[\n NaN, -1]",
    "[\n\t" + String(repeating: "\"long text in it\", ", count: 20) + "1]", "[\n\"no end", " \n1 \n",
  ]

  private func makeBatch(_ dice: inout Dice, columns: Int, onlyPlain: Bool) -> RecordBatch {
    var batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: columns)
    for _ in 0..<Int.random(in: 0...12, using: &dice) {
      var row: [Cell] = []
      for _ in 0..<columns {
        switch Int.random(in: 0..<(onlyPlain ? 10 : 40), using: &dice) {
        case 0: row.append(.null)
        case 1: row.append(.missing)
        case 2: row.append(.boolean(Bool.random(using: &dice)))
        case 3, 4: row.append(batch.cell(.number, Array(Self.numbers[Int.random(in: 0..<3, using: &dice)].utf8).span))
        case 5: row.append(batch.cell(.text, Array("known to be plain".utf8).span, flags: .plainJSON))
        case 6, 7: row.append(batch.cell(.json, Array(dice.one(of: Self.objects).utf8).span))
        case 10: row.append(batch.cell(.number, Array(dice.one(of: Self.numbers).utf8).span))
        case 11: row.append(.integer(-7))
        case 12: row.append(.double(Bool.random(using: &dice) ? 0.5 : .infinity))
        case 13: row.append(batch.cell(.bytes, [1, 2, 3, 4].span))
        case 14: row.append(batch.cell(.text, [0x61, 0xED, 0xA0, 0x80].span, flags: .surrogates))
        case 15: row.append(batch.cell(.json, Array("[NaN]".utf8).span, flags: .specials))
        default: row.append(batch.cell(.text, Array(dice.one(of: Self.texts).utf8).span))
        }
      }
      batch.append(row: row)
    }
    batch.heap.clearPadding()
    return batch
  }

  @Test(arguments: [JSONRecordEncoder.Form.lines, .array]) func rowsAreAsIfWrittenCellByCell(
    _ form: JSONRecordEncoder.Form
  ) throws {
    var dice = Dice(form == .lines ? 41 : 42), plainRows = 0
    for round in 0..<1500 {
      let columns = Int.random(in: 1...6, using: &dice)
      let names: [Name] = ["a", "b\"", "a longer key than sixteen bytes", "é", "e", "f"]
      let table = TableSchema("t", names.prefix(columns).map { Column($0, .json) })
      var fast = try JSONRecordEncoder(table, form: form), slow = try JSONRecordEncoder(table, form: form)
      slow.usesFrame = false
      let stores = (MemoryStore(), MemoryStore()), capacity = [64, 200, 1000, 1 << 16][round % 4]
      var outputs = OutputBuffer(MemorySink(stores.0), capacity: capacity)
      var others = OutputBuffer(MemorySink(stores.1), capacity: 1 << 16)
      for _ in 0..<3 {
        let batch = makeBatch(&dice, columns: columns, onlyPlain: round % 2 == 0)
        try fast.write(batch, to: &outputs)
        try slow.write(batch, to: &others)
        plainRows += batch.rowCount
      }
      try outputs.finish()
      try others.finish()
      #expect(stores.0.bytes == stores.1.bytes && fast.specialCounts == slow.specialCounts, "round \(round)")
      if stores.0.bytes != stores.1.bytes { break }
    }
    #expect(plainRows > 5000)
  }

  /// The kernel itself takes what it should: not all is left to the general way.
  @Test func plainRowsAreTaken() throws {
    let frame = JSONRowFrame(keys: Array(",\"a\":,\"b\":".utf8), ends: [5, 10], lead: "", tail: "\n")
    var batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: 2)
    let text = batch.cell(.text, Array("x\"".utf8).span), json = batch.cell(.json, Array("[\n1 ]".utf8).span)
    batch.append(row: [text, .null])
    batch.append(row: [.missing, json])
    batch.append(row: [.missing, .missing])
    batch.append(row: [.boolean(true), .boolean(false)])
    batch.append(row: [.integer(1), .null])
    batch.append(row: [.null, .null])
    batch.heap.clearPadding()
    let store = MemoryStore()
    var output = OutputBuffer(MemorySink(store))
    #expect(try batch.appendJSON(from: 0, frame, to: &output) == 4)
    #expect(try batch.appendJSON(from: 4, frame, to: &output) == 0)
    #expect(try batch.appendJSON(from: 5, frame, to: &output) == 1)
    try output.finish()
    let wanted = "{\"a\":\"x\\\"\",\"b\":null}\n{\"b\":[1]}\n{}\n{\"a\":true,\"b\":false}\n{\"a\":null,\"b\":null}\n"
    #expect(String(decoding: store.bytes, as: UTF8.self) == wanted)
  }

  @Test func plainCountAgreesWithItsPlainTwin() {
    var dice = Dice(43)
    for _ in 0..<2000 {
      var text = (0..<Int.random(in: 0...300, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
      text = text.map { $0 == 0x22 || $0 == 0x5C ? 0x41 : $0 }
      if !text.isEmpty, Bool.random(using: &dice) {
        text[Int.random(in: text.indices, using: &dice)] = Bool.random(using: &dice) ? 0x22 : 0x5C
      }
      let plain = text.withUnsafeBufferPointer { p in p.baseAddress.map { cb_plain_json_plain($0, p.count) } ?? 0 }
      #expect(jsonPlainCount(text.span) == plain)
      #expect(plain == text.firstIndex { $0 == 0x22 || $0 == 0x5C } ?? text.count)
    }
  }
}
