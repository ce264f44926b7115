import BuiltIn
import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import TestSupport
import Testing

/// A project's `db.sqlite3`.
@Suite struct DjangoDatabaseTests {
  private func read(_ path: String, schema: String? = nil) throws -> DjangoRun {
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    let found = try BuiltIn.recogniser.recognise(container)
    let backup = try #require(found.backups.first)
    #expect(found.backups.count == 1 && backup.system == "django" && backup.kind == "project database")
    return try DjangoRun(backup, container, BuiltIn.toolbox, schema: schema)
  }

  private func text(_ name: Name) -> String { String(decoding: name.bytes, as: UTF8.self) }

  private static let script = """
    CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
    INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', '2024-01-01 00:00:00'), (2, 'auth', '0012_alter', '2024-01-01 00:00:00.5'), (3, 'shop', '0001_initial', '2024-01-01 00:00:00');
    CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
    INSERT INTO django_content_type VALUES (1, 'shop', 'book'), (2, 'shop', 'gone'), (3, 'sessions', 'session');
    CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
    INSERT INTO django_session VALUES ('abc', 'data', '2030-01-01 00:00:00');
    CREATE TABLE "shop_book" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "uu" char(32) NULL, "length" bigint NULL, "big" bigint NULL, "js" text NULL CHECK ((JSON_VALID("js") OR "js" IS NULL)), "tx" text NULL, "ok" bool NOT NULL, "at" datetime NULL, "price" decimal NULL);
    INSERT INTO shop_book VALUES (1, 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 273906789000, 5, '{"a": 1}', '[1]', 1, '2024-02-29 13:14:15.123456', 1.5),
      (2, NULL, -86399000000, NULL, '"text"', NULL, 0, NULL, 2), (3, NULL, 1, NULL, NULL, NULL, 0, NULL, NULL), (4, NULL, -1000000, NULL, NULL, NULL, 0, NULL, NULL);
    """

  @Test func valuesMeanWhatDjangoMeansByThem() throws {
    let place = try TemporaryDirectory()
    let path = place.path + "/db.sqlite3"
    let made = try run(["sqlite3", path], input: Array(Self.script.utf8))
    #expect(made.exitCode == 0, "\(made.errorText)")
    try writeFile(
      place.path + "/models.py",
      Array(
        """
        class Book(models.Model):
          length = models.DurationField()
          price = models.DecimalField(max_digits=6, decimal_places=2, null=True)
          class Meta:
            db_table = 'shop_book'
        """.utf8))
    let plain = try read(path)
    #expect(plain.error == nil)
    #expect(plain.column("shop_book", "uu")?.type == .uuid)
    #expect(plain.column("shop_book", "js")?.type == .json)
    #expect(plain.column("shop_book", "tx")?.type == .text)
    #expect(plain.column("shop_book", "ok")?.type == .boolean)
    #expect(plain.column("shop_book", "at")?.type == .timestamptz)
    #expect(plain.column("shop_book", "length")?.type == .int64)
    #expect(plain.values("shop_book", "at").first == "text:2024-02-29 13:14:15.123456+00:00")
    #expect(plain.column("django_session", "session_data")?.isSecret == true)
    #expect(plain.column("django_session", "session_key")?.isSecret == true)
    let attributes = Dictionary(
      plain.knowledge.attributes.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }, uniquingKeysWith: { $1 })
    #expect(attributes["apps"] == "auth, shop" && attributes["django_version"] == "3.1 or later")
    #expect(plain.finding("content-types-without-table")?.count == 1)
    #expect(plain.finding("content-types-without-table")?.message.contains("shop.gone") == true)

    let declared = try read(path, schema: place.path)
    #expect(declared.column("shop_book", "length")?.type == .interval)
    #expect(
      declared.values("shop_book", "length") == [
        "text:3 04:05:06.789000", "text:-1 00:00:01", "text:00:00:00.000001", "text:-1 23:59:59",
      ])
    #expect(declared.column("shop_book", "price")?.type == .decimal(precision: 6, scale: 2))
  }

  /// The database has the digests of the fixtures dumped from it; tables of many-to-many fields have keys that no fixture has.
  @Test(arguments: ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"], ["full.xml", "full.yaml", "full.json", "full.jsonl"])
  func digestsEqualTheFixtures(_ version: String, _ file: String) throws {
    guard let samples = sharedSamples else { return }
    let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version)."
    guard file != "full.jsonl" || (try? readFile(stem + file)) != nil else { return }
    // Django reads 15 digits of the floats that SQLite makes of decimals, and NULL and the JSON `null` alike; this database
    // has one of each.
    let place = try TemporaryDirectory(), path = place.path + "/db.sqlite3"
    try writeFile(path, readFile(stem + "db.sqlite3"))
    let made = try run(["sqlite3", path, "UPDATE shop_allfields SET dec = round(dec, 1) WHERE dec > 1e13"])
    #expect(made.exitCode == 0)
    // There was no such field before Django 3.1.
    _ = try run(["sqlite3", path, "UPDATE shop_allfields SET js = NULL WHERE js = 'null'"])
    let database = try read(path, schema: stem + "project")
    let fixture = try #require(try DjangoRun(FileContainer(file: stem + file), schema: stem + "project"))
    var others: Set<String> = [], equal = 0
    for table in fixture.knowledge.tables {
      let mine = try #require(database.table(table.name), "\(text(table.name))")
      let isJoin = table.primaryKey.isEmpty && mine.columns.count == table.columns.count + 1
      if isJoin { continue }
      if fixture.digests[table.name] == database.digests[table.name] {
        equal += 1
      } else {
        others.insert(text(table.name))
      }
    }
    #expect(equal >= 15)
    // JSON keeps milliseconds; nothing else differs.
    let cut: Set<String> = ["auth_user", "django_admin_log", "shop_allfields"]
    #expect(others == (file.hasPrefix("full.json") ? cut : []))
  }
}
