import Bytes
import Conversion
import Records
import TestSupport
import Testing

@testable import FixtureFormat

/// What each syntax makes of the same few rows, and what is named as lost.
@Suite struct FixtureGoldenTests {
  private static let tables: [TestTable] = {
    var tag = TableSchema(
      "shelf_tag", [Column("id", .int64, isNullable: false), Column("label", .text, maximumLength: 50)],
      primaryKey: ["id"])
    tag.uniqueKeys = [["label"]]
    var book = TableSchema(
      "shelf_book",
      [
        Column("id", .int64, isNullable: false), Column("title", .text), Column("author_id", .int64),
        Column("price", .decimal(precision: 8, scale: 2)), Column("sold", .boolean), Column("day", .date),
        Column("moment", .timestamptz), Column("hour", .time), Column("length", .interval), Column("cover", .bytes),
        Column("facts", .json),
      ], primaryKey: ["id"])
    book.foreignKeys = [ForeignKey(["author_id"], references: "shelf_author", ["id"])]
    var join = TableSchema("shelf_book_tags", [Column("book_id", .int64), Column("tag_id", .int64)])
    join.uniqueKeys = [["book_id", "tag_id"]]
    return [
      TestTable(tag, [[.number("1"), "old"], [.number("2"), "it's: new"]]),
      TestTable(
        book,
        [
          [
            .integer(1), "a & <b>", .number("7"), .number("1.10"), true, "2024-02-29",
            "2024-02-29 13:14:15.12+00", "01:02:03.5", "1 day 02:03:04", .bytes([0, 1, 255]),
            .json("{\"k\":[1,\"é\"],\"e\":{}}"),
          ],
          [.integer(2), "multi\nline", nil, nil, nil, nil, nil, nil, "-00:00:01", nil, nil],
          [
            .integer(3), .missing, .missing, .missing, .missing, .missing, .missing, .missing, .missing, .missing,
            .missing,
          ],
        ]),
      TestTable(join, [[.number("1"), .number("2")], [.number("2"), .number("1")], [.number("1"), .number("1")]]),
    ]
  }()
  private static let options: WriteOptions = {
    var options = WriteOptions()
    options.models = [
      "shelf_tag": SourceModel("shelf.tag", fields: ["label": .init("label", className: "SlugField")]),
      "shelf_book": SourceModel(
        "shelf.book", fields: ["author_id": .init("author", target: "shelf.author")],
        lists: [.init("tags", table: "shelf_book_tags", owner: "book_id", element: "tag_id", target: "shelf.tag")]),
    ]
    return options
  }()

  private static let golden: [FixtureSyntax: String] = [
    .json: """
    [{"model": "shelf.tag", "pk": 1, "fields": {"label": "old"}}, {"model": "shelf.tag", "pk": 2, "fields": {"label": "it's: new"}}, \
    {"model": "shelf.book", "pk": 1, "fields": {"title": "a & <b>", "author": 7, "price": "1.10", "sold": true, "day": "2024-02-29", \
    "moment": "2024-02-29T13:14:15.120Z", "hour": "01:02:03.500", "length": "1 02:03:04", "cover": "AAH/", \
    "facts": {"k": [1, "é"], "e": {}}, "tags": [2, 1]}}, \
    {"model": "shelf.book", "pk": 2, "fields": {"title": "multi\\nline", "author": null, "price": null, "sold": null, "day": null, \
    "moment": null, "hour": null, "length": "-1 23:59:59", "cover": null, "facts": null, "tags": [1]}}, \
    {"model": "shelf.book", "pk": 3, "fields": {"tags": []}}]

    """,
    .jsonl: """
    {"model": "shelf.tag","pk": 1,"fields": {"label": "old"}}
    {"model": "shelf.tag","pk": 2,"fields": {"label": "it's: new"}}
    {"model": "shelf.book","pk": 1,"fields": {"title": "a & <b>","author": 7,"price": "1.10","sold": true,"day": "2024-02-29",\
    "moment": "2024-02-29T13:14:15.120Z","hour": "01:02:03.500","length": "1 02:03:04","cover": "AAH/",\
    "facts": {"k": [1,"é"],"e": {}},"tags": [2,1]}}
    {"model": "shelf.book","pk": 2,"fields": {"title": "multi\\nline","author": null,"price": null,"sold": null,"day": null,\
    "moment": null,"hour": null,"length": "-1 23:59:59","cover": null,"facts": null,"tags": [1]}}
    {"model": "shelf.book","pk": 3,"fields": {"tags": []}}

    """,
    .xml: """
    <?xml version="1.0" encoding="utf-8"?>
    <django-objects version="1.0"><object model="shelf.tag" pk="1"><field name="label" type="SlugField">old</field></object>\
    <object model="shelf.tag" pk="2"><field name="label" type="SlugField">it's: new</field></object>\
    <object model="shelf.book" pk="1"><field name="title" type="TextField">a &amp; &lt;b&gt;</field>\
    <field name="author" rel="ManyToOneRel" to="shelf.author">7</field><field name="price" type="DecimalField">1.10</field>\
    <field name="sold" type="BooleanField">True</field><field name="day" type="DateField">2024-02-29</field>\
    <field name="moment" type="DateTimeField">2024-02-29T13:14:15.120000+00:00</field>\
    <field name="hour" type="TimeField">01:02:03.500000</field><field name="length" type="DurationField">1 02:03:04</field>\
    <field name="cover" type="BinaryField">AAH/</field><field name="facts" type="JSONField">{"k": [1, "\\u00e9"], "e": {}}</field>\
    <field name="tags" rel="ManyToManyRel" to="shelf.tag"><object pk="2"></object><object pk="1"></object></field></object>\
    <object model="shelf.book" pk="2"><field name="title" type="TextField">multi
    line</field><field name="author" rel="ManyToOneRel" to="shelf.author"><None></None></field>\
    <field name="price" type="DecimalField"><None></None></field><field name="sold" type="BooleanField"><None></None></field>\
    <field name="day" type="DateField"><None></None></field><field name="moment" type="DateTimeField"><None></None></field>\
    <field name="hour" type="TimeField"><None></None></field><field name="length" type="DurationField">-1 23:59:59</field>\
    <field name="cover" type="BinaryField"><None></None></field><field name="facts" type="JSONField"><None></None></field>\
    <field name="tags" rel="ManyToManyRel" to="shelf.tag"><object pk="1"></object></field></object>\
    <object model="shelf.book" pk="3"><field name="tags" rel="ManyToManyRel" to="shelf.tag"></field></object></django-objects>
    """,
    .yaml: """
    - model: shelf.tag
      pk: 1
      fields:
        label: old
    - model: shelf.tag
      pk: 2
      fields:
        label: 'it''s: new'
    - model: shelf.book
      pk: 1
      fields:
        title: a & <b>
        author: 7
        price: '1.10'
        sold: true
        day: 2024-02-29
        moment: 2024-02-29 13:14:15.120000+00:00
        hour: '01:02:03.500000'
        length: 1 02:03:04
        cover: AAH/
        facts:
          k:
          - 1
          - é
          e: {}
        tags:
        - 2
        - 1
    - model: shelf.book
      pk: 2
      fields:
        title: 'multi

          line'
        author: null
        price: null
        sold: null
        day: null
        moment: null
        hour: null
        length: -1 23:59:59
        cover: null
        facts: null
        tags:
        - 1
    - model: shelf.book
      pk: 3
      fields:
        tags: []

    """,
  ]

  @Test(arguments: FixtureSyntax.allCases) func eachSyntaxIsAsExpected(_ syntax: FixtureSyntax) throws {
    let written = try write(Self.tables, as: Fixture(syntax), options: Self.options, batchSize: 100)
    #expect(written.text == Self.golden[syntax])
    #expect(written.losses.isEmpty)
  }

  /// However rows come in batches, and whether values are held or lie in a file.
  @Test(arguments: FixtureSyntax.allCases) func batchesNeverShow(_ syntax: FixtureSyntax) throws {
    let book = Array(Self.tables[1...])
    let whole = try write(book, as: Fixture(syntax), options: Self.options, batchSize: 100).text
    for size in [1, 2, 3] {
      for limit in [0, 5, Int.max] {
        let same = try write(book, as: Fixture(syntax), options: Self.options, batchSize: size, externalAbove: limit)
        #expect(same.text == whole, "\(size) \(limit)")
      }
    }
  }

  @Test(arguments: FixtureSyntax.allCases) func nothingIsAFixtureToo(_ syntax: FixtureSyntax) throws {
    let empty = [TestTable("t", ["a"], [])]
    let expected: [FixtureSyntax: String] = [
      .json: "[]\n", .jsonl: "", .yaml: "[]\n",
      .xml: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<django-objects version=\"1.0\"></django-objects>",
    ]
    #expect(try write(empty, as: Fixture(syntax)).text == expected[syntax])
  }

  /// What XML has no characters for is left out by rows, as Django refuses it; what its loader strips is named.
  @Test func lossesAreNamed() throws {
    let table = TestTable(
      TableSchema("t", [Column("id", .int64), Column("x", .text)], primaryKey: ["id"]),
      [
        [.integer(1), "a\u{1B}b"], [.integer(2), " outer"], [.integer(3), "\u{FFFE}"], [.integer(4), "tab\tin"],
        [.integer(5), .surrogates([0xED, 0xA0, 0x80])], [.integer(6), "\u{0}"],
      ])
    func losses(_ syntax: FixtureSyntax) throws -> [String] {
      try write([table], as: Fixture(syntax)).losses.map { "\($0.code) \($0.count) \($0.isReject)" }.sorted()
    }
    #expect(try losses(.xml) == ["control-character 3 true", "lone-surrogate 1 true", "outer-space 1 false"])
    #expect(try losses(.yaml) == ["lone-surrogate 1 true"])
    #expect(try losses(.json) == [])
    let xml = try write([table], as: Fixture(.xml)).text
    #expect(xml.contains("pk=\"2\"") && xml.contains("pk=\"4\"") && !xml.contains("pk=\"1\""))
    #expect(try write([table], as: Fixture(.json)).text.contains("\"\\ud800\""))
  }

  /// Of keys that come again in a value of JSON the last counts, as for every reader; the values are counted.
  @Test func keysThatComeAgainAreLeftOutOfYAML() throws {
    let json = #"{"a": 1, "b": {"c": [1, {"d": 2, "\u0064": 3, "e": {}}], "c": 4}, "a": {"a": 5}, "x": "a"}"#
    let table = TestTable(
      TableSchema("t", [Column("id", .int64), Column("x", .json)], primaryKey: ["id"]),
      [[.integer(1), .json(json)], [.integer(2), .json(#"{"a": [{"a": 1}, {"a": 2}]}"#)]])
    let written = try write([table], as: Fixture(.yaml))
    #expect(written.losses.map { "\($0.code) \($0.count)" } == ["duplicate-key 1"])
    #expect(
      written.text == """
        - model: app.t
          pk: 1
          fields:
            x:
              b:
                c: 4
              a:
                a: 5
              x: a
        - model: app.t
          pk: 2
          fields:
            x:
              a:
              - a: 1
              - a: 2

        """)
    #expect(try write([table], as: Fixture(.json)).losses.isEmpty)
  }

  /// Elements of lists whose owner is not there are counted.
  @Test func elementsWithoutOwnerAreNamed() throws {
    var tables = Self.tables
    tables[2].rows.append([.number("99"), .number("1")])
    let written = try write(tables, as: Fixture(.json), options: Self.options)
    #expect(written.losses.map(\.code) == ["no-parent"] && written.losses[0].count == 1)
  }

  /// Tables without models are named as `inspectdb` names them.
  @Test func namesAreThoseOfInspectdb() throws {
    var order = TableSchema(
      "sales.Order Items", [Column("class", .text), Column("Customer_ID", .int64), Column("2nd", .text)])
    order.namespace = "sales"
    order.foreignKeys = [ForeignKey(["Customer_ID"], references: "customers", ["id"])]
    let rows: [[TestValue]] = [["a", .integer(1), "b"]]
    var options = WriteOptions()
    #expect(
      try write([TestTable(order, rows)], as: Fixture(.jsonl), options: options).text
        == "{\"model\": \"sales.orderitems\",\"pk\": null,\"fields\": {\"class_field\": \"a\",\"customer_id\": 1,\"number_2nd\": \"b\"}}\n"
    )
    options.appLabel = "legacy"
    #expect(
      try write([TestTable(order, rows)], as: Fixture(.jsonl), options: options).text.contains("\"legacy.orderitems\""))
  }

  /// A project's tables of pairs become lists, and its record of migrations stays behind.
  @Test func tablesOfAProjectBecomeModels() throws {
    var pairs = TableSchema(
      "auth_user_groups", [Column("id", .int64), Column("user_id", .int64), Column("group_id", .int64)],
      primaryKey: ["id"], uniqueKeys: [["user_id", "group_id"]])
    pairs.foreignKeys = [
      ForeignKey(["user_id"], references: "auth_user", ["id"]),
      ForeignKey(["group_id"], references: "auth_group", ["id"]),
    ]
    func keyed(_ name: Name) -> TableSchema { TableSchema(name, [Column("id", .int64)], primaryKey: ["id"]) }
    let written = try write(
      [
        TestTable(keyed("django_migrations"), [[.integer(1)]]),
        TestTable(keyed("django_content_type"), [[.integer(3)]]),
        TestTable(keyed("auth_group"), [[.integer(5)]]), TestTable(keyed("auth_user"), [[.integer(7)]]),
        TestTable(pairs, [[.integer(1), .integer(7), .integer(5)]]),
      ], as: Fixture(.jsonl))
    #expect(
      written.text == """
        {"model": "contenttypes.contenttype","pk": 3,"fields": {}}
        {"model": "auth.group","pk": 5,"fields": {}}
        {"model": "auth.user","pk": 7,"fields": {"groups": [5]}}

        """)
    // The pairs' own keys have no place in a list.
    #expect(written.losses.map { "\($0.code) \($0.isReject)" } == ["list-column false", "no-place false"])
  }

  /// PostgreSQL's arrays are JSON in text whose elements are texts.
  @Test func arraysAreTextOfTexts() throws {
    let table = TestTable(
      TableSchema("t", [Column("x", .array(.int32))]), [[.json("[1,null,-3]")], [.json("[[1],[2]]")], [.json("[]")]])
    #expect(
      try write([table], as: Fixture(.jsonl)).text == """
        {"model": "app.t","pk": null,"fields": {"x": "[\\"1\\", null, \\"-3\\"]"}}
        {"model": "app.t","pk": null,"fields": {"x": "[\\"[\\\\\\"1\\\\\\"]\\", \\"[\\\\\\"2\\\\\\"]\\"]"}}
        {"model": "app.t","pk": null,"fields": {"x": "[]"}}

        """)
  }
}
