package import Bytes

/// The public identity of a backup: 32 hexadecimal digits, addressable by a prefix.
///
/// It is computed from the project's name and the content when the backup is registered, so that the same registration in
/// a rebuilt catalog gives the same id; later changes of the project's name leave it as it is.
package struct BackupID: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// An id read back from a catalog.
  package init(stored: String) { description = stored }

  /// The id of some content in a project. `attempt` counts from 0 and is raised when the id is taken by a backup that was
  /// moved to another project.
  package init(project: Name, content: [UInt8], attempt: Int = 0) {
    var hash = SHA256()
    let lead = Array("coffer backup \(attempt) \(project.bytes.count) ".utf8)
    hash.update(lead.span)
    hash.update(project.bytes.span)
    hash.update(content.span)
    description = hexadecimal(Array(hash.finish().prefix(16)))
  }

  /// The first digits, enough for people and tables.
  package var short: String { String(description.prefix(8)) }
}

/// The content of a backup as one checksum: the SHA-256 over the sorted checksums of its artifacts. Names and places do not
/// count, so that a copied or renamed backup is the same backup.
package func contentIdentity(ofChecksums checksums: [[UInt8]]) -> [UInt8] {
  var hash = SHA256()
  let lead = Array("coffer content 1 ".utf8)
  hash.update(lead.span)
  for checksum in checksums.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(checksum.span) }
  return hash.finish()
}
