internal import BuiltIn
internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Coverage
internal import Diagnostics
internal import DjangoModels
internal import DjangoSystem
internal import PrismaSchema
internal import Records

extension Verb {
  static let coverage = Verb(
    Command(
      "coverage", "show what is never backed up, and what is no longer",
      examples: [
        Example("coffer coverage residence", "the models and tables of a project against its newest backups"),
        Example("coffer coverage --schema prisma/schema.prisma", "against a schema of today"),
        Example("coffer coverage shop --schema ../shop", "against the models of a Django project"),
        Example("coffer coverage -b ./backup.json --json", "of one backup that is not registered"),
        Example("coffer coverage shop --except 'Session: nobody wants them back'", "what is left out on purpose"),
        Example("coffer coverage residence --fail-on error", "exit 4 when something is not backed up, for cron"),
        Example(
          "coffer coverage residence --policy safe-weekly --policy complete-monthly --fail-on error",
          "and when a backup is overdue"),
      ],
      operands: [Operand("PROJECT", isRequired: false)],
      flags: [schemaFlag, except, policyFlag] + ScopeFlags.all + [ScopeFlags.backup, failOn],
      discussion:
        "Without --schema the models of the newest backup that came with a schema count, and tables of earlier backups. "
        + "Safe backups are compared with safe ones and complete ones with complete ones. What was never backed up, is gone "
        + "or has been emptied counts as an error, what only complete backups hold and lost columns as a warning. A policy that is "
        + "not kept counts as an error.",
      exitCodes: [.findings, .noCatalog, .locked]),
    run: showCoverage)
}

private let schemaFlag = Flag(
  "schema", .file("FILE"), "a schema.prisma, a folder of such files, or a Django project")
private let except = Flag(
  "except", .text("NAME[:REASON]"), "a model or table that is left out of backups on purpose, and why",
  isRepeatable: true)
private let policyFlag = Flag(
  "policy", .choice("POLICY", BackupPolicy.allCases.map(\.rawValue)),
  "say whether the newest backups of a kind are new enough", isRepeatable: true)
private let failOn = Flag(
  "fail-on", .choice("SEVERITY", ["warning", "error"]), "exit 4 when there is such a gap or a worse one")

/// Backups of a project that are looked at.
private let backupLimit = 50

/// The coverage of one project.
private struct ProjectCoverage {
  var project: Name
  var coverage: Coverage
}

private func showCoverage(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var scope = try Scope(session, indexing: .none)
  if let word = invocation.operands.first { scope.query.project = Name(word) }
  let models = try invocation.bytes(schemaFlag).map(declaredModels) ?? []
  let excluded = invocation.all(except).map { word in
    let colon = word.firstIndex(of: UInt8(ascii: ":")) ?? word.endIndex
    return (
      name: Name(Array(word[..<colon])), reason: Array(word[colon...].dropFirst().drop { $0 == UInt8(ascii: " ") })
    )
  }
  let projects = try projects(scope)
  var all: [ProjectCoverage] = []
  for project in projects { all.append(try coverage(of: project, scope, models, excluded)) }
  let now = Moment(microseconds: currentMicroseconds())
  let policies = invocation.all(policyFlag).compactMap { BackupPolicy(rawValue: String(decoding: $0, as: UTF8.self)) }
  let states = all.flatMap { project in
    project.coverage.states(of: policies, now: now).map { (project.project, $0) }
  }
  try print(all, states, session)
  let isKept = states.allSatisfy { $0.1.verdict == .kept }
  let worst = (all.flatMap(\.coverage.rows).compactMap(\.severity) + (isKept ? [] : [.error])).max()
  guard let limit = invocation.word(failOn).flatMap(Severity.init(word:)) else { return .success }
  return (worst ?? .info) >= limit ? .findings : .success
}

private func projects(_ scope: Scope) throws(Failure) -> [Name] {
  let query = scope.query
  let backups = try telling { () throws(CatalogError) in
    try scope.catalog.read { reader throws(CatalogError) in try reader.backups(query) }
  }
  return Set(backups.map(\.project)).sorted()
}

private func coverage(
  of project: Name, _ scope: Scope, _ declared: [CoverageModel], _ excluded: [(name: Name, reason: [UInt8])]
) throws(Failure) -> ProjectCoverage {
  var query = scope.query
  query.project = project
  query.latest = backupLimit
  let (covered, objects) = try telling { () throws(CatalogError) in
    try scope.catalog.read { reader throws(CatalogError) in
      var covered: [CoveredBackup] = [], objects: [SchemaObject] = []
      for backup in try reader.backups(query) {
        covered.append(CoveredBackup(backup, try reader.contents(of: backup.key, .columns).tables))
        guard objects.isEmpty, declared.isEmpty, backup.system == "prisma" else { continue }
        objects = try reader.contents(of: backup.key, .objects).objects.filter { $0.kind == "model" }
      }
      return (covered, objects)
    }
  }
  var models = declared
  if models.isEmpty, !objects.isEmpty {
    // The models that came with a backup, put together again.
    let text = Array(objects.map(\.definition).joined(separator: [UInt8(ascii: "\n")]))
    models = CoverageModel.all(PrismaSchema(text).tables())
  }
  let now = Moment(microseconds: currentMicroseconds())
  return ProjectCoverage(
    project: project, coverage: Coverage(models: models, backups: covered, now: now, excluded: excluded))
}

/// The models of a schema file, of the files in a folder, or of a Django project.
private func declaredModels(_ path: [UInt8]) throws(Failure) -> [CoverageModel] {
  let container = try openContainer(path)
  var files: [(path: [UInt8], text: [UInt8])] = []
  let ending = Array(".prisma".utf8)
  let isProject = container.entries.contains { DjangoModels.mayDeclare(path.appending(path: $0.path)) }
  for entry in container.entries
  where !container.isDirectory && !isProject || entry.path.suffix(ending.count).elementsEqual(ending) {
    let text = try telling { () throws(IOError) in
      var source = try container.open(entry)
      return try readAll(&source, limit: PrismaSchema.fileLimit)
    }
    files.append((entry.path, text))
  }
  var models = CoverageModel.all(PrismaSchema(files: files).tables())
  if models.isEmpty, isProject {
    let project = try telling { () throws(ReadError) in try ProjectFiles(path, BuiltIn.toolbox) }
    models = CoverageModel.all(DjangoModels(project.files).declarations)
  }
  guard !models.isEmpty else {
    throw Failure(
      .failure, "'\(displayed(path))' declares no models",
      advice: "name a schema.prisma, the folder that holds its parts, or a Django project")
  }
  return models
}

// MARK: Output

private func print(
  _ all: [ProjectCoverage], _ states: [(Name, PolicyState)], _ session: Session
) throws(Failure) {
  let isOnly = all.count < 2
  // A format that holds one table gets the one that matters.
  let isSingle = session.format == .csv || session.format == .tsv
  var report = try session.report(isSingle: isSingle)
  try report.list(
    all.flatMap { project in project.coverage.rows.map { (project.project, $0) } }, as: .coverage(namesProject: !isOnly)
  )
  guard !isSingle else { return try report.finish() }
  try report.list(
    all.compactMap { project in project.coverage.assets.map { (project.project, $0) } },
    as: .assets(namesProject: !isOnly)
  )
  try report.list(
    all.flatMap { project in project.coverage.advice.map { (project.project, $0) } }, as: .advice(namesProject: !isOnly)
  )
  if !states.isEmpty { try report.list(states, as: .policies(namesProject: !isOnly)) }
  try report.finish()
  guard session.isForPeople else { return }
  for project in all {
    let counts = CoverageRow.State.allCases.map { ($0, project.coverage.count($0)) }.filter { $0.1 > 0 }
    session.note(
      "\(displayed(project.project)): \(counted(project.coverage.rows.count, "dataset")), "
        + counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", "))
  }
}

extension CoverageRow {
  /// How much it matters; nil when all is well.
  fileprivate var severity: Severity? {
    switch state {
    case .never, .vanished, .emptied: .error
    case .notInSafe: .warning
    case .excluded: nil
    case .appeared, .backedUp, .ignored: lostColumns.isEmpty ? nil : .warning
    }
  }
}

extension RowShape where Item == (Name, CoverageRow) {
  /// What becomes of tables and models.
  fileprivate static func coverage(namesProject: Bool) -> RowShape {
    RowShape(
      "coverage",
      [
        ReportColumn("project", isDetail: !namesProject), ReportColumn("state"), ReportColumn("name"),
        ReportColumn("table"), ReportColumn("in"), ReportColumn("records", isNumeric: true),
        ReportColumn("records_before", "before", isNumeric: true), ReportColumn("lost_columns", "lost columns"),
        ReportColumn("missing_columns", isDetail: true), ReportColumn("reason", isDetail: true),
        ReportColumn("secrets"),
        ReportColumn("last_backup", "last", isFixed: true), ReportColumn("last_taken_at", isDetail: true),
      ]
    ) { project, row in
      [
        .name(project), .text(row.state.rawValue), .name(row.name), Value(row.table), .names(row.places),
        row.records.map { .integer($0) } ?? .absent, row.recordsBefore.map { .integer($0) } ?? .absent,
        .names(row.lostColumns), .names(row.missingColumns), row.reason.map { .bytes($0) } ?? .absent,
        .boolean(row.holdsSecrets),
        row.lastSeen.map { .text($0.id.short) } ?? .absent, Value(time: row.lastSeen?.takenAt.moment.microseconds),
      ]
    }
  }
}

extension RowShape where Item == (Name, AssetLocality) {
  /// Where the files lie that rows refer to.
  fileprivate static func assets(namesProject: Bool) -> RowShape {
    RowShape(
      "assets",
      [
        ReportColumn("project", isDetail: !namesProject), ReportColumn("cloud", isNumeric: true),
        ReportColumn("local", isNumeric: true), ReportColumn("local_missing", "not backed up", isNumeric: true),
        ReportColumn("without_address", "without address", isNumeric: true),
        ReportColumn("embedded", isNumeric: true),
      ]
    ) { project, assets in
      [
        .name(project), .integer(assets.cloud), .integer(assets.local), .integer(assets.localMissing),
        .integer(assets.withoutAddress),
        .integer(assets.embedded),
      ]
    }
  }
}

extension RowShape where Item == (Name, PolicyState) {
  /// Whether backups are made as often as they should be.
  fileprivate static func policies(namesProject: Bool) -> RowShape {
    RowShape(
      "policies",
      [
        ReportColumn("project", isDetail: !namesProject), ReportColumn("policy"), ReportColumn("verdict"),
        ReportColumn("newest", isFixed: true), ReportColumn("age_days", "age in days", isNumeric: true),
        ReportColumn("limit_days", isNumeric: true, isDetail: true),
      ]
    ) { project, state in
      [
        .name(project), .text(state.policy.rawValue), .text(state.verdict.rawValue),
        state.newest.map { .text($0.id.short) } ?? .absent, state.days.map { .integer(Int($0)) } ?? .absent,
        .integer(Int(state.policy.days)),
      ]
    }
  }
}

extension RowShape where Item == (Name, CoverageAdvice) {
  /// What should be done.
  fileprivate static func advice(namesProject: Bool) -> RowShape {
    RowShape(
      "advice", [ReportColumn("project", isDetail: !namesProject), ReportColumn("code"), ReportColumn("message")]
    ) { project, advice in
      [.name(project), .text(advice.code), .text(advice.message)]
    }
  }
}
