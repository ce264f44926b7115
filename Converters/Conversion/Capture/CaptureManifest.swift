package import Bytes
internal import Records

/// What a capture wrote down of itself: its files with their checksums, and what was counted at the source while they were made.
///
/// It is a file of JSON beside them, `coffer-manifest.json`. Where it lies, it says which files are one backup and what each is to
/// it; and whoever reads the backup holds every figure against what is there.
package struct CaptureManifest: Equatable, Sendable {
  /// A file of the backup, by its path from the manifest on.
  package struct File: Equatable, Sendable {
    package var path: [UInt8]
    package var role: ArtifactRole
    package var format: String
    package var table: Name?
    package var byteCount: Int64
    /// SHA-256 as lower-case hexadecimal digits.
    package var checksum: [UInt8]
    package init(
      _ path: [UInt8], _ role: ArtifactRole, format: String, table: Name? = nil, byteCount: Int64, checksum: [UInt8]
    ) {
      self.path = path
      self.role = role
      self.format = format
      self.table = table
      self.byteCount = byteCount
      self.checksum = checksum
    }
  }
  /// How many there are of something: rows of a table, objects of a kind.
  package struct Count: Equatable, Sendable {
    package var name: Name
    package var count: Int
    package init(_ name: Name, _ count: Int) {
      self.name = name
      self.count = count
    }
  }
  /// What the source has and the backup has not.
  package struct Loss: Equatable, Sendable {
    package var code: String
    package var count: Int
    package var message: String
    package init(_ code: String, _ count: Int, _ message: String) {
      self.code = code
      self.count = count
      self.message = message
    }
  }

  /// Id of the system that reads it.
  package var system: String
  /// In that system's words, such as `dump set`.
  package var kind: String
  package var project: Name
  /// The place it was taken from, without what is secret.
  package var source: [UInt8]
  /// The program that was read, such as `PostgreSQL 15.18`.
  package var server: [UInt8]
  /// Microseconds since 1970 UTC.
  package var takenAt: Int64
  package var files: [File] = []
  /// Rows of each table, as the source counted them.
  package var tables: [Count] = []
  /// Objects of each kind, as the source counted them.
  package var objects: [Count] = []
  package var losses: [Loss] = []

  package init(
    system: String, kind: String, project: Name, source: [UInt8], server: [UInt8], takenAt: Int64
  ) {
    self.system = system
    self.kind = kind
    self.project = project
    self.source = source
    self.server = server
    self.takenAt = takenAt
  }

  /// What its file is called.
  package static let fileName = Array("coffer-manifest.json".utf8)
  /// A manifest is never longer.
  static let limit = 32 << 20
  /// What a manifest says first.
  static let mark = Array("coffer capture".utf8)
}
