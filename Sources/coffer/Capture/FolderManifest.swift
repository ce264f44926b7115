internal import Bytes
internal import Capture
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// `BACKUP_MANIFEST.md`, the page of a comprehensive backup: every figure in it was counted.
struct FolderManifest {
  private let manifest: CaptureManifest
  private let inventory: PostgresInventory
  private let source: ObjectSource
  private let migrations: Int
  private let place: CapturePlace
  private let zone: TimeZone

  init(
    _ manifest: CaptureManifest, _ inventory: PostgresInventory, _ source: ObjectSource, migrations: Int,
    _ place: CapturePlace, _ zone: TimeZone
  ) {
    self.manifest = manifest
    self.inventory = inventory
    self.source = source
    self.migrations = migrations
    self.place = place
    self.zone = zone
  }

  private func has(_ file: String) -> Bool { manifest.files.contains { $0.path.elementsEqual(file.utf8) } }
  private func rows(_ label: Name) -> Int? { inventory.tables.first { $0.label == label }?.count }
  private func objects(_ kinds: [String]) -> [SchemaObject] {
    source.objects.filter { object in
      kinds.contains(object.kind) && PlatformSchemas.isApplication(object.attribute("schema").map { Name($0) })
    }
  }

  var text: [UInt8] {
    let time = String(rfc3339(microseconds: manifest.takenAt, in: zone).prefix(19)).replacing("T", with: " ")
    var lines = [
      "# COMPREHENSIVE BACKUP MANIFEST", "", "**Backup Created:** \(time)",
      "**Connection:** \(displayed(manifest.source))", "", "## Backup Contents", "", "### Database Complete Backup",
      "- `complete_database_with_data.dump` - Binary format", "- `complete_database_with_data.sql` - SQL format",
      "- **Includes:** All schemas, tables, rows, constraints, indexes, of one snapshot", "",
    ]
    if let users = rows("auth.users") {
      lines += [
        "### Users & Authentication", "- `users_with_encrypted_passwords.sql` - All users with their password hashes",
        "- `users_complete.csv` - The same as CSV", "- **Total Users:** \(users)", "",
      ]
    }
    if let roles = rows("user_roles") {
      lines += [
        "### User Roles & Permissions", "- `user_roles_complete.sql` - All user role assignments",
        "- **Total Roles:** \(roles)", "",
      ]
    }
    let functions = objects(["function", "procedure"])
    lines += [
      "### RLS Policies", "- `rls_policies_complete.sql` - Executable SQL to recreate all policies",
      "- **Total Policies:** \(objects(["policy"]).count)", "", "### RPC Functions",
      "- `rpc_functions_complete.sql` - All stored procedures and functions",
      "- **Total Functions:** \(functions.count)", "",
    ]
    if has("migration_history.sql") {
      lines += ["### Migrations", "- `migration_history.sql` - Applied migrations log"]
      if migrations > 0 { lines += ["- `migrations/` - Their statements", "- **Total Migrations:** \(migrations)"] }
      lines.append("")
    }
    let encryption = functions.count { ExportSelection.mentionsEncryption($0.name.bytes) }
    let tables = inventory.tables.filter { PlatformSchemas.isApplication($0.schema == "public" ? nil : $0.schema) }
    lines += [
      "### Encryption System", "- `encryption_system.sql` - Functions, triggers and views of encryption",
      "- **Encryption Functions:** \(encryption)", "", "### Data Records",
      "- `data_records/` - Rows of all tables in CSV format",
      "- **Total Records:** \(tables.reduce(0) { $0 + $1.count }) records",
      "- **Total Tables:** \(tables.count) tables", "",
      "## Restoration Instructions", "", "Into an empty database:", "", "```bash",
      "sh restore_complete_backup.sh DATABASE",
      "```", "",
    ]
    if !manifest.losses.isEmpty {
      lines += ["## Not Captured", ""] + manifest.losses.map { "- \($0.message)" } + [""]
    }
    return Array(lines.map { $0 + "\n" }.joined().utf8)
  }
}
