/// How a database is opened.
package struct ConnectionOptions: Sendable {
  package enum Mode: Sendable {
    /// Reads an existing file. In WAL mode SQLite may still create files beside it: see `isImmutable`.
    case read
    /// Reads and writes an existing file.
    case write
    /// The same; a file that does not exist is created with mode 0600.
    case create
  }
  package var mode: Mode
  /// Promises that nothing changes the file, so that SQLite neither locks it nor looks for a journal; only with `read`.
  package var isImmutable = false
  /// Whether a symbolic link as the last component of the path is followed.
  package var followsLinks = true
  /// How long a lock of another connection is waited for, in milliseconds.
  package var busyTimeout: Int32 = 5000
  /// Whether SQL can neither corrupt the file nor edit the schema as text.
  package var isDefensive = true
  /// Whether functions and virtual tables named in the schema are run; only for schemas of our own making.
  package var trustsSchema = false
  /// Greatest number of bytes of one value or row.
  package var valueLimit: Int32 = 1_000_000_000

  package init(_ mode: Mode) { self.mode = mode }
}
