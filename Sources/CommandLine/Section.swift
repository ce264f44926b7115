internal import Diagnostics

/// A column of a report.
package struct ReportColumn: Sendable {
  /// The stable name for programs, as bytes: columns of data keep theirs.
  package var name: [UInt8]
  /// The heading for people.
  package var title: String
  /// Numbers stand on the right.
  package var isNumeric: Bool
  /// Whether lists for people leave it out.
  package var isDetail = false
  /// Whether its values are useless when they are cut.
  package var isFixed = false

  /// A column of our own.
  package init(
    _ name: String, _ title: String? = nil, isNumeric: Bool = false, isDetail: Bool = false, isFixed: Bool = false
  ) {
    self.name = Array(name.utf8)
    self.title = title ?? name.split(separator: "_").joined(separator: " ")
    self.isNumeric = isNumeric
    self.isDetail = isDetail
    self.isFixed = isFixed
  }
  /// A column of a table of unknown origin.
  package init(data name: [UInt8], isNumeric: Bool = false) {
    self.name = name
    title = displayed(name)
    self.isNumeric = isNumeric
  }
}

/// A part of a report: a list of rows, or the fields of one thing.
package struct Section: Sendable {
  package enum Layout: Sendable {
    case rows
    /// Exactly one row; people see a line per field.
    case record
  }
  /// The key in JSON and the heading for people; empty for fields that stand in the document itself.
  package var name: String
  package var columns: [ReportColumn]
  package var layout: Layout

  package init(_ name: String, _ columns: [ReportColumn], layout: Layout = .rows) {
    self.name = name
    self.columns = columns
    self.layout = layout
  }

  /// Whether people do not see a column.
  func hides(_ column: ReportColumn) -> Bool { column.isDetail && layout == .rows }
}
