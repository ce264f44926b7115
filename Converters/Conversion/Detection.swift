package import Bytes
package import Records

/// What an entry is to its backup.
package enum ArtifactRole: String, Sendable, Hashable {
  /// Holds the rows.
  case data
  /// Holds the same rows again in another form.
  case twin
  /// Holds all rows of the set in one file, a further witness.
  case combined
  /// Holds figures and statements about the backup.
  case summary
  /// Holds no rows and belongs to this backup alone, whatever it looks like: code, definitions, configuration.
  case part
  /// Anything else that belongs to the backup, and perhaps to others too.
  case document
}

/// An entry that belongs to a detected backup.
package struct DetectedArtifact: Hashable, Sendable {
  package var entry: ContainerEntry
  package var role: ArtifactRole
  /// The format of its bytes once decompressed, such as `json`.
  package var format: String
  /// The table whose rows it holds, when it holds only one.
  package var table: Name?
  package init(_ entry: ContainerEntry, _ role: ArtifactRole, format: String, table: Name? = nil) {
    self.entry = entry
    self.role = role
    self.format = format
    self.table = table
  }
}

/// When a backup was taken, and how that is known.
package struct TakenAt: Hashable, Sendable {
  /// Microseconds since 1970 UTC; as if clocks showed UTC when no zone is stated.
  package var microseconds: Int64
  package var hasZone: Bool
  /// `content`, `name` or `modified`: where it was read.
  package var origin: String
  package init(microseconds: Int64, hasZone: Bool, origin: String) {
    self.microseconds = microseconds
    self.hasZone = hasZone
    self.origin = origin
  }

  /// Microseconds since 1970 UTC; `zone` is where the clocks were when no zone is stated.
  package func microseconds(in zone: TimeZone) -> Int64 {
    hasZone ? microseconds : zone.microseconds(ofWallClock: microseconds)
  }
}

/// One backup that a system recognised in a container.
package struct DetectedBackup: Sendable {
  /// Id of the system, such as `django`.
  package var system: String
  /// The system's own word for what it is, such as `dumpdata fixture` or `script set`.
  package var kind: String
  /// From 0 to 1.
  package var confidence: Double
  /// Why, one phrase each.
  package var evidence: [String]
  /// In byte order of their paths.
  package var artifacts: [DetectedArtifact]
  package var takenAt: TakenAt?
  /// What the backup itself says its project is, such as a deployment's name.
  package var projectName: Name?
  package init(
    system: String, kind: String, confidence: Double, evidence: [String], artifacts: [DetectedArtifact],
    takenAt: TakenAt? = nil, projectName: Name? = nil
  ) {
    self.system = system
    self.kind = kind
    self.confidence = confidence
    self.evidence = evidence
    self.artifacts = artifacts
    self.takenAt = takenAt
    self.projectName = projectName
  }
}

/// How input is to be read; from the command line.
package struct ReadOptions: Sendable {
  /// Name of the text encoding when it is not UTF-8 or marked by a byte order mark.
  package var encoding: TextEncoding?
  /// Whether short CSV records are padded.
  package var isRagged = false
  /// Whether rows before a cut or error are kept (register and `--salvage`).
  package var keepsRowsBeforeError = false
  /// Whether the reader alone is asked (`--from FORMAT`): no tolerance beyond the format's own rules.
  package var isStrict = false
  /// Directory or file that declares the models of the project the backup is of, for systems that can read it.
  package var schema: [UInt8]?
  /// The tables that this program has just written there: their columns need not be learnt from the rows, which are compared with those
  /// that were written.
  package var written: [TableSchema]?
  package init() {}
}

/// The plug-ins and helpers a system may use while it looks and reads.
package struct Toolbox: Sendable {
  package var containers: [any ContainerFormat]
  package var decoders: [any ContentDecoder]
  package var importFormats: [any ImportFormat]
  package init(containers: [any ContainerFormat], decoders: [any ContentDecoder], importFormats: [any ImportFormat]) {
    self.containers = containers
    self.decoders = decoders
    self.importFormats = importFormats
  }
}

extension Toolbox {
  /// The container at a path; nil when it is neither a file nor a directory.
  package func open(path: [UInt8]) throws(ReadError) -> (any BackupContainer)? {
    for format in containers {
      if let container = try format.open(path) { return container }
    }
    return nil
  }
}
