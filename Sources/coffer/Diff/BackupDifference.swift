internal import Bytes
internal import CommandLine
internal import Comparison
internal import Diagnostics
internal import Records

/// What differs between two backups.
struct BackupDifference: Sendable {
  var tables: [ComparedTable]
  var columns: [SchemaChange]
  var objects: [SchemaChange]

  private var changed: [ComparedTable] { tables.filter { $0.verdict != .same && $0.verdict != .explained } }
  var isAny: Bool { !changed.isEmpty || !columns.isEmpty || !objects.isEmpty }

  func print(_ session: Session, isShort: Bool) throws(Failure) {
    let isSingle = session.format == .csv || session.format == .tsv
    var report = try session.report(isSingle: isSingle)
    try report.list(changed, as: .changedTables)
    if !isSingle, !isShort {
      try report.list(columns, as: .schemaChanges("columns", place: "table"))
      try report.list(objects, as: .schemaChanges("objects", place: "kind"))
      try report.list(changed.flatMap { table in table.examples.map { (table.name, $0) } }, as: .rowDifferences)
    }
    try report.finish()
    guard session.isForPeople else { return }
    session.note(
      isAny
        ? "\(counted(changed.count, "table")), \(counted(columns.count, "column")) and \(counted(objects.count, "object")) differ"
        : "nothing differs")
  }
}

extension RowShape where Item == ComparedTable {
  /// Tables that are not the same.
  static var changedTables: RowShape {
    RowShape(
      "tables",
      [
        ReportColumn("change"), ReportColumn("table"), ReportColumn("records", "in A", isNumeric: true),
        ReportColumn("second_records", "in B", isNumeric: true), ReportColumn("added", isNumeric: true),
        ReportColumn("removed", isNumeric: true), ReportColumn("changed", isNumeric: true),
        ReportColumn("is_at_least", isDetail: true),
      ]
    ) { table in
      let word =
        switch table.verdict {
        case .missing: "removed"
        case .added: "added"
        default: "changed"
        }
      return [
        .text(word), .name(table.name), .integer(table.first.count), .integer(table.second.count),
        .integer(table.addedRows), .integer(table.removed), .integer(table.changed), .boolean(table.isAtLeast),
      ]
    }
  }
}

extension RowShape where Item == SchemaChange {
  /// Columns or objects that are not the same.
  static func schemaChanges(_ name: String, place: String) -> RowShape {
    RowShape(
      name,
      [ReportColumn("change"), ReportColumn(place), ReportColumn("name"), ReportColumn("from"), ReportColumn("to")]
    ) { change in
      [
        .text(change.kind.rawValue), .name(change.place), .name(change.name), change.from.map { .bytes($0) } ?? .absent,
        change.to.map { .bytes($0) } ?? .absent,
      ]
    }
  }
}
