import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import SupabaseSystem

/// A container without entries.
private struct NoContainer: BackupContainer {
  let path: [UInt8] = [], isDirectory = true, entries: [ContainerEntry] = [], findings: [Finding] = []
  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable { throw IOError("open") }
}

/// Migrations, storage, configuration, edge functions.
@Suite struct SupabasePartsTests {
  private func entry(_ path: String, _ size: Int64 = 0) -> ContainerEntry {
    ContainerEntry(path: Array(path.utf8), byteCount: size)
  }

  @Test func migrationsKeepTheirOrder() {
    let files = [
      "m/migrations/20250102000000_b.sql", "m/migrations/20250101000000_a.sql", "m/migrations/99999999999999_z.sql",
    ]
    let found = Migrations(
      files: files.map { (Array($0.utf8), [1]) }, applied: [("20250101000000", "a"), ("20250103000000", "lost")])
    #expect(found.all.map(\.name) == ["a", "b", "z", "lost"])
    #expect(found.all.map(\.isApplied) == [true, false, false, true])
    #expect(found.findings.map(\.code) == ["migration-not-applied", "migration-without-file"])
    #expect(found.findings.map(\.count) == [2, 1])
    #expect(found.objects.map { $0.attribute("order") } == ["1", "2", "3", "4"].map { Array($0.utf8) })
  }

  @Test func sameVersionTwiceIsNamed() {
    let files = ["migrations/1_a.sql", "migrations/1_b.sql"].map { (Array($0.utf8), [UInt8]()) }
    let found = Migrations(files: files, applied: nil)
    #expect(found.findings.map(\.code) == ["migration-version-twice"])
    #expect(found.objects.allSatisfy { $0.attribute("applied") == nil })
  }

  @Test func bodiesAreFoundByBucketAndName() {
    let objects = [
      StorageBodies.Object(bucket: "plans", name: Array("a b/ü%.pdf".utf8), size: 10),
      StorageBodies.Object(bucket: "plans", name: Array("two.pdf".utf8), version: Array("v2".utf8), size: 5),
      StorageBodies.Object(bucket: "plans", name: Array("none.pdf".utf8), size: 7),
    ]
    let files = [
      entry("x/storage/plans/a b/ü%.pdf", 10), entry("stub/stub/plans/two.pdf/v2", 6), entry("other/none.pdf", 7),
    ]
    let container = NoContainer()
    let found = StorageBodies(
      objects, files: files.map { StorageFile(entry: $0, container: container, artifact: $0.path) })
    #expect(found.objects.map { $0.file?.entry.byteCount } == [10, 6, nil])
    #expect(found.bodies == 2)
    #expect(found.findings.map(\.code) == ["storage-body-size", "storage-metadata-only"])
    var total = StorageTotal()
    for object in objects { total.add(object.size) }
    let made = found.objects(buckets: [("plans", false)], totals: ["plans": total])
    #expect(made.map(\.name) == ["plans", "plans/a b/ü%.pdf", "plans/two.pdf", "plans/none.pdf"])
    #expect(made.first?.attribute("bytes") == Array("22".utf8))
  }

  /// Of very many stored files not all are kept in memory; they are counted to the last.
  @Test func moreStoredFilesThanAreKept() throws {
    let schema = TableSchema("storage.objects", ["bucket_id", "name", "metadata"].map { Column($0, .text) })
    let row: [TestValue] = ["plans", "a.pdf", .json("{\"size\": 2}")]
    let rows = Array(repeating: row, count: PlatformRows.limit + 3)
    var platform = PlatformRows()
    platform.add(try RecordBatch(rows[...], columnCount: 3), schema)
    #expect(platform.objects.count == PlatformRows.limit && platform.unkept == 3)
    #expect(platform.objectCount == rows.count && platform.totals["plans"]?.bytes == 2 * rows.count)
    let bodies = StorageBodies(platform.objects, listed: platform.objectCount, files: [])
    #expect(bodies.findings.first?.message.hasPrefix("the backup lists 20003 stored files") == true)
  }

  @Test func sizesStandInMetadata() {
    #expect(PlatformRows.size(Array(#"{"eTag": "\"x\"", "size": 100, "mimetype": "a"}"#.utf8)) == 100)
    #expect(PlatformRows.size(Array(#"{"size":"big"}"#.utf8)) == nil)
    #expect(PlatformRows.size([]) == nil)
  }

  @Test func checksumsStandInMetadata() {
    let digits = "900150983cd24fb0d6963f7d28e17f72"
    for (json, expected) in [
      (#"{"eTag": "\"\#(digits)\"", "size": 3}"#, digits), (#"{"eTag":"\#(digits)"}"#, digits),
      (#"{"eTag": "\"\#(digits.uppercased())\""}"#, digits), (#"{"eTag": "\"\#(digits)-2\""}"#, nil),
      (#"{"eTag": "\#(digits.dropLast())"}"#, nil), (#"{"eTag": "\#(digits)0"}"#, nil), (#"{"eTag": "\#(digits)"#, nil),
      (#"{"eTag"#, nil), (#"{"eTag""#, nil), ("{}", nil),
    ] {
      #expect(
        PlatformRows.checksum(Array(json.utf8)).map { String(decoding: $0, as: UTF8.self) } == expected, "\(json)")
    }
  }

  @Test func configurationIsRead() {
    let text =
      "# x\nproject_id = \"lagoon\" # y\n[db]\nmajor_version = 17\n[functions.hello]\nverify_jwt = false\n[functions.\"two\"]\nverify_jwt=true\n"
    let found = ProjectConfiguration(Array(text.utf8))
    #expect(found.projectID == "lagoon" && found.majorVersion == Array("17".utf8))
    #expect(found.verifiesToken == ["hello": false, "two": true])
  }

  @Test func namesOfDumpsTellPartAndTime() {
    let toolbox = Toolbox(containers: [], decoders: [], importFormats: [])
    func name(_ path: String) -> DumpName { DumpName(Array(path.utf8), toolbox) }
    #expect(name("a/app_schema_backup_20250902_152354.sql").part == .schema)
    #expect(name("complete_database_with_data.dump").part == .complete)
    #expect(name("roles.sql").part == .roles && name("data.sql").part == .data && name("x.sql").part == nil)
    #expect(name("db_cluster-12-10-2025@03-04-05.backup").takenAt?.microseconds == 1_760_238_245_000_000)
    #expect(name("a/app_schema_backup_20250902_152354.sql").stamp == Array("20250902_152354".utf8))
  }
}
