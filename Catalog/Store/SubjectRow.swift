package import Bytes
package import CatalogModel

/// A row in which a person, or whatever else has an identity, appears.
package struct SubjectRow: Hashable, Sendable {
  /// How it was found.
  package enum Reason: Hashable, Sendable {
    /// A value is the identity.
    case value(column: Name)
    /// A JSON value holds it.
    case inside(column: Name)
    /// A longer text mentions it.
    case mention(column: Name)
    /// A key leads to a row that was found before.
    case reference(columns: [Name], table: Name, key: [[UInt8]])
  }
  package var lineage: Lineage
  package var table: Name
  /// The values of the key; nil when the table has none that may be shown.
  package var key: [[UInt8]]?
  package var version: UInt32
  package var reason: Reason
  /// Steps from the identity itself.
  package var distance: Int
  /// The backups of the scope that hold this version, in the order of their times.
  package var backups: [Key<Backup>]
  /// The values that can be searched, by column.
  package var values: [(column: Name, value: [UInt8])]

  package static func == (a: SubjectRow, b: SubjectRow) -> Bool {
    a.lineage.key == b.lineage.key && a.version == b.version
  }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(lineage.key)
    hasher.combine(version)
  }

  /// Whether the row is about the subject, not only one that speaks of it.
  package var isOwn: Bool { if case .mention = reason { false } else { true } }
}
