internal import Bytes
internal import Conversion
internal import Records

/// The schemas that Supabase keeps for itself.
enum PlatformSchemas {
  /// Their rows belong to the project: users, files.
  static let data = wordSet("auth storage")
  /// Their rows belong to the service.
  static let inner = Set(
    """
    _analytics _realtime _supavisor cron dbdev etl extensions graphql graphql_public net pgbouncer pgmq pgsodium \
    pgsodium_masks pgtle realtime repack supabase_functions supabase_migrations tiger tiger_data topology vault \
    information_schema pg_catalog
    """.split(separator: " ").map { Array($0.utf8) })

  /// Whether a schema is the application's own; nil is `public`.
  static func isApplication(_ schema: Name?) -> Bool {
    guard let schema else { return true }
    return !data.contains(schema.bytes) && !inner.contains(schema.bytes)
  }

  /// Whether a table is the application's own; what only rows tell of has its schema in its name alone.
  static func isApplication(_ table: TableSchema) -> Bool {
    guard table.namespace == nil, let dot = table.name.bytes.firstIndex(of: UInt8(ascii: ".")) else {
      return isApplication(table.namespace)
    }
    return isApplication(Name(Array(table.name.bytes[..<dot])))
  }
}
