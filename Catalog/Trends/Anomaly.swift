package import Bytes
package import CatalogModel
package import Diagnostics

/// What is unlike the backups before.
package struct Anomaly: Sendable {
  package enum Code: String, Sendable, CaseIterable {
    /// Rows are gone.
    case rowDrop = "row-drop"
    /// Far more rows came than usually do.
    case rowSurge = "row-surge"
    /// More values are null or missing.
    case nullRise = "null-rise"
    /// Values that were different have become the same.
    case distinctDrop = "distinct-drop"
    /// The files are much smaller, though the rows are not fewer.
    case sizeDrop = "size-drop"
  }
  package var code: Code
  package var severity: Severity
  package var backup: Backup
  package var table: Name?
  package var column: Name?
  /// What was to be expected, and what was found: rows, per cent of values, different values, or bytes.
  package var expected: Double
  package var found: Double

  package var message: String {
    switch code {
    case .rowDrop where found == 0: "all rows are gone; about \(whole(expected)) were to be expected"
    case .rowDrop: "\(whole(found)) rows where about \(whole(expected)) were to be expected"
    case .rowSurge: "\(whole(found)) rows where only about \(whole(expected)) were to be expected"
    case .nullRise: "\(whole(found)) % of the values are absent; usually \(whole(expected)) % are"
    case .distinctDrop: "about \(whole(found)) different values; before there were \(whole(expected))"
    case .sizeDrop: "\(whole(found)) bytes after \(whole(expected)), with as many rows"
    }
  }
}

/// A number without a fraction.
private func whole(_ value: Double) -> String { String(Int64(value.rounded())) }

/// How far a value may be from what is expected before it is told.
enum Limits {
  /// Rows that are gone, as a share, when it is known what is usual, and when it is not; and at least so many.
  static let knownDrop = 0.01, unknownDrop = 0.1, leastRows = 3.0
  /// Share of rows from which their loss is an error.
  static let severeDrop = 0.2
  /// Rows that came in addition, as a share and at least.
  static let surge = 0.5, leastSurge = 1000.0
  /// Share of values that became absent, with what is usual known and not; rows below which shares say nothing.
  static let nullRise = 0.05, unknownNullRise = 0.5, leastValues = 20.0
  /// Different values that are gone, as a share: an estimate of them is 2 % off.
  static let distinctDrop = 0.15, leastDistinct = 5.0
  /// Bytes that are gone, as a share.
  static let sizeDrop = 0.3
  /// Usual deviations within which nothing is told.
  static let deviations = 4.0, surgeDeviations = 8.0
}
