import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// Where backups are migrated to. A format that is added needs one line in `all`.
struct MigrationTarget: Sendable, CustomTestStringConvertible {
  /// The word of `-t`, or that of a live target.
  let id: String
  /// What the output is called.
  let file: String
  var dialect = SQLDialect.postgres
  var isLive = false
  /// Whether it is tried with every source; others are variants of one that is.
  var isMain = true

  static let all = [
    MigrationTarget(id: "convex", file: "out.zip"),
    MigrationTarget(id: "supabase", file: "set/"),
    MigrationTarget(id: "django-json", file: "out.json"),
    MigrationTarget(id: "sqlite", file: "out.sqlite"),
    MigrationTarget(id: "postgres", file: "", isLive: true),
    MigrationTarget(id: "sqlite", file: "live.db", isLive: true, isMain: false),
    MigrationTarget(id: "django-jsonl", file: "out.jsonl", isMain: false),
    MigrationTarget(id: "django-xml", file: "out.xml", isMain: false),
    MigrationTarget(id: "django-yaml", file: "out.yaml", isMain: false),
    MigrationTarget(id: "sql", file: "out.sql", isMain: false),
    MigrationTarget(id: "sql", file: "out.sql", dialect: .sqlite, isMain: false),
    MigrationTarget(id: "sql", file: "out.sql", dialect: .mysql, isMain: false),
    MigrationTarget(id: "json", file: "out.json", isMain: false),
  ]

  /// The target of the system that a backup is of; one that can hold all types where that system has none.
  static func back(to system: String) -> MigrationTarget {
    let own = ["convex": "convex", "supabase": "supabase", "django": "django-json"][system] ?? "sqlite"
    return all.first { $0.id == own && !$0.isLive } ?? all[0]
  }

  /// Whether the programs are installed that it needs.
  var isAvailable: Bool { !(isLive && id == "postgres") || ThrowAwayPostgres.isAvailable }

  var testDescription: String { isLive ? "live \(id)" : id == "sql" ? "sql of \(dialect)" : id }

  /// The server that all tests share.
  static let server: ThrowAwayPostgres? = ThrowAwayPostgres.isAvailable ? try? ThrowAwayPostgres() : nil
}

/// A backup and what it became.
struct Migration {
  let source: OpenBackup
  let output: OpenBackup
  /// Where the output is: a path, or the place of a server.
  let path: String
  let report: ConversionReport

  init(_ source: OpenBackup, to target: MigrationTarget, in place: TemporaryDirectory) throws {
    try self.init(source, to: target, at: place.path)
  }

  init(_ source: OpenBackup, to target: MigrationTarget, at directory: String) throws {
    self.source = source
    let format: any ExportFormat,
      rejects = Rejects(
        in: Array((directory + "/rejects").utf8), as: BuiltIn.exactFormat, limit: nil)
    if target.isLive, target.id == "postgres" {
      let server = try #require(MigrationTarget.server), name = "m\(UInt64.random(in: .min ... .max))"
      #expect(try server.psql("CREATE DATABASE \(name)").exitCode == 0)
      path = "host=\(server.place) user=tester dbname=\(name)"
    } else {
      path = directory + "/" + target.file
    }
    if target.isLive {
      var options = LoadOptions()
      options.rejects = rejects
      let live = try #require(BuiltIn.loadTargets.first { $0.id == target.id })
      format = LoadFormat(try live.open(Array(path.utf8)), options)
    } else {
      format = try #require(BuiltIn.exportFormats.first { $0.id == target.id })
    }
    var job = ConversionJob(input: source.input, system: source.system, format: format)
    if !target.isLive { job.outputPath = Array(path.utf8) }
    job.knowledge = source.knowledge
    job.options.attributes = source.knowledge.attributes
    job.options.dialect = target.dialect
    if target.isLive { job.rejects = rejects }
    report = try job.run()
    output = try OpenBackup(path)
  }

  /// The database of a live PostgreSQL.
  var database: String { String(path.split(separator: "=").last ?? "") }
}
