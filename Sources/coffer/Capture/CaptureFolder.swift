internal import Bytes
internal import Capture
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// The folder of a comprehensive backup: the whole as SQL and as an archive, and beside it each kind of thing by itself.
extension CaptureRun {
  private static let whole = Array("complete_database_with_data.sql".utf8)

  mutating func writeFolder(
    _ capture: PostgresCapture, _ stage: inout CaptureStage, _ inventory: PostgresInventory
  ) throws(Failure) {
    try write(.complete, of: capture, Self.whole, .data, format: "sql", &stage)
    try write(
      .archive, of: capture, Array("complete_database_with_data.dump".utf8), .twin, format: "pg_dump", &stage)
    try writeRoles(capture, &stage)
    try writeRows(capture, &stage, inventory)
    let source = try session.objects(of: stage.path.appending(path: Self.whole), masked: false)
    try writeObjects(source, &stage)
    let migrations = try writeMigrations(capture, &stage, inventory)
    try write("restore_complete_backup.sh", .part, format: "sh", Self.restore, &stage)
    let page = FolderManifest(stage.manifest, inventory, source, migrations: migrations, place, session.zone)
    try write("BACKUP_MANIFEST.md", .summary, format: "markdown", page.text, &stage)
  }

  private func write(
    _ name: String, _ role: ArtifactRole, format: String, _ bytes: [UInt8], _ stage: inout CaptureStage
  ) throws(Failure) {
    do throws(IOError) { try stage.write(Array(name.utf8), role, format: format, bytes) } catch { throw Failure(error) }
  }

  // MARK: Rows

  /// Tables whose rows stand in a script of their own, when they are there.
  private static let scripts: [(file: String, tables: [Name])] = [
    ("users_with_encrypted_passwords.sql", ["auth.users", "auth.identities"]),
    ("user_roles_complete.sql", ["user_roles"]), ("migration_history.sql", ["supabase_migrations.schema_migrations"]),
  ]

  private mutating func writeRows(
    _ capture: PostgresCapture, _ stage: inout CaptureStage, _ inventory: PostgresInventory
  ) throws(Failure) {
    for (file, names) in Self.scripts {
      let tables = inventory.tables.filter { names.contains($0.label) }
      guard !tables.isEmpty else { continue }
      try write(.inserts(tables.map(\.quoted)), of: capture, Array(file.utf8), .part, format: "sql", &stage)
    }
    if let users = inventory.tables.first(where: { $0.label == "auth.users" }) {
      try writeCSV(users, Array("users_complete.csv".utf8), capture, &stage)
    }
    // A file is called as its table is; those of other schemas are in the whole.
    for table in inventory.tables where table.schema == "public" && !table.name.bytes.contains(UInt8(ascii: ".")) {
      try writeCSV(table, Array("data_records/".utf8) + fileName(for: table.name) + Array(".csv".utf8), capture, &stage)
    }
  }

  private func writeCSV(
    _ table: PostgresInventory.Table, _ name: [UInt8], _ capture: PostgresCapture, _ stage: inout CaptureStage
  ) throws(Failure) {
    var opened = try telling { () throws(CaptureError) in try capture.openCSV(table.quoted) }
    do throws(IOError) {
      try stage.write(name, .twin, format: "csv", table: table.label, from: &opened.source)
    } catch { throw Failure(error) }
  }

  // MARK: Objects

  private static let kinds: [(file: String, word: String)] = [
    ("rls_policies_complete.sql", "policies"), ("rpc_functions_complete.sql", "functions"),
    ("encryption_system.sql", "encryption"),
  ]

  private func writeObjects(_ source: ObjectSource, _ stage: inout CaptureStage) throws(Failure) {
    for (file, word) in Self.kinds {
      let selection = try ExportSelection(Array(word.utf8))
      let script = ObjectScript(
        word, of: source.objects.filter(selection.contains),
        origin: ["\(word) of \(displayed(stage.manifest.source))", "written by coffer \(version)"])
      try write(file, .part, format: "sql", script.text(masked: false), &stage)
      for (object, problem) in script.leftOut {
        stage.manifest.losses.append(
          CaptureManifest.Loss(
            "left-out-of-script", 1,
            "\(displayed(object.address)) in \(file), for it is \(problem.rawValue); the whole has it"))
      }
    }
  }

  /// Files of the migrations that were applied; their number.
  private func writeMigrations(
    _ capture: PostgresCapture, _ stage: inout CaptureStage, _ inventory: PostgresInventory
  ) throws(Failure) -> Int {
    guard inventory.tables.contains(where: { $0.label == "supabase_migrations.schema_migrations" }) else { return 0 }
    let migrations = try telling { () throws(CaptureError) in try capture.migrations() }
    var names: Set<[UInt8]> = [], left = 0
    for migration in migrations {
      let name =
        migration.version + [UInt8(ascii: "_")] + fileName(for: Name(migration.name.isEmpty ? [0x6D] : migration.name))
      guard !migration.version.isEmpty, migration.version.allSatisfy(isDigit), names.insert(name).inserted else {
        left += 1
        continue
      }
      do throws(IOError) {
        try stage.write(
          Array("migrations/".utf8) + name + Array(".sql".utf8), .part, format: "sql",
          migration.text + Array(";\n".utf8))
      } catch { throw Failure(error) }
    }
    if left > 0 {
      stage.manifest.losses.append(
        CaptureManifest.Loss(
          "migration-names", left, "migrations whose version makes no name of a file; the whole has them"))
    }
    return names.count
  }

  private static let restore = Array(
    """
    #!/bin/sh
    # Restores the backup that this script lies in:  sh restore_complete_backup.sh DATABASE
    # DATABASE is a URL or a name as psql takes it, of a database that is empty. Nothing that is there is removed, and all is
    # restored or nothing.
    set -eu
    cd "$(dirname "$0")"
    target=${1:?name the database to restore into, which has to be empty}
    psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d "$target" -f complete_database_with_data.sql

    """.utf8)
}
