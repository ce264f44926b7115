package import Conversion
package import Records

/// A set of files as `supabase db dump` writes them: `roles.sql`, `schema.sql` and `data.sql`, to be run in this order; and the
/// schema once more as a migration.
///
/// Tables of the application come with their keys, with row level security enabled and no policy, which lets nobody in but the
/// service. Where the source has users of its own, the data has accounts for them in `auth.users` and `auth.identities`.
package struct SupabaseExport: ExportFormat {
  package init() {}
  package var id: String { "supabase" }
  package var summary: String {
    "roles.sql, schema.sql and data.sql for Supabase, a migration, and accounts made of the source's users"
  }
  package var ending: String { "sql" }
  package var holdsManyTables: Bool { true }
  package var passwordTargets: [PasswordTarget] { [.supabase] }

  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage { Lineage(tables, .postgres) }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    guard !output.isSingle else {
      throw WriteError(.unsupported("a set of Supabase is a directory: name one that ends with '/', -o DIR/"))
    }
    guard options.dialect == .postgres else {
      throw WriteError(.unsupported("Supabase is PostgreSQL: leave --dialect out"))
    }
    return try SupabaseWriter.make(output, tables, options)
  }
}

extension ExportFormat where Self == SupabaseExport {
  package static var supabase: SupabaseExport { SupabaseExport() }
}
