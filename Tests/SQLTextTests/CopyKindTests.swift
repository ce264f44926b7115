import Bytes
import Conversion
import Diagnostics
import Records
import SQLText
import TestSupport
import Testing

/// What the fields of COPY text are taken for as they are read, and rows that nobody asked for.
@Suite struct CopyKindTests {
  /// Numbers are those of JSON and what PostgreSQL writes besides, whatever the length.
  @Test func numbersAreThoseOfJSON() {
    var dice = Dice(5)
    let pieces = ["0", "1", "9", "12345678", "007", ".", "-", "+", "e", "E5", "NaN", "t", " ", "1234567890123456"]
    let specials = ["NaN", "Infinity", "-Infinity"]
    var counts = [0, 0]
    for _ in 0..<4_000 {
      let text = (0..<Int.random(in: 1...4, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }
        .joined()
      var heap = ByteHeap(capacity: 64)
      heap.append(Array(text.utf8).span)
      heap.clearPadding()
      let isNumber = heap.jsonNumberCount(at: 0) == heap.count || specials.contains(text)
      let read = FormatSuite(reads: DumpFormat()).read(
        Array("CREATE TABLE t (n numeric, b boolean);\nCOPY t (n, b) FROM stdin;\n\(text)\t\(text)\n\\.\n".utf8))
      #expect(
        read.rows == [[isNumber ? .number(text) : .text(Array(text.utf8)), truth(text) ?? .text(Array(text.utf8))]])
      counts[isNumber ? 0 : 1] += 1
    }
    #expect(counts.allSatisfy { $0 > 500 })
  }
  private func truth(_ text: String) -> TestValue? {
    ["t": true, "1": true, "0": false][text]
  }

  @Test func bytesOfEveryLength() {
    var dice = Dice(6)
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
      let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: count % 2 == 0) }.joined()
      let wrong = digits.isEmpty ? "f" : String(digits.dropLast()) + "g"
      let read = FormatSuite(reads: DumpFormat()).read(
        Array("CREATE TABLE t (b bytea);\nCOPY t (b) FROM stdin;\n\\\\x\(digits)\n\\\\x\(wrong)\n\\.\n".utf8))
      #expect(read.rows == [[.bytes(bytes)], [.text(Array("\\x\(wrong)".utf8))]])
    }
  }

  /// What a JSON array cannot say stays as it is.
  @Test func arraysThatAreMoreThanJSON() {
    let read = FormatSuite(reads: DumpFormat()).read(
      Array(
        "CREATE TABLE t (j jsonb[], i int[]);\nCOPY t (j, i) FROM stdin;\n{\"null\",NULL,1}\t{1}\n{NULL}\t[0:1]={1,2}\n\\.\n"
          .utf8))
    #expect(
      read.rows == [["{\"null\",NULL,1}", .json("[1]")], [.json("[null]"), "[0:1]={1,2}"]])
    #expect(Set(read.findings.map { "\($0.code) \($0.count)" }) == ["json-null-in-array 1", "array-bounds 1"])
  }

  /// Rows of tables that are not asked for are stepped over, wherever the window cuts them; the others are the same.
  @Test(arguments: ["\n", "\r\n"]) func unwantedRowsAreSteppedOver(_ feed: String) throws {
    let text = """
      CREATE TABLE a (x text);
      CREATE TABLE b (x text);
      COPY a (x) FROM stdin;
      one\\\\.
      \\\\.
      \\N
      \\.
      COPY b (x) FROM stdin;
      two
      three
      \\.
      COPY a (x) FROM stdin;
      \\.
      INSERT INTO a VALUES ('four');
      INSERT INTO b VALUES ('five');
      COPY a (x) FROM stdin;
      six
      \\.
      """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: feed)
    for capacity in [1, 2, 3, 5, 8, 13, 64, 1 << 12] {
      var
        reader = SQLDumpReader(
          MemorySource(Array(text.utf8)), .postgres, wanted: ["b"], capacity: capacity), batch = RecordBatch()
      var seen: [String] = [], tables: [Name] = []
      while let table = try reader.nextTable() {
        tables.append(table.name)
        while try reader.read(into: &batch) {
          guard table.name == "b" else { continue }
          for row in 0..<batch.rowCount {
            seen.append(String(decoding: Array(batch.bytes(of: batch[row, 0])), as: UTF8.self))
          }
        }
      }
      #expect(seen == ["two", "three", "five"])
      if feed == "\n" { #expect(tables == ["b", "a", "b"], "window \(capacity)") }
    }
  }

  /// A dump that ends within rows nobody asked for is cut off all the same.
  @Test func unwantedRowsThatAreCutOff() throws {
    for tail in ["", "\nline", "\nline\n", "\nline\n\\"] {
      let text = "CREATE TABLE a (x text);\nCOPY a (x) FROM stdin;" + tail
      var reader = SQLDumpReader(MemorySource(Array(text.utf8)), .postgres, wanted: [])
      #expect(throws: ReadError.self) { while try reader.nextTable() != nil {} }
    }
    var reader = SQLDumpReader(
      MemorySource(Array("CREATE TABLE a (x text);\nCOPY a (x) FROM stdin;\nline\n\\.".utf8)), .postgres, wanted: [])
    #expect(try reader.nextTable() == nil)
  }
}
