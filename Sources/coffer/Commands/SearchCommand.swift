internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics
internal import TextSearch

extension Verb {
  static let search = Verb(
    Command(
      "search", "find values in everything that was ever registered",
      examples: [
        Example("coffer search ann@example.org", "a person in all projects, newest backup first"),
        Example("coffer search '\"blue bicycle\"' --project shop", "words next to each other"),
        Example("coffer search 'bicy*' --newest-only --table 'order*'", "words that begin so"),
        Example("coffer search ann --backup ./dump.json", "in a file that is not registered"),
        Example("coffer search --regex '^INV-[0-9]{6}$' --column number", "a regular expression"),
      ],
      operands: [Operand("TERM", isRepeated: true)],
      flags: [exact, substring, regex, ignoreCase, table, column] + ScopeFlags.all + [
        ScopeFlags.backup, limit, after, context, count, within,
      ],
      discussion: "All terms have to be found in one record. A term is a word, words in double quotes that stand next "
        + "to each other, or the beginning of a word with * behind it; capitals and accents do not count. With "
        + "--substring and --regex capitals count unless -i is given.\n\nA record that does not change from backup to "
        + "backup is one hit, with the first and the newest backup that hold it. Expressions without three letters that "
        + "have to occur read every value. A search that takes longer than --within ends with what was found, says how "
        + "far back that is, and goes on with --after.\n\nSecrets are found only as whole values, with --exact.",
      exitCodes: [.nothingFound, .noCatalog, .locked]),
    run: searchValues)
}

private let exact = Flag("exact", "a term is a whole value, byte for byte")
private let substring = Flag("substring", "a term may stand anywhere in a value")
private let regex = Flag("regex", "a term is a regular expression")
private let ignoreCase = Flag("ignore-case", short: "i", "capitals do not count with --substring and --regex")
private let table = Flag("table", .text("NAME"), "only in tables of this name; * and ? stand for anything")
private let column = Flag("column", .text("NAME"), "only in columns of this name; * and ? stand for anything")
private let limit = Flag("limit", .count("N"), "show at most N records; else 100, and 0 means all")
private let after = Flag("after", .text("PLACE"), "go on after an earlier answer that was cut")
private let context = Flag("context", .count("BYTES"), "how much of a long value is shown around a match; else 40")
private let count = Flag("count", "only count the records")
private let within = Flag(
  "within", .count("SECONDS"), "end after so many seconds with what was found; else 10, 0: never")

private func searchValues(_ session: Session) throws(Failure) -> ExitCode {
  var query = try query(session.invocation)
  let scope = try Scope(session, indexing: .full)
  query.scope = scope.query
  let result = try telling { () throws(CatalogError) in
    try scope.catalog.read { [query] reader throws(CatalogError) in try reader.search(query) }
  }
  // Only JSON has room for what is to be said beside the hits.
  let isDocument = session.format == .json
  var report = try session.report(isSingle: !isDocument)
  if session.invocation.isSet(count) {
    try report.begin(Section("", [ReportColumn("count", isNumeric: true)], layout: isDocument ? .record : .rows))
    try report.row([.integer(result.total ?? result.hits.count)])
  } else {
    if isDocument {
      try report.begin(
        Section(
          "",
          [
            "complete", "next", "searched_back_to", "scanned", "partly_indexed_backups", "unsearchable_values",
          ].map { ReportColumn($0) },
          layout: .record))
      try report.row([
        .boolean(result.isComplete), result.next.map { .text($0.description) } ?? .absent,
        Value(time: result.searchedBackTo?.microseconds), .boolean(result.scanned),
        .integer(result.partlyIndexedBackups), .integer(result.unsearchableValues),
      ])
    }
    try report.list(result.hits.flatMap(MatchOfHit.all), as: .matches)
  }
  try report.finish()
  tell(result, session)
  return (result.total ?? result.hits.count) == 0 ? .nothingFound : .success
}

private func query(_ invocation: Invocation) throws(Failure) -> SearchQuery {
  let kinds = [exact, substring, regex].filter { invocation.isSet($0) }
  guard kinds.count < 2 else { throw .usage("--\(kinds[0].name) and --\(kinds[1].name) exclude each other") }
  var query = SearchQuery(
    invocation.operands.map { term in
      switch kinds.first?.name {
      case exact.name: .exact(term)
      case substring.name: .substring(term)
      case regex.name: .regex(term)
      default: .words(term)
      }
    })
  query.isCaseSensitive = (invocation.isSet(substring) || invocation.isSet(regex)) && !invocation.isSet(ignoreCase)
  query.table = invocation.bytes(table).map { NamePattern($0) }
  query.column = invocation.bytes(column).map { NamePattern($0) }
  if let count = invocation.count(limit) { query.limit = count == 0 ? nil : count }
  if let count = invocation.count(context) { query.context = count }
  query.countsAll = invocation.isSet(count)
  if query.countsAll { query.limit = 1 }
  let seconds = invocation.count(within) ?? 10
  if seconds > 0 { query.deadline = .now + .seconds(seconds) }
  if let word = invocation.word(after) {
    guard let cursor = SearchCursor(word) else { throw .usage("--after takes what an earlier answer gave") }
    query.cursor = cursor
  }
  return query
}

/// Says on standard error what the answer leaves open.
private func tell(_ result: SearchResult, _ session: Session) {
  if result.isCutShort {
    let reach = result.searchedBackTo.map { "back to \(session.shown($0))" } ?? "not even through the newest backup"
    session.note(
      "time is up: searched \(reach)" + (result.next.map { "; --after \($0) goes on" } ?? "")
        + ", --within 0 takes all the time it needs")
  } else if !result.isComplete, let next = result.next, result.total == nil {
    session.note("there is more: --after \(next), or --limit 0 for all")
  }
  if result.scanned { session.detail("read \(result.examined) records one by one: no index helps with this") }
  if result.partlyIndexedBackups > 0 {
    session.note("\(counted(result.partlyIndexedBackups, "backup")) in this scope cannot be searched in full (--index)")
  }
  if result.unsearchableValues > 0 {
    session.note("up to \(result.unsearchableValues) values in this scope are too large or binary to be searched")
  }
}

/// One value of a record that matches.
private struct MatchOfHit: Sendable {
  var hit: SearchHit
  var match: FieldMatch

  static func all(_ hit: SearchHit) -> [MatchOfHit] { hit.matches.map { MatchOfHit(hit: hit, match: $0) } }

  /// The snippet, with dots where it was cut.
  var snippet: [UInt8] {
    let dots = Array("…".utf8)
    return (match.isCutAtStart ? dots : []) + match.snippet + (match.isCutAtEnd ? dots : [])
  }
}

extension RowShape where Item == MatchOfHit {
  /// Matches in `search`.
  fileprivate static var matches: RowShape {
    RowShape(
      "hits",
      [
        ReportColumn("project"), ReportColumn("backup", isFixed: true), ReportColumn("id", isDetail: true),
        ReportColumn("taken_at", "taken", isFixed: true), ReportColumn("system", isDetail: true), ReportColumn("table"),
        ReportColumn("key"), ReportColumn("column"), ReportColumn("snippet"), ReportColumn("file", isDetail: true),
        ReportColumn("first_taken_at", "since", isFixed: true), ReportColumn("backups", isNumeric: true),
        ReportColumn("first_id", isDetail: true), ReportColumn("systems", isNumeric: true, isDetail: true),
      ]
    ) { item in
      var row: [Value] = [
        .name(item.hit.backup.project), .text(item.hit.backup.id.short), .text(item.hit.backup.id.description),
        .time(item.hit.backup.takenAt.moment.microseconds), .text(item.hit.backup.system),
      ]
      switch item.hit.place {
      case .record(let table, let key):
        row += [.name(table), Value(key), Value(item.match.column), .bytes(item.snippet), .absent]
      case .document(let path): row += [.bytes(path), .absent, .absent, .bytes(item.snippet), .bytes(path)]
      }
      row += [
        .time(item.hit.first.takenAt.moment.microseconds), .integer(item.hit.backupCount),
        .text(item.hit.first.id.description), .integer(item.hit.systemCount),
      ]
      return row
    }
  }
}
