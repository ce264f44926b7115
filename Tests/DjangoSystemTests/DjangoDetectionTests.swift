import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import Testing

@Suite struct DjangoDetectionTests {
  private func kind(_ text: String, name: String = "x") throws -> String? {
    try Django.django.detect(FileContainer(text, name: name), toolbox).first?.kind
  }

  @Test(arguments: [
    (#"[{"model":"a.b","pk":1,"fields":{}}]"#, "dumpdata fixture"),
    (#" [ {"pk":1, "fields":{"x":[{"y":"}"}]},"model":"a.b"}"#, "dumpdata fixture"),
    ("\n{\"model\":\"a.b\",\"fields\":{}}\n", "dumpdata fixture, JSON Lines"),
    ("Loading .env…\n[{\"model\":\"a.b\",\"pk\":1,\"fields\":{}}]", "dumpdata fixture"),
    (#"{"export_date":"x","django_version":"6.0","users":[],"groups":[],"permissions":[]}"#, "user data backup"),
    (#"{"people":[{"password":"!","is_superuser":true,"date_joined":"x"}]}"#, "user data backup"),
    (#"{"at":1,"a.b":[],"auth.user":[{"model":"auth.user","pk":1,"fields":{}}]}"#, "fixture objects by model"),
    (#"{"tables":{"shop_author":[{"id":1}]}}"#, "table lists"),
  ])
  func seesByContent(_ text: String, _ expected: String) throws {
    #expect(try kind(text) == expected)
  }

  @Test(arguments: [
    "[]", "{}", "", "null", #"[{"model":"car","fields":{}}]"#, #"[{"model":"a.b","fields":[]}]"#,
    #"[{"model":"a.b","pk":1}]"#,
    #"[{"model":"a.b.c","fields":{}}]"#, #"{"tables":{"authors":[{"id":1}]}}"#, #"{"django_version":"6.0"}"#,
    #"[{"model":"a.b","fields":{},"price":3}]"#, #"{"users":[{"id":1}]}"#, "[{\"model\":\"a.b\",\"fie",
  ])
  func seesNothingElse(_ text: String) throws {
    #expect(try kind(text, name: "dumpdata.json") == nil)
  }

  @Test func timeComesFromContentThenNameThenFile() throws {
    let content = FileContainer(
      #"{"export_date":"2025-12-09T16:19:22.347792","django_version":"6.0","users":[]}"#,
      name: "backup_20200101_000000.json")
    let taken = try #require(try Django.django.detect(content, toolbox).first?.takenAt)
    #expect(taken == TakenAt(microseconds: 1_765_297_162_347_792, hasZone: false, origin: "content"))
    let named = FileContainer(#"[{"model":"a.b","fields":{}}]"#, name: "user_data_backup_20251209_161922.json")
    #expect(
      try Django.django.detect(named, toolbox).first?.takenAt
        == TakenAt(microseconds: 1_765_297_162_000_000, hasZone: false, origin: "name"))
  }

  @Test func fixtureObjectsByModelAreOneFixture() throws {
    let run = try #require(
      try DjangoRun(
        FileContainer(
          """
          {"at": "x]", "meta": {"k": ["}"]}, "s.tag": [], "s.shop": [ {"model": "s.shop", "pk": 1, "fields": {"n": "[\\"]"}} ,
           {"model": "s.shop", "pk": 2, "fields": {"n": null}}], "s.sale": [{"model": "s.sale", "pk": 7, "fields": {"shop": 2}}]}
          """)))
    #expect(run.values("s_shop", "n") == ["text:[\"]", "null"])
    #expect(run.values("s_sale", "shop_id") == ["number:2"])
    #expect(run.error == nil)
  }

  @Test func noiseIsPassedOverAndNamed() throws {
    let run = try #require(
      try DjangoRun(FileContainer("Loading…\n[x\n[{\"model\":\"a.b\",\"pk\":1,\"fields\":{\"n\":\"ä\"}}]")))
    #expect(run.values("a_b", "n") == ["text:ä"])
    #expect(run.finding("noise-before-data")?.count == 14)
  }

  @Test func otherEncodingsHaveToBeNamed() throws {
    let bytes = Array(#"[{"model":"a.b","pk":1,"fields":{"n":"caf"#.utf8) + [0xE9] + Array(#""}}]"#.utf8)
    let container = FileContainer(bytes: bytes)
    #expect(throws: ReadError.self) { try DjangoRun(container) }
    let backup = try #require(try Django.django.detect(container, toolbox).first)
    let run = try DjangoRun(backup, container, toolbox, encoding: .cp1252)
    #expect(run.values("a_b", "n") == ["text:café"])
  }

  @Test func truncatedFixtureKeepsItsWholeRows() throws {
    let text = #"[{"model":"a.b","pk":1,"fields":{"n":1}},{"model":"a.b","pk":2,"fie"#
    #expect(throws: ReadError.self) { try DjangoRun(FileContainer(text)) }
    let run = try #require(try DjangoRun(FileContainer(text), salvage: true))
    #expect(run.values("a_b", "id") == ["number:1"])
    #expect(run.error?.code == .truncated && run.error?.artifact == Array("dump.json".utf8))
    #expect(run.finding("unreadable-rest")?.severity == .error)
  }

  @Test(.timeLimit(.minutes(30))) func noiseThatLooksLikeDataTakesNoTime() throws {
    let text = String(repeating: "{\"a\":[\n", count: 9000)
    for _ in 0..<5 { #expect(try Django.django.detect(FileContainer(text), toolbox).isEmpty) }
    let fixture = #"[{"model": "a.b", "pk": 1, "fields": {}}]"#
    let run = try #require(try DjangoRun(FileContainer(String(repeating: "[INFO] {x}\n", count: 500) + fixture)))
    #expect(run.finding("noise-before-data")?.count == 5500)
  }

  @Test func whatIsTooLongForAKeyIsNone() throws {
    let long = String(repeating: "x", count: 2000)
    let rows = (0..<20).map { row in
      #"{"model":"a.b","pk":\#(row),"fields":{"content_type":{"app_label":"\#(long)","model":"\#(row)"},"l":[["\#(long)\#(row)",1]],"n":[\#((0..<50).map { "[\($0),\(row)]" }.joined(separator: ","))]}}"#
    }
    let run = try #require(try DjangoRun(FileContainer("[\(rows.joined(separator: ","))]")))
    #expect(run.knowledge.tables.map(\.name) == ["a_b"] && run.cells["a_b"]?.count == 20)
  }

  @Test(arguments: [#""""#, #""\u0000""#, "[]", "{}", "null", "-", "1e400", "-0"]) func anyKeyIsRead(_ key: String)
    throws
  {
    let rows = [key, "2", "\"x\"", key].map {
      #"{"model":"a.b","pk":\#($0),"fields":{"b":\#($0),"l":[\#($0)],"d":{"k":\#($0)}}}"#
    }
    let run = try #require(try DjangoRun(FileContainer("[\(rows.joined(separator: ","))]"), salvage: true))
    #expect(run.knowledge.tables.first?.name == "a_b" || key == "-")
  }
}
