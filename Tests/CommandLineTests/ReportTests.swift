import Bytes
import Diagnostics
import TestSupport
import Testing

@testable import CommandLine

@Suite struct ReportTests {
  private let file = Terminal(isInteractive: false)
  private let screen = Terminal(isInteractive: true, width: 40)

  /// What a report of one list writes.
  private func list(
    _ format: OutputFormat, _ rows: [[Value]], on terminal: Terminal? = nil,
    columns: [ReportColumn] = [ReportColumn("name"), ReportColumn("row_count", "rows", isNumeric: true)]
  ) throws -> String {
    let store = MemoryStore()
    var report = try Report(to: MemorySink(store), format, terminal ?? file)
    try report.begin(Section("things", columns))
    for row in rows { try report.row(row) }
    try report.finish()
    #expect(store.isFinished)
    return String(decoding: store.bytes, as: UTF8.self)
  }

  /// What a report of fields and two lists writes.
  private func document(_ format: OutputFormat) throws -> String {
    let store = MemoryStore()
    var report = try Report(to: MemorySink(store), format, file, isSingle: false)
    try report.begin(Section("", [ReportColumn("id"), ReportColumn("note"), ReportColumn("gone")], layout: .record))
    try report.row([.text("x"), .null, .missing])
    try report.begin(Section("tables", [ReportColumn("name")]))
    try report.row([.text("a")])
    try report.row([.text("b|c")])
    try report.begin(Section("findings", [ReportColumn("code")]))
    try report.finish()
    return String(decoding: store.bytes, as: UTF8.self)
  }

  @Test func timesAreShownInTheZone() throws {
    let zone = try #require(TimeZone(named: Array("Europe/Berlin".utf8)))
    func report(_ format: OutputFormat) throws -> String {
      let store = MemoryStore()
      var report = try Report(to: MemorySink(store), format, file, zone: zone)
      try report.begin(Section("things", [ReportColumn("at"), ReportColumn("list")]))
      try report.row([.time(1_770_278_079_688_000), .list([.time(0), .object([.init("at", .time(-1))])])])
      try report.finish()
      return String(decoding: store.bytes, as: UTF8.self)
    }
    #expect(
      try report(.jsonl)
        == #"{"at":"2026-02-05T08:54:39.688+01:00","list":["1970-01-01T01:00:00+01:00","#
        + #"{"at":"1970-01-01T00:59:59.999999+01:00"}]}"# + "\n")
    #expect(try report(.csv).contains("\r\n2026-02-05T08:54:39.688+01:00,"))
    #expect(
      try report(.table).contains(
        "\n2026-02-05T08:54:39+01:00  1970-01-01T01:00:00+01:00, at=1970-01-01T00:59:59+01:00"))
  }

  private let rows: [[Value]] = [
    [.text("auth_user"), .integer(1389)], [.bytes(Array("a,\"b\"\n\t\\".utf8)), .null], [.text(""), .missing],
    [.text("***"), .number(Array("12345678901234567890.10".utf8))],
  ]

  @Test func eachFormat() throws {
    #expect(
      try list(.csv, rows)
        == "name,row_count\r\nauth_user,1389\r\n\"a,\"\"b\"\"\n\t\\\",\r\n\"\",\r\n***,12345678901234567890.10\r\n")
    #expect(
      try list(.tsv, rows)
        == "name\trow_count\nauth_user\t1389\na,\"b\"\\n\\t\\\\\t\\N\n\t\n***\t12345678901234567890.10\n")
    #expect(
      try list(.jsonl, rows) == """
        {"name":"auth_user","row_count":1389}
        {"name":"a,\\"b\\"\\n\\t\\\\","row_count":null}
        {"name":""}
        {"name":"***","row_count":12345678901234567890.10}

        """)
    #expect(
      try list(.json, Array(rows.prefix(2))) == """
        {"things":[
        {"name":"auth_user","row_count":1389},
        {"name":"a,\\"b\\"\\n\\t\\\\","row_count":null}
        ]}

        """)
    #expect(
      try list(.md, rows) == """
        | name | rows |
        | --- | ---: |
        | auth\\_user | 1389 |
        | a,"b"\\\\n\\\\t\\\\ | NULL |
        |  |  |
        | \\*\\*\\* | 12345678901234567890.10 |

        """)
    #expect(
      try list(.table, rows) == """
        NAME                           ROWS
        auth_user                      1389
        a,"b"\\n\\t\\                     NULL

        ***         12345678901234567890.10

        """)
  }

  @Test func detailsAreForPrograms() throws {
    let columns = [ReportColumn("id", isDetail: true), ReportColumn("name"), ReportColumn("sum", isDetail: true)]
    let rows: [[Value]] = [[.text("1"), .text("a"), .text("x")]]
    #expect(try list(.table, rows, columns: columns) == "NAME\na\n")
    #expect(try list(.md, rows, columns: columns) == "| name |\n| --- |\n| a |\n")
    #expect(try list(.csv, rows, columns: columns) == "id,name,sum\r\n1,a,x\r\n")
  }

  @Test func emptyLists() throws {
    #expect(try list(.json, []) == "{\"things\":[]}\n")
    #expect(try list(.jsonl, []) == "")
    #expect(try list(.csv, []) == "name,row_count\r\n")
    #expect(try list(.table, []) == "NAME  ROWS\n")
  }

  @Test func documents() throws {
    #expect(
      try document(.json) == """
        {"id":"x","note":null,
        "tables":[
        {"name":"a"},
        {"name":"b|c"}
        ],
        "findings":[]}

        """)
    #expect(
      try document(.jsonl) == """
        {"section":"","id":"x","note":null}
        {"section":"tables","name":"a"}
        {"section":"tables","name":"b|c"}

        """)
    #expect(
      try document(.table) == """
        id    x
        note  NULL

        tables
        NAME
        a
        b|c

        """)
    #expect(throws: Failure.self) { try document(.csv) }
  }

  @Test(arguments: ["json", "jsonl"]) func jsonIsReadByPython(_ name: String) throws {
    let format = try #require(OutputFormat(rawValue: name))
    let values: [Value] = [
      .bytes(Array(0x00...0xFF)), .bytes([0xED, 0xA0, 0xBD]), .bytes(Array("\u{202E}\u{9B}é😀\u{E0041}".utf8)),
      .number(Array("NaN".utf8)), .number(Array("-0.10e+7".utf8)), .json(Array("{\"a\":\n [1, \"\u{202E}\"]}".utf8)),
      .list([.integer(1), .null]), .object([.init("k", .boolean(true)), .init("m", .missing)]),
      .time(1_770_300_191_000_000),
    ]
    let columns = values.indices.map { ReportColumn("c\($0)") }
    let text = try list(format, [values], columns: columns)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !isUnsafeToShow($0) })
    let program = """
      import json, os, sys
      data = json.load(sys.stdin)
      row = data["things"][0] if "things" in data else data
      assert os.fsencode(row["c0"])[:128] == bytes(range(128)), row["c0"]
      assert row["c0"][128:] == "".join(chr(0xDC00 + b) for b in range(128, 256))
      assert row["c1"] == "\\ud83d"
      assert row["c2"] == "\\u202e\\u009b\\u00e9\\U0001F600\\U000E0041"
      assert row["c3"] == "NaN" and row["c4"] == -0.10e7 and row["c5"] == {"a": [1, "\\u202e"]}
      assert row["c6"] == [1, None] and row["c7"] == {"k": True} and row["c8"] == "2026-02-05T14:03:11Z"
      """
    let result = try run(["python3", "-c", program], input: Array(text.utf8))
    #expect(result.exitCode == 0, "\(result.errorText)")
  }

  @Test func aTerminalGetsWhatFits() throws {
    let long = String(repeating: "ab", count: 40)
    let text = try list(.table, [[.text(long), .integer(7)], [.text("日本語"), .integer(12)]], on: screen)
    for line in text.split(separator: "\n") { #expect(displayWidth(line) <= 40, "\(line)") }
    #expect(text.contains("…"))
    #expect(text.contains("日本語" + String(repeating: " ", count: 32) + "12"))
    #expect(try list(.table, [[.text(long), .integer(7)]]).contains(long))
  }

  @Test func aNarrowTerminalGetsFewerColumns() throws {
    let columns = [
      ReportColumn("id", isFixed: true), ReportColumn("empty"), ReportColumn("name"),
      ReportColumn("time", isFixed: true),
      ReportColumn("rows", isNumeric: true),
    ]
    let row: [Value] = [
      .text("3f2a91c0"), .absent, .text("a name too long"), .text("2026-02-05T14:03:11Z"), .integer(1),
    ]
    let narrow = Terminal(isInteractive: true, width: 40)
    #expect(
      try list(.table, [row], on: narrow, columns: columns) == """
        ID        NAME      TIME …
        3f2a91c0  a name …  2026-02-05T14:03:11Z

        """)
    #expect(
      try list(.table, [row], columns: columns) == """
        ID        EMPTY  NAME             TIME                  ROWS
        3f2a91c0         a name too long  2026-02-05T14:03:11Z     1

        """)
  }

  @Test func manyRowsStream() throws {
    let text = try list(.table, (0..<2000).map { [.text("row\($0)"), .integer($0)] })
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2001)
    #expect(lines[2000] == "row1999  1999")
  }

  @Test func csvIsEscapedOnATerminalOnly() throws {
    let rows: [[Value]] = [[.bytes(Array("\u{1B}[2J".utf8)), .integer(1)]]
    #expect(try list(.csv, rows) == "name,row_count\r\n\u{1B}[2J,1\r\n")
    #expect(try list(.csv, rows, on: screen) == "name,row_count\r\n\\u{1b}[2J,1\r\n")
  }

  /// SAFETY, row Terminal: no byte below 0x20 but line feed and tab, no DEL, no C1, nothing that reorders.
  @Test(arguments: OutputFormat.allCases) func hostileNamesStayHarmless(_ format: OutputFormat) throws {
    guard let samples = sharedSamples else { return }
    let names = try readFile(samples + "/adversarial/dev/own-attacks/term/names.txt").split(separator: 0x0A).map(
      Array.init)
    for terminal in [file, screen] {
      if !terminal.isInteractive && (format == .csv || format == .tsv) { continue }
      let text = try list(
        format, names.map { [.bytes($0), .bytes($0)] },
        on: terminal, columns: [ReportColumn(data: names[0]), ReportColumn(data: names[5], isNumeric: true)])
      let bad = text.unicodeScalars.filter { isUnsafeToShow($0) && !"\n\t".unicodeScalars.contains($0) && $0 != "\r" }
      #expect(bad.isEmpty)
      if format != .csv { #expect(!text.utf8.contains(0x0D)) }
    }
  }

  @Test(arguments: [
    ("0", true), ("-0", true), ("12.50", true), ("1e5", true), ("01", false), ("+1", false), (".5", false),
    ("1.", false), ("", false), ("-", false), ("1e", false), ("NaN", false), ("0x1", false),
  ])
  func numbersOfJSON(_ text: String, _ expected: Bool) {
    let bytes = Array(text.utf8)
    #expect(isJSONNumber(bytes.span) == expected)
  }

  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_450_000, "1.5 MB"), (999_499, "999 kB"), (999_950, "1.0 MB"),
      (129_000_000, "129 MB"), (.max, "9.2 EB"),
    ] as [(Int64, String)])
  func sizes(_ count: Int64, _ expected: String) {
    #expect(humanSize(count) == expected)
  }

  @Test func aClosedPipeIsNoFailure() {
    #expect(Failure(writing: IOError("write", errno: 32)).code == .success)
    #expect(
      Failure(writing: IOError("write", errno: 28))
        == Failure(.failure, "cannot write the output: No space left on device"))
  }

  @Test func failuresAsJSON() {
    let failure = Failure(.noCatalog, "no \"catalog\"\n\u{1B}", advice: "a")
    #expect(
      failure.json
        == "{\"message_type\":\"exit_error\",\"code\":10,\"message\":\"no \\\"catalog\\\"\\n\\u001b\",\"advice\":\"a\"}\n"
    )
  }
}
