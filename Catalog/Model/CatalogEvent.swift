package import Bytes

/// Something that was done to the catalog; events outlive what they speak of.
package struct CatalogEvent: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case registered
    /// A known backup was seen at another place.
    case located
    case forgotten
    case labelled
    case noted
    case tagged
    case untagged
    case aliased
    case unaliased
    case projectRenamed = "project-renamed"
    case projectNoted = "project-noted"
    case moved
    case environmentSet = "environment-set"
    /// A complete backup was written elsewhere, for the reason in `detail`.
    case exported
    /// Rows of a person were erased, for the reason in `detail`.
    case erased
  }
  package var at: Moment
  package var kind: Kind
  /// Name of the project at that time.
  package var project: Name
  /// Nil when the event is about the project as a whole.
  package var backup: BackupID?
  /// What changed, such as the new name; never a value of the data.
  package var detail: [UInt8]
  package init(at: Moment, kind: Kind, project: Name, backup: BackupID? = nil, detail: [UInt8] = []) {
    self.at = at
    self.kind = kind
    self.project = project
    self.backup = backup
    self.detail = detail
  }
}
