import Bytes
import Records
import TestSupport
import Testing

/// A backup that is migrated. A source that is added needs one line in `all`.
struct MigrationSource: Sendable, CustomTestStringConvertible {
  let name: String
  /// Below the fixtures; nil: the tables of `GeneratedDatabase`.
  var path: String?
  /// Below the samples.
  var sample: String?
  /// The generated tables, once they went through this target.
  var through: String?
  var testDescription: String { name }

  static let all = [
    MigrationSource(name: "Convex, legacy", path: "convex/snapshot_brave-heron-208_1765000000123456789.zip"),
    MigrationSource(name: "Convex, uniform", path: "convex/snapshot_brave-heron-208_1780000000123456789.zip"),
    MigrationSource(name: "Convex, script set", path: "demo/harbourlight/convex_backups"),
    MigrationSource(name: "Supabase, set", path: "supabase/tidewatch"),
    MigrationSource(name: "Supabase, scripts", path: "supabase/millwork"),
    MigrationSource(name: "Django, dump", path: "django/library.json"),
    MigrationSource(name: "Django, user data", path: "demo/lantern/user_data_backup_20260214_081500.json"),
    MigrationSource(name: "Prisma, safe", path: "prisma/atelier/backups/atelier-backup-2025-10-30T10-00-00.json"),
    MigrationSource(
      name: "Prisma, complete", path: "prisma/atelier/backups/atelier-complete-backup-2025-10-30T11-00-00.json"),
    MigrationSource(name: "generated"),
    MigrationSource(name: "generated, Convex", through: "convex"),
    MigrationSource(name: "generated, Supabase", through: "supabase"),
    MigrationSource(name: "generated, Django", through: "django-json"),
    MigrationSource(name: "generated, SQLite", through: "sqlite"),
  ]

  /// Small samples of the shared ones, where these are.
  static let samples = [
    MigrationSource(
      name: "sample, Prisma",
      sample: "prisma/dev/synthetic_alltypes_multischema/envelope_bigint-n_bytes-base64.json"),
    MigrationSource(name: "sample, Django", sample: "django/dev/generated/dj5.2/dj5.2.full.json"),
  ]

  var isGenerated: Bool { path == nil && sample == nil }

  func open(in place: TemporaryDirectory) throws -> OpenBackup {
    if let path { return try OpenBackup(packageRoot + "/Tests/Fixtures/" + path) }
    if let sample { return try OpenBackup((sharedSamples ?? "") + "/" + sample) }
    let tables = try TableSystem.open(GeneratedDatabase().tables, in: place)
    guard let through else { return tables }
    let target = try #require(MigrationTarget.all.first { $0.id == through && !$0.isLive })
    let directory = place.path + "/generated"
    try needDirectory(directory)
    return try Migration(tables, to: target, at: directory).output
  }

  private func needDirectory(_ path: String) throws {
    let result = try run(["mkdir", path])
    #expect(result.exitCode == 0)
  }
}
