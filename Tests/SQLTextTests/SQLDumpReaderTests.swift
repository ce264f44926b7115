import Bytes
import Conversion
import Diagnostics
import Records
import SQLText
import TestSupport
import Testing

/// A dialect's dumps as a format, so that the suite of all formats can read them.
struct DumpFormat: ImportFormat {
  var syntax = SQLSyntax.postgres
  var capacity: Int?
  var id: String { "dump" }
  var endings: [String] { ["sql"] }
  func confidence(_ head: [UInt8]) -> Double { 1 }
  func makeReader(
    from source: consuming any ByteSource & ~Copyable, name: Name, tables: [TableSchema], options: ReadOptions
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    SQLDumpReader(source, syntax, tables: tables, capacity: capacity ?? 1 << 18)
  }
}

/// Reads a dump with a large window, and checks that small ones give the same.
func rows(
  _ text: String, _ syntax: SQLSyntax = .postgres, sourceLocation: Testing.SourceLocation = #_sourceLocation
) -> Transcript {
  let bytes = Array(text.utf8)
  let whole = FormatSuite(reads: DumpFormat(syntax: syntax)).read(bytes)
  for capacity in [1, 2, 7, 31, 64, 97, 256] {
    for step in [1, 7, .max] {
      let same = FormatSuite(reads: DumpFormat(syntax: syntax, capacity: capacity)).read(bytes, step: step)
      #expect(same == whole, "window \(capacity), step \(step)", sourceLocation: sourceLocation)
    }
  }
  return whole
}

@Suite struct SQLDumpReaderTests {
  static let copy = """
    SET client_encoding = 'UTF8';
    CREATE TABLE public.t (
        id integer NOT NULL,
        name text,
        ok boolean,
        data bytea,
        tags text[],
        doc jsonb,
        "odd, name" numeric(10,2)
    );
    COPY public.t (id, name, ok, data, tags, doc, "odd, name") FROM stdin;
    1\tAda\tt\t\\\\x00ff10\t{a,"b c",NULL}\t{"k": 1}\t1.50
    2\t\\N\tf\t\\N\t{}\t\\N\tNaN
    -3\tline\\nfeed\\ttab\\\\slash\\101\\x42\t\\N\t\\\\x\t\\N\t[]\t\\N
    4\t\t\\N\t\\N\t{{1,2},{3,4}}\t"s"\t-0.5
    \\.


    SELECT pg_catalog.setval('public.t_id_seq', 4, true);

    """

  @Test func copyGivesTypedRows() {
    let read = rows(Self.copy)
    #expect(read.error == nil && read.findings == [])
    #expect(
      read.rows == [
        [
          .number("1"), "Ada", true, .bytes([0, 255, 16]), .json(#"["a","b c",null]"#), .json(#"{"k": 1}"#),
          .number("1.50"),
        ],
        [.number("2"), nil, false, nil, .json("[]"), nil, .number("NaN")],
        [.number("-3"), "line\nfeed\ttab\\slashAB", nil, .bytes([]), nil, .json("[]"), nil],
        [.number("4"), "", nil, nil, .json(#"[["1","2"],["3","4"]]"#), .json(#""s""#), .number("-0.5")],
      ])
  }

  @Test func everyCutOfCopyKeepsWholeRows() {
    let bytes = Array(Self.copy.utf8)
    let whole = FormatSuite(reads: DumpFormat()).read(bytes)
    let end = String(decoding: bytes, as: UTF8.self).range(of: "\n\\.\n")
    let dataEnd = bytes.count - Self.copy[end.lowerBound...].utf8.count
    for cut in bytes.indices {
      let part = FormatSuite(reads: DumpFormat(capacity: 64)).read(Array(bytes[..<cut]))
      #expect(part.rows == Array(whole.rows.prefix(part.rows.count)), "cut at \(cut)")
      if cut > 400, cut < dataEnd { #expect(part.error?.code == .truncated, "cut at \(cut)") }
    }
  }

  @Test func lineEndsOfConvertedFilesAreLeftOut() {
    let read = rows("COPY t (a, b) FROM stdin;\r\n1\tx\\r\r\n\\N\t\\N\r\n\\.\r\nSELECT 1;\r\n")
    #expect(read.rows == [["1", "x\r"], [nil, nil]] && read.error == nil)
  }

  @Test(
    arguments: [
      ("COPY t (a) FROM stdin;\n\n\\N\n.\n\\\\.\n\\.\n", [[""], [nil], ["."], ["\\."]]),
      ("COPY t (a, b) FROM stdin WITH NULL AS 'NIL' DELIMITER '|';\nNIL|x\n\\N|\n\\.\n", [[nil, "x"], ["N", ""]]),
      ("COPY t(a)FROM stdin; -- x y\n1\n\\.", [["1"]]),
      ("COPY \"new\nline\" (a) FROM stdin;\n1\n\\.\n", [["1"]]),
    ] as [(String, [[TestValue]])])
  func copyHasManyForms(_ text: String, _ expected: [[TestValue]]) {
    let read = rows(text)
    #expect(read.rows == expected && read.error == nil)
  }

  @Test(
    arguments: [
      (
        #"""
        COPY t (a, b) FROM stdin WITH (FORMAT csv);
        1,"x, ""y""
        z"
        ,""
        "\.",a"b"c
        \.
        SELECT 1;
        """#, [["1", "x, \"y\"\nz"], [nil, ""], ["\\.", "abc"]]
      ),
      (
        "COPY t (a, b) FROM stdin CSV HEADER QUOTE AS '''' ESCAPE AS E'\\\\' NULL AS 'NIL' DELIMITER ';';\r\nb;a\r\n"
          + "'x\\'\\\\;';NIL\r\n'NIL';\r\n\\.\r\n", [["x'\\;", nil], ["NIL", ""]]
      ),
      ("COPY t (a) FROM stdin WITH (FORMAT csv, HEADER false);\n\n\"\"\n\\x\n\\.", [[nil], [""], ["\\x"]]),
      (
        "INSERT INTO t(a) VALUES ('1')\\; INSERT INTO t(a) VALUES ('2') \\; SELECT 1;\nINSERT INTO t(a) VALUES ('3');\n",
        [["1"], ["2"], ["3"]]
      ),
      ("SELECT 1\\; COPY t (a) FROM stdin; -- rows\n1\n\\.\n", [["1"]]),
    ] as [(String, [[TestValue]])])
  func copyOfCSVAndStatementsSentAtOnce(_ text: String, _ expected: [[TestValue]]) {
    let read = rows(text)
    #expect(read.rows == expected && read.error == nil, "\(read)")
  }

  @Test func wrongRowsOfCSVAreNamed() {
    let few = rows("COPY t (a, b) FROM stdin CSV;\n1,2\n3\n4,5\n\\.\n")
    #expect(
      few.rows == [["1", "2"]] && few.error?.code == .fieldCount(expected: 2, found: 1) && few.error?.offset == 34)
    let cut = rows("COPY t (a, b) FROM stdin CSV;\n1,2\n3,\"4\n\\.\n")
    #expect(cut.rows == [["1", "2"]] && cut.error?.code == .truncated)
  }

  @Test func tablesWithoutColumnsHaveRows() {
    let read = rows("COPY app.none  FROM stdin;\n\n\n\n\\.\nSELECT 1;\n")
    #expect(read.rows.count == 3 && read.tables[0].schema.columns.isEmpty && read.error == nil)
  }

  @Test func insertsOfAllFormsAreRead() {
    let read = rows(
      """
      INSERT INTO public.s VALUES (1, 'it''s', true, NULL);
      INSERT INTO public.s VALUES (2, 'a\\b', false, -1.5e3);
      INSERT INTO public.t (a, b) VALUES (3, 'x') ON CONFLICT DO NOTHING;
      INSERT INTO public.t (a, b) VALUES (4, 'y') ON CONFLICT DO NOTHING;
      INSERT INTO public.u OVERRIDING SYSTEM VALUE VALUES
      \t(1, E'tab\\t', B'101', 'NaN'),
      \t(DEFAULT, 'two
      lines', '{}'::text[], ARRAY[1,2]);
      INSERT INTO public.none DEFAULT VALUES;
      INSERT INTO t SELECT 1;
      """)
    #expect(read.error == nil)
    #expect(read.tables.map(\.schema.name) == ["s", "t", "u", "none"])
    #expect(
      read.rows == [
        [.number("1"), "it's", true, nil], [.number("2"), "a\\b", false, .number("-1.5e3")],
      ])
    #expect(read.tables[1].rows == [[.number("3"), "x"], [.number("4"), "y"]])
    #expect(
      read.tables[2].rows == [
        [.number("1"), "tab\t", "101", "NaN"], [.missing, "two\nlines", "{}", "ARRAY[1,2]"],
      ])
    #expect(read.tables[3].rows.count == 1)
    #expect(read.findings.map(\.code) == ["expression-not-evaluated"])
  }

  @Test func statementsOfOtherDialectsAreRead() {
    let mysql = rows(
      """
      -- MySQL dump
      /*!40101 SET NAMES utf8mb4 */;
      INSERT INTO `t` VALUES (1,'a\\'b\\n\\0',0x00FF,_binary 'x''y',NULL),(2,"d",b'1',X'41','');
      DELIMITER ;;
      CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; INSERT INTO u VALUES (1); END ;;
      DELIMITER ;
      INSERT INTO `t` (`a`,`b`) VALUES (3,'z');
      """, .mysql)
    #expect(mysql.error == nil)
    #expect(
      mysql.tables[0].rows.first?.prefix(4) == [
        .number("1"), "a'b\n\u{0}", .bytes([0, 255]), .bytes(Array("x'y".utf8)),
      ])
    #expect(mysql.tables.map(\.schema.name) == ["t"])
    let sqlite = rows(
      """
      PRAGMA foreign_keys=OFF;
      BEGIN TRANSACTION;
      CREATE TABLE t(a,b);
      INSERT INTO t VALUES(1,replace(replace('a\\nb\\rc','\\n',char(10)),'\\r',char(13)));
      INSERT INTO t VALUES(X'00ff',unistr('\\u000anl') || 'x');
      INSERT INTO "t" VALUES(1e999,CAST(X'41' AS TEXT));
      CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t VALUES(9,9); SELECT CASE WHEN 1 THEN 2 END; END;
      INSERT INTO t VALUES(2,'last');
      COMMIT;
      """, .sqlite)
    #expect(sqlite.error == nil)
    #expect(
      sqlite.rows == [
        [.number("1"), "a\nb\rc"], [.bytes([0, 255]), "\nnlx"], [.number("1e999"), "A"], [.number("2"), "last"],
      ])
  }

  @Test(arguments: [
    ("COPY t (a, b) FROM stdin;\n1\t2\n3\n\\.\n", "record has 1 fields; the header has 2", 30, 1),
    ("COPY t (a, b) FROM stdin;\n1\t2\n3\t4\t5\n\\.\n", "record has 3 fields; the header has 2", 30, 1),
    ("INSERT INTO t (a, b) VALUES (1, 2), (3);\n", "record has 1 fields; the header has 2", 35, 1),
    ("INSERT INTO t (a) VALUES (1), 2;\n", "a row in parentheses expected", 29, 1),
    ("COPY t (a) FROM stdin;\n1\n2", "artifact ends inside a value", 26, 1),
    ("INSERT INTO t (a) VALUES ('x'), ('y", "artifact ends inside a value", 35, 1),
  ]) func errorsSayWhere(_ text: String, _ message: String, _ offset: Int, _ count: Int) {
    let read = rows(text)
    #expect(read.error?.message == message && read.error?.offset == offset)
    #expect(read.rows.count == count)
  }

  /// Bodies, quotes and comments hold what looks like data.
  @Test func nothingInsideQuotesIsData() {
    let read = rows(
      """
      CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $_$ BEGIN
      INSERT INTO t VALUES (1);
      COPY t FROM stdin;
      $$;$$ END $_$;
      CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; INSERT INTO t VALUES (2); END;
      COMMENT ON TABLE t IS 'x; INSERT INTO t VALUES (3);';
      /* INSERT INTO t VALUES (4); /* nested */ ; */
      -- INSERT INTO t VALUES (5);
      SELECT "a;b", E'\\';INSERT INTO t VALUES (6);', U&'\\0041;';
      CREATE RULE r AS ON INSERT TO t DO (INSERT INTO t VALUES (7); NOTHING);
      \\restrict k
      \\echo 'x' ; INSERT INTO t VALUES (8);
      INSERT INTO t VALUES (9);
      """)
    #expect(read.error == nil && read.rows == [[.number("9")]])
  }

  @Test func bytesThatAreNoTextAreNamed() {
    var bytes = Array("COPY t (a, b) FROM stdin;\nx\t".utf8)
    bytes += [0xE9, 0x0A] + Array("\\303\\251\t\\377\n\\.\n".utf8)
    let read = FormatSuite(reads: DumpFormat()).read(bytes)
    #expect(read.rows == [["x", "é"], ["é", "ÿ"]])
    #expect(read.findings.map(\.code) == ["not-utf8"] && read.findings[0].count == 2 && read.findings[0].offset == 28)
  }

  /// PostgreSQL has no U+0000; what says so is flagged, for most targets refuse it.
  @Test func zerosAreFlagged() throws {
    for text in ["COPY t (a) FROM stdin;\na\u{0}b\n\\.\n", "INSERT INTO t (a) VALUES ('a\u{0}b');\n"] {
      var reader = SQLDumpReader(MemorySource(Array(text.utf8)), .postgres), batch = RecordBatch()
      #expect(try reader.nextTable() != nil)
      #expect(try reader.read(into: &batch))
      #expect(batch.cells.map(\.flags) == [.nul])
    }
  }

  @Test func damageReadsAlike() {
    let pieces = [
      "\\.", "\\N", "\t", "\n", "'", "$$", "(", ")", ";", "--", "/*", "*/", "\\", "INSERT INTO t VALUES (",
      "COPY t FROM stdin;\n",
    ]
    .map { Array($0.utf8) }
    var random = SplitMix(state: 7)
    let sources = [Self.copy, "INSERT INTO t VALUES (1, 'a'), (2, E'b\\n');\nINSERT INTO t VALUES (3, X'41');\n"]
    for syntax in [SQLSyntax.postgres, .mysql, .sqlite] {
      for round in 0..<400 {
        let damaged = mutated(Array(sources[round % 2].utf8), &random, pieces)
        let whole = FormatSuite(reads: DumpFormat(syntax: syntax)).read(damaged)
        let capacity = Int.random(in: 1...100, using: &random), step = Int.random(in: 1...20, using: &random)
        let same = FormatSuite(reads: DumpFormat(syntax: syntax, capacity: capacity)).read(damaged, step: step)
        #expect(same == whole, "capacity \(capacity), step \(step): \(String(decoding: damaged, as: UTF8.self))")
      }
    }
  }
}

extension String {
  /// Where a text occurs first; the end when it does not.
  fileprivate func range(of text: String) -> Range<String.Index> {
    var at = startIndex
    while at < endIndex, !self[at...].hasPrefix(text) { at = index(after: at) }
    return at..<endIndex
  }
}
