import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

@testable import FixtureFormat

/// Natural keys in fixtures: as `dumpdata` writes them, and found by `loaddata` where rows have other primary keys.
@Suite struct NaturalKeyTests {
  private static let python = packageRoot + "/.build/oracles/bin/python"
  private static let oracles = packageRoot + "/Tests/oracles/"

  private func convert(
    _ path: String, to output: String, as format: any ExportFormat, _ keys: NaturalKeyOptions, schema: String? = nil
  ) throws -> [Loss] {
    var options = ReadOptions()
    options.schema = schema.map { Array($0.utf8) }
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    let backup = try #require(recognition.backups.first),
      system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: options)
    var job = ConversionJob(input: input, system: system, format: format)
    job.options.naturalKeys = keys
    job.outputPath = Array(output.utf8)
    return try job.run().losses
  }

  /// The project's dump and database become, in every syntax, what Django itself dumps with natural keys, and load into a database
  /// where the same content types have other numbers.
  @Test func fixturesAreDjangosOwn() throws {
    let place = try TemporaryDirectory(), path = place.path
    let made = try run([Self.python, Self.oracles + "fixtures.py", "make", path])
    try #require(made.exitCode == 0, "\(made.errorText)")
    var files: [String] = []
    for source in ["dump.json", "dump.xml", "db.sqlite3"] {
      for name in ["foreign", "primary"] {
        for syntax in FixtureSyntax.allCases where source == "dump.json" || syntax == .json {
          let output = "\(path)/\(name)-\(source.replacing(".", with: "-")).\(syntax)"
          let losses = try convert(
            "\(path)/\(source)", to: output, as: Fixture(syntax),
            NaturalKeyOptions(.django, replacesKeys: name == "primary"), schema: path)
          #expect(losses.allSatisfy { ["no-place", "list-column"].contains($0.code) }, "\(losses)")
          files.append(output)
        }
      }
    }
    let result = try run([Self.python, Self.oracles + "fixtures.py", "natural", path] + files)
    #expect(result.exitCode == 0 && result.text == "", "\(result.text)\(result.errorText)")
  }

  /// Keys within keys, of several columns, of a table that refers to itself, absent in some rows, and of rows that come later.
  private static let tables: [TestTable] = {
    let number = { (name: Name) in Column(name, .int64, isNullable: false, isIdentity: name == "id") }
    let books = TableSchema(
      "books",
      [number("id"), Column("title", .text, isNullable: false), number("shelf_id"), Column("sequel_id", .int64)],
      primaryKey: ["id"], uniqueKeys: [["title", "shelf_id"]],
      foreignKeys: [
        ForeignKey(["shelf_id"], references: "shelves", ["id"]), ForeignKey(["sequel_id"], references: "books", ["id"]),
      ])
    let shelves = TableSchema(
      "shelves", [number("id"), number("room_id"), Column("label", .text, isNullable: false)], primaryKey: ["id"],
      uniqueKeys: [["label", "room_id"]], foreignKeys: [ForeignKey(["room_id"], references: "rooms", ["id"])])
    let rooms = TableSchema(
      "rooms", [number("id"), Column("name", .text, isNullable: false)], primaryKey: ["id"], uniqueKeys: [["name"]])
    // Two unique keys: which of them is meant nobody says.
    let cards = TableSchema(
      "cards",
      [number("id"), Column("a", .text, isNullable: false), Column("b", .text, isNullable: false), number("book_id")],
      primaryKey: ["id"], uniqueKeys: [["a"], ["b"]],
      foreignKeys: [ForeignKey(["book_id"], references: "books", ["id"])])
    return [
      TestTable(
        books,
        [
          [.integer(7), "one \"quoted\"", .integer(4), .integer(9)], [.integer(9), "two: é", .integer(5), .null],
          [.integer(11), "three", .integer(6), .integer(7)],
        ]),
      TestTable(
        shelves,
        [
          [.integer(4), .integer(2), "A"], [.integer(5), .integer(3), "A"], [.integer(6), .integer(3), "B"],
        ]),
      TestTable(rooms, [[.integer(2), "north"], [.integer(3), "it's"]]),
      TestTable(cards, [[.integer(1), "a", "b", .integer(11)], [.integer(2), "c", "d", .integer(9)]]),
    ]
  }()

  @Test func keysWithinKeys() throws {
    var options = WriteOptions()
    options.naturalKeys = NaturalKeyOptions(.unique, replacesKeys: true)
    let written = try write(Self.tables, as: Fixture(.jsonl), options: options)
    #expect(
      written.text == """
        {"model": "app.rooms","fields": {"name": "north"}}
        {"model": "app.rooms","fields": {"name": "it's"}}
        {"model": "app.shelves","fields": {"room": ["north"],"label": "A"}}
        {"model": "app.shelves","fields": {"room": ["it's"],"label": "A"}}
        {"model": "app.shelves","fields": {"room": ["it's"],"label": "B"}}
        {"model": "app.books","fields": {"title": "one \\"quoted\\"","shelf": ["A","north"],"sequel": ["two: é","A","it's"]}}
        {"model": "app.books","fields": {"title": "two: é","shelf": ["A","it's"],"sequel": null}}
        {"model": "app.books","fields": {"title": "three","shelf": ["B","it's"],"sequel": ["one \\"quoted\\"","A","north"]}}
        {"model": "app.cards","pk": 1,"fields": {"a": "a","b": "b","book": ["three","B","it's"]}}
        {"model": "app.cards","pk": 2,"fields": {"a": "c","b": "d","book": ["two: é","A","it's"]}}

        """)
    #expect(written.losses.isEmpty)
    // Rows whose key may be absent could not be found by it.
    var loose = Self.tables[2].schema
    loose.columns[1].isNullable = true
    #expect(
      try write([TestTable(loose, [[.integer(2), "n"]])], as: Fixture(.jsonl), options: options).text.contains(
        "\"pk\": 2"))
  }

  /// Django loads them by the drafts, and dumps the same natural keys.
  @Test(arguments: ["foreign", "primary"]) func draftsFindRows(_ name: String) throws {
    let place = try TemporaryDirectory()
    var options = WriteOptions()
    options.naturalKeys = NaturalKeyOptions(.unique, replacesKeys: name == "primary")
    let written = try write(Self.tables, as: DjangoSet(), options: options, toDirectory: true)
    for (file, bytes) in written.files { try writeFile(place.path + "/" + file, bytes) }
    let result = try run([Self.python, Self.oracles + "django_draft.py", place.path, name])
    #expect(result.exitCode == 0 && result.text.hasPrefix("same: "), "\(result.text)\(result.errorText)")
  }

  /// What refers to rows by their old numbers, and cannot otherwise, is named.
  @Test func keysMadeOfReferencesAreNamed() throws {
    var profile = TableSchema(
      "auth_profile", [Column("user_id", .int64, isNullable: false), Column("bio", .text)], primaryKey: ["user_id"])
    profile.foreignKeys = [ForeignKey(["user_id"], references: "auth_user", ["id"])]
    let user = TableSchema(
      "auth_user", [Column("id", .int64, isNullable: false), Column("username", .text)], primaryKey: ["id"])
    let types = TableSchema("django_content_type", [Column("id", .int64)], primaryKey: ["id"])
    var options = WriteOptions()
    options.naturalKeys = NaturalKeyOptions(.django, replacesKeys: true)
    let tables = [
      TestTable(profile, [[.integer(5), "x"]]), TestTable(user, [[.integer(5), "ada"]]), TestTable(types, []),
    ]
    let written = try write(tables, as: Fixture(.json), options: options)
    #expect(written.losses.map(\.code) == ["new-key"] && written.losses.map(\.count) == [1])
    #expect(
      written.text == """
        [{"model": "auth.user", "fields": {"username": "ada"}}, {"model": "auth.profile", "pk": 5, "fields": {"bio": "x"}}]

        """)
  }
}
