internal import Bytes
internal import Diagnostics
internal import Records
internal import SQLiteClient

extension ReadError {
  /// What SQLite says of a database that cannot be read, and where.
  init(_ error: SQLiteError, table: Name? = nil, artifact: [UInt8]) {
    do throws(IOError) { try Interruption.check("read") } catch {
      self.init(.io(error), artifact: artifact)
      return
    }
    let place = table.map { "table '\(displayed($0))': " } ?? ""
    self.init(.syntax("\(place)\(error.message)"), artifact: artifact)
  }
}
