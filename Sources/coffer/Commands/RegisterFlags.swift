internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CommandLine
internal import Diagnostics

/// The flags of `register`.
enum RegisterFlags {
  static let recursive = Flag("recursive", short: "r", "open archives that lie in directories, too")
  static let project = Flag("project", short: "p", .text("NAME"), "the project the backups belong to")
  static let environment = Flag("env", .text("NAME"), "the environment they were taken from, such as production")
  static let label = Flag("label", .text("TEXT"), "a short title")
  static let alias = Flag("alias", .text("NAME"), "a name of its own, for one backup")
  static let tag = Flag("tag", .text("KEY[:VALUE]"), "a tag", isRepeatable: true)
  static let note = Flag("note", .text("TEXT"), "a note")
  static let takenAt = Flag("taken-at", .moment("WHEN"), "when it was taken, if its content does not say")
  static let index = Flag(
    "index", .choice("HOW", Indexing.allCases.map(\.rawValue)), "values to search: all, those of keys, none; else full")
  static let dryRun = Flag("dry-run", short: "n", "only say what would be registered")
  static let explain = Flag("explain", "say why a backup is what it is taken for")

  static let all = [
    recursive, project, environment, ReadingFlags.system, label, alias, tag, note, takenAt, index,
    ReadingFlags.encoding,
    ReadingFlags.ragged, ReadingFlags.schema, dryRun, explain,
  ]

  /// What flags and settings say about registering.
  static func options(_ session: Session) throws(Failure) -> RegisterOptions {
    let invocation = session.invocation
    var options = RegisterOptions()
    options.project = session.settings[.project].map { Name($0.bytes) }
    options.environment = session.settings[.environment].map { Name($0.bytes) }
    options.system = ReadingFlags.system(invocation)
    options.label = invocation.bytes(label)
    options.note = invocation.bytes(note)
    options.alias = invocation.bytes(alias).map { Name($0) }
    options.tags = invocation.all(tag).map { Tag(parsing: $0) }
    options.zone = session.zone
    if invocation.takes(takenAt) {
      options.takenAt = invocation.moment(takenAt, now: currentMicroseconds(), in: session.zone).map {
        Moment(microseconds: $0)
      }
    }
    options.indexing = session.settings.word(.index) ?? .full
    options.reading = ReadingFlags.options(invocation)
    if options.project?.isEmpty == true { throw .usage("--project is empty") }
    if options.tags.contains(where: { $0.key.isEmpty }) { throw .usage("a tag's key cannot be empty") }
    if let alias = options.alias, !BackupAddress.isAlias(alias) {
      throw .usage("'\(displayed(alias))' cannot be a name", advice: "see 'coffer help addressing'")
    }
    return options
  }
}
