/// What a statement of a dump does.
package enum StatementClass: String, Sendable, CaseIterable {
  /// Rows, positions of sequences, large objects.
  case data
  /// Tables, types, keys, rights: what is described, not run.
  case schema
  /// Functions, triggers and whatever else runs code of the dump.
  case code
  case session
  case transaction
  /// What reaches out of the database or runs at once: files, programs, libraries, the server's settings.
  case forbidden
  case unknown
}
