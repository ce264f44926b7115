import Bytes
import CSVFormat
import Conversion
import JSONFormat
import Records
import TestSupport
import Testing

/// Whether the shared samples are there.
private let hasSamples = sharedSamples != nil

/// Files of the adversarial samples, which are no part of the repository.
@Suite(.enabled(if: hasSamples)) struct CSVConformanceTests {
  let root = (sharedSamples ?? "") + "/adversarial/dev/"
  let suite = FormatSuite(reads: ImportFormatValue.csv)

  func files(_ folder: String) throws -> [String] {
    try directoryNames(Array((root + folder).utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The rows of a file as Python's JSON of lists, absent values as empty texts.
  func rowsAsJSON(_ transcript: Transcript) throws -> [UInt8] {
    var table = TestTable("t", [], [])
    table.schema = transcript.tables[0].schema
    table.rows = transcript.rows.map { row in row.map { $0 == nil ? "" : $0 } }
    return try write([table], as: .json).files[""] ?? []
  }

  @Test func spectrum() throws {
    for file in try files("csv-spectrum/csvs") {
      var bytes = try readFile(root + "csv-spectrum/csvs/" + file)
      // The copies of these have lost the line ends that they are about.
      if file.contains("_crlf"), !bytes.contains(0x0D) { bytes = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }
      let found = suite.chunksNeverShow(bytes)
      #expect(found.error == nil, "\(file)")
      // Of the two empty files the expected JSON gives the values to the wrong keys; the values are compared.
      let script = """
        import json, sys
        mine = [list(r.values()) for r in json.load(sys.stdin)]
        theirs = [list(r.values()) for r in json.load(open(sys.argv[1], encoding='utf-8'))]
        if 'empty' in sys.argv[1]: theirs = [["1", "", ""], ["2", "3", "4"]]
        assert mine == theirs, (mine, theirs)
        """
      let expected = root + "csv-spectrum/json/" + file.replacing(".csv", with: ".json")
      let result = try run(["python3", "-c", script, expected], input: try rowsAsJSON(found))
      #expect(result.exitCode == 0, "\(file): \(result.errorText)")
    }
  }

  /// What `EXPECT.jsonl` says of a file; what the table decides instead is named.
  @Test func ownAttacks() throws {
    let folder = root + "own-attacks/csv/"
    let script = """
      import json, sys
      for line in open(sys.argv[1]):
        e = json.loads(line)
        if e['file'].startswith('csv/'): print(e['file'][4:], e['expect'])
      """
    let expectations = try run(["python3", "-c", script, root + "own-attacks/EXPECT.jsonl"]).text
    var seen = 0
    for line in expectations.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let bytes = try readFile(folder + words[0])
      let found = suite.read(bytes)
      seen += 1
      // UTF-16 with a mark is decoded before a reader sees it; undecoded it is refused.
      if words[1] == "reject" {
        #expect(found.error != nil, "\(words[0])")
        continue
      }
      #expect(found.error == nil && !found.tables.isEmpty, "\(words[0]): \(String(describing: found.error))")
      if bytes.count < 10_000 { suite.chunksNeverShow(bytes) }
      try exactInLosslessMode(found, words[0])
      if words[1] == "neutralise" { try harmlessInSpreadsheets(found.tables, words[0]) }
    }
    #expect(seen == 27)
  }

  func exactInLosslessMode(_ found: Transcript, _ file: String) throws {
    var options = WriteOptions()
    options.csv = .lossless
    let written = try write(found.tables, as: ExportFormatValue.csv, options: options)
    let sidecar = try CSVSidecar(parsing: written.files[".schema.json"] ?? [])
    let back = FormatSuite(reads: CSV.lossless(sidecar)).read(written.files[""] ?? [])
    #expect(back.tables == found.tables && back.error == nil, "\(file)")
  }

  func harmlessInSpreadsheets(_ tables: [TestTable], _ file: String) throws {
    var options = WriteOptions()
    options.csv = .spreadsheet
    let written = try write(tables, as: ExportFormatValue.csv, options: options)
    for row in suite.read(written.files[""] ?? []).rows {
      for case .text(let text) in row {
        let isFormula = CSVWriterTests.formulaBeginnings.contains { text.starts(with: $0) }
        #expect(!isFormula || Double(String(decoding: text, as: UTF8.self)) != nil, "\(file)")
      }
    }
  }

  @Test func fuzzSeedsNeitherCrashNorHang() throws {
    for file in try files("csv-gofuzz") {
      let bytes = try readFile(root + "csv-gofuzz/" + file)
      let whole = suite.read(bytes)
      for (capacity, step) in [(64, 1), (65, 7), (4096, 64)] {
        #expect(suite.read(bytes, capacity: capacity, step: step) == whole, "\(file)")
      }
      if whole.error == nil && !whole.tables.isEmpty { try exactInLosslessMode(whole, file) }
    }
  }

  @Test func payloadsAreHarmlessInSpreadsheets() throws {
    let lines = try readFile(root + "csv-injection/csv-payload.txt").split(separator: UInt8(ascii: "\n"))
    try harmlessInSpreadsheets([TestTable("t", ["v"], lines.map { [.text(Array($0))] })], "csv-payload.txt")
  }

  @Test func naughtyStringsSurviveEverything() throws {
    let script = """
      import json, sys
      for s in json.load(open(sys.argv[1], encoding='utf-8')): print(s.encode('utf-8', 'surrogatepass').hex())
      """
    let listed = try run(["python3", "-c", script, root + "text-blns/blns.json"]).text
    let texts = listed.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(bytes(ofHex:))
    #expect(texts.count > 400)
    let table = TestTable("t", ["v", "end"], texts.map { [.text($0), "end"] })
    for style in CSVStyle.allCases {
      var options = WriteOptions()
      options.csv = style
      for format in [ExportFormatValue.csv, ExportFormatValue.tsv] {
        let written = try write([table], as: format, options: options, batchSize: 50)
        var reads: any ImportFormat = ImportFormatValue.csv
        if style == .lossless { reads = CSV.lossless(try CSVSidecar(parsing: written.files[".schema.json"] ?? [])) }
        let back = FormatSuite(reads: reads).read(written.files[""] ?? [])
        guard style == .spreadsheet else {
          #expect(back.tables == [table], "\(format.id) \(style)")
          continue
        }
        #expect(back.rows.map { CSVWriterTests.unguarded($0[0]) } == table.rows.map { $0[0] }, "\(format.id)")
      }
    }
  }

  func bytes(ofHex text: Substring) -> [UInt8] {
    let digits = Array(text.utf8).map { UInt8(String(UnicodeScalar($0)), radix: 16) ?? 0 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
