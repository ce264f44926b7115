internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Mapping
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
          "coffer migrate latest --into postgresql:///shop --rejects rejects/", "and go on when rows are refused"),
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
        + "want the name of the database typed, or --yes --confirm NAME. Before they do, the tables that they touch are "
        + "copied and the copy is compared with them; 'coffer undo' brings it back. Where there is a catalog, or --catalog names one, the copy is registered with the tag 'safety'."
        + "\n\nEverything is one transaction: whenever the load fails, is stopped or loses its connection, the database is as it "
        + "was before. Keys, indexes and foreign keys are made when the rows are there, sequences go on behind them. Each load "
        + "leaves a row in coffer.loads, where it is looked up when the connection is lost while it is committed; a role that "
        + "may not make that table loads without it."
        + "\n\n--preview changes nothing and prints what a load would do. Rows are sent to temporary tables and held against types, "
        + "NOT NULL, CHECK and unique constraints and foreign keys, those of tables that are there too; what breaks them is named "
        + "and counted by constraint, with exit code 3. Triggers are not run, and no sequence gives a number away."
        + "\n\nThe first row that the database refuses, or that cannot be cast as the mapping says, ends the load. With --rejects "
        + "it is kept, as it is in the backup, in a lossless CSV file of its table, with its record number, the SQLSTATE, the "
        + "reason and the constraint behind its own columns; so are rows without those that they refer to and all but the first "
        + "of a key. --max-rejects bounds their number. Exit code 3 says that rows were left out; 'coffer replay' loads them "
        + "when they, the mapping or the target are mended."
        + "\n\n--lineage keeps the ids that a mapping changes: coffer.lineage (coffer_lineage in SQLite) gets a row for each row that "
        + "is loaded, with system, table and id of the source and table, column and id of the target, in the same transaction. "
        + "Rows of it whose target's row is gone go with --mode replace and 'coffer undo'."
        + "\n\n--batch N commits every N rows, and with them in coffer.loads (coffer_loads in SQLite) how far the load came. When it "
        + "is stopped, the same command with --resume goes on from there, if the backup is the same; no row is loaded twice and "
        + "none is left out. Keys of new tables are made in the last transaction. With --rejects, rows that are refused stand in "
        + "coffer.rejects (coffer_rejects) until the load is over and they are in their files, and rows of PostgreSQL that refer "
        + "to later ones wait for them. Keys that come twice in the backup are noticed within a batch; --mode upsert takes the last.",
      exitCodes: [.partial, .loss, .refused, .noCatalog, .locked, .interrupted]),
    run: migrateBackup)
}

enum MigrateFlags {
  static let into = Flag(
    "into", .text("URL"), "the database: " + BuiltIn.loadTargets.map(\.places).joined(separator: "; "))
  static let mode = Flag(
    "mode", .choice("MODE", LoadMode.allCases.map(\.rawValue)), "what becomes of rows that are there; else create")
  static let preview = Flag("preview", "change nothing; print what would be created, updated, deleted and refused")
  static let rejects = Flag(
    "rejects", .directory("DIR"),
    "keep rows that the database refuses there, and load the others; else the first ends it")
  static let maxRejects = Flag("max-rejects", .count("N"), "end the load when more rows are refused")
  static let backup = Flag(
    "backup", .directory("DIR"), "where rows are kept before they change or go; else in the user's data directory")
  static let noRegister = Flag("no-register", "do not register the copy of the rows that changed or went")
  static let lineage = Flag(
    "lineage", "keep which id of the source became which of the target, where the mapping changes keys")
  static let batch = Flag("batch", .count("N"), "commit every N rows; else all or none")
  static let resume = Flag("resume", "go on with a load in batches that was stopped, behind its last commit")
  static let certificate = Flag(
    ConvertFlags.certificate.name, .file("FILE"),
    "read the database again, compare every row, and write down what was found (see prove); exit 5 on a difference")
  static let yes = Flag("yes", short: "y", "do not ask; with --confirm")
  static let confirm = Flag("confirm", .text("NAME"), "name of the database whose rows may change or go")

  static let all =
    [
      into, mode, preview, rejects, maxRejects, lineage, batch, resume, ConvertFlags.schemaOnly, ConvertFlags.dataOnly,
      ConvertFlags.table, ConvertFlags.exclude, ConvertFlags.foreignKeys, ConvertFlags.cycles,
      ConvertFlags.noInternalFields, certificate, ConvertFlags.failOnLoss, backup, noRegister, yes, confirm,
    ] + MappingFlags.all
}

private func migrateBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let load = try openLoad(invocation)
  var options = LoadOptions()
  options.mode = invocation.choice(MigrateFlags.mode) ?? .create
  options.isPreview = invocation.isSet(MigrateFlags.preview)
  options.rejects = try rejects(invocation)
  try checkCertificate(invocation, options)
  options.safetyCopy = try session.safetyCopy(for: load)
  let work = ConversionWork(session, options.isPreview ? "looking" : "loading", .standardOutput)
  defer { work.end() }
  let backup = try session.openBackup(invocation.operands[0], ReadingFlags.options(invocation), work.progress)
  options.batches = try batches(backup, invocation)
  let (job, selection) = try conversionJob(of: backup, ConversionTarget(LoadFormat(load, options)), work, session)
  return try session.load(job, selection, into: load, options, work) { (report) throws(Failure) in
    try session.certify(
      OpenedBackup(input: backup.input, system: job.system), job.knowledge ?? Knowledge(), selection, report,
      at: invocation.bytes(MigrateFlags.into))
  }
}

/// How a load is committed; nil: as one transaction.
private func batches(_ backup: OpenedBackup, _ invocation: Invocation) throws(Failure) -> LoadBatches? {
  guard let size = invocation.count(MigrateFlags.batch) else {
    guard !invocation.isSet(MigrateFlags.resume) else {
      throw .usage(
        "--resume goes on with a load in batches", advice: "say how many rows each has, as before: --batch N")
    }
    return nil
  }
  guard size > 0 else { throw .usage("--batch takes a number of rows from 1 on") }
  var hash = SHA256()
  for artifact in backup.input.backup.artifacts where artifact.role == .data {
    try telling { () throws(IOError) -> Void in
      var source = try backup.input.container.open(artifact.entry)
      var piece = ByteHeap(capacity: 1 << 18), isOver = false
      while !isOver {
        piece.removeAll()
        isOver = try piece.fill(from: &source)
        hash.update(piece.span)
      }
    }
  }
  // The same rows mapped otherwise are other rows.
  for text in [try mappingText(invocation)] + invocation.all(MappingFlags.cast) where !text.isEmpty {
    hash.update([0].span)
    hash.update(text.span)
  }
  return LoadBatches(
    of: size, from: Array(hexadecimal(hash.finish()).utf8), resumes: invocation.isSet(MigrateFlags.resume))
}

/// Rows that were there before would all be differences.
private func checkCertificate(_ invocation: Invocation, _ options: LoadOptions) throws(Failure) {
  guard invocation.bytes(MigrateFlags.certificate) != nil else { return }
  guard options.mode == .create || options.mode == .replace, !options.isPreview else {
    throw .usage(
      "--certificate is of tables that hold nothing but the backup's rows: --mode create or replace, without --preview")
  }
}

/// The database that the flags name, open.
func openLoad(_ invocation: Invocation) throws(Failure) -> any LoadSession {
  guard let place = invocation.bytes(MigrateFlags.into) else {
    throw .usage("--into URL is missing", advice: "name the database: " + places)
  }
  guard let target = BuiltIn.loadTargets.first(where: { $0.recognises(place) }) else {
    // The place itself may hold a password.
    throw .usage("--into names no database that can be loaded", advice: places)
  }
  do throws(WriteError) { return try target.open(place) } catch { throw Failure(error) }
}

/// Where rows go that are refused; nil: the first ends the load.
private func rejects(_ invocation: Invocation) throws(Failure) -> Rejects? {
  guard let path = invocation.bytes(MigrateFlags.rejects) else {
    guard invocation.bytes(MigrateFlags.maxRejects) == nil else {
      throw .usage("--max-rejects bounds what --rejects keeps", advice: "name a directory: --rejects DIR")
    }
    return nil
  }
  // Refused before the work is done, not after it.
  _ = try telling { () throws(IOError) in try StagedDirectory(path) }
  return Rejects(in: path, as: BuiltIn.exactFormat, limit: invocation.count(MigrateFlags.maxRejects))
}

extension Session {
  /// Runs a load, asks before it changes what is there, and tells what it did.
  func load(
    _ given: ConversionJob, _ selection: ConversionSelection, into load: any LoadSession, _ wanted: LoadOptions,
    _ work: ConversionWork, certify: (ConversionReport) throws(Failure) -> Bool = { (_) throws(Failure) in true }
  ) throws(Failure) -> ExitCode {
    var job = given, options = wanted
    options.lineage = wanted.isPreview ? nil : try lineage(selection)
    job.rejects = options.rejects
    job.format = LoadFormat(load, options)
    func serve(_ options: LoadOptions) {
      let isCounted = !options.isPreview && given.options.writesData
      selection.mapping?.serve(
        selection.tables, isCounted ? options.rejects?.budget ?? RejectBudget(limit: 0) : nil, options.lineage)
    }
    defer { selection.mapping?.serve([], nil, nil) }
    if options.mode.isDestructive, !options.isPreview, try !isConfirmed(options, load, invocation) {
      var preview = options
      preview.isPreview = true
      preview.lineage = nil
      job.format = LoadFormat(load, preview)
      serve(preview)
      _ = try run(job, selection, work, self)
      try print(load.outcomes, isPreview: true)
      try confirm(load, options.mode)
      job.format = LoadFormat(load, options)
    }
    serve(options)
    let report = try run(job, selection, work, self)
    selection.mapping?.serve([], nil, nil)
    do throws(WriteError) { try options.rejects?.finish() } catch { throw Failure(error) }
    try tell(report, load, options)
    let isProved = try certify(report)
    if !isProved || invocation.isSet(ConvertFlags.failOnLoss) && !report.losses.isEmpty { return .loss }
    return report.isPartial ? .partial : .success
  }
}

extension Session {
  /// Where the keys that the mapping changes are noted, if the flags ask for that.
  private func lineage(_ selection: ConversionSelection) throws(Failure) -> KeyLineage? {
    guard invocation.isSet(ifTaken: MigrateFlags.lineage) else { return nil }
    guard let mapping = selection.mapping else {
      throw .usage("--lineage keeps the ids that a mapping changes", advice: "state the mapping: --map FILE")
    }
    let lineage = try telling { () throws(IOError) in try mapping.makeLineage() }
    if lineage == nil { note("the mapping changes no keys: there are no ids to keep") }
    return lineage
  }
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
