import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import TestSupport
import Testing

/// The documents of the user data scripts, and other documents of tables by name.
@Suite struct UserDataTests {
  private static let document = """
    {
      "export_date": "2025-12-09T16:12:59.956627",
      "django_version": "6.0",
      "users": [
        {"id": 7, "username": "ada", "email": "ada@example.com", "password": "pbkdf2_sha256$1$s$aGFzaA==", "first_name": "",
         "last_name": "", "is_active": true, "is_staff": true, "is_superuser": false,
         "date_joined": "2025-12-09T15:44:31.981568+00:00", "last_login": null, "groups": [3], "user_permissions": [2, 5]}
      ],
      "groups": [{"id": 3, "name": "Editors", "permissions": [5]}],
      "permissions": [
        {"id": 5, "name": "Can add", "codename": "add_openaimodel", "content_type": {"app_label": "home", "model": "openaimodel"}},
        {"id": 2, "name": "Can view", "codename": "view_user", "content_type": {"model": "user", "app_label": "auth"}}
      ],
      "openai_models": [
        {"id": 1, "name": "m", "input_cost": "1.500000", "cached_input_cost": null, "output_cost": "6.000000", "assigned_users": [7]}
      ]
    }
    """

  private func read(_ text: String = document) throws -> DjangoRun {
    try #require(try DjangoRun(FileContainer(text, name: "user_data_backup_20251209_161259.json")))
  }

  @Test func listsBecomeDjangosTables() throws {
    let run = try read()
    #expect(
      Set(run.knowledge.tables.map(\.name)) == [
        "auth_user", "auth_group", "auth_permission", "django_content_type", "auth_user_groups",
        "auth_user_user_permissions", "auth_group_permissions", "home_supportedopenaimodel",
        "home_supportedopenaimodel_assigned_users",
      ])
    #expect(run.values("auth_user_user_permissions", "permission_id") == ["number:2", "number:5"])
    #expect(run.values("home_supportedopenaimodel_assigned_users", "supportedopenaimodel_id") == ["number:1"])
    #expect(run.column("home_supportedopenaimodel", "input_cost")?.type == .decimal(precision: 10, scale: 6))
    #expect(run.values("auth_user", "password") == ["text:pbkdf2_sha256$1$s$aGFzaA=="])
    #expect(run.column("auth_user", "password")?.isSecret == true)
    #expect(run.knowledge.tables.flatMap(\.foreignKeys).count == 9)
    #expect(run.knowledge.unverifiedForeignKeys == [])
  }

  /// Numbers follow the natural key, not the order of the file or of the keys in an object.
  @Test func contentTypesAreNumberedByNaturalKey() throws {
    let run = try read()
    #expect(run.values("django_content_type", "app_label") == ["text:auth", "text:home"])
    #expect(run.values("django_content_type", "id") == ["number:1", "number:2"])
    #expect(run.values("auth_permission", "content_type_id") == ["number:2", "number:1"])
  }

  @Test func envelopeBecomesAttributes() throws {
    let run = try read()
    let attributes = Dictionary(run.knowledge.attributes.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }) {
      a, _ in a
    }
    #expect(attributes["export_date"] == "2025-12-09T16:12:59.956627")
    #expect(attributes["django_version"] == "6.0")
    #expect(attributes["users"] == "1" && attributes["permissions"] == "2")
    #expect(attributes["volatile_keys"] == "export_date")
    #expect(run.backup.takenAt?.hasZone == false)
  }

  /// T-8: what the import script leaves out, and what else is known of the scripts.
  @Test func knownTrapsAreNamed() throws {
    let run = try read()
    #expect(run.finding("permissions-not-imported")?.severity == .warning)
    #expect(run.finding("ids-not-maintained") != nil)
    #expect(run.finding("partial-backup") != nil)
    #expect(run.finding("stale-content-type")?.count == 1)
    let null = try #require(run.finding("zero-exported-as-null"))
    #expect(null.column == "cached_input_cost" && null.count == 1)
  }

  @Test func emptyListsOfKnownTablesAreWholeTables() throws {
    let run = try read(
      """
      {"export_date": "2025-12-09T16:12:59", "django_version": "6.0", "users": [], "groups": [], "permissions": [], "extra": []}
      """)
    #expect(run.table("auth_user")?.columns.count == 11)
    #expect(run.table("auth_permission")?.columns.map(\.name) == ["id", "name", "content_type_id", "codename"])
    #expect(run.table("auth_user_groups")?.columns.map(\.name) == ["user_id", "group_id"])
    #expect(run.table("extra") == nil)
    #expect(run.finding("empty-table")?.message.contains("extra") == true)
  }

  @Test func otherListsAreTablesOfTheirOwn() throws {
    let run = try read(
      """
      {"django_version": "5.0", "users": [{"id": 1, "username": "a", "password": "!", "is_superuser": false}],
       "teams": [{"id": 4, "name": "x", "users": [1], "settings": {"a": 1}}]}
      """)
    #expect(run.table("teams")?.columns.map(\.name) == ["id", "name", "settings"])
    #expect(run.values("teams_users", "user_id") == ["number:1"])
  }

  @Test func rowsByTableKeepTheirNames() throws {
    let run = try read(
      """
      {"exported_at": "2024-06-01T00:00:00", "tables": {"shop_author": [{"id": 1, "name": "A"}],
       "shop_book": [{"id": 1, "author_id": 1, "took": "P3DT04H05M06.789000S"}]}}
      """)
    #expect(run.table("shop_book")?.foreignKeys.first?.table == "shop_author")
    #expect(run.column("shop_book", "took")?.type == .interval)
    #expect(run.column("shop_author", "id")?.type == .int64)
  }

  /// S3-11 and T-12: the README beside the backups is a document, its keys are claims, its paths a finding.
  @Test func readmeBesideIsRead() throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/user_data_backup_20251209_161259.json", Array(Self.document.utf8))
    let readme =
      "# Scripts\n- `users`: Array of users\n- `audit`: Array\n```\ncd /Users/someone/training/app\n```\npostgres://admin:Hunter22@db.example.org/x\n"
    try writeFile(place.path + "/README.md", Array(readme.utf8))
    let container = DirectoryOf(
      path: Array(place.path.utf8), names: ["README.md", "user_data_backup_20251209_161259.json"])
    let backup = try #require(try Django.django.detect(container, toolbox).first)
    #expect(backup.artifacts.map(\.role) == [.document, .data])
    let knowledge = try Django.django.survey(
      BackupInput(backup: backup, container: container, toolbox: toolbox, options: ReadOptions()))
    // What credentials it holds are masked before they are stored and indexed.
    #expect(knowledge.documents.first?.text == Array(readme.replacing("Hunter22", with: "********").utf8))
    #expect(knowledge.findings.first { $0.code == "credential-in-document" }?.severity == .critical)
    #expect(knowledge.findings.contains { $0.code == "hostname-in-document" })
    #expect(knowledge.claims.map(\.subject) == ["key users", "key audit"])
    #expect(knowledge.claims.map(\.verdict) == [.proved, .refuted])
    #expect(knowledge.findings.contains { $0.code == "personal-path" && $0.count == 1 })
    #expect(
      knowledge.attributes.contains {
        $0.name == "origin_path" && $0.value == Array("/Users/someone/training/app".utf8)
      })
  }
}

/// Some files of a directory.
struct DirectoryOf: BackupContainer {
  let path: [UInt8]
  let isDirectory = true
  let entries: [ContainerEntry]
  let findings: [Finding] = []
  init(path: [UInt8], names: [String]) {
    self.path = path
    entries = names.map { ContainerEntry(path: Array($0.utf8)) }
  }
  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    try FileSource(path.appending(path: entry.path))
  }
}
