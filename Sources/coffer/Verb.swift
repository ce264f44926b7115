internal import CommandLine

/// A command and what it does.
struct Verb: Sendable {
  var command: Command
  /// Whether it works even with an environment or configuration that cannot be understood.
  var toleratesMistakes: Bool
  /// Called once, with as many operands as the command takes.
  var run: @Sendable (Session) throws(Failure) -> ExitCode

  init(
    _ command: Command, toleratesMistakes: Bool = false,
    run: @escaping @Sendable (Session) throws(Failure) -> ExitCode
  ) {
    self.command = command
    self.toleratesMistakes = toleratesMistakes
    self.run = run
  }
}

/// All verbs in the order of the overview. The only list to extend.
let verbs: [Verb] = [
  .register, .detect, .list, .projects, .project, .show, .ls, .cat, .search, .find, .history, .bisect, .claims,
  .coverage,
  .stats, .users,
  .verify, .prove, .diff, .sql, .convert, .export, .migrate, .replay, .undo, .capture, .restorePlan, .formats, .tag,
  .alias,
  .subject, .forget, .catalog, .doctor, .completion, .man, .help, .version,
]

/// The program as a table.
let program = Program(
  "coffer", version: version, "a catalog of backups: find, compare and convert what is inside them",
  commands: verbs.map(\.command), flags: GlobalFlags.all, topics: topics, environment: environmentVariables)
