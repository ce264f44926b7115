internal import CatalogSQL
internal import CatalogStore
internal import SQLiteClient

/// The steps from an empty file to the newest version, in order; step i leads to version i + 1.
private let migrations: [[UInt8]] = [
  PackageResources.v0001_initial_sql, PackageResources.v0002_objects_sql, PackageResources.v0003_lineages_sql,
]

/// Marks a SQLite file as a catalog: "Cofr".
private let applicationID: Int64 = 0x436F_6672

extension Session {
  /// Brings the file to the newest version; throws when it is no catalog, or one of a newer program.
  func migrate(_ path: [UInt8]) throws(CatalogError) {
    do throws(CatalogError) {
      if try version(path) == migrations.count { return }
      try transaction("BEGIN EXCLUSIVE", failed: { $0 }) { () throws(CatalogError) in
        // Another process may have been faster.
        for step in try version(path)..<migrations.count {
          do throws(SQLiteError) { try connection.execute(migrations[step]) } catch { throw CatalogError(error) }
        }
        try execute("PRAGMA application_id=\(applicationID); PRAGMA user_version=\(migrations.count)")
      }
    } catch {
      if case .damaged = error.code { throw CatalogError(.foreign(path: path)) }
      throw error
    }
  }

  /// The version of the file; 0 when it is empty.
  private func version(_ path: [UInt8]) throws(CatalogError) -> Int {
    if connection.isInTransaction { return try versionAsItIs(path) }
    // One state of the file: another process may be making it.
    try execute("BEGIN")
    defer { try? execute("COMMIT") }
    return try versionAsItIs(path)
  }

  private func versionAsItIs(_ path: [UInt8]) throws(CatalogError) -> Int {
    let mark = try integer("PRAGMA application_id") ?? 0
    let version = Int(try integer("PRAGMA user_version") ?? 0)
    if mark != applicationID {
      guard try integer("SELECT count(*) FROM sqlite_schema") == 0, version == 0 else {
        throw CatalogError(.foreign(path: path))
      }
      return 0
    }
    guard version <= migrations.count else {
      throw CatalogError(.newer(found: version, known: migrations.count))
    }
    return version
  }
}
