import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import UserDataFormat

/// S3-04: what a user data script wrote is written back byte for byte.
@Suite struct UserDataFileTests {
  /// Converts a file to user data.
  private func written(_ path: String, transforms: [any Transform] = []) throws -> (
    text: [UInt8], report: ConversionReport
  ) {
    let place = try TemporaryDirectory()
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    let backup = try #require(recognition.backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    var job = ConversionJob(input: input, system: system, format: .userData)
    job.knowledge = try system.survey(input)
    job.options.attributes = job.knowledge?.attributes ?? []
    job.transforms = transforms
    job.outputPath = place.file("out.json")
    let report = try job.run()
    return (try readFile(place.path + "/out.json"), report)
  }

  @Test func demoComesBackByteForByte() throws {
    let path = packageRoot + "/Tests/Fixtures/demo/lantern/user_data_backup_20260214_081500.json"
    let (text, report) = try written(path)
    let isSame = try text == readFile(path)
    #expect(isSame)
    #expect(report.losses.isEmpty && report.records > 0)
  }

  @Test(.enabled(if: sharedSamples != nil)) func realDocumentsComeBackByteForByte() throws {
    let samples = (sharedSamples ?? "") + "/django/dev/"
    let names =
      ["161259", "161401"].map { "seed003/user_data_backup_20251209_\($0).redacted.json" }
      + ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"].map {
        "generated/dj\($0)/dj\($0).wild.seed003-user_data_backup.json"
      }
    for name in names {
      let (text, report) = try written(samples + name)
      let isSame = try text == readFile(samples + name)
      #expect(isSame, "\(name)\n\(String(decoding: text.prefix(2000), as: UTF8.self))")
      #expect(report.losses.isEmpty, "\(name)")
    }
  }

  /// A fixture becomes the same kind of document; what has no place in it is counted.
  @Test func fixturesBecomeUserDataToo() throws {
    let place = try TemporaryDirectory()
    let fixture = #"""
      [{"model": "contenttypes.contenttype", "pk": 7, "fields": {"app_label": "home", "model": "thing"}},
       {"model": "contenttypes.contenttype", "pk": 8, "fields": {"app_label": "home", "model": "other"}},
       {"model": "auth.permission", "pk": 3, "fields": {"name": "Can \"add\"", "content_type": 7, "codename": "add_thing"}},
       {"model": "auth.group", "pk": 1, "fields": {"name": "Ü\u0001\ud800", "permissions": [3]}},
       {"model": "auth.user", "pk": 2, "fields": {"password": "!", "last_login": null, "is_superuser": false,
        "username": "ada", "first_name": "", "last_name": "", "email": "", "is_staff": false, "is_active": true,
        "date_joined": "2024-01-01T00:00:00.123Z", "groups": [1], "user_permissions": []}},
       {"model": "home.thing", "pk": 1, "fields": {"n": 1}}]
      """#
    try writeFile(place.path + "/dump.json", Array(fixture.utf8))
    let (text, report) = try written(place.path + "/dump.json")
    let script = """
      import json, sys
      d = json.loads(sys.stdin.buffer.read())
      print(list(d), d["users"][0]["username"], d["users"][0]["groups"], d["users"][0]["user_permissions"],
            d["groups"], d["permissions"])
      """
    let result = try run(["python3", "-c", script], input: text)
    #expect(
      result.text
        == #"['users', 'groups', 'permissions'] ada [1] [] [{'id': 1, 'name': 'Ü\x01\ud800', 'permissions': [3]}] "#
        + #"[{'id': 3, 'name': 'Can "add"', 'content_type': {'app_label': 'home', 'model': 'thing'}, "#
        + #"'codename': 'add_thing'}]"# + "\n", "\(result.errorText)")
    #expect(
      report.losses.map { "\($0.code) \(displayed($0.table)) \($0.count)" }.sorted() == [
        "no-place django_content_type 1", "no-place home_thing 1",
      ])
    #expect(report.isPartial)
  }

  /// Rows that belong to nothing in the document, and permissions without their content type.
  @Test func whatLeadsNowhereIsCounted() throws {
    var options = WriteOptions()
    options.attributes = [("export_date", Array("2025-12-09T16:12:59".utf8)), ("other", [])]
    let tables = [
      TestTable("auth_user_groups", ["user_id", "group_id"], [[.number("1"), .number("2")]]),
      TestTable("auth_permission", ["id", "content_type_id"], [[.number("5"), .number("9")]]),
      TestTable("auth_user", ["id", "score"], [[.number("4"), .number("NaN")], [.integer(5), .double(.infinity)]]),
    ]
    let written = try write(tables, as: UserData(), options: options)
    #expect(
      written.text == """
        {
          "export_date": "2025-12-09T16:12:59",
          "users": [
            {
              "id": 4,
              "score": null,
              "groups": [],
              "user_permissions": []
            },
            {
              "id": 5,
              "score": null,
              "groups": [],
              "user_permissions": []
            }
          ],
          "permissions": [
            {
              "id": 5,
              "content_type": null
            }
          ]
        }
        """)
    #expect(
      written.losses.map { "\($0.code) \($0.count) \($0.isReject)" }.sorted() == [
        "content-type-missing 1 false", "no-parent 1 true", "special-float 2 false",
      ])
  }
}
