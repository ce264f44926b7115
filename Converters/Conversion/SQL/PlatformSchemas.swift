package import Bytes
package import Records

/// The schemas that Supabase keeps for itself.
package enum PlatformSchemas {
  /// Their rows belong to the project: users, files.
  package static let data = wordSet("auth storage")
  /// Their rows belong to the service.
  package static let inner = Set(
    """
    _analytics _realtime _supavisor cron dbdev etl extensions graphql graphql_public net pgbouncer pgmq pgsodium \
    pgsodium_masks pgtle realtime repack supabase_functions supabase_migrations tiger tiger_data topology vault \
    information_schema pg_catalog
    """.split(separator: " ").map { Array($0.utf8) })

  /// Whether a schema is the application's own; nil is `public`.
  package static func isApplication(_ schema: Name?) -> Bool {
    guard let schema else { return true }
    return !data.contains(schema.bytes) && !inner.contains(schema.bytes)
  }

  /// The schema that a table lies in; what only rows tell of has it in its name alone.
  package static func schema(of table: TableSchema) -> Name? {
    guard table.namespace == nil, let dot = table.name.bytes.firstIndex(of: UInt8(ascii: ".")) else {
      return table.namespace
    }
    return Name(Array(table.name.bytes[..<dot]))
  }

  /// Whether a table is the application's own.
  package static func isApplication(_ table: TableSchema) -> Bool { isApplication(schema(of: table)) }
}
