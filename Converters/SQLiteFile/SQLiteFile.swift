package import Bytes
package import Conversion
internal import Diagnostics
package import Records
internal import SQLiteClient

/// A SQLite database file as a backup: shared by the systems whose programs keep their data in one.
package enum SQLiteFile {
  /// Format of the database itself, and of the files that SQLite keeps beside one that is in use.
  package static let format = "sqlite", companionFormat = "sqlite-journal"

  /// Whether bytes begin a database.
  package static func isDatabase(_ head: [UInt8]) -> Bool { head.starts(with: DatabaseHeader.magic) }
  /// Bytes of the header.
  package static var headerSize: Int { DatabaseHeader.byteCount }

  /// The backup that an entry is, with the journals beside it.
  package static func backup(
    _ entry: ContainerEntry, in container: any BackupContainer, system: String, kind: String, confidence: Double,
    evidence: [String]
  ) -> DetectedBackup {
    var backup = DetectedBackup(
      system: system, kind: kind, confidence: confidence, evidence: evidence,
      artifacts: [DetectedArtifact(entry, .data, format: format)], takenAt: takenAt(entry))
    for suffix in [DatabaseCopy.journalSuffix, DatabaseCopy.walSuffix] {
      let name = entry.path + suffix
      guard let found = container.entry(at: name) ?? container.sibling(named: name), found.byteCount != 0 else {
        continue
      }
      backup.artifacts.append(DetectedArtifact(found, .data, format: companionFormat))
      backup.evidence.append("a journal lies beside it")
    }
    return backup
  }

  private static func takenAt(_ entry: ContainerEntry) -> TakenAt? {
    if let stamp = FileStamp(in: entry.path.lastPathComponent.span) {
      return TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
    }
    return entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  /// Learns what the rows are; `rules`: what is known of the program that wrote them.
  package static func survey(_ input: BackupInput, rules: DatabaseRules = .init()) throws(ReadError) -> Knowledge {
    var survey = try DatabaseSurvey(input, rules)
    return try survey.run()
  }

  package static func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    guard let plan = knowledge.details as? DatabasePlan else {
      throw ReadError(.refused("the survey of another system cannot be used to read a SQLite database"))
    }
    let artifact = input.backup.artifacts.first?.entry.path ?? input.container.path
    return try DatabaseReader(
      plan, knowledge.tables, artifact: artifact, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
  }

  /// Columns of a table that is small: its first rows as texts. None when the table or a column is not there.
  package static func texts(
    _ knowledge: Knowledge, table: Name, columns: [Name], limit: Int
  ) throws(ReadError) -> [[[UInt8]]] {
    guard let plan = knowledge.details as? DatabasePlan,
      let found = plan.tables.first(where: { $0.schema.name == table }),
      columns.allSatisfy({ found.schema.index(of: $0) != nil })
    else { return [] }
    var rows: [[[UInt8]]] = []
    let list = Array(columns.map(quoted).joined(separator: sql(", ")))
    do throws(SQLiteError) {
      let connection = try plan.copy.open()
      let text = sql("SELECT ") + list + sql(" FROM ") + quoted(table) + sql(" LIMIT \(limit)")
      try connection.forEachRow(of: text) { row in rows.append(columns.indices.map { row.bytes($0) }) }
    } catch { throw ReadError(error, table: table, artifact: knowledge.findings.first?.artifact ?? []) }
    return rows
  }
}

/// What is known of the program that wrote a database.
package struct DatabaseRules: Sendable {
  /// What a column's values mean: by table, column, declared type in lower case, and the table's whole definition.
  package var meaning:
    (@Sendable (_ table: Name, _ column: Name, _ declared: [UInt8], _ definition: [UInt8]) -> ColumnMeaning?)?
  package init() {}
}

/// What the values of a column are, beyond what SQLite says.
package enum ColumnMeaning: Sendable, Equatable {
  /// Values of a type that are stored as SQLite stores them.
  case type(LogicalType)
  /// Times without a zone that are UTC.
  case utc
  /// Lengths of time as whole microseconds.
  case microseconds
  /// UUIDs as 32 hexadecimal digits.
  case bareUUID
  /// Text that is JSON.
  case json
}

extension ColumnDecision {
  /// The decision that a meaning calls for; nil when the values are not such.
  init?(_ meaning: ColumnMeaning, _ p: ColumnProfile, _ digits: DecimalRange) {
    let isInteger = p.numbers.integerCount == p.valueCount, isText = p.text.count == p.valueCount
    let isEmpty = p.valueCount == 0
    switch meaning {
    case .utc:
      guard isEmpty || isText && p.text.emptyCount == 0 && p.text.shape == .timestamp else { return nil }
      self.init(.timestamptz, .utc)
    case .microseconds:
      guard isInteger else { return nil }
      self.init(.interval, .microseconds)
    case .bareUUID:
      let isBare = isText && p.minimumLength == 32 && p.maximumLength == 32 && p.text.shape != .text
      guard isEmpty || isBare || isText && p.text.shape == .uuid else { return nil }
      self.init(.uuid)
    case .json:
      guard isText || isEmpty else { return nil }
      self.init(.json, .json)
    case .type(.int32):
      let isWithin = p.numbers.minimum >= Int64(Int32.min) && p.numbers.maximum <= Int64(Int32.max)
      guard isInteger, isEmpty || isWithin else { return nil }
      self.init(.int32)
    case .type(.decimal(let precision?, let scale?)):
      guard p.isNumber || isEmpty, digits.scale <= scale, digits.magnitude <= precision - scale else { return nil }
      self.init(.decimal(precision: precision, scale: scale), .digits)
    case .type: return nil
    }
  }
}
