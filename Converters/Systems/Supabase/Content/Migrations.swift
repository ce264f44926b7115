internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// The migrations of a project: files in the order of their names, and what the database says was applied.
struct Migrations: Sendable {
  struct Migration: Sendable {
    var version: Name
    var name: Name
    var file: [UInt8]?
    var text: [UInt8] = []
    var isApplied = false
  }
  private(set) var all: [Migration] = []
  /// Whether there was a table of migrations to compare with.
  private(set) var isCompared = false
  private(set) var findings: [Finding] = []

  /// `applied` are the rows of `supabase_migrations.schema_migrations`; nil when the backup has no such table.
  init(files: [(path: [UInt8], text: [UInt8])], applied: [(version: Name, name: Name)]?) {
    for file in files {
      guard let name = MigrationName(file.path) else { continue }
      all.append(Migration(version: Name(name.version), name: name.name, file: file.path, text: file.text))
    }
    // The order in which they are applied is that of the names' bytes.
    all.sort { ($0.file ?? []).lastPathComponent.lexicographicallyPrecedes(($1.file ?? []).lastPathComponent) }
    noteTwice()
    guard let applied else { return }
    isCompared = true
    var places: [Name: Int] = [:]
    for i in all.indices where places[all[i].version] == nil { places[all[i].version] = i }
    let fileCount = all.count
    for row in applied {
      if let place = places[row.version] {
        all[place].isApplied = true
      } else {
        all.append(Migration(version: row.version, name: row.name, isApplied: true))
      }
    }
    if fileCount > 0 { compare(fileCount) }
  }

  private mutating func noteTwice() {
    var seen = Set<Name>(), twice = 0
    for migration in all where !seen.insert(migration.version).inserted { twice += 1 }
    guard twice > 0 else { return }
    findings.append(
      Finding(
        "migration-version-twice", .warning, "migration files have the same version as others",
        advice: "only one of them is recorded as applied: give each its own", count: twice))
  }

  private mutating func compare(_ fileCount: Int) {
    let open = all.prefix(fileCount).filter { !$0.isApplied }, lost = all.dropFirst(fileCount)
    if !open.isEmpty {
      findings.append(
        Finding(
          "migration-not-applied", .warning, "migration files are not among those applied: \(list(open))",
          advice: "the database may lack what they do", count: open.count))
    }
    if !lost.isEmpty {
      findings.append(
        Finding(
          "migration-without-file", .warning, "migrations were applied that have no file: \(list(Array(lost)))",
          advice: "their statements may be in supabase_migrations.schema_migrations", count: lost.count))
    }
  }

  private func list(_ some: [Migration]) -> String {
    some.prefix(3).map { displayed($0.version) }.joined(separator: ", ") + (some.count > 3 ? ", …" : "")
  }

  var objects: [SchemaObject] {
    all.enumerated().map { order, migration in
      var object = SchemaObject(
        kind: "migration", name: migration.version + "_" + migration.name, definition: migration.text)
      object.attributes = [
        SchemaAttribute("version", migration.version.bytes), SchemaAttribute("order", Array("\(order + 1)".utf8)),
      ]
      if isCompared {
        let word = Array((migration.isApplied ? "yes" : "no").utf8)
        object.attributes += [SchemaAttribute("applied", word), SchemaAttribute("in-database", word)]
      }
      if let file = migration.file { object.attributes.append(SchemaAttribute("file", file)) }
      return object
    }
  }
}
