import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// Backups of real applications and made-up ones, beside an independent reading.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout"))
struct PrismaSampleTests {
  private func sample(_ path: String) throws -> String { try #require(sharedSamples) + "/prisma/dev/" + path }

  /// A backup with the schema beside it.
  private func run(_ path: String, schema: String) throws -> PrismaRun {
    let place = try TemporaryDirectory(), file = try sample(path)
    let name = String(file.split(separator: "/").last ?? "")
    try write(name, try readFile(file), place)
    try write("schema.prisma", try readFile(try sample(schema)), place)
    return try #require(try PrismaRun(place.path))
  }

  /// What a Python program prints, line by line.
  private func python(_ program: String, _ arguments: [String]) throws -> [String] {
    let result = try TestSupport.run(["python3", "-c", program] + arguments)
    #expect(result.exitCode == 0, "\(result.errorText)")
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
  }

  private static let variants = [
    "envelope_bigint-n_bytes-base64", "flat_plural_bigint-raw_bytes-u8_decimal-number",
    "flat_singular_bigint-string_bytes-buffer_decimal-string",
  ]

  /// The same rows come out whatever the script made of big integers, decimals and bytes.
  @Test func encodingsDoNotShow() throws {
    let folder = "synthetic_alltypes_multischema/"
    let runs = try Self.variants.map { try run(folder + $0 + ".json", schema: folder + "schema.prisma") }
    for other in runs {
      #expect(other.rows == runs[0].rows)
      #expect(other.knowledge.tables.map(\.columns) == runs[0].knowledge.tables.map(\.columns))
    }
    let users = try #require(runs[0].rows["base.users"])
    #expect(users.map { String($0.split(separator: " | ")[10]) } == ["x00017f80ff", "x", "null"])
    #expect(users[1].contains("'plain user' | []"))
    let items = try #require(runs[0].rows["shop.Item"])
    #expect(items[0].contains(" | 12.5 | 1e-30 | 9007199254740993 | "))
    #expect(items[1].contains(" | -9223372036854775808 | "))
    #expect(runs[0].rows["shop.orders"] == ["'DE' | 9223372036854775807 | 1"])
  }

  /// What went through a float is told.
  @Test func roundedIntegersAreTold() throws {
    let folder = "synthetic_alltypes_multischema/"
    let lossy = try run(
      folder + "metadata_sibling_bigint-number-LOSSY_bytes-dataurl.json", schema: folder + "schema.prisma")
    #expect(lossy.knowledge.findings.filter { $0.code == "bigint-overflowed" }.count == 3)
    #expect(
      lossy.rows["base.users"]
        == (try run(
          folder + Self.variants[0] + ".json", schema: folder + "schema.prisma")).rows["base.users"])
  }

  @Test func nestedRowsAndLinks() throws {
    let folder = "synthetic_alltypes_multischema/"
    let nested = try run(folder + "root_array_nested_includes.json", schema: folder + "schema.prisma")
    let sku = "'11111111-2222-4333-8444-555555555555'"
    #expect(nested.rows["shop._ItemToUser"] == ["\(sku) | 1", "\(sku) | 2"])
    // User 1 has user 2 among its `friends`, the later of the two fields: its own id is in B, as Prisma's engine has it.
    #expect(nested.rows["base._Friends"] == ["2 | 1"])
    #expect(nested.rows["shop.OrderLine"]?.count == 1 && nested.rows["shop.orders"]?.count == 1)
    let raw = try run(folder + "query_raw_rows.json", schema: folder + "schema.prisma")
    #expect(raw.rows["base.users"]?.first?.contains("x00017f80ff") == true)
    #expect(raw.rows["shop._ItemToUser"]?.count == 2)
    let superjson = try run(folder + "superjson.json", schema: folder + "schema.prisma")
    #expect(
      superjson.rows["shop.Item"]
        == (try run(
          folder + Self.variants[0] + ".json", schema: folder + "schema.prisma")).rows["shop.Item"])
  }

  private static let countProgram = """
    import gzip, json, sys
    data = open(sys.argv[1], "rb").read()
    text = json.loads(gzip.decompress(data) if data[:2] == b"\\x1f\\x8b" else data)
    truth = json.load(open(sys.argv[2]))
    names = {name.lower(): name for name in truth["rows"]}
    for section, rows in text["data"].items():
        print(section, len(rows), "".join(sorted(row.get("id", "") for row in rows)))
    """

  @Test(arguments: [
    ("residentone-backup-2025-10-30T10-00-00.json", "safe", 0),
    ("residentone-complete-backup-2025-10-30T11-00-00.json", "complete", 3),
    ("database-backup-2025-11-01T04-00-09.json.gz", "complete", 3),
  ])
  func envelopes(_ name: String, _ contents: String, _ files: Int) throws {
    let folder = "synthetic_residentone_envelopes/"
    let plain = try #require(try PrismaRun(try sample(folder + name)))
    let expected = try python(Self.countProgram, [try sample(folder + name), try sample(folder + "TRUTH.json")])
    let found = plain.knowledge.tables.map { table -> String in
      let rows = plain.rows[text(table.name)] ?? []
      let ids =
        table.index(of: "id") == 0 ? rows.map { String($0.split(separator: " | ")[0].filter { $0 != "'" }) } : []
      return "\(text(table.name)) \(rows.count) \(ids.sorted().joined())"
    }
    #expect(found.sorted() == expected)
    #expect(plain.attribute("backup_contents") == contents && plain.files().count == files)
    #expect(plain.knowledge.claims.allSatisfy { $0.verdict == .proved })
    let known = try run(folder + name, schema: "residentone_94models/schema.prisma")
    #expect(known.knowledge.tables.count == expected.count)
    #expect(known.finding("unknown-fields") == nil)
    #expect(known.rows.values.reduce(0) { $0 + $1.count } == plain.rows.values.reduce(0) { $0 + $1.count })
    if files > 0 {
      #expect(known.finding("file-orphaned")?.count == 1 && known.finding("file-size-differs")?.count == 1)
      #expect(known.files().map { text($0.table ?? "") } == ["Asset", "Asset", ""])
    }
    if name.hasSuffix(".gz") {
      #expect(known.finding("section-empty-but-referenced")?.table == "User")
      #expect(known.finding("files-failed")?.count == 1)
    }
  }

  @Test func realApplications() throws {
    let components = try #require(try PrismaRun(try sample("svelte-components_per_model")))
    let counts = try python(
      "import glob, json, os, sys\nfor f in glob.glob(sys.argv[1] + '/*.json'): print(os.path.basename(f)[:-5], len(json.load(open(f))))",
      [try sample("svelte-components_per_model")])
    #expect(
      components.knowledge.tables.map { "\(text($0.name)) \(components.rows[text($0.name)]?.count ?? 0)" }.sorted()
        == counts)
    #expect(components.table("Country")?.foreignKeys.map { text($0.table) } == ["Currency"])
    let cafe = try #require(try PrismaRun(try sample("cafe_flat_singular")))
    #expect(cafe.finding("unknown-fields") == nil && cafe.finding("foreign-key-dangling") == nil)
    #expect(cafe.knowledge.tables.contains { $0.columns.contains { $0.isSecret } })
  }

  @Test func migrationsOfRealApplications() throws {
    for (folder, count) in [("residentone_94models", 3), ("framesbook_multischema_m2n", 5)] {
      let run = try #require(try PrismaRun(try sample(folder)))
      #expect(run.knowledge.objects.count { $0.kind == "migration" } == count, "\(folder)")
    }
  }
}
