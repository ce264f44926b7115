internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Verb {
  static let migrate = Verb(
    Command(
      "migrate", "load a backup into a live database",
      examples: [
        Example(
          "coffer migrate latest --into postgresql://localhost/shop", "into an empty database, as one transaction"),
        Example("coffer migrate dump.json --into 'service=shop' --mode upsert --preview", "what an upsert would do"),
        Example("coffer migrate shop.sql --into postgresql:///shop --mode append --table users", "one table's rows"),
        Example(
          "coffer migrate convex/ --into postgresql:///shop --mode append --map shop.toml", "into tables of other names"
        ),
        Example(
          "coffer migrate latest --into postgresql:///shop --mode replace --yes --confirm shop", "without asking"),
      ],
      operands: [Operand("BACKUP", .file)], flags: MigrateFlags.all + ReadingFlags.all,
      discussion:
        "BACKUP is a file, a directory, '-' or a registered backup (see 'coffer help addressing'). The URL goes to "
        + "libpq as it is: PG* variables, the password file and services count as with psql, and keep passwords off the "
        + "command line."
        + "\n\n--mode create, which is usual, makes the tables and refuses a database that holds rows. append adds rows to tables "
        + "that are there or are made. skip-existing leaves out rows whose key is there, upsert puts them in the place of "
        + "those that are there, replace deletes the rows of the backup's tables first; the last two change what is there and "
        + "want the name of the database typed, or --yes --confirm NAME."
        + "\n\nEverything is one transaction: whenever the load fails, is stopped or loses its connection, the database is as it "
        + "was before. Keys, indexes and foreign keys are made when the rows are there, sequences go on behind them. Each load "
        + "leaves a row in coffer.loads, where it is looked up when the connection is lost while it is committed; a role that "
        + "may not make that table loads without it. --preview changes nothing and prints what a load would do.",
      exitCodes: [.partial, .loss, .refused, .noCatalog, .locked, .interrupted]),
    run: migrateBackup)
}

enum MigrateFlags {
  static let into = Flag(
    "into", .text("URL"), "the database: " + BuiltIn.loadTargets.map(\.places).joined(separator: "; "))
  static let mode = Flag(
    "mode", .choice("MODE", LoadMode.allCases.map(\.rawValue)), "what becomes of rows that are there; else create")
  static let preview = Flag("preview", "change nothing; print what would be created, updated and deleted")
  static let yes = Flag("yes", short: "y", "do not ask; with --confirm")
  static let confirm = Flag("confirm", .text("NAME"), "name of the database whose rows may change or go")

  static let all =
    [
      into, mode, preview, ConvertFlags.schemaOnly, ConvertFlags.dataOnly, ConvertFlags.table, ConvertFlags.exclude,
      ConvertFlags.foreignKeys, ConvertFlags.cycles, ConvertFlags.noInternalFields, ConvertFlags.failOnLoss, yes,
      confirm,
    ] + MappingFlags.all
}

private func migrateBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  guard let place = invocation.bytes(MigrateFlags.into) else {
    throw .usage("--into URL is missing", advice: "name the database: " + places)
  }
  guard let target = BuiltIn.loadTargets.first(where: { $0.recognises(place) }) else {
    // The place itself may hold a password.
    throw .usage("--into names no database that can be loaded", advice: places)
  }
  var options = LoadOptions()
  options.mode = invocation.choice(MigrateFlags.mode) ?? .create
  options.isPreview = invocation.isSet(MigrateFlags.preview)
  let work = ConversionWork(session, options.isPreview ? "looking" : "loading", .standardOutput)
  defer { work.end() }
  let backup = try session.openBackup(invocation.operands[0], ReadingFlags.options(invocation), work.progress)
  let load: any LoadSession
  do throws(WriteError) { load = try target.open(place) } catch { throw Failure(error) }
  let isConfirmed = try isConfirmed(options, load, invocation)
  var (job, selection) = try conversionJob(
    of: backup, ConversionTarget(LoadFormat(load, options)), work, session)
  if options.mode.isDestructive, !options.isPreview, !isConfirmed {
    var preview = options
    preview.isPreview = true
    job.format = LoadFormat(load, preview)
    _ = try run(job, selection, work, session)
    try session.print(load.outcomes, isPreview: true)
    try session.confirm(load, options.mode)
    job.format = LoadFormat(load, options)
  }
  let report = try run(job, selection, work, session)
  try session.tell(report, load, options)
  if invocation.isSet(ConvertFlags.failOnLoss), !report.losses.isEmpty { return .loss }
  return report.isPartial ? .partial : .success
}

private var places: String { BuiltIn.loadTargets.map(\.places).joined(separator: "; ") }

/// Whether the flags name the database whose rows may change.
private func isConfirmed(
  _ options: LoadOptions, _ load: any LoadSession, _ invocation: Invocation
) throws(Failure) -> Bool {
  guard let name = invocation.bytes(MigrateFlags.confirm) else { return false }
  guard name == load.name.bytes else {
    throw Failure(
      .refused, "--confirm names '\(displayed(name))', and the database is '\(displayed(load.name))'",
      advice: "look whether --into is the one that is meant")
  }
  return invocation.isSet(MigrateFlags.yes)
}

extension Session {
  /// Asks for the name of the database on the terminal; without one the flags have to say it.
  fileprivate func confirm(_ load: any LoadSession, _ mode: LoadMode) throws(Failure) {
    let what = mode == .replace ? "delete rows of" : "change rows of"
    let refusal = Failure(
      .refused, "not confirmed: \(what) \(load.title)",
      advice: "pass --yes --confirm NAME with the name of the database: \(displayed(load.name))")
    guard isTerminal(0), standardError.isInteractive else { throw refusal }
    guard try ask("\(what) \(load.title)? Type its name to go on:") == load.name.bytes else { throw refusal }
  }
}
