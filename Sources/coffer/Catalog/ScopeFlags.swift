internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine

/// Flags that say which backups are meant.
enum ScopeFlags {
  static let project = Flag("project", short: "p", .text("NAME"), "only of this project")
  static let environment = Flag("env", .text("NAME"), "only of this environment, such as production")
  static let system = Flag("system", .text("SYSTEM"), "only of this system, such as django")
  static let kind = Flag("kind", .text("KIND"), "only of this kind, as 'list' shows it")
  static let since = Flag("since", .moment("WHEN"), "taken not before")
  static let until = Flag("until", .moment("WHEN"), "taken not after")
  static let tag = Flag("tag", .text("KEY[:VALUE]"), "only with this tag")
  static let latest = Flag("latest", .count("N"), "only the newest N")
  static let newestOnly = Flag("newest-only", "only the newest of each project, environment and kind")

  static let backup = Flag("backup", short: "b", .file("BACKUP"), "only in this backup, which may be a path")

  /// Flags of lists of backups.
  static let all = [project, environment, system, kind, since, until, tag, newestOnly]

  /// The query that the flags make.
  static func query(_ session: Session) -> BackupQuery {
    let invocation = session.invocation
    var query = BackupQuery()
    let now = currentMicroseconds()
    query.project = invocation.bytes(project).map { Name($0) }
    query.environment = invocation.bytes(environment).map { Name($0) }
    query.system = invocation.word(system)
    query.kind = invocation.word(kind)
    query.since = invocation.moment(since, now: now, in: session.zone).map { Moment(microseconds: $0) }
    // A day stands for the whole of it.
    query.until =
      invocation.bytes(until).flatMap { Moment.range(parsing: $0, in: session.zone)?.upperBound }
      ?? invocation.moment(until, now: now, in: session.zone).map { Moment(microseconds: $0) }
    query.tag = invocation.bytes(tag).map { Tag(parsing: $0) }
    query.newestOnly = invocation.isSet(ifTaken: newestOnly)
    if invocation.takes(latest) { query.latest = invocation.count(latest) }
    return query
  }
}

extension Tag {
  /// `key` or `key:value`.
  init(parsing text: [UInt8]) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
      self.init(Name(text))
      return
    }
    self.init(Name(Array(text[..<colon])), Array(text[(colon + 1)...]))
  }
}
