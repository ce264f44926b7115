package import Conversion
package import Records
package import SQLiteClient

extension StorageClass {
  /// How values of a form are stored.
  package init(_ form: SQLForm) {
    self =
      switch form {
      case .boolean, .int32, .int64: .integer
      case .float: .real
      case .bytes: .blob
      default: .text
      }
  }
}

extension WriteError {
  /// SQLite's refusal, in its own words.
  package init(_ error: SQLiteError) { self.init(.target("SQLite: \(error.message)")) }
}
