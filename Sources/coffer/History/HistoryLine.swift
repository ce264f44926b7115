internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import RowIndex

/// A column of a run, or the run itself when none is to be told.
struct HistoryLine: Sendable {
  var lineage: LineageHistory
  var run: HistoryRun
  var since: Backup
  var until: Backup
  var change: ColumnChange?

  /// The lines of a run.
  static func lines(
    of run: HistoryRun, _ lineage: LineageHistory, _ backups: [Key<Backup>: Backup], all: Bool, _ only: Set<Name>
  ) -> [HistoryLine] {
    guard let since = backups[run.since], let until = backups[run.until] else { return [] }
    let changes: [ColumnChange?] = all ? run.allColumns(only) : run.changes
    return (changes.isEmpty ? [nil] : changes).map { change in
      HistoryLine(lineage: lineage, run: run, since: since, until: until, change: change)
    }
  }
}

extension HistoryRun {
  /// Every column of the version; those that have changed as changes.
  fileprivate func allColumns(_ only: Set<Name>) -> [ColumnChange] {
    guard let row else { return changes }
    let columns = zip(row.shape.columns, row.values).filter { only.isEmpty || only.contains($0.0.name) }
    let kept = columns.map { column, value in
      changes.first { $0.column == column.name && $0.kind != .removed }
        ?? ColumnChange(kind: .unchanged, column: column.name, from: nil, to: value, isSecret: column.isSecret)
    }
    return kept + changes.filter { $0.kind == .removed }
  }
}

extension KeptValue {
  /// The value as a report shows it; a secret is never shown.
  func value(isSecret: Bool) -> Value {
    if isSecret, self != .null, self != .missing { return .text("••••") }
    switch self {
    case .null: return .null
    case .missing: return .absent
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .double(let value): return .number(Array("\(value)".utf8))
    case .number(let digits): return .number(digits)
    case .text(let text): return .bytes(text)
    case .json(let text): return .json(text)
    case .bytes(let bytes): return .text("\\x" + hexadecimal(bytes))
    case .secret: return .text("••••")
    case .leftOut: return .text("… (not kept)")
    case .reference(let value): return .text("… (\(value.byteCount) bytes, in the backup's file)")
    case .erased: return .text("… (erased)")
    }
  }
}

extension RowShape where Item == HistoryLine {
  /// Runs in `history`.
  static var history: RowShape {
    RowShape(
      "history",
      [
        ReportColumn("project"), ReportColumn("environment", "env"), ReportColumn("system"),
        ReportColumn("table", isDetail: true), ReportColumn("change"), ReportColumn("since", isFixed: true),
        ReportColumn("until", isFixed: true), ReportColumn("backups", isNumeric: true),
        ReportColumn("backup", isFixed: true), ReportColumn("since_id", isDetail: true),
        ReportColumn("until_id", isDetail: true), ReportColumn("copies", isNumeric: true, isDetail: true),
        ReportColumn("column"), ReportColumn("column_change", isDetail: true), ReportColumn("from"),
        ReportColumn("to"), ReportColumn("secret", isDetail: true),
      ]
    ) { line in
      let lineage = line.lineage.lineage, isSecret = line.change?.isSecret ?? false
      return [
        .name(lineage.project), Value(lineage.environment), .text(lineage.system), .name(line.lineage.table),
        .text(line.run.kind.rawValue), .time(line.since.takenAt.moment.microseconds),
        .time(line.until.takenAt.moment.microseconds), .integer(line.run.backupCount), .text(line.since.id.short),
        .text(line.since.id.description), .text(line.until.id.description), .integer(line.run.copies),
        Value(line.change?.column), Value(line.change?.kind.rawValue),
        line.change?.from?.value(isSecret: isSecret) ?? .absent, line.change?.to?.value(isSecret: isSecret) ?? .absent,
        line.change == nil ? .absent : .boolean(isSecret),
      ]
    }
  }
}
