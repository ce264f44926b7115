internal import Bytes
internal import CommandLine
internal import Comparison
internal import Records

extension RowShape where Item == ComparedTable {
  /// Tables and whether they hold the same rows.
  static var comparedTables: RowShape {
    RowShape(
      "tables",
      [
        ReportColumn("verdict"), ReportColumn("table"), ReportColumn("second_table", isDetail: true),
        ReportColumn("records", isNumeric: true), ReportColumn("second_records", "in B", isNumeric: true),
        ReportColumn("changed", isNumeric: true), ReportColumn("removed", isNumeric: true),
        ReportColumn("added", isNumeric: true), ReportColumn("is_at_least", isDetail: true),
        ReportColumn("digest", isFixed: true), ReportColumn("second_digest", isDetail: true),
        ReportColumn("added_columns", isDetail: true),
      ]
    ) { table in
      [
        .text(table.verdict.rawValue), .name(table.name), Value(table.secondName), .integer(table.first.count),
        .integer(table.second.count), .integer(table.changed), .integer(table.removed), .integer(table.addedRows),
        .boolean(table.isAtLeast), .text("\(table.first)"), .text("\(table.second)"), .names(table.addedColumns),
      ]
    }
  }
}

extension RowShape where Item == (Name, Coercion) {
  /// Values that are spelled differently.
  static var coercions: RowShape {
    RowShape(
      "coercions",
      [
        ReportColumn("table"), ReportColumn("column"), ReportColumn("kind"), ReportColumn("from"), ReportColumn("to"),
        ReportColumn("values", isNumeric: true),
      ]
    ) { table, coercion in
      [
        .name(table), .name(coercion.column), .text(coercion.kind.rawValue), .text(coercion.from), .text(coercion.to),
        .integer(coercion.count),
      ]
    }
  }
}

extension RowShape where Item == (Name, Name, Int) {
  /// Columns with values that the second backup lacks.
  static var lostColumns: RowShape {
    RowShape(
      "missing_columns", [ReportColumn("table"), ReportColumn("column"), ReportColumn("values", isNumeric: true)]
    ) {
      table, column, count in [.name(table), .name(column), .integer(count)]
    }
  }
}

extension RowShape where Item == (Name, RowDifference) {
  /// Rows that differ.
  static var rowDifferences: RowShape {
    RowShape(
      "differences",
      [
        ReportColumn("table"), ReportColumn("change"), ReportColumn("key"), ReportColumn("row", isNumeric: true),
        ReportColumn("columns"),
      ]
    ) { table, difference in
      [
        .name(table), .text(difference.kind.rawValue), .list(difference.key.map { .bytes($0) }),
        difference.number > 0 ? .integer(difference.number) : .absent, .names(difference.columns),
      ]
    }
  }
}
