internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Session {
  /// Says what a load did, or would do.
  func tell(_ report: ConversionReport, _ load: any LoadSession, _ options: LoadOptions) throws(Failure) {
    let outcomes = load.outcomes
    guard !isForPrograms else {
      let changes: [[Value.Field]] = outcomes.map { outcome in
        [
          .init("message_type", .text("change")), .init("table", .name(outcome.table)),
          .init("place", .bytes(outcome.place)), .init("is_new", .boolean(outcome.isNew)),
          .init("rows_before", .integer(outcome.existing)), .init("create", .integer(outcome.created)),
          .init("update", .integer(outcome.updated)), .init("delete", .integer(outcome.deleted)),
          .init("skip", .integer(outcome.skipped)),
        ]
      }
      let summary: [Value.Field] = [
        .init("message_type", .text("summary")), .init("target", .text(load.title)),
        .init("mode", .text(options.mode.rawValue)), .init("is_preview", .boolean(options.isPreview)),
        .init("tables", .integer(outcomes.count)), .init("create", .integer(outcomes.reduce(0) { $0 + $1.created })),
        .init("update", .integer(outcomes.reduce(0) { $0 + $1.updated })),
        .init("delete", .integer(outcomes.reduce(0) { $0 + $1.deleted })),
        .init("skip", .integer(outcomes.reduce(0) { $0 + $1.skipped })),
        .init("safety_copy", Value((options.safetyCopy as? SafetyFile)?.path)),
        .init("rejected", .integer(options.rejects?.count ?? 0)),
        .init("losses", .integer(report.losses.reduce(0) { $0 + $1.count })),
        .init("is_partial", .boolean(report.isPartial)), .init("remarks", .list(load.remarks.map { .text($0) })),
      ]
      if let copy = options.safetyCopy as? SafetyFile { register(copy, of: load) }
      return try printMessages(
        messages(of: report) + report.passwordMessages(PasswordTarget.allCases) + changes + [summary],
        to: .standardOutput)
    }
    note(rules: report.rules)
    noteLosses(of: report, self)
    for line in report.passwordLines(PasswordTarget.allCases) { note(line) }
    for line in load.remarks { note("remark: \(line)") }
    try print(outcomes, isPreview: options.isPreview)
    let rows = outcomes.reduce(0) { $0 + $1.created + $1.updated }
    note(
      options.isPreview
        ? "nothing was changed in \(load.title)"
        : "loaded \(counted(rows, "row")) of \(counted(outcomes.count, "table")) into \(load.title)")
    if let copy = options.safetyCopy as? SafetyFile, let path = copy.path {
      note("what was there before is kept; to bring it back: coffer undo \(shellPath(path)) --into \(copy.shownSource)")
      register(copy, of: load)
    }
    guard let rejects = options.rejects, !options.isPreview else { return }
    if rejects.count > 0 {
      note(
        "\(counted(rejects.count, "row")) refused, kept in \(displayed(rejects.path)); when that is mended: "
          + "coffer replay \(displayed(rejects.path)) --into URL" + (report.rules.isEmpty ? "" : " --map FILE"))
    } else if rejects.isReplay {
      note("nothing is left of \(displayed(rejects.path))")
    }
  }

  /// The table of what becomes of the rows.
  func print(_ outcomes: [LoadOutcome], isPreview: Bool) throws(Failure) {
    guard !isForPrograms else { return }
    var report = try report()
    try report.begin(
      Section(
        isPreview ? "preview" : "loaded",
        [
          ReportColumn("table"), ReportColumn("place", isDetail: true), ReportColumn("is_new", "new", isFixed: true),
          ReportColumn("create", isFixed: true), ReportColumn("update", isFixed: true),
          ReportColumn("delete", isFixed: true), ReportColumn("skip", isFixed: true),
          ReportColumn("rows_before", "of", isFixed: true),
        ]))
    for outcome in outcomes {
      try report.row([
        .name(outcome.table), .bytes(outcome.place), .boolean(outcome.isNew), .integer(outcome.created),
        .integer(outcome.updated), .integer(outcome.deleted), .integer(outcome.skipped), .integer(outcome.existing),
      ])
    }
    try report.finish()
  }
}
