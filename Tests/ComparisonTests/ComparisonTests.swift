import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import Comparison

/// Two backups hold the same rows, or it is said where they do not.
@Suite struct ComparisonTests {
  private func side(_ text: String, _ name: String, _ place: TemporaryDirectory) throws -> ComparedBackup {
    try writeFile(place.path + "/" + name, Array(text.utf8))
    return try opened(place.file(name))
  }

  private func opened(_ path: [UInt8]) throws -> ComparedBackup {
    let container = try BuiltIn.recogniser.open(path)
    let parts = try BuiltIn.recogniser.recognise(container).backups.map { backup in
      let system = try #require(BuiltIn.recogniser.system(backup.system))
      let input = BackupInput(
        backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
      return ComparedBackup.Part(system: system, input: input, knowledge: try system.survey(input))
    }
    return ComparedBackup(parts)
  }

  private func compared(
    _ first: String, _ second: String, names: (String, String) = ("a.json", "b.json"), without: [Name] = [],
    losses: [Loss] = []
  ) throws -> [ComparedTable] {
    let place = try TemporaryDirectory()
    var comparison = Comparison(
      try side(first, names.0, place), try side(second, names.1, place), without: without)
    try comparison.run()
    comparison.explain(by: losses)
    return comparison.tables
  }

  @Test func orderAndSpellingDoNotCount() throws {
    let tables = try compared(
      #"{"t": [{"id": 1, "x": 1.50, "j": {"a": 1, "b": [2]}}, {"id": 2, "x": 2, "j": null}]}"#,
      #"{"t": [{"j": null, "x": 2.0, "id": 2}, {"id": 1, "j": {"b": [2], "a": 1}, "x": 1.5}]}"#)
    #expect(tables.map(\.verdict) == [.same])
    #expect(tables[0].first == tables[0].second && tables[0].first.count == 2)
  }

  @Test func rowsThatDifferAreNamed() throws {
    let tables = try compared(
      #"{"t": [{"id": 1, "x": "a", "y": 1}, {"id": 2, "x": "b", "y": 1}, {"id": 3, "x": "c", "y": 1}]}"#,
      #"{"t": [{"id": 4, "x": "d", "y": 1}, {"id": 2, "x": "B", "y": 1}, {"id": 1, "x": "a", "y": 1}]}"#)
    let table = try #require(tables.first)
    #expect(table.verdict == .different && !table.isAtLeast)
    // Plain JSON says nothing of keys: rows are what they are.
    #expect(table.changed + table.removed + table.addedRows == 4)
    #expect(table.examples.allSatisfy { $0.number > 0 })
  }

  @Test func keysTellWhichRowChanged() throws {
    func dump(_ rows: String) -> String {
      "CREATE TABLE t (id integer PRIMARY KEY, x text, y integer);\nINSERT INTO t VALUES \(rows);\n"
    }
    let tables = try compared(
      dump("(1, 'a', 1), (2, 'b', 2), (3, 'c', NULL)"), dump("(4, 'd', 1), (1, 'a', 1), (2, 'B', 3)"),
      names: ("a.sql", "b.sql"))
    let table = try #require(tables.first)
    #expect((table.changed, table.removed, table.addedRows) == (1, 1, 1))
    let found = Set(
      table.examples.map { example in
        "\(example.kind) \(example.key.map { String(decoding: $0, as: UTF8.self) }) \(example.columns.map { displayed($0) })"
      })
    #expect(found == [#"changed ["2"] ["x", "y"]"#, #"removed ["3"] []"#, #"added ["4"] []"#])
  }

  /// Digests taken while the first was read for a conversion stand for reading it again, and only for the columns they are of.
  @Test func knownDigestsStandForTheRows() throws {
    let place = try TemporaryDirectory()
    let text = #"{"t": [{"id": 1, "x": "a", "_v": 1}, {"id": 2, "x": "b", "_v": 2}], "u": [{"id": 7}], "none": []}"#
    let first = try side(text, "a.json", place), part = try #require(first.parts.first)
    let digests = SourceDigest.Digests(without: ["_v"]),
      format = try #require(BuiltIn.exportFormats.first { $0.id == "json" })
    var job = ConversionJob(input: part.input, system: part.system, format: format)
    job.outputPath = place.file("b.json")
    job.digests = digests
    _ = try job.run()
    // A second run, as after a preview, begins anew; a table without rows has a digest too.
    job.replaces = true
    _ = try job.run()
    let known = digests.digests
    #expect(Set(known.keys) == ["t", "u", "none"] && known["none"] == TableDigest() && known["t"]?.count == 2)
    // The first cannot be read any more.
    try writeFile(place.path + "/a.json", [])
    func verdicts(_ second: String, _ known: [Name: TableDigest]) throws -> [ComparedTable.Verdict] {
      var comparison = Comparison(first, try side(second, "c.json", place), without: ["_v"], known: known)
      try comparison.run()
      return comparison.tables.map(\.verdict)
    }
    let same = #"{"u": [{"id": 7}], "t": [{"id": 2, "x": "b"}, {"id": 1, "x": "a"}]}"#
    #expect(try verdicts(same, known) == [.same, .same, .missing])
    // Where columns differ from those of the digest, or rows do, the first is read.
    #expect(throws: ComparisonError.self) { try verdicts(text, known) }
    #expect(throws: ComparisonError.self) { try verdicts(same, [:]) }
    #expect(throws: ComparisonError.self) {
      try verdicts(#"{"u": [{"id": 8}], "t": [{"id": 2, "x": "b"}, {"id": 1, "x": "a"}]}"#, known)
    }
  }

  @Test func rowsThatOccurTwiceCountTwice() throws {
    let tables = try compared(
      #"{"t": [{"x": 1}, {"x": 1}, {"x": 2}]}"#, #"{"t": [{"x": 1}, {"x": 2}, {"x": 2}]}"#)
    #expect(tables[0].verdict == .different && tables[0].removed == 1 && tables[0].addedRows == 1)
  }

  @Test func gapsThatBecomeNullAreExplained() throws {
    let tables = try compared(
      #"{"t": [{"id": 1, "x": 1}, {"id": 2}, {"id": 3, "x": null}]}"#, "id,x\n1,1\n2,\n3,\n", names: ("a.json", "t.csv")
    )
    #expect(tables.map(\.verdict) == [.explained])
    #expect(
      tables[0].coercions == [Coercion(kind: .absence, column: "x", from: "missing", to: "null", count: 1)])
  }

  @Test func valuesOfAnotherTypeAreExplained() throws {
    let tables = try compared(
      "id,at\n1,2026-01-02T03:04:05Z\n2,2026-01-02T04:04:05+01:00\n",
      """
      CREATE TABLE t (id integer, at timestamp with time zone);
      INSERT INTO t VALUES (1, '2026-01-02 03:04:05+00'), (2, '2026-01-02 03:04:05+00');
      """, names: ("t.csv", "b.sql"))
    #expect(tables.map(\.verdict) == [.same] || tables.map(\.verdict) == [.explained])
    let texts = try compared(
      "CREATE TABLE t (id integer, n text);\nINSERT INTO t VALUES (1, '01');\n",
      "CREATE TABLE t (id integer, n integer);\nINSERT INTO t VALUES (1, 1);\n", names: ("a.sql", "b.sql"))
    #expect(texts.map(\.verdict) == [.explained])
    #expect(texts[0].coercions.map(\.kind) == [.type] && texts[0].coercions[0].to == "int32")
  }

  @Test func namesOfSchemasAndCaseDoNotMatterWhereTheyAreClear() throws {
    let tables = try compared(
      #"{"public.Users": [{"Id": 1}], "Left": [{"a": 1}], "empty": []}"#, #"{"users": [{"id": 1}], "New": [{"a": 1}]}"#)
    let verdicts = Dictionary(uniqueKeysWithValues: tables.map { (displayed($0.name), $0.verdict) })
    #expect(verdicts["public.Users"] == .same && verdicts["Left"] == .missing && verdicts["New"] == .added)
    #expect(tables.filter(\.isDifferent).map(\.name) == ["Left"])
    // Two that could be meant are none.
    let unclear = try compared(#"{"T": [{"a": 1}]}"#, #"{"a.t": [{"a": 1}], "b.t": [{"a": 1}]}"#)
    #expect(unclear[0].verdict == .missing)
  }

  @Test func lostColumnsAreCounted() throws {
    let first = #"{"t": [{"id": 1, "x": 1, "y": 2}, {"id": 2, "x": null, "y": 3}]}"#,
      second = #"{"t": [{"id": 1}, {"id": 2}]}"#
    let lost = try compared(first, second)
    #expect(lost[0].verdict == .different && lost[0].missingColumns.map(\.values) == [1, 2])
    #expect(try compared(first, second, without: ["x", "y"])[0].verdict == .same)
  }

  @Test func namedLossesExplain() throws {
    func dump(_ rows: String) -> String {
      "CREATE TABLE t (id integer PRIMARY KEY, x text);\nINSERT INTO t VALUES \(rows);\n"
    }
    func verdict(_ losses: [Loss]) throws -> ComparedTable.Verdict {
      try compared(
        dump("(1, 'a'), (2, 'b'), (3, 'c')"), dump("(1, 'A'), (3, 'c')"), names: ("a.sql", "b.sql"), losses: losses)[0]
        .verdict
    }
    let reject = Loss("nul-character", "", table: "t", column: "x", count: 1, isReject: true)
    let change = Loss("special-float", "", table: "t", column: "x", count: 1)
    #expect(try verdict([reject, change]) == .explained)
    #expect(try verdict([reject]) == .different)
    #expect(try verdict([change]) == .different)
    #expect(try verdict([reject, Loss("special-float", "", table: "t", column: "id", count: 1)]) == .different)
  }

  /// A change of one column is not explained by losses of another, nor by what is said of a column's schema.
  @Test func lossesOfOneColumnDoNotExplainAnother() throws {
    func dump(_ rows: String) -> String {
      "CREATE TABLE t (id integer PRIMARY KEY, x text, y text);\nINSERT INTO t VALUES \(rows);\n"
    }
    func verdict(_ losses: [(String, Name, Int)]) throws -> ComparedTable.Verdict {
      try compared(
        dump("(1, 'a', 'a'), (2, 'b', 'b')"), dump("(1, 'A', 'a'), (2, 'B', 'b')"), names: ("a.sql", "b.sql"),
        losses: losses.map { Loss($0, "", table: "t", column: $1, count: $2) })[0].verdict
    }
    #expect(try verdict([("key-changed", "x", 2)]) == .explained)
    #expect(try verdict([("key-changed", "x", 1), ("key-changed", "y", 5)]) == .different)
    #expect(try verdict([("default-left-out", "x", 2)]) == .different)
  }

  private struct Marked: RowIDs {
    func id(of hash: Hash128) -> [UInt8] { Array("row \(hash)".utf8) }
  }

  /// Names that a format gave and references that became ids are found again; without a key, rows belong together by what cannot have
  /// changed.
  @Test func lineageLeadsToNamesAndIDs() throws {
    let place = try TemporaryDirectory()
    func hash(_ value: Int64) throws -> String {
      var digester = RowDigester(TableSchema("", [Column("key", .int64)])), batch = RecordBatch()
      batch.removeAll(columnCount: 1)
      batch.append(row: [.integer(value)])
      return "row \(try digester.hash(of: 0, 0, in: batch))"
    }
    let first = #"{"a.t": [{"r": 1, "x": 0.25}, {"r": 2, "x": 0.5}, {"r": null, "x": 1.5}], "t": [{"z": 1}]}"#
    func compared(_ third: String, _ losses: [Loss] = []) throws -> [ComparedTable] {
      let second = """
        {"a_t": [{"ref": "\(try hash(2))", "x": 0.5}, {"ref": null, "x": \(third)}, {"ref": "\(try hash(1))", "x": 0.25}],
         "t": [{"z": 1}]}
        """
      var lineage = Lineage(), table = Lineage.Table(["a_t"])
      table.columns["r"] = ["ref"]
      table.references["r"] = ReferenceID(Column("key", .int64), Marked())
      lineage.tables["a.t"] = table
      var comparison = Comparison(
        try side(first, "a.json", place), try side(second, "b.json", place), lineage: lineage, losses: losses)
      try comparison.run()
      comparison.explain(by: losses)
      return comparison.tables
    }
    let same = try compared("1.5")
    #expect(same.map(\.verdict) == [.explained, .same] && same[0].secondName == "a_t")
    #expect(same[0].coercions == [Coercion(kind: .reference, column: "r", from: "int32", to: "id", count: 2)])
    // One float is another: a loss of the column explains it, and only then do the rows belong together.
    let other = try compared("1")
    #expect(other[0].verdict == .different && other[0].removed == 1 && other[0].addedRows == 1)
    let named = try compared("1", [Loss("number-rounded", "", table: "a.t", column: "x", count: 1)])
    #expect(named[0].verdict == .explained && named[0].changedColumns.map(\.rows) == [1])
  }

  /// What differs everywhere is not kept whole; what is said of it stays true.
  @Test func manyRowsOfOneKey() throws {
    let rows = (0..<3_000).map { #"{"k": 1, "v": \#($0)}"# }, others = (0..<3_000).map { #"{"k": 1, "v": \#($0 + 1)}"# }
    let tables = try compared(
      #"{"t": [\#(rows.joined(separator: ","))]}"#, #"{"t": [\#(others.joined(separator: ","))]}"#)
    #expect(tables[0].removed == 1 && tables[0].addedRows == 1 && tables[0].examples.count == 2)
  }

  /// Tables that can be read apart are read side by side, which changes nothing of what is found.
  @Test func tablesAreReadSideBySide() throws {
    func compared(_ changes: [String: String] = [:]) throws -> (shares: [ComparedBackup], tables: [ComparedTable]) {
      let place = try TemporaryDirectory()
      try createDirectory(place.file("csv"))
      var texts = ["a": "id,x\n1,one\n2,two\n", "b": "id,y\n1,2.5\n", "c": "id\n7\n8\n9\n"]
      texts.merge(changes) { $1 }
      for (name, text) in texts { try writeFile(place.path + "/csv/\(name).csv", Array(text.utf8)) }
      let json = """
        {"a": [{"id": 1, "x": "one"}, {"id": 2, "x": "two"}], "b": [{"id": 1, "y": 2.5}],
         "c": [{"id": 9}, {"id": 8}, {"id": 7}]}
        """
      let second = try opened(place.file("csv"))
      var comparison = Comparison(try side(json, "a.json", place), second)
      try comparison.run()
      return (second.shares(2) { [Name("a"): 5, "b": 1, "c": 3][$0] }, comparison.tables)
    }
    let same = try compared()
    #expect(same.shares.map { Set($0.tables.map(\.name)) } == [["a"], ["b", "c"]])
    #expect(same.tables.map(\.verdict) == [.same, .same, .same])
    for (name, text) in [("a", "id,x\n1,one\n2,Two\n"), ("b", "id,y\n1,2.25\n"), ("c", "id\n7\n8\n8\n")] {
      #expect(try compared([name: text]).tables.filter(\.isDifferent).map(\.name) == [Name(Array(name.utf8))])
    }
  }

  @Test func emptySides() throws {
    let tables = try compared(#"{"t": []}"#, #"{"t": []}"#)
    #expect(tables.allSatisfy { !$0.isDifferent })
  }
}
