internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What reading a lone CSV file needs: its columns in the JSON's types, and what their fields stand for.
struct ConvexTwinPlan: Sendable {
  var schema: TableSchema
  var artifact: DetectedArtifact
  var meanings: [FieldMeaning]

  /// Reads the CSV as the JSON is.
  func openRecords(_ input: BackupInput) throws(ReadError) -> any RecordReader & ~Copyable {
    var notes: [Finding] = []
    let reader = try ConvexContent(input).openReader(of: artifact, [schema], findings: &notes)
    return LocatedReader(RetypedReader(reader, meanings: meanings), in: artifact.entry.path)
  }
}

/// Learns how a lone CSV file is to be read: the JSON beside it is surveyed with the CSV as its twin.
struct ConvexTwinSurvey {
  private let input: BackupInput
  private let csv: DetectedArtifact
  private var findings: [Finding] = []

  init(_ input: BackupInput) throws(ReadError) {
    guard let csv = input.backup.artifacts.first(where: { $0.role == .data }) else {
      throw ReadError(.unrecognised("backup holds no rows"), artifact: input.container.path)
    }
    self.input = input
    self.csv = csv
  }

  consuming func run() throws(ReadError) -> Knowledge {
    var failure: ReadError?
    // The table's own file goes before the combined one.
    for role in [ArtifactRole.twin, .combined] {
      guard let witness = input.backup.artifacts.first(where: { $0.role == role }) else { continue }
      do throws(ReadError) { return try survey(beside: witness) } catch {
        guard !error.isInterruption, error.artifact != csv.entry.path else { throw error }
        failure = failure ?? error
        findings.append(
          Finding(
            "twin-unreadable", .warning,
            "\(error.message): '\(displayed(witness.entry.path))' cannot tell the CSV's types",
            artifact: error.artifact, offset: error.offset))
      }
    }
    throw failure ?? ReadError(.unrecognised("no JSON beside the CSV tells its types"), artifact: csv.entry.path)
  }

  private func survey(beside witness: DetectedArtifact) throws(ReadError) -> Knowledge {
    var beside = input
    beside.options.keepsRowsBeforeError = false
    beside.backup.artifacts = [witness, csv]
    beside.backup.artifacts[0].role = .data
    beside.backup.artifacts[1].role = .twin
    var survey = ConvexSurvey(beside)
    let known = try survey.run()
    let name = csv.table ?? ""
    guard let facts = survey.tables.first(where: { $0.name.lowercased == name.lowercased }),
      let table = known.tables.first(where: { $0.name == facts.name })
    else {
      throw ReadError(.unrecognised("table '\(displayed(name))' is not in the file"), artifact: witness.entry.path)
    }
    let unread = try readThrough()
    guard let twin = survey.twins.first else { throw unread ?? ReadError(.empty, artifact: csv.entry.path) }
    var schema = TableSchema(table.name, [])
    var notes = findings + facts.secrets.findings.map(ofCSV)
    notes += known.findings.filter {
      $0.code.utf8.starts(with: "twin-".utf8) || $0.artifact == csv.entry.path && $0.code != "unreadable"
    }
    var meanings: [FieldMeaning] = []
    for column in twin.header {
      schema.columns.append(table.columns.first { $0.name == column } ?? Column(column, .text))
      let profile = facts.profile[column] ?? ColumnProfile()
      meanings.append(profile.meaning)
      if let doubt = profile.doubt(column) { notes.append(ofCSV(doubt, in: table.name)) }
    }
    if !table.primaryKey.isEmpty && twin.columns.isSuperset(of: table.primaryKey) {
      schema.primaryKey = table.primaryKey
    }
    notes.append(
      ofCSV(
        Finding(
          "retyped-by-twin", .info, "read in the types of '\(displayed(witness.entry.path))' beside it"), in: table.name
      ))
    if let unread {
      notes.append(
        Finding(
          "unreadable", .error, "\(unread.message); rows before it are kept", advice: unread.advice,
          artifact: csv.entry.path, offset: unread.offset))
    }
    var knowledge = Knowledge(tables: [schema])
    knowledge.findings = notes
    knowledge.claims = known.claims.filter { $0.artifact == csv.entry.path }
    knowledge.attributes = [("format", Array(csv.format.utf8))]
    knowledge.details = ConvexTwinPlan(schema: schema, artifact: csv, meanings: meanings)
    return knowledge
  }

  /// Reads the CSV for its errors; gives back the one before which rows are to be kept.
  private func readThrough() throws(ReadError) -> ReadError? {
    var notes: [Finding] = [], rows = 0
    do throws(ReadError) {
      try ConvexContent(input).forEachBatch(of: csv, findings: &notes) { (_, batch) throws(ReadError) in
        rows += batch.rowCount
      }
      return nil
    } catch {
      guard input.options.keepsRowsBeforeError, rows > 0, !error.isInterruption else { throw error }
      return error
    }
  }

  private func ofCSV(_ finding: Finding) -> Finding { ofCSV(finding, in: finding.table) }
  private func ofCSV(_ finding: Finding, in table: Name?) -> Finding {
    var finding = finding
    finding.artifact = csv.entry.path
    finding.table = table
    return finding
  }
}

extension ColumnProfile {
  /// What the fields of the column mean in CSV that was written from these values.
  fileprivate var meaning: FieldMeaning {
    let value: FieldMeaning.Value =
      isNumber
      ? .number
      : valueCount > 0 && booleanCount == valueCount
        ? .boolean
        : valueCount > 0 && json.count == valueCount ? .json : .text
    return FieldMeaning(value, empty: emptinesses.first?.meaning ?? .missing)
  }

  /// What empty fields can stand for, the most frequent first.
  private var emptinesses: [(meaning: FieldMeaning.Emptiness, count: Int)] {
    let all: [(meaning: FieldMeaning.Emptiness, count: Int)] = [
      (.missing, missingCount), (.null, nullCount), (.text, text.emptyCount),
    ]
    return all.filter { $0.count > 0 }.sorted { $0.count > $1.count }
  }

  /// What the CSV cannot tell apart; nil when the JSON leaves no doubt.
  fileprivate func doubt(_ column: Name) -> Finding? {
    if valueCount > 0, !isNumber, !isText, booleanCount != valueCount, json.count != valueCount {
      return Finding(
        "twin-mixed-kinds", .warning,
        "values of '\(displayed(column))' are of several kinds in the JSON (\(kinds.joined(separator: ", "))); the CSV cannot tell them apart and they are read as text",
        advice: "restore this column from the JSON", column: column, count: valueCount)
    }
    guard emptinesses.count > 1 else { return nil }
    return Finding(
      "twin-empty-fields", .warning,
      "empty fields of '\(displayed(column))' stand for absent values, nulls or empty texts in the JSON; all are read as the most frequent of these",
      advice: "restore this column from the JSON if that matters", column: column,
      count: emptinesses.dropFirst().reduce(0) { $0 + $1.count })
  }
}
