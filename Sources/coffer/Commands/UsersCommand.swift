internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Verb {
  static let users = Verb(
    Command(
      "users", "count users' passwords by the family of their hashes, and say where they work",
      examples: [
        Example("coffer users latest", "what becomes of the passwords in Convex, Django, Prisma and Supabase"),
        Example("coffer users ./dump.json --in supabase --json", "in one system, for a program"),
      ],
      operands: [Operand("BACKUP", .file)], flags: [system] + ReadingFlags.all,
      discussion:
        "Rows are read from the backup's files; nothing but counts is kept or shown. A hash works as it is, with something "
        + "put before it or taken away, or not at all: then these users have to choose new passwords. Nothing is ever "
        + "hashed anew.",
      exitCodes: [.noCatalog, .locked]),
    run: countPasswords)
}

private let system = Flag("in", .choice("SYSTEM", PasswordTarget.allCases.map(\.rawValue)), "only in this system")

private func countPasswords(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let opened = try session.openBackup(invocation.operands[0], ReadingFlags.options(invocation))
  let progress = Progress(), display = session.show("reading", progress)
  defer { display?.end() }
  let backup = opened.metered(progress, passes: 2), knowledge = try backup.survey()
  let counts = PasswordCount.Counts()
  var count = PasswordCount(counts)
  let reader = try telling { () throws(ReadError) in try backup.system.openRecords(backup.input, knowledge) }
  let ahead = ReadAhead.start(reader)
  while let item = ahead.next() {
    switch item {
    case .begin(let table): count.begin(table)
    case .rows(let box):
      count.add(box.batch)
      ahead.recycle(box)
    }
  }
  if case .read(let error) = ahead.finish().failure { throw Failure(error) }
  display?.end()
  let wanted: PasswordTarget? = invocation.choice(system), tallies = counts.tallies
  var report = try session.report()
  try report.list(tallies, as: .passwords(wanted.map { [$0] } ?? PasswordTarget.allCases))
  try report.finish()
  if session.isForPeople, tallies.isEmpty { session.note("no table holds passwords of users") }
  return .success
}

extension RowShape where Item == PasswordTally {
  /// Families of hashes and what becomes of them in systems.
  static func passwords(_ targets: [PasswordTarget]) -> RowShape {
    RowShape(
      "passwords",
      [
        ReportColumn("table"), ReportColumn("column"), ReportColumn("family"), ReportColumn("users", isNumeric: true),
      ] + targets.map { ReportColumn($0.rawValue) }
        + targets.map { ReportColumn("\($0.rawValue)_outcome", isDetail: true) }
    ) { tally in
      let outcomes = targets.map { tally.outcomes[$0] ?? .mustReset }
      return [.name(tally.table), .name(tally.column), .text(tally.family), .integer(tally.count)]
        + outcomes.map { .text($0.words) } + outcomes.map { .text($0.word) }
    }
  }
}

extension ConversionReport {
  /// One line for each family of hashes that was carried, with what becomes of it in `targets`.
  func passwordLines(_ targets: [PasswordTarget]) -> [String] {
    passwords.filter { $0.family != "none" }.map { tally in
      let outcomes = targets.map { "\($0.title): \(words(of: tally, in: $0))" }
      return
        "passwords: \(displayed(tally.table)).\(displayed(tally.column)): \(tally.count) \(tally.family); "
        + outcomes.joined(separator: ", ")
    }
  }

  /// What becomes of hashes, which may have been written in the form that is verified.
  private func words(of tally: PasswordTally, in target: PasswordTarget) -> String {
    let outcome = tally.outcomes[target] ?? .mustReset
    let isSpelled = losses.contains { $0.isOfPasswords && $0.table == tally.table && $0.column == tally.column }
    if case .worksWithPrefix(let text) = outcome, isSpelled { return "works, with '\(text)' written before it" }
    return outcome.words
  }

  /// The same for programs.
  func passwordMessages(_ targets: [PasswordTarget]) -> [[Value.Field]] {
    passwords.map { tally in
      [
        .init("message_type", .text("passwords")), .init("table", .name(tally.table)),
        .init("column", .name(tally.column)), .init("family", .text(tally.family)),
        .init("count", .integer(tally.count)),
      ] + targets.map { .init($0.rawValue, .text((tally.outcomes[$0] ?? .mustReset).word)) }
    }
  }
}
