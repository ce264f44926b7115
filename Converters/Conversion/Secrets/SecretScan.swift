package import Bytes
internal import Diagnostics
package import Records

/// Looks for secrets in the records of one table; fed with every batch of every run of the table.
///
/// Columns whose names speak of secrets are looked at value by value. Of all other texts only the first two bytes are, unless
/// they are those of a form of `SecretShapes`. JSON values are looked into up to a limit, then a part of them.
package struct SecretScan: Sendable {
  private let table: Name
  private var columns: [ScannedColumn] = []
  /// Whether the type of each column says that it holds no secrets.
  private var isHarmless: [Bool] = []

  package init(table: Name) { self.table = table }

  /// Takes the names of a run's columns. Columns may be added behind those that are known, never moved.
  package mutating func begin(_ schema: TableSchema) {
    precondition(schema.columns.count >= columns.count)
    for column in schema.columns.dropFirst(columns.count) {
      columns.append(ScannedColumn(column.name, rule: SecretName(column.name, table: table)))
      isHarmless.append(column.type.canHoldNoSecret)
    }
  }

  /// Takes all records of a batch, whose columns are the table's. With the table's profile, which has seen the batch, texts
  /// that are all dates, numbers or the like are passed over.
  package mutating func add(_ batch: borrowing RecordBatch, profile: TableProfile? = nil) {
    for column in 0..<min(batch.columnCount, columns.count) {
      if columns[column].rule != nil {
        columns[column].addNamed(batch, column: column)
      } else if isHarmless[column] {
        continue
      } else if let profile, column < profile.columns.count, profile.columns[column].canHoldNoSecret {
        continue
      } else {
        columns[column].add(batch, column: column)
      }
    }
  }

  /// What was found so far; `artifact` is the path for the findings.
  package func report(artifact: [UInt8]? = nil) -> SecretReport {
    var report = SecretReport()
    for column in columns {
      for verdict in column.stats.verdicts(column.rule) { add(verdict, column, key: nil, artifact, to: &report) }
      for key in column.keys.sorted(by: { $0.name < $1.name }) {
        for verdict in key.stats.verdicts(key.rule) where verdict.count > 0 {
          add(verdict, column, key: key, artifact, to: &report)
        }
      }
    }
    // The worst first; otherwise in the order of the columns.
    report.findings = SecretKind.allCases.flatMap { kind in report.findings.filter { $0.code == kind.rawValue } }
    return report
  }

  private func add(
    _ verdict: SecretVerdict, _ column: ScannedColumn, key: ScannedColumn.Key?, _ artifact: [UInt8]?,
    to report: inout SecretReport
  ) {
    let stats = key?.stats ?? column.stats
    let secret = ColumnSecret(
      column: column.name, key: key?.name, kind: verdict.kind, families: verdict.families, count: verdict.count,
      valueCount: stats.valueCount + stats.numberCount, confidence: verdict.confidence, evidence: verdict.evidence,
      coversColumn: key == nil && verdict.isWhole)
    report.secrets.append(secret)
    if secret.coversColumn { report.secretColumns.insert(column.name) }
    guard secret.count > 0 else { return }
    report.findings.append(finding(secret, isSample: key != nil && column.hasSkippedJSON, artifact))
  }

  private func finding(_ secret: ColumnSecret, isSample: Bool, _ artifact: [UInt8]?) -> Finding {
    var place = "column '\(displayed(secret.column))' of '\(displayed(table))'"
    if let key = secret.key { place = "'\(displayed(key))' in the JSON of " + place }
    let families = secret.families.isEmpty ? "" : " (\(secret.families.joined(separator: ", ")))"
    let amount = (isSample ? "at least " : "") + "\(secret.count) of \(secret.valueCount) values"
    return Finding(
      secret.kind.rawValue, secret.kind.severity, "\(place) holds \(secret.kind.words)\(families) in \(amount)",
      advice: secret.kind.advice, artifact: artifact, table: table, column: secret.column, count: secret.count)
  }
}

extension ColumnProfile {
  /// Whether all values are of shapes that secrets do not have.
  fileprivate var canHoldNoSecret: Bool {
    let harmless: JSONProfile.Elements = [.integers, .otherNumbers, .booleans, .nulls]
    guard json.objectCount + json.otherCount == 0, json.elements.isSubset(of: harmless) else { return false }
    switch text.shape {
    case .none, .uuid, .date, .time, .timestamp, .timestamptz, .interval, .integer, .decimal, .number, .boolean:
      return true
    case .json, .base64, .text: return false
    }
  }
}

extension LogicalType {
  /// Whether values are too short or too plain for secrets.
  fileprivate var canHoldNoSecret: Bool {
    switch self {
    case .boolean, .int32, .int64, .decimal, .float64, .uuid, .date, .time, .timestamp, .timestamptz, .interval,
      .enumeration:
      true
    case .text, .json, .bytes, .array: false
    }
  }
}
