internal import Conversion
internal import Records
internal import SQLiteClient

extension StorageClass {
  /// How values of a form are stored.
  init(_ form: SQLForm) {
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
  init(_ error: SQLiteError) { self.init(.target("SQLite: \(error.message)")) }
}
