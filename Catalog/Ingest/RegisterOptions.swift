package import Bytes
package import CatalogModel
package import CatalogStore
package import Conversion
package import Diagnostics
package import Records

/// How backups are registered; from the command line.
package struct RegisterOptions: Sendable {
  /// Nil: what the backup says of itself, else its folder's name.
  package var project: Name?
  package var environment: Name?
  /// Id of the only system that is asked; nil asks all.
  package var system: String?
  package var label: [UInt8]?
  package var note: [UInt8]?
  package var alias: Name?
  package var tags: [Tag] = []
  package var takenAt: Moment?
  /// Where clocks were that stamps without a zone were read from.
  package var zone = TimeZone.utc
  package var indexing = Indexing.full
  package var reading = ReadOptions()
  /// Whether secrets may stand in the texts of the catalog, which nobody keeps.
  package var keepsSecrets = false
  package init() {}
}

/// A reason registering failed as a whole; the catalog is as it was.
package enum RegisterError: Error, Sendable {
  case read(ReadError)
  case catalog(CatalogError)
}

/// What registering one backup came to.
package struct RegisterReport: Sendable {
  package enum Outcome: Equatable, Sendable {
    case added
    /// The same content is known; so many of its places were new.
    case known(newLocations: Int)
    /// None of its files has changed since it was registered; nothing was read.
    case unchanged
  }
  package var outcome: Outcome
  package var backup: Backup
  /// Findings of this backup; empty unless it was added.
  package var findings: [Finding]
  /// Whether some of the input could not be read.
  package var isPartial: Bool

  init(_ outcome: Outcome, _ backup: Backup, findings: [Finding] = [], isPartial: Bool = false) {
    self.outcome = outcome
    self.backup = backup
    self.findings = findings
    self.isPartial = isPartial
  }
}
