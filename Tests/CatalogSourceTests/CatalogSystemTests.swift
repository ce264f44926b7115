import BuiltIn
import Bytes
import CatalogIngest
import CatalogModel
import CatalogSQLite
import CatalogSource
import CatalogStore
import Comparison
import Conversion
import Records
import RowIndex
import TestSupport
import Testing

/// Registered backups come out of the catalog as they were.
@Suite struct CatalogSystemTests {
  static let fixtures = [
    "convex/snapshot_brave-heron-208_1765000000123456789.zip",
    "convex/snapshot_brave-heron-208_1780000000123456789.zip", "demo/harbourlight/convex_backups",
    "supabase/tidewatch", "supabase/millwork", "django/library.json", "django/library.yaml",
    "demo/shop/shop_dumpdata.json", "demo/lantern/user_data_backup_20260214_081500.json",
    "prisma/atelier/backups/atelier-backup-2025-10-30T10-00-00.json",
    "prisma/atelier/backups/atelier-complete-backup-2025-10-30T11-00-00.json",
  ]

  /// A catalog in a place of its own.
  private static func catalog(_ place: TemporaryDirectory) throws -> any CatalogStore {
    var options = SQLiteCatalog.Options()
    options.secretKey = SecretKey(Array("a key of this test".utf8))
    return try SQLiteCatalog.create(place.file("catalog.db"), options)
  }

  private static func register(
    _ path: [UInt8], in catalog: any CatalogStore, at day: Int64 = 0, project: Name? = nil
  ) throws -> [Backup] {
    var options = RegisterOptions()
    options.indexing = .full
    options.project = project
    options.takenAt = Moment(microseconds: 1_770_000_000_000_000 + day * 86_400_000_000)
    let registrar = Registrar(BuiltIn.recogniser, catalog: catalog, now: Moment(microseconds: 1_780_000_000_000_000))
    return try registrar.register(try BuiltIn.recogniser.open(path), options: options).reports.map(\.backup)
  }

  /// Digests of the rows that a system hands out, by table.
  private static func digests(_ system: CatalogSystem) throws -> [Name: TableDigest] {
    let input = system.input(BuiltIn.recogniser.toolbox, ReadOptions())
    let knowledge = try system.survey(input)
    var digesters: [Name: RowDigester] = [:]
    for table in knowledge.tables { digesters[table.name] = RowDigester(table) }
    var reader = try system.openRecords(input, knowledge), batch = RecordBatch()
    while let table = try reader.nextTable() {
      while try reader.read(into: &batch) { try digesters[table.name]?.add(batch) }
    }
    return digesters.mapValues(\.digest)
  }

  @Test(arguments: fixtures) func rowsAreThoseOfTheFiles(_ path: String) throws {
    let place = try TemporaryDirectory(), catalog = try Self.catalog(place)
    let backups = try Self.register(Array((packageRoot + "/Tests/Fixtures/" + path).utf8), in: catalog)
    #expect(!backups.isEmpty)
    for backup in backups {
      let system = try CatalogSystem(catalog, backup)
      let found = try Self.digests(system)
      let tables = try catalog.read { (reader) throws(CatalogError) in
        try reader.contents(of: backup.key, .columns)
      }.tables
      #expect(tables.count == found.count)
      for table in tables {
        let digest = try #require(found[table.name]), losses = system.log.losses.filter { $0.table == table.name }
        #expect(Int64(digest.count) == table.statistics.recordCount, "\(table.name)")
        if losses.isEmpty {
          #expect(digest.description == table.statistics.digest, "\(String(decoding: table.name.bytes, as: UTF8.self))")
          continue
        }
        // Values of secret columns that are there are counted, one by one.
        for column in table.columns where column.isSecret {
          let absent = column.statistics.nullCount + column.statistics.missingCount
          let count = losses.first { $0.column == column.name }?.count ?? 0
          #expect(Int64(count) == table.statistics.recordCount - absent)
        }
        for loss in losses where loss.code == "secret-not-kept" {
          #expect(table.columns.contains { $0.name == loss.column && $0.isSecret })
        }
      }
    }
  }

  @Test func columnsThatCameLaterAreMissingInRowsThatDidNotChange() throws {
    let place = try TemporaryDirectory(), catalog = try Self.catalog(place)
    let first = place.path + "/people.jsonl", second = place.path + "/later/people.jsonl"
    try writeFile(first, Array(#"{"id":1,"name":"Ann"}"#.utf8) + Array("\n".utf8))
    try createDirectory(place.file("later"))
    try writeFile(second, Array("{\"id\":1,\"name\":\"Ann\"}\n{\"id\":2,\"name\":\"Bob\",\"age\":7}\n".utf8))
    let one = try Self.register(Array(first.utf8), in: catalog, project: "p")
    let two = try Self.register(Array(second.utf8), in: catalog, at: 1, project: "p")
    for backup in one + two {
      let system = try CatalogSystem(catalog, backup)
      _ = try Self.digests(system)
      #expect(system.log.losses == [])
    }
    #expect(one[0].lineage == two[0].lineage)
    let changed = try CatalogSystem(catalog, two[0], unknowns: .marks, without: one[0].key)
    #expect(try Self.digests(changed).values.map(\.count) == [1])
  }

  @Test func forgottenBackupsAreTold() throws {
    let place = try TemporaryDirectory(), catalog = try Self.catalog(place)
    let backup = try Self.register(
      Array((packageRoot + "/Tests/Fixtures/django/library.json").utf8), in: catalog)[0]
    let system = try CatalogSystem(catalog, backup)
    let input = system.input(BuiltIn.recogniser.toolbox, ReadOptions())
    var reader = try system.openRecords(input, try system.survey(input))
    try catalog.write { (writer) throws(CatalogError) in
      try writer.forget(backup.key, at: Moment(microseconds: 0))
    }
    #expect(throws: ReadError.self) { _ = try reader.nextTable() }
  }
}
