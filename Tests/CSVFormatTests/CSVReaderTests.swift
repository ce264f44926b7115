import Bytes
import CSVFormat
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@Suite struct CSVReaderTests {
  let suite = FormatSuite(reads: .csv)

  func read(_ text: String, ragged: Bool = false) -> Transcript {
    var suite = suite
    suite.options.isRagged = ragged
    return suite.chunksNeverShow(Array(text.utf8))
  }
  func names(_ transcript: Transcript) -> [Name]? { transcript.tables.first?.schema.columns.map(\.name) }

  @Test func fieldsQuotesAndEmptiness() {
    let found = read("id,name,note\n7,\"Ada \"\"A\"\" L\",\n8,\"\",\"a,b\n\"\"c\"\"\"\n9,\"\"\"\",x y \n")
    #expect(names(found) == ["id", "name", "note"])
    #expect(found.error == nil)
    #expect(
      found.rows == [["7", "Ada \"A\" L", nil], ["8", "", "a,b\n\"c\""], ["9", "\"", "x y "]])
  }

  @Test(arguments: ["\n", "\r", "\r\n"]) func everyLineEndEndsARecord(_ end: String) {
    let text = "a,b" + end + "1,2" + end + "\"x" + end + "y\",4" + end + "5,6"
    #expect(read(text).rows == [["1", "2"], [.text(Array("x\(end)y".utf8)), "4"], ["5", "6"]])
    #expect(read(text + end).rows == read(text).rows)
  }

  @Test func lineEndsMayBeMixed() {
    #expect(read("a,b\r\n1,2\n3,4\r5,6\r\n").rows == [["1", "2"], ["3", "4"], ["5", "6"]])
  }

  @Test func emptyLinesAreSkippedUnlessThereIsOneColumn() {
    #expect(read("\n\r\na,b\n\n1,2\n\r\n\n3,4\n\n").rows == [["1", "2"], ["3", "4"]])
    #expect(read("a\n\n1\n\n").rows == [[nil], ["1"], [nil]])
    #expect(read("a\n\"\"\n\n").rows == [[""], [nil]])
    #expect(read("a\r\n1\r\n\"2\"\r\n\r\n3\r\r\n4").rows == [["1"], ["2"], [nil], ["3"], [nil], ["4"]])
  }

  @Test func headerAlone() {
    let found = read("a,b")
    #expect(names(found) == ["a", "b"] && found.rows.isEmpty && found.error == nil)
  }

  @Test(arguments: ["", "\n", "\r\n\n", "\u{FEFF}"]) func nothingIsAnError(_ text: String) {
    #expect(read(text).error?.code == .empty)
  }

  @Test func byteOrderMarkIsNoPartOfTheFirstName() {
    let found = read("\u{FEFF}\"id\",b\n1,2\n")
    #expect(names(found) == ["id", "b"])
    #expect(read("\u{FEFF}a,b\n1,x\"\n").error?.offset == 10)
  }

  @Test(arguments: [(",", 2), (";", 2), ("\t", 2), ("|", 2)])
  func delimiterIsDetectedOutsideQuotes(_ delimiter: String, _ columns: Int) {
    let text = ["a\(delimiter)b", "\"1,;\t|\"\(delimiter)2", "3\(delimiter)\"4,,,\""].joined(separator: "\n")
    let found = read(text)
    #expect(names(found) == ["a", "b"])
    #expect(found.rows == [["1,;\t|", "2"], ["3", "4,,,"]])
  }

  @Test func delimiterThatTheRecordsBearOutWins() {
    #expect(names(read("id;price,eur\n1;2,50\n2;3\n")) == ["id", "price,eur"])
    #expect(names(read("a,b;c\n1,2\n3,4\n")) == ["a", "b;c"])
    #expect(names(read("text\nfoo;bar\n")) == ["text"])
  }

  @Test func markersWithoutASchemaFileAreNamed() {
    let found = read("a,b\n1,x\\N\n\\N,\"\\M\"\n\\x,\\\n")
    #expect(found.rows == [["1", "x\\N"], ["\\N", "\\M"], ["\\x", "\\"]])
    let finding = found.findings.first
    #expect(finding?.code == "null-markers" && finding?.count == 2 && finding?.offset == 10)
  }

  @Test func namelessColumnsAreCalledAfterTheirPosition() {
    let found = read(",b,\"\",column_1\n1,2,3,4\n")
    #expect(names(found) == ["column_1_", "b", "column_3", "column_1"])
    #expect(found.findings.map(\.code) == ["unnamed-columns"] && found.findings[0].count == 2)
  }

  @Test func twinNamesAreAnError() {
    let found = read("id,b,id\n1,2,3\n")
    #expect(found.error == ReadError(.duplicateName("id"), offset: 5))
    #expect(found.tables.isEmpty)
  }

  @Test func nulIsAccepted() throws {
    #expect(read("a,b\n1,x\u{0}y\n").rows == [["1", "x\u{0}y"]])
    var batch = RecordBatch()
    var reader = try CSV.csv(MemorySource(Array("a,b\n1,x\u{0}y\n".utf8)))
    _ = try reader.nextTable()
    _ = try reader.read(into: &batch)
    #expect(batch[0, 1].flags == .nul && batch[0, 0].flags == [])
  }

  // Errors: whole rows before are kept, offset and record are those of the fault.
  @Test(arguments: [
    (
      "a,b\n1,2\n3,x\"y\n5,6\n",
      ReadError(.syntax("quote inside a field that does not begin with one"), offset: 11, record: 2)
    ),
    (
      "a,b\n1,2\n3, \"y\"\n",
      ReadError(.syntax("quote inside a field that does not begin with one"), offset: 11, record: 2)
    ),
    ("a,b\n1,2\n3,\"x\"y\n", ReadError(.syntax("text after a closing quote"), offset: 13, record: 2)),
    ("a,b\n1,2\n3,\"x\n5,6\n", ReadError(.truncated, offset: 10, record: 2)),
    ("a,b\n1,2\n3\n5,6\n", ReadError(.fieldCount(expected: 2, found: 1), offset: 8, record: 2)),
    ("a,b\n1,2\n3,4,,x\n5,6\n", ReadError(.fieldCount(expected: 2, found: 4), offset: 8, record: 2)),
    ("a,b\n1,2\n3,4,5", ReadError(.fieldCount(expected: 2, found: 3), offset: 8, record: 2)),
  ]) func faultsHaveTheirPlace(_ text: String, _ error: ReadError) {
    let found = read(text)
    #expect(found.error == error)
    #expect(found.rows == [["1", "2"]])
  }

  @Test func invalidUTF8HasItsPlace() {
    for (row, tail) in [("3,\"x", "y\"\n"), ("3,x", "\n")] {
      let bytes = Array("a,b\n1,2\n\n\(row)".utf8) + [0xE9] + Array("\(tail)5,6\n".utf8)
      let found = suite.chunksNeverShow(bytes)
      #expect(found.error == ReadError(.invalidUTF8, offset: 9 + row.utf8.count, record: 2))
      #expect(found.rows == [["1", "2"]])
    }
    #expect(suite.read([0x61, 0xE9, 0x0A]).error == ReadError(.invalidUTF8, offset: 1))
  }

  @Test func headersAreCheckedToo() {
    #expect(
      read("a,b\"c\n").error == ReadError(.syntax("quote inside a field that does not begin with one"), offset: 3))
    #expect(read("a,\"b").error == ReadError(.truncated, offset: 2))
  }

  @Test func shortRecordsArePaddedOnRequest() {
    let found = read("a,b,c\n1,2\n3,4,5\n6\n", ragged: true)
    #expect(found.rows == [["1", "2", .missing], ["3", "4", "5"], ["6", .missing, .missing]])
    #expect(found.error == nil)
    let finding = found.findings.first
    #expect(finding?.code == "ragged-records" && finding?.count == 2 && finding?.offset == 6)
    #expect(read("a,b\n1,2,3\n", ragged: true).error?.code == .fieldCount(expected: 2, found: 3))
  }

  @Test func longFieldsAndWideTables() {
    let long = String(repeating: "x\"\",\n", count: 60_000)
    let text = "a,b\n1,\"\(long)\"\n2,y\n"
    let whole = suite.read(Array(text.utf8))
    let value = long.replacing("\"\"", with: "\"")
    #expect(whole.rows == [["1", .text(Array(value.utf8))], ["2", "y"]])
    #expect(suite.read(Array(text.utf8), capacity: 64, step: 1000) == whole)

    let width = 70_000
    let header = (0..<width).map { "c\($0)" }.joined(separator: ",")
    let row = Array(repeating: "", count: width).joined(separator: ",")
    let wide = suite.read(Array("\(header)\n\(row)\n\(row)\n\(row)\n\(row)\n\(row)".utf8))
    #expect(wide.error == nil && wide.rows.count == 5)
    #expect(wide.rows.allSatisfy { $0.count == width && $0.allSatisfy { $0 == nil } })
  }

  @Test func recordBeyondTheLimitIsAnErrorWithAdvice() {
    let text = Array("a,b\n1,2\n3,\"".utf8) + Array(repeating: UInt8(ascii: "x"), count: 65 << 20)
    let found = suite.read(text)
    #expect(found.rows == [["1", "2"]])
    #expect(found.error == ReadError(.tooLarge(what: "record", limit: 64 << 20), offset: 8, record: 2))
    #expect(found.error?.advice != nil)
  }

  @Test func everyCut() {
    suite.cutsInventNothing(
      Array("id,name\r\n1,\"a \"\"b\"\"\r\nc\"\r\n2,plain\r\n\r\n3,\n4,\"\"\n".utf8), cutsValues: true)
  }

  /// Thousands of short texts of nothing but trouble: what is accepted is what Python reads, what Python refuses is refused.
  @Test func agreesWithPythonOnRandomTexts() throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    let alphabet = Array("ab,,\"\"\"\r\n\n ;".utf8)
    let texts: [[UInt8]] = (0..<4000).map { _ in
      let count = 1 + Int(state >> 60)
      return Array("a,b\n".utf8)
        + (0..<count).map { _ in
          state ^= state << 13
          state ^= state >> 7
          state ^= state << 17
          return alphabet[Int(state >> 33) % alphabet.count]
        }
    }
    let script = """
      import csv, io, json, sys
      for line in sys.stdin:
        text = bytes.fromhex(line.strip()).decode()
        try: rows = [r for r in csv.reader(io.StringIO(text, newline=''), strict=True) if r][1:]
        except csv.Error: rows = None
        print('refused' if rows is None else json.dumps(rows, separators=(',', ':')))
      """
    let input = texts.map { hexadecimal($0) }.joined(separator: "\n") + "\n"
    let answers = try run(["python3", "-c", script], input: Array(input.utf8)).text.split(separator: "\n")
    #expect(answers.count == texts.count)
    var accepted = 0, refused = 0
    for (text, answer) in zip(texts, answers) {
      let found = suite.read(text, capacity: 3, step: 1)
      if answer == "refused" {
        refused += 1
        #expect(found.error != nil, "\(hexadecimal(text))")
      } else if found.error == nil {
        accepted += 1
        let rows = found.rows.map { row in "[" + row.map { json($0) }.joined(separator: ",") + "]" }
        #expect("[" + rows.joined(separator: ",") + "]" == answer, "\(hexadecimal(text))")
      }
    }
    #expect(accepted > 300 && refused > 300)
  }

  /// A value as Python writes it; null is an empty text there.
  func json(_ value: TestValue) -> String {
    guard case .text(let bytes) = value else { return "\"\"" }
    let escapes: [UInt8: String] = [0x22: "\\\"", 0x0D: "\\r", 0x0A: "\\n"]
    return "\"" + bytes.map { escapes[$0] ?? String(UnicodeScalar($0)) }.joined() + "\""
  }

  @Test func knownSchemaIsKept() {
    let schema = TableSchema("t", [Column("id", .int64), Column("x", .json), Column("name", .text)])
    let same = suite.read(Array("id,x,name\n1,{},n\n".utf8), tables: [schema])
    #expect(same.tables == [TestTable(schema, [["1", "{}", "n"]])])
    let other = suite.read(Array("name,id\nn,1\nm,2\n".utf8), tables: [schema])
    #expect(other.tables == [TestTable(schema, [["1", .missing, "n"], ["2", .missing, "m"]])])
    #expect(suite.read(Array("name,y\nn,1\n".utf8), tables: [schema]).error?.offset == 0)
  }

  @Test func recordsAreNumberedThroughAllBatches() throws {
    var reader = try CSV.csv(MemorySource(Array("a\n1\n2\n3\n4\n5\n".utf8)))
    var batch = RecordBatch(capacity: 2)
    var numbers: [Int] = []
    _ = try reader.nextTable()
    while try reader.read(into: &batch) { numbers += (0..<batch.rowCount).map { batch.firstRecord + $0 } }
    #expect(numbers == [0, 1, 2, 3, 4])
    #expect(try reader.nextTable() == nil)
  }

  @Test func errorsAreThrownAgain() throws {
    var reader = try CSV.csv(MemorySource(Array("a,b\n1\n".utf8)))
    var batch = RecordBatch()
    _ = try reader.nextTable()
    #expect(throws: ReadError.self) { _ = try reader.read(into: &batch) }
    #expect(throws: ReadError.self) { _ = try reader.read(into: &batch) }
    #expect(throws: ReadError.self) { _ = try reader.nextTable() }
  }

  /// A source that fails after its bytes.
  struct FailingSource: ByteSource, ~Copyable {
    var source: MemorySource
    mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
      let free = buffer.freeCapacity
      try source.read(into: &buffer)
      if free == buffer.freeCapacity { throw IOError("read", errno: 5) }
    }
  }
  @Test func rowsBeforeAFailingReadAreKept() throws {
    // Longer than the head that is read to detect the delimiter.
    let rows = (0..<20_000).map { "\($0),x" }
    let bytes = Array(("a,b\n" + rows.joined(separator: "\n") + "\ncut").utf8)
    var reader = try ImportFormatValue.csv.makeReader(
      from: FailingSource(source: MemorySource(bytes)), name: "t", tables: [], options: ReadOptions())
    var batch = RecordBatch(capacity: 4096)
    var count = 0, failure: ReadError?
    do throws(ReadError) {
      _ = try reader.nextTable()
      while try reader.read(into: &batch) { count += batch.rowCount }
    } catch { failure = error }
    #expect(count == rows.count)
    #expect(failure?.code == .io(IOError("read", errno: 5)))
  }

  @Test(arguments: [
    ("a,b\n1,2\n3,4\n", 0.8), ("a;b\n1;2\n", 0.6), ("a,b\n", 0.3), ("a\n1\n2\n", 0.1),
    ("{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2}\n", 0.05),
    ("", 0), ("a,b\n1,\u{0}\n", 0.05), ("a\u{0},\u{0}b\u{0}\n\u{0}", 0), ("a,b,c\n1\n2\n3,4,5\n", 0.2),
  ]) func confidenceFollowsTheContent(_ text: String, _ confidence: Double) {
    #expect(ImportFormatValue.csv.confidence(Array(text.utf8)) == confidence)
  }

  @Test func tabsOnly() {
    #expect(ImportFormatValue.tsv.confidence(Array("a\tb\n1\t2\n3\t4\n".utf8)) == 0.8)
    #expect(ImportFormatValue.tsv.confidence(Array("a,b\n1,2\n".utf8)) == 0)
    #expect(FormatSuite(reads: .tsv).read(Array("a,b\tc\n1\t\n".utf8)).rows == [["1", nil]])
  }

  @Test func columnsHaveALimit() {
    let header = (0...TableSchema.columnLimit).map { "c\($0)" }.joined(separator: ",")
    let error = suite.read(Array("\(header)\n1\n".utf8)).error
    #expect(error == ReadError(.tooMany(what: "columns", limit: TableSchema.columnLimit), offset: 0))
    let names = (0..<20_000).map { Name("c\($0)") }
    let given = TableSchema("t", names.reversed().map { Column($0, .text) })
    let text = names.map { displayed($0) }.joined(separator: ",") + "\n"
    #expect(suite.read(Array((text + text).utf8), tables: [given]).rows.first?.last == "c0")
  }

  @Test(arguments: [
    "id,name,note\r\n7,\"Ada \"\"A\"\" L\",\n8,\"\",\"a,b\n\"\"c\"\"\"\n9,\"\"\"\",é \n", "a\n\n1\n\"2\"\r\r\n",
  ])
  func damageReadsAlikeInPieces(_ text: String) {
    let pieces: [[UInt8]] = ["\"", "\"\"", ",", ";", "\t", "\r", "\n", "\r\n", "\u{FEFF}", "\\N"].map { Array($0.utf8) }
    suite.damageReadsAlike(Array(text.utf8), pieces + [[0], [0xFF], [0xC3], [0xFF, 0xFE]])
  }
}

/// The formats by their dots.
enum ImportFormatValue {
  static let csv: any ImportFormat = .csv
  static let tsv: any ImportFormat = .tsv
}

extension CSV {
  /// A reader without options.
  static func csv(_ source: consuming any ByteSource & ~Copyable) throws -> any RecordReader & ~Copyable {
    try ImportFormatValue.csv.makeReader(from: source, name: "t", tables: [], options: ReadOptions())
  }
}
