package import Conversion
package import Records

/// The document of a Django project's user data, as its export script writes it: users, groups, permissions and the project's
/// models with their assignments. It is what `import_user_data.py` reads.
package struct UserData: ExportFormat {
  package init() {}
  package var id: String { "userdata" }
  package var summary: String { "the JSON of a Django project's user data script, for its import script" }
  package var ending: String { "json" }
  package var holdsManyTables: Bool { true }
  package var passwordTargets: [PasswordTarget] { [.django] }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    UserDataWriter(to: output, tables: tables, attributes: options.attributes)
  }
}

extension ExportFormat where Self == UserData {
  /// The JSON of a user data script.
  package static var userData: UserData { UserData() }
}
