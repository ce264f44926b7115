import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// What is written is taken by the programs that it is for, and they hold the same rows afterwards.
@Suite struct PeerTests {
  private static let names = [
    "Convex, uniform", "Convex, script set", "Django, dump", "Django, user data", "Prisma, complete", "generated",
  ]
  static let sources = MigrationSource.all.filter { names.contains($0.name) }

  private func migrated(
    _ source: MigrationSource, _ id: String, _ dialect: SQLDialect, _ place: TemporaryDirectory
  ) throws -> Migration {
    let target = try #require(MigrationTarget.all.first { $0.id == id && !$0.isLive && $0.dialect == dialect })
    return try Migration(source.open(in: place), to: target, in: place)
  }

  /// The independent check of what Convex's importer refuses.
  @Test(arguments: sources) func convexTakesIt(_ source: MigrationSource) throws {
    let place = try TemporaryDirectory(), migration = try migrated(source, "convex", .postgres, place)
    let result = try run(["python3", packageRoot + "/Tests/oracles/convex_import.py", migration.path])
    #expect(result.exitCode == 0, "\(source.name): \(result.errorText)")
  }

  @Test(arguments: sources) func sqliteTakesIt(_ source: MigrationSource) throws {
    let place = try TemporaryDirectory(), file = try migrated(source, "sqlite", .postgres, place)
    func check(_ path: String, _ script: [UInt8] = []) throws {
      let checks = Array("\nPRAGMA integrity_check; PRAGMA foreign_key_check;\n".utf8)
      let result = try run(["sqlite3", "-bail", path], input: script + checks)
      #expect(result.text == "ok\n", "\(source.name): \(result.text)\(result.errorText)")
    }
    try check(file.path)
    let other = try TemporaryDirectory(), script = try migrated(source, "sql", .sqlite, other)
    try check(place.path + "/loaded.db", readFile(script.path))
    try script.compared(with: OpenBackup(place.path + "/loaded.db")).expectNothingUnnamed(
      script.report.losses, source.name)
  }

  /// A script is loaded by psql; what pg_dump says of that is the source again.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable), arguments: sources)
  func postgresTakesIt(_ source: MigrationSource) throws {
    let place = try TemporaryDirectory(), server = try #require(MigrationTarget.server)
    let script = try migrated(source, "sql", .postgres, place), name = "p\(UInt64.random(in: .min ... .max))"
    #expect(try server.psql("CREATE DATABASE \(name)").exitCode == 0)
    let loaded = try server.psql(readFile(script.path), database: name)
    #expect(loaded.exitCode == 0, "\(source.name): \(loaded.errorText)")
    let dump = try server.dump([], database: name)
    try writeFile(place.path + "/dump.sql", dump.output)
    try script.compared(with: OpenBackup(place.path + "/dump.sql")).expectNothingUnnamed(
      script.report.losses, source.name)
  }

  @Test(.enabled(if: ThrowAwayMariaDB.isAvailable)) func mariaDBTakesThem() throws {
    let server = try ThrowAwayMariaDB()
    for (i, source) in Self.sources.enumerated() {
      let place = try TemporaryDirectory(), script = try migrated(source, "sql", .mysql, place)
      let made = try server.mariadb("CREATE DATABASE d\(i) CHARACTER SET utf8mb4")
      #expect(made.exitCode == 0, "\(made.errorText)")
      let loaded = try server.mariadb(readFile(script.path), database: "d\(i)")
      #expect(loaded.exitCode == 0, "\(source.name): \(loaded.errorText)")
      // A table without columns is not there.
      var count = 0
      for table in script.report.tables {
        let name = script.names[table.name]?.table ?? table.name
        let quoted = "`" + displayed(name).replacing("`", with: "``") + "`"
        let counted = try server.mariadb("SELECT count(*) FROM \(quoted)", database: "d\(i)")
        count += Int(counted.text.dropLast()) ?? 0
      }
      let rejected = script.report.losses.filter(\.isReject).reduce(0) { $0 + $1.count }
      #expect(count == script.report.records - rejected, "\(source.name)")
    }
  }

  /// Models that `inspectdb` makes of the same tables load the fixture, and what `dumpdata` says then is the source again.
  @Test(
    .enabled(if: Oracle.hasDjango),
    arguments: MigrationSource.all.filter {
      ["Convex, script set", "Prisma, safe", "Prisma, complete"].contains($0.name)
    })
  func djangoTakesIt(_ source: MigrationSource) throws {
    let place = try TemporaryDirectory(), fixture = try migrated(source, "django-json", .postgres, place)
    let database = try migrated(source, "sqlite", .postgres, place)
    let result = try run([
      Oracle.python, packageRoot + "/Tests/oracles/inspected.py", database.path, fixture.path, place.path,
    ])
    #expect(result.exitCode == 0 && result.text == "", "\(source.name): \(result.text)\(result.errorText)")
    try fixture.compared(with: OpenBackup(place.path + "/dumped.json")).expectNothingUnnamed(
      fixture.report.losses, source.name)
  }
}

/// The Python that has Django; `scripts/setup test` installs it.
private enum Oracle {
  static let python = packageRoot + "/.build/oracles/bin/python"
  static let hasDjango = (try? fileStatus(Array(python.utf8))) != nil
}
