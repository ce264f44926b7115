import BuiltIn
import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import TestSupport
import Testing

/// Fixtures in XML and YAML: the same rows as in JSON.
@Suite struct MarkupTests {
  private func read(_ text: String, _ name: String, salvage: Bool = false) throws -> DjangoRun {
    try #require(try DjangoRun(FileContainer(text, name: name), salvage: salvage))
  }
  private func xml(_ objects: String, salvage: Bool = false) throws -> DjangoRun {
    try read(
      "<?xml version=\"1.0\"?><django-objects version=\"1.0\">" + objects + "</django-objects>", "a.xml",
      salvage: salvage)
  }
  private func yaml(_ text: String) throws -> DjangoRun { try read(text, "a.yaml") }
  private func failure(_ text: String, _ name: String) throws -> ReadError? {
    do {
      return try #require(try DjangoRun(FileContainer(text, name: name))).error
    } catch let error as ReadError { return error }
  }

  // MARK: The same rows

  static let json = #"""
    [{"model":"shop.tag","pk":"a1","fields":{"label":"x"}},
     {"model":"shop.author","pk":1,"fields":{"name":"A \"q\" é\n😀","born":"1900-02-28","score":1.5,"ok":true,"meta":{"a":[1,null]}}},
     {"model":"shop.author","pk":2,"fields":{"name":"","born":null,"score":null,"ok":false,"meta":[]}},
     {"model":"shop.book","pk":7,"fields":{"author":1,"price":"1.50","seen":"2024-02-29T13:14:15.123Z","tags":["a1"],"n":-5}},
     {"model":"shop.book","pk":8,"fields":{"author":null,"price":"10.00","seen":null,"tags":[],"n":null}}]
    """#

  static let markup = [
    "a.xml": """
    <django-objects version="1.0"><object model="shop.tag" pk="a1"><field name="label" type="SlugField">x</field></object>
    <object pk="1" model="shop.author"><field type="CharField" name="name">A "q" é
    😀</field><field name="born" type="DateField">1900-02-28</field><field name="score" type="FloatField">1.5</field>
    <field name="ok" type="BooleanField">True</field><field name="meta" type="JSONField">{"a":[1,
     null]}</field></object>
    <object model="shop.author" pk="2"><field name="name" type="CharField"></field><field name="born" type="DateField">
      <None/></field><field name="score" type="FloatField"><None></None></field><field name="ok" type="BooleanField">False</field>
    <field name="meta" type="JSONField">[]</field></object>
    <object model="shop.book" pk="7"><field name="author" rel="ManyToOneRel" to="shop.author">1</field>
    <field name="price" type="DecimalField">1.50</field><field name="seen" type="DateTimeField">2024-02-29T13:14:15.123000+00:00</field>
    <field name="tags" rel="ManyToManyRel" to="shop.tag"><object pk="a1"></object></field><field name="n" type="IntegerField">-5</field></object>
    <object model="shop.book" pk="8"><field name="author" rel="ManyToOneRel" to="shop.author"><None/></field>
    <field name="price" type="DecimalField">10.00</field><field name="seen" type="DateTimeField"><None/></field>
    <field name="tags" rel="ManyToManyRel" to="shop.tag"></field><field name="n" type="IntegerField"><None/></field></object></django-objects>
    """,
    "a.yaml": """
    # by hand
    - model: shop.tag
      pk: a1
      fields: {label: x}
    - model: shop.author
      pk: 1
      fields:
        name: "A \\"q\\" é\\n\\U0001F600"
        born: 1900-02-28
        score: 1.5
        ok: true
        meta: {a: [1, null]}
    - fields:
        name: ''
        born: null
        score:
        ok: false
        meta: []
      pk: 2
      model: shop.author
    - model: shop.book
      pk: 7
      fields: {author: 1, price: '1.50', seen: 2024-02-29 13:14:15.123000+00:00, tags: [a1], n: -5}
    - model: shop.book
      pk: 8
      fields: {author: ~, price: '10.00', seen: null, tags: [], n: null}

    """,
  ]

  @Test(arguments: ["a.xml", "a.yaml"]) func rowsAreThoseOfJSON(_ name: String) throws {
    let json = try read(Self.json, "a.json"), run = try read(try #require(Self.markup[name]), name)
    #expect(run.error == nil && json.error == nil)
    #expect(run.digests == json.digests)
    #expect(run.knowledge.tables.map(\.name) == json.knowledge.tables.map(\.name))
    for table in json.knowledge.tables {
      let mine = try #require(run.table(table.name))
      #expect(Set(mine.columns.map(\.name)) == Set(table.columns.map(\.name)))
      for column in table.columns {
        #expect(mine.columns.first { $0.name == column.name }?.type == column.type, "\(table.name) \(column.name)")
        let values = json.values(table.name, column.name).map { $0.replacing("15.123Z", with: "15.123000+00:00") }
        let found = run.values(table.name, column.name).map {
          $0.replacing("29T13:14:15.123000", with: "29T13:14:15.123000")
        }
        #expect(
          found.map { $0.replacing("\n ", with: "").replacing(" ", with: "") }
            == values.map { $0.replacing(" ", with: "") })
      }
      #expect(Set(mine.foreignKeys.map(\.table)) == Set(table.foreignKeys.map(\.table)))
    }
  }

  /// What Django itself dumps of a small project, in the tables that its models declare.
  @Test func formatsOfDjangoItselfHaveTheSameDigests() throws {
    let folder = packageRoot + "/Tests/Fixtures/django/"
    let runs = try ["json", "jsonl", "xml", "yaml"].map { ending in
      try #require(
        try DjangoRun(FileContainer(file: folder + "library." + ending), schema: folder + "project"), "\(ending)")
    }
    for run in runs {
      #expect(run.error == nil)
      #expect(run.digests == runs[0].digests)
      #expect(Set(run.knowledge.tables) == Set(runs[0].knowledge.tables))
    }
    let book = try #require(runs[2].table("catalogue"))
    #expect(book.uniqueKeys == [["title", "stands_on"]])
    #expect(book.columns.first { $0.name == "cover" }?.type == .bytes)
    #expect(book.columns.first { $0.name == "lent_for" }?.type == .interval)
    #expect(book.columns.first { $0.name == "title" }?.isNullable == false)
    #expect(book.foreignKeys.map(\.columns).contains(["stands_on"]))
    #expect(runs[2].table("library_atlas")?.foreignKeys.first?.table == "catalogue")
    #expect(runs[2].table("catalogue_editors")?.columns.map(\.name) == ["book_id", "user_id"])
  }

  // MARK: XML

  @Test func textKeysAreTextWhereOneIsNoNumber() throws {
    let run = try xml(
      """
      <object model="a.code" pk="123"/><object model="a.code" pk="x"/><object model="a.use" pk="1">
      <field name="code" rel="ManyToOneRel" to="a.code">123</field></object>
      """)
    #expect(run.values("a_code", "id") == ["text:123", "text:x"])
    #expect(run.values("a_use", "code_id") == ["text:123"])
    #expect(run.table("a_use")?.foreignKeys.first?.table == "a_code")
  }

  @Test func naturalKeysAndWhiteSpace() throws {
    let run = try xml(
      """
      <object model="auth.group"><field name="name" type="CharField">g</field></object>
      <object model="auth.user"><field name="username" type="CharField"> u </field><field name="groups" rel="ManyToManyRel" to="auth.group">
        <object> <natural>g</natural> </object></field></object>
      <object model="a.post" pk="1"><field name="owner" rel="ManyToOneRel" to="auth.user"> <natural> u </natural></field>
      <field name="text" type="TextField">
       x
      </field></object>
      """)
    #expect(run.values("auth_user_groups", "group_id") == ["number:1"])
    #expect(run.values("a_post", "owner_id") == ["number:1"])
    #expect(run.values("a_post", "text") == ["text:\n x\n"])
    #expect(run.values("auth_user", "username") == ["text: u "])
  }

  @Test func typesComeFromTheAttributes() throws {
    let run = try xml(
      """
      <object model="a.b" pk="1"><field name="day" type="CharField">2024-01-01</field><field name="n" type="BigIntegerField">1</field>
      <field name="who" rel="ManyToOneRel" to="a.person">4</field><field name="plain">7</field></object>
      """)
    #expect(run.column("a_b", "day")?.type == .text)
    #expect(run.column("a_b", "n")?.type == .int64)
    #expect(run.column("a_b", "who_id")?.type == .int64)
    #expect(run.values("a_b", "plain") == ["number:7"])
    #expect(run.finding("foreign-key-missing-table")?.column == "who_id")
  }

  @Test(arguments: [
    "<object pk='1'/>", "<object model='a.b'><field>x</field></object>", "<thing/>", "text",
    "<object model='a.b'><field name='x' type='CharField'>a<b/></field></object>",
    "<object model='a.b'><field name='x' type='CharField'><None/>b</field></object>",
    "<object model='a.b'><field name='x' rel='ManyToManyRel' to='a.c'><object/></field></object>",
    "<object model='a.b'><field name='x' rel='ManyToManyRel' to='a.c'>1</field></object>",
  ])
  func wrongElementsAreErrors(_ objects: String) throws {
    let error = try failure("<django-objects>" + objects + "</django-objects>", "a.xml")
    guard case .syntax? = error?.code else {
      Issue.record("\(objects) is taken: \(String(describing: error))")
      return
    }
    #expect(error?.offset != nil)
  }

  @Test func documentTypesAreRefused() throws {
    let error = try failure(
      "<!DOCTYPE d [<!ENTITY a 'b'>]><django-objects><object model='a.b' pk='1'/></django-objects>", "a.xml")
    guard case .refused? = error?.code else {
      Issue.record("taken")
      return
    }
  }

  @Test func rowsBeforeACutAreKept() throws {
    let whole = "<object model='a.b' pk='1'><field name='x' type='CharField'>y</field></object>"
    let run = try read("<django-objects>" + whole + whole.dropLast(20), "a.xml", salvage: true)
    #expect(run.values("a_b", "id") == ["number:1"])
    #expect(run.finding("unreadable-rest")?.severity == .error)
  }

  @Test func longValuesLieOutside() throws {
    let long = String(repeating: "x&amp;", count: 700_000)
    let run = try xml("<object model='a.b' pk='1'><field name='x' type='TextField'>\(long)</field></object>")
    #expect(run.values("a_b", "x") == ["external"])
  }

  // MARK: YAML

  @Test func scalarsMeanWhatDjangoMakesOfThem() throws {
    let run = try yaml(
      """
      - model: a.b
        pk: 1
        fields: {a: yes, b: 'yes', c: 010, d: 12:30:45, e: 1_000, f: 1e3, g: 1.5e+3, h: .inf, i: 0x1F, j: ~, k: 1:30.5, l: '010',
          m: 2001-12-14t21:59:43.10-05:00, n: 2012-09-04 06:00Z, o: 0b11, p: +7, q: -0, r: "", s: =, t: Off, u: 1., v: 2024-13-01}
      """)
    let expected: [(Name, String)] = [
      ("a", "true"), ("b", "text:yes"), ("c", "number:8"), ("d", "number:45045"), ("e", "number:1000"),
      ("f", "text:1e3"),
      ("g", "number:1.5e+3"), ("h", "number:Infinity"), ("i", "number:31"), ("j", "null"), ("k", "number:90.5"),
      ("l", "text:010"),
      ("m", "text:2001-12-14T21:59:43.10-05:00"), ("n", "text:2012-09-04 06:00Z"), ("o", "number:3"), ("p", "number:7"),
      ("q", "number:0"), ("r", "text:"), ("s", "text:="), ("t", "false"), ("u", "number:1.0"), ("v", "text:2024-13-01"),
    ]
    for (column, value) in expected { #expect(run.values("a_b", column) == [value], "\(column)") }
    #expect(run.finding("yaml-implicit-types")?.count == 11)
  }

  @Test func aliasesAndMergedMappingsAreResolved() throws {
    let run = try yaml(
      """
      - model: a.b
        pk: 1
        fields: &one
          l: &l [1, {x: 2}]
          m: *l
          k: a
      - model: a.b
        pk: 2
        fields: {k: b, <<: *one}
      - &three {model: a.b, pk: 3, fields: {<<: [{k: c}, *one], m: null}}
      """)
    #expect(run.values("a_b", "k") == ["text:a", "text:b", "text:c"])
    #expect(run.values("a_b", "l") == Array(repeating: "json:[1,{\"x\":2}]", count: 3))
    #expect(run.values("a_b", "m") == ["json:[1,{\"x\":2}]", "json:[1,{\"x\":2}]", "null"])
  }

  @Test(arguments: [
    ("- {model: a.b, pk: 1, fields: {a: !!python/object/apply:os.system [x]}}", "tag"),
    ("- {model: a.b, pk: 1, fields: {a: &a [*a]}}", "alias"),
    ("- {model: a.b, pk: 1, fields: {a: 1, a: 2}}", "twice"),
    ("- {model: a.b, pk: 1, fields: {[1]: 2}}", "key"),
    ("- {model: a.b, pk: 1, fields: {a: *b}}", "anchor"),
    ("- {model: a.b, pk: 1, fields: {a: 1}}\n---\n- {model: a.b, pk: 2, fields: {a: 1}}", "document"),
    ("- {model: a.b, pk: 1, fields: {a: 1}}\n- x", "mapping"),
    ("- {model: a.b, pk: 1, fields: {<<: 1}}", "mapping"),
  ])
  func whatIsRefusedIsNamed(_ text: String, _ word: String) throws {
    let error = try #require(try failure(text, "a.yaml"))
    #expect(error.message.contains(word), "\(error.message)")
    #expect(error.offset != nil)
  }

  @Test func aliasBombsAreRefused() throws {
    var text = "- model: a.b\n  pk: 1\n  fields:\n    a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for i in 1...12 {
      let aliases = Array(repeating: "*a\(i - 1)", count: 9).joined(separator: ", ")
      text += "    a\(i): &a\(i) [\(aliases)]\n"
    }
    let start = ContinuousClock.now
    let error = try #require(try failure(text, "a.yaml"))
    #expect(error.message.contains("aliases") || error.message.contains("anchors"))
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func otherTextsAreNoFixtures() throws {
    for text in [
      "- a\n- b\n", "model: x\nfields: y\n", "- {model: a, fields: {}}", "# model fields\n",
      "<html>django-objects</html>",
    ] {
      #expect(try DjangoRun(FileContainer(text, name: "a.yaml")) == nil, "\(text)")
    }
  }

  /// Arrays of PostgreSQL are JSON within text; where the model says what they hold they become arrays again.
  @Test func arraysAreReadAsSuch() throws {
    let place = try TemporaryDirectory()
    _ = try TestSupport.run(["mkdir", place.path + "/geo"])
    try writeFile(
      place.path + "/geo/models.py",
      Array(
        """
        class Thing(models.Model):
          ints = ArrayField(models.IntegerField(), null=True)
          days = ArrayField(base_field=models.DateTimeField())
          deep = ArrayField(ArrayField(models.CharField(max_length=9)))
          kept = HStoreField()
          numbers = IntegerRangeField(null=True)
          times = DateTimeRangeField()
          place = PointField(srid=3857, null=True)
          spot = PointField(geography=True, dim=3)
        """.utf8))
    let text = #"""
      - {model: geo.thing, pk: 1, fields: {ints: '["1", null]', days: '["2024-01-01T00:00:00Z"]', deep: '["[\"a\"]"]', kept: '{"a": "b"}', numbers: '{"bounds": "[)", "lower": "1", "upper": null}', times: '{"bounds": "(]", "lower": "2024-01-01T02:00:00.120+02:00", "upper": "2024-01-02T00:00:00Z"}', place: 'SRID=3857;POINT (1 2)', spot: 'SRID=4326;POINT Z (1 2 3)'}}
      - {model: geo.thing, pk: 2, fields: {ints: null, days: '[]', deep: '[]', kept: '{}', numbers: '{"empty": true}', times: '{"bounds": "[)", "lower": null, "upper": null}', place: null, spot: 'SRID=4326;POINT Z (1 2 3)'}}
      """#
    let run = try #require(try DjangoRun(FileContainer(text, name: "a.yaml"), schema: place.path))
    let table: Name = "geo_thing"
    #expect(run.column(table, "ints")?.type == .array(.int32))
    #expect(run.column(table, "days")?.type == .array(.timestamptz))
    #expect(run.column(table, "deep")?.type == .array(.text) && run.column(table, "kept")?.type == .json)
    #expect(run.values(table, "deep") == [#"json:[["a"]]"#, "json:[]"])
    func source(_ column: Name) -> String? {
      run.column(table, column)?.sourceType.map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(source("deep") == "character varying(9)[]" && source("kept") == "hstore")
    #expect(source("numbers") == "int4range" && source("times") == "tstzrange")
    #expect(source("place") == "geometry(POINT,3857)" && source("spot") == "geography(POINTZ,4326)")
    #expect(run.values(table, "numbers") == ["text:[1,)", "text:empty"])
    #expect(
      run.values(table, "times") == [#"text:("2024-01-01 00:00:00.12+00","2024-01-02 00:00:00+00"]"#, "text:(,)"])
    #expect(run.column(table, "place")?.type == .text && run.column(table, "place")?.isNullable == true)
    #expect(run.column(table, "spot")?.isNullable == false)
    #expect(run.values(table, "ints") == ["json:[\"1\", null]", "null"])
  }

  /// Damaged fixtures are read or refused, with and without declarations; what is read twice is the same.
  @Test(arguments: ["library.xml", "library.yaml"]) func damagedFixturesAreReadOrRefused(_ name: String) throws {
    let folder = packageRoot + "/Tests/Fixtures/django/", whole = try readFile(folder + name)
    let pieces = [
      "<!DOCTYPE a>", "&#0;", "</field>", "<None/>", "]]>", "<natural>x</natural>", "<object pk='1'/>", "*a", "&a ",
      "<<: ", "!!int ",
      "- ", ": ", "{", "[", "'", "\"", "\t", "\n", "---\n", "|\n", "9999999999999999999999", "\u{0}",
    ].map { Array($0.utf8) }
    var random = SplitMix(state: 11), read = 0
    for i in 0..<300 {
      let container = FileContainer(bytes: mutated(whole, &random, pieces), name: name)
      do {
        let run = try DjangoRun(container, salvage: i % 2 == 0, schema: i % 3 == 0 ? folder + "project" : nil)
        if run?.error == nil, run != nil { read += 1 }
      } catch is ReadError {}
    }
    #expect(read > 20)
  }
}
