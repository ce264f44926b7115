import TestSupport

/// Makes up backups from words and values that systems and formats know, put where they do not belong.
struct BackupMaker {
  var random: SplitMix

  init(_ seed: Int) { random = SplitMix(state: UInt64(seed) &* 0x9E37_79B9) }

  mutating func flip() -> Bool { chance(2) }
  /// True once in so many times.
  mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
  mutating func pick(_ words: [String]) -> String { words.randomElement(using: &random) ?? "" }
  mutating func many(_ limit: Int, _ make: (inout BackupMaker) -> String) -> String {
    (0..<Int.random(in: 0...limit, using: &random)).map { _ in make(&self) }.joined(separator: ",")
  }

  mutating func files() -> [String: [UInt8]] {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return one("dump.json", "[" + many(12) { $0.fixture() } + "]")
    case 1: return one("dump.jsonl", (0..<8).map { _ in fixture() }.joined(separator: "\n"))
    case 2:
      let lists = many(4) { "\"\($0.pick(Self.models))\":[" + $0.many(5) { $0.fixture() } + "]" }
      return one("lists.json", "{\(lists)}")
    case 3: return userData()
    case 4, 5: return convex()
    case 6: return csv()
    case 7, 8: return prisma()
    default: return one(pick(["a.json", "b.jsonl", "c"]), value(5))
    }
  }

  /// A file, now and then damaged.
  private mutating func one(_ name: String, _ text: String) -> [String: [UInt8]] {
    let pieces: [[UInt8]] = ["\"", "{", "]", ",", "\\", "\n", "\u{FEFF}"].map { Array($0.utf8) }
    let bytes = Array(text.utf8)
    return [name: chance(6) ? mutated(bytes, &random, pieces) : bytes]
  }

  // MARK: Values

  private static let scalars = [
    "null", "true", "false", "0", "-0", "1", "2", "3", "-1", "1.5", "1.10", "1e5", "1e400", "9007199254740993",
    "9223372036854775807", "-9223372036854775808", "99999999999999999999999999", "0.000000000000000000000000001",
    "1738742079688.123", #""""#, #""1""#, #""2""#, #""007""#, #""-0""#, #""1.10""#, #""NaN""#, #""true""#, #""\u0000""#,
    #""\ud800""#, #""é""#, #""e\u0301""#, #""a'b""#, #""\\""#, #""[1]""#, #""{\"a\":1}""#, #""[1,""#, #""2026-02-05""#,
    #""2026-02-30""#, #""2026-02-05T07:54:39.688Z""#, #""2026-02-05 07:54:39.1234567+05:30""#, #""0001-01-01""#,
    #""9999-12-31T23:59:59.999999Z""#, #""24:00:00""#, #""12:30:00""#, #""P1Y2M3DT4H5M6.7S""#, #""-1 23:59:59.999999""#,
    #""123e4567-e89b-12d3-a456-426614174000""#, #""pbkdf2_sha256$600000$abc$abc=""#, #""AAH/""#, #""=1+1""#, #""ann""#,
    #""j57d2xbjqqxqz4sz3c5cr8gqs576wpxq""#, #""kh7e3w2r5t6y8u9i0o1p2a3s4d5f6g7h""#,
  ]
  private static let keys = [
    "id", "pk", "model", "fields", "_id", "_creationTime", "name", "username", "password", "email", "content_type",
    "content_type_id", "app_label", "codename", "groups", "user_permissions", "permissions", "user", "user_id",
    "parent",
    "author", "book", "book_ptr", "book_ptr_id", "tags", "object_id", "last_login", "is_active", "is_staff",
    "is_superuser", "date_joined", "data", "records", "record_count", "schema_fields", "", "a", "a.b", "a\\\"b", "é",
    "e\\u0301", "\\u0000", "A", "created_at",
  ]

  private mutating func scalar() -> String { pick(Self.scalars) }
  private mutating func key() -> String { "\"" + pick(Self.keys) + "\"" }
  private mutating func value(_ depth: Int) -> String {
    guard depth > 0, chance(3) else { return scalar() }
    return flip() ? "[" + many(4) { $0.value(depth - 1) } + "]" : object(depth - 1)
  }
  private mutating func object(_ depth: Int) -> String { "{" + many(5) { "\($0.key()):\($0.value(depth))" } + "}" }

  // MARK: Systems

  private static let models = [
    "auth.user", "auth.group", "auth.permission", "contenttypes.contenttype", "sessions.session", "admin.logentry",
    "shop.book", "shop.author", "Shop.Book", "shop.tag", "home.supportedopenaimodel", "x", "", "a.b.c", "sites.site",
  ]
  private mutating func fixture() -> String {
    let fields = "\"fields\":" + (chance(12) ? value(2) : object(3))
    let key = chance(8) ? "" : "\"pk\":\(value(1)),"
    return "{\"model\":\"\(pick(Self.models))\",\(key)\(fields)}"
  }

  private mutating func userData() -> [String: [UInt8]] {
    let lists = ["users", "groups", "permissions", "openai_models", "x"].map { name in
      "\"\(name)\":" + (chance(6) ? value(3) : "[" + many(6) { $0.object(3) } + "]")
    }
    let text = "{\"export_date\":\(scalar()),\"django_version\":\"5.2\"," + lists.joined(separator: ",") + "}"
    return one("user_data_backup_20260214_081500.json", text).merging(readme()) { a, _ in a }
  }

  private mutating func readme() -> [String: [UInt8]] {
    let lines = (0..<12).map { _ in
      pick(["# ", "## ", "- ", "- **", "- `", "1. ", "```", "", "TABLES BACKED UP:\n", "Contact\n"])
        + pick([
          "Tables Backed Up", "Backup Date:** February 5, 2026", "Records:** 9223372036854775808", "Records: 1,389",
          "users`: x",
          "people", "Key fields: a, b", "created automatically by ", "mutation(\"a:b\"", "restore", "password hashes",
          "includes convex internal", "x.js` - verify", "Deployment: x.convex.cloud", "://:@", "\u{0}", "/home/x",
          "---",
        ])
    }
    return ["README.md": Array(lines.joined(separator: "\n").utf8)]
  }

  private mutating func convex() -> [String: [UInt8]] {
    let stamp = pick(["2026-02-05_07-54-39-688Z", "2026-02-06", "20260205_075439", ""])
    let rows = "[" + many(6) { $0.document() } + "]"
    let other = flip() ? rows : "[" + many(6) { $0.document() } + "]"
    let tables = "\"people\":{\"record_count\":\(scalar()),\"schema_fields\":[\(key())],\"data\":\(other)}"
    let metadata =
      "\"backup_metadata\":{\"convex_deployment\":\"x\",\"tables\":[\"people\"],\"created_at\":\(scalar())}"
    var files = readme()
    files.merge(one("people_backup_\(stamp).json", rows)) { a, _ in a }
    files.merge(one("complete_backup_\(stamp).json", "{\(metadata),\(tables)}")) { a, _ in a }
    if flip() { files["people_backup_\(stamp).csv"] = csv()["t.csv"] }
    return files
  }
  private mutating func document() -> String {
    "{\"_id\":\(pick(Self.scalars.suffix(2))),\"_creationTime\":1738742079688.5,"
      + many(4) { "\($0.key()):\($0.value(2))" }
      + (flip() ? ",\"a\":1}" : "\"a\":1}")
  }

  // MARK: Prisma

  private static let schema = """
    datasource db { provider = "postgresql" }
    model User {
      id String @id
      email String @unique @map("mail")
      big BigInt?
      price Decimal?
      at DateTime
      day DateTime? @db.Date
      time DateTime? @db.Time
      raw Bytes?
      ok Boolean?
      role Role?
      roles Role[]
      posts Post[]
      @@map("users")
      @@schema("app")
    }
    model Post { id Int @id
      authorId String?
      author User? @relation(fields: [authorId], references: [id])
      tags Tag[]
      likes Post[] @relation("likes")
      likedBy Post[] @relation("likes")
    }
    model Tag { a Int
      b Int
      posts Post[]
      @@id([a, b])
    }
    enum Role { A @map("a a")
      B }
    """
  private static let fields = [
    "id", "email", "mail", "big", "price", "at", "day", "time", "raw", "ok", "role", "roles", "authorId", "a", "b",
    "url",
    "filename", "content", "mimeType", "size", "_count", "password",
  ]
  private static let values = [
    #""ck9p34y6n3wd25rq4f5zr37e3""#, #""2025-01-02T03:04:05.678Z""#, #""+010000-01-01T00:00:00.000Z""#, #""123n""#,
    #"{"type":"Buffer","data":[0,255]}"#, #"{"0":1,"1":256}"#, #""\\x00ff""#, #""data:image/png;base64,iVBORw0KGgo=""#,
    #""A""#,
    #"["A","B"]"#, #""/uploads/x""#, #""https://x/y""#, #""1970-01-01T06:30:00.000Z""#, #""METADATA_ONLY""#,
    #"{"content":"iVBORw0KGgo=","mimeType":"image/png","padding":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
  ]
  private mutating func member(_ depth: Int) -> String {
    if depth > 0, chance(4) {
      let rows = "[" + many(3) { $0.row(depth - 1) } + "]"
      return "\"\(pick(["posts", "author", "tags", "likes", "likedBy"]))\":" + (flip() ? rows : row(depth - 1))
    }
    return "\"\(pick(Self.fields))\":" + (flip() ? pick(Self.values) : value(1))
  }
  private mutating func row(_ depth: Int) -> String { "{" + many(7) { $0.member(depth) } + "}" }
  private mutating func prisma() -> [String: [UInt8]] {
    let sections = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      "\"\(pick(["users", "user", "Post", "_PostToTag", "fFEItem", "assets", "items", "data", "backup_tags"]))\":["
        + many(5) { $0.row(2) } + "]"
    }
    let files = "{" + many(4) { "\($0.key()):" + ($0.flip() ? $0.pick(Self.values) : $0.value(2)) } + "}"
    let body = "{" + sections.joined(separator: ",") + "}"
    let text =
      switch Int.random(in: 0..<4, using: &random) {
      case 0: body
      case 1: "[" + many(5) { $0.row(3) } + "]"
      case 2: "{\"json\":\(body),\"meta\":{\"values\":{}}}"
      default:
        "{\"timestamp\":\(scalar()),\"version\":\"2.0\",\"includes_files\":true,\"includes_passwords\":\(scalar()),"
          + "\"created_by\":{},\"data\":\(body),\"files\":\(files),\"statistics\":{\"total_records\":\(scalar()),"
          + "\"tables\":[{\"table\":\"users\",\"count\":\(scalar())}]},\"summary\":{\"failedCount\":\(scalar())}}"
      }
    var made = one("backup.json", text)
    if !chance(4) {
      let pieces: [[UInt8]] = ["{", "}", "@", "(", "[", "\"", "\n", "//", "model ", "[]", "?"].map { Array($0.utf8) }
      let bytes = Array(Self.schema.utf8)
      made["schema.prisma"] = flip() ? bytes : mutated(bytes, &random, pieces)
    }
    return made
  }

  private mutating func csv() -> [String: [UInt8]] {
    let columns = Int.random(in: 1...4, using: &random), rows = Int.random(in: 0...5, using: &random)
    let names = (0..<columns).map { "\(pick(["a", "_id", "id", "é", "A"]))\($0)" }
    var text = names.joined(separator: ",") + "\n"
    for _ in 0..<rows { text += (0..<columns).map { _ in field() }.joined(separator: ",") + "\n" }
    var files = one("t.csv", text)
    if flip() { files["t.csv.schema.json"] = schema(names, rows) }
    return files
  }
  private mutating func field() -> String {
    let marks = [
      "", "\\N", "\\M", "\\t", "\\b", "\\i", "\\d", "\\#", "\\j", "\\x", "\\s", "\\\\", "[", "[\"", "[}", "{1}",
    ]
    let plain = pick(marks) + (flip() ? "" : pick(Self.scalars).filter { $0 != "\"" })
    return "\"" + plain.replacing("\"", with: "\"\"") + "\""
  }
  private mutating func schema(_ names: [String], _ rows: Int) -> [UInt8] {
    let types = [
      "boolean", "int32", "int64", "decimal", "decimal(10,2)", "decimal(-1,9223372036854775807)", "float64", "text",
      "uuid",
      "date", "time", "timestamp", "timestamptz", "interval", "json", "bytes", "enum",
    ]
    let columns = names.map { name in
      let type = pick(types) + (chance(3) ? "[]" : ""),
        kind = pick(["text", "text", "text", "json", "number", "bytes"])
      let length = pick([
        "", "", "\"maximum_length\":0,", "\"maximum_length\":3,", "\"maximum_length\":-9223372036854775808,",
      ])
      return "{\(length)\"name\":\"\(name)\",\"type\":\"\(type)\",\"kind\":\"\(kind)\",\"nullable\":\(flip())}"
    }
    let key = pick(["[]", "[\"\(names[0])\"]", "[\"none\"]"])
    return Array(
      """
      {"coffer_csv_schema":1,"table":"t","delimiter":",","records":\(rows),"columns":[\(columns.joined(separator: ","))],\
      "primary_key":\(key),"unique_keys":[\(key)],"indexes":[[]],\
      "foreign_keys":[{"columns":\(key),"table":"t","references":\(key)}]}
      """.utf8)
  }
}
