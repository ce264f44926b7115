import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

private let schema = """
  model User {
    id       String  @id @default(cuid())
    email    String  @unique @map("mail")
    password String?
    role     Role    @default(PLAIN)
    big      BigInt?
    price    Decimal?
    at       DateTime @default(now())
    day      DateTime? @db.Date
    raw      Bytes?
    posts    Post[]
    accounts Account[]
    @@map("users")
  }
  model Account {
    id     String @id
    userId String
    token  String?
    user   User @relation(fields: [userId], references: [id])
  }
  model Post {
    id       String @id
    authorId String
    author   User @relation(fields: [authorId], references: [id])
    tags     Tag[]
  }
  model Tag {
    id    Int @id
    posts Post[]
  }
  model FFEItem { id String @id }
  enum Role { PLAIN @map("plain user")
    OWNER }
  """

private let users = """
  [{"id":"ck9p34y6n3wd25rq4f5zr37e3","email":"a@x","role":"PLAIN","big":"9007199254740993n","price":"12.50",
    "at":"2025-01-02T03:04:05.678Z","day":"2025-01-02T00:00:00.000Z","raw":{"type":"Buffer","data":[0, 255]}},
   {"id":"cp3e2z8iq9y7jzb6cn6z43dvy","email":"b@x","role":"OWNER","big":null,"price":null,
    "at":"2025-01-02T03:04:05.678Z","day":null,"raw":null}]
  """

@Suite struct PrismaTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func run(_ files: (String, String)...) throws -> PrismaRun {
    try #require(try PrismaRun(files.map { (name: $0.0, text: $0.1) }, in: directory))
  }

  @Test func rowsInTheSchema() throws {
    let run = try run(("backup.json", "{\"users\": \(users), \"fFEItem\": []}"), ("prisma/schema.prisma", schema))
    #expect(run.backup.confidence == 0.98 && run.backup.kind == "JSON backup")
    #expect(
      run.rows["users"] == [
        "'ck9p34y6n3wd25rq4f5zr37e3' | 'a@x' | - | 'plain user' | 9007199254740993 | 12.50 | '2025-01-02T03:04:05.678' | '2025-01-02' | x00ff",
        "'cp3e2z8iq9y7jzb6cn6z43dvy' | 'b@x' | - | 'OWNER' | null | null | '2025-01-02T03:04:05.678' | null | null",
      ])
    let table = try #require(run.table("users"))
    #expect(table.columns.map(\.name) == ["id", "mail", "password", "role", "big", "price", "at", "day", "raw"])
    #expect(table.columns.map(\.type.word)[3...5] == ["enum", "int64", "decimal(65,30)"])
    #expect(table.primaryKey == ["id"] && table.uniqueKeys == [["mail"]])
    #expect(run.finding("columns-not-exported")?.message.contains("'password'") == true)
    #expect(run.finding("models-not-backed-up")?.count == 3)
    #expect(run.finding("links-not-included")?.count == 1)
    #expect(run.finding("sections-empty")?.message.contains("fFEItem") == true)
    let models = run.knowledge.objects.filter { $0.kind == "model" }
    #expect(models.map { text($0.name) } == ["User", "Account", "Post", "Tag", "FFEItem"])
    #expect(models.first { $0.name == "Post" }?.attribute("backed-up") == Array("no".utf8))
  }

  @Test func rowsWithinRows() throws {
    let nested = """
      [{"id":"ck9p34y6n3wd25rq4f5zr37e3","email":"a@x","role":"OWNER","at":"2025-01-02T03:04:05.678Z",
        "posts":[{"id":"p1","authorId":"ck9p34y6n3wd25rq4f5zr37e3","tags":[{"id":2},{"id":1}]},
                 {"id":"p2","authorId":"ck9p34y6n3wd25rq4f5zr37e3","tags":[{"id":2}]}], "_count":{"posts":2}}]
      """
    let run = try run(("anything.json", nested), ("schema.prisma", schema))
    #expect(run.rows["Post"]?.count == 2)
    #expect(run.rows["Tag"] == ["2", "1"])
    #expect(run.rows["_PostToTag"] == ["'p1' | 2", "'p1' | 1", "'p2' | 2"])
    #expect(run.table("_PostToTag")?.foreignKeys.count == 2)
    #expect(run.finding("unknown-fields") == nil)
  }

  /// Records of several tables among each other, each naming its own: the rows are those of an envelope with the same sections.
  @Test(arguments: ["collection", "model", "table"], [true, false])
  func recordsThatNameTheirTable(_ tag: String, _ isArray: Bool) throws {
    let rows = [
      #"{"%":"User","id":"ck9p34y6n3wd25rq4f5zr37e3","email":"a@x","role":"USER","at":"2025-01-02T03:04:05.678Z"}"#,
      #"{"id":"p1","%":"posts","authorId":"ck9p34y6n3wd25rq4f5zr37e3"}"#,
      #"{"%": "posts", "data": {"id":"p2","authorId":"ck9p34y6n3wd25rq4f5zr37e3"}}"#,
      #"{"email":"b@x","role":"OWNER","id":"cp3e2z8iq9y7jzb6cn6z43dvy","at":"2025-01-02T03:04:05.678Z","%":"User"}"#,
    ].map { $0.replacing("%", with: tag) }
    let text = isArray ? "[\n" + rows.joined(separator: ",\n") + "\n]\n" : rows.joined(separator: "\n") + "\n"
    let tagged = try run(("backup.json", text), ("schema.prisma", schema))
    #expect(tagged.backup.kind == "tagged records" && tagged.backup.confidence == 0.98)
    let flat = """
      {"users":[{"id":"ck9p34y6n3wd25rq4f5zr37e3","email":"a@x","role":"USER","at":"2025-01-02T03:04:05.678Z"},
                {"id":"cp3e2z8iq9y7jzb6cn6z43dvy","email":"b@x","role":"OWNER","at":"2025-01-02T03:04:05.678Z"}],
       "posts":[{"id":"p1","authorId":"ck9p34y6n3wd25rq4f5zr37e3"},{"id":"p2","authorId":"ck9p34y6n3wd25rq4f5zr37e3"}]}
      """
    let other = try TemporaryDirectory()
    let known = try #require(
      try PrismaRun([(name: "flat.json", text: flat), (name: "schema.prisma", text: schema)], in: other))
    #expect(tagged.rows == known.rows && tagged.rows.count == 2)
    #expect(Set(tagged.knowledge.tables) == Set(known.knowledge.tables))
  }

  /// Without a schema the records of a table have to look alike and those of another otherwise; else a member is a member.
  @Test func membersThatNameNoTable() throws {
    let id = "ck9p34y6n3wd25rq4f5zr37e3", time = "2025-01-02T03:04:05.678Z"
    func row(_ model: String, _ rest: String) -> String {
      #"{"model":"\#(model)","id":"\#(id)","createdAt":"\#(time)"\#(rest)}"#
    }
    let cars =
      "["
      + [row("Golf", #","year":1990"#), row("Polo", #","year":1991"#), row("Golf", #","year":1992"#)].joined(
        separator: ",") + "]"
    #expect(try run(("cars.json", cars)).backup.kind == "JSON rows")
    let mixed =
      "["
      + [
        row("Car", #","year":1990,"doors":5"#), row("Owner", #","name":"a","city":"b""#),
        row("Car", #","year":1992,"doors":3"#),
      ].joined(separator: ",") + "]"
    let found = try run(("mixed.json", mixed))
    #expect(found.backup.kind == "tagged records" && found.rows["Car"]?.count == 2 && found.rows["Owner"]?.count == 1)
    let fixture = #"[{"model":"a.b","pk":1,"fields":{"x":1}},{"model":"a.c","pk":1,"fields":{"y":1}}]"#
    let place = try TemporaryDirectory()
    #expect(try PrismaRun([(name: "fixture.json", text: fixture)], in: place) == nil)
  }

  /// What is wrong with a record is told with its place.
  @Test(arguments: [
    (#"{"id":"p3"}"#, "a record names no table", 0), (#"{"%":"posts","id":}"#, "no JSON", 22),
    (#"[1]"#, "a record expected", 0),
  ]) func recordsThatAreWrong(_ bad: String, _ message: String, _ within: Int) throws {
    let place = try TemporaryDirectory()
    let rows = [
      #"{"table":"User","id":"ck9p34y6n3wd25rq4f5zr37e3","email":"a@x","role":"USER","at":"2025-01-02T03:04:05.678Z"}"#,
      #"{"table":"posts","id":"p1","authorId":"ck9p34y6n3wd25rq4f5zr37e3"}"#,
      #"{"table":"posts","id":"p2","authorId":"ck9p34y6n3wd25rq4f5zr37e3"}"#,
    ]
    // Beyond the first bytes, by which backups are known.
    let start = "[" + rows.joined(separator: ",") + "," + String(repeating: " ", count: 1 << 16)
    try write("schema.prisma", Array(schema.utf8), place)
    try write("b.json", Array((start + bad.replacing("%", with: "table") + "]").utf8), place)
    #expect { try PrismaRun(place.path) } throws: { error in
      let error = error as? ReadError
      #expect(error?.message == message && error?.offset == start.utf8.count + within, "\(String(describing: error))")
      return true
    }
  }

  @Test func rowsThatStandTwice() throws {
    let text = """
      {"timestamp":"2025-10-30T10:00:00.000Z","version":"2.0","created_by":{"id":"x"},"includes_passwords":true,"data":{
       "accounts":[{"id":"a1","userId":"u1","token":null}],
       "users":[{"id":"u1","email":"a@x","role":"OWNER","at":"2025-01-02T03:04:05.678Z",
         "password":"$2b$10$abcdefghijklmnopqrstuuJ8gxLrM4qVwGKnWzOa1xqJYB3l8bCqa",
         "accounts":[{"id":"a1","userId":"u1","token":null}]}]}}
      """
    let known = try run(("backup.json", text), ("schema.prisma", schema))
    #expect(known.backup.kind == "Complete backup" && known.backup.takenAt?.origin == "content")
    #expect(known.finding("rows-duplicated")?.count == 1)
    #expect(known.rows["Account"]?.count == 1)
    #expect(known.attribute("backup_contents") == "complete")
    #expect(known.table("users")?.columns[2].isSecret == true)
    // Without a schema the lists stay where they are.
    let other = try TemporaryDirectory()
    let unknown = try #require(try PrismaRun([(name: "backup.json", text: text)], in: other))
    #expect(unknown.finding("rows-duplicated")?.table == "users")
    #expect(unknown.table("accounts")?.foreignKeys.first?.table == "users")
  }

  @Test func emptySectionsThatRowsLeadTo() throws {
    let text = """
      {"metadata":{"timestamp":"2025-11-01T04:00:00.000Z","version":"3.0","auto_discovered":true},
       "data":{"user":[],"account":[{"id":"a1","userId":"u1"},{"id":"a2","userId":"u2"}]},"files":{},
       "summary":{"failedCount":2,"failedFiles":[{"path":"a"},{"path":"b"}]}}
      """
    let unknown = try run(("database-backup.json", text))
    #expect(unknown.finding("section-empty-but-referenced")?.count == 2)
    #expect(unknown.finding("files-failed")?.count == 2)
    let other = try TemporaryDirectory()
    let known = try #require(
      try PrismaRun([(name: "b.json", text: text), (name: "schema.prisma", text: schema)], in: other))
    #expect(known.finding("section-empty-but-referenced")?.table == "users")
    #expect(known.knowledge.unverifiedForeignKeys.map(\.count) == [2])
  }

  @Test func claims() throws {
    let text = """
      {"timestamp":"2025-10-30T10:00:00.000Z","version":"1.0","type":"production","created_by":{"id":"x"},
       "data":{"tags":[{"id":1},{"id":2}],"users":[]},
       "statistics":{"total_records":2,"tables":[{"table":"tags","count":2},{"table":"users","count":3}]}}
      """
    let run = try run(("residentone-backup-2025-10-30T10-00-00.json", text))
    #expect(run.backup.kind == "Safe backup" && run.attribute("backup_contents") == "safe")
    #expect(
      run.knowledge.claims.map { "\($0.subject) \($0.verdict)" } == [
        "records proved", "records of tags proved", "records of users refuted",
      ])
    #expect(run.finding("claim-refuted")?.count == 1)
  }

  @Test func safeBackupWithSecrets() throws {
    let text = """
      {"timestamp":"2025-10-30T10:00:00.000Z","version":"2.0","includes_files":true,"includes_passwords":false,
       "created_by":{"id":"x"},"data":{"users":[
        {"id":"u1","password":"$2b$10$abcdefghijklmnopqrstuuJ8gxLrM4qVwGKnWzOa1xqJYB3l8bCqa"}]},"files":{}}
      """
    let run = try run(("backup.json", text))
    #expect(run.finding("safe-backup-holds-secrets")?.severity == .error)
    #expect(run.finding("files-not-included") != nil)
  }

  @Test func filesPerModel() throws {
    let row = "[{\"id\":\"ck9p34y6n3wd25rq4f5zr37e3\",\"createdAt\":\"2025-01-02T03:04:05.678Z\",\"name\":\"x\"}]"
    let run = try run(("backup_users.json", row), ("backup_teams.json", row))
    #expect(run.backup.kind == "model files" && run.backup.artifacts.count == 2)
    #expect(Set(run.rows.keys) == ["backup_users", "backup_teams"])
  }

  @Test func othersAreLeftAlone() throws {
    let cases = [
      "[{\"model\":\"shop.order\",\"pk\":1,\"fields\":{\"createdAt\":\"2025-01-02T03:04:05.678Z\"}}]",
      "[{\"_id\":\"ck9p34y6n3wd25rq4f5zr37e3\",\"_creationTime\":1.5,\"id\":\"ck9p34y6n3wd25rq4f5zr37e3\",\"createdAt\":\"2025-01-02T03:04:05.678Z\"}]",
      "{\"users\":[{\"id\":1,\"name\":\"x\"}]}", "[1,2,3]", "{}", "{\"data\":{\"a\":1}}", "not json",
    ]
    for (i, text) in cases.enumerated() {
      let other = try TemporaryDirectory()
      #expect(try PrismaRun([(name: "dump.json", text: text)], in: other) == nil, "case \(i)")
    }
  }

  @Test func namesThatAreTaken() throws {
    let text =
      "{\"User\":\(users),\"post\":[{\"x\":1,\"y\":2}],\"posts\":[{\"id\":\"p\",\"authorId\":null}],\"Other\":[{\"id\":\"o\"}]}"
    let twice = schema + "\nmodel Other { id String @id\n @@map(\"users\") }"
    let run = try run(("backup.json", text), ("schema.prisma", twice))
    let names = run.knowledge.tables.map(\.name)
    #expect(names.count == 4 && Set(names).count == 4 && names.contains("users") && names.contains("Post"))
    #expect(run.rows["Post"] == ["'p' | null"])
  }

  @Test func migrations() throws {
    let run = try run(
      ("prisma/schema.prisma", schema), ("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"),
      ("prisma/migrations/0_init/migration.sql", "-- CreateTable\nCREATE TABLE \"A\" (\"id\" TEXT);\n"),
      ("prisma/migrations/20250101000000_next/migration.sql", "-- empty\n"))
    #expect(run.backup.kind == "schema and migrations")
    let migrations = run.knowledge.objects.filter { $0.kind == "migration" }
    #expect(migrations.map { text($0.name) } == ["0_init", "20250101000000_next"])
    #expect(run.finding("no-rows") != nil && run.knowledge.tables.isEmpty)
  }
}
