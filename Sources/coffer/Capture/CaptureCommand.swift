internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let capture = Verb(
    Command(
      "capture", "take a backup from a live system, and register it",
      examples: [
        Example("coffer capture postgres postgresql:///shop -o backups/", "schema, rows and both, of one moment"),
        Example("coffer capture postgres 'service=shop' --layout folder --detach", "everything, in the background"),
        Example(
          "coffer capture supabase 'service=project' -o set/", "roles, schema and rows, those of auth and storage too"),
        Example("coffer capture sqlite app.db", "while the program goes on writing to it"),
        Example("coffer capture convex https://opulent-rabbit-360.convex.cloud --password-file key", "every document"),
        Example("coffer capture django db.sqlite3 -o backup/", "as dumpdata writes it, and the users' document"),
      ],
      operands: [Operand("SYSTEM", .choice(CapturedSystem.allCases.map(\.rawValue))), Operand("URL", .file)],
      flags: CaptureFlags.all,
      discussion:
        "Nothing is written to the system. A database of PostgreSQL is read in one snapshot, whatever others write meanwhile: by the "
        + "pg_dump that suits the server where one is installed, else table by table, and what that leaves out is named and counted. "
        + "The URL goes to libpq as it is: PG* variables, the password file and services count as with psql, and keep passwords off "
        + "the command line; so does --password-file."
        + "\n\n--layout trio makes a file of the schema, one of the rows and one of both; set makes roles.sql, schema.sql and "
        + "data.sql; folder makes the whole as SQL and as an archive, and beside it users, roles, policies, functions, encryption, "
        + "migrations and a CSV file of each table. Of Supabase, schemas of the platform that the role may not read are left out by "
        + "name. SQLite is copied through its online backup. Of Django, the database is written as dumpdata does "
        + "and as the document of its users. Convex is read through its streaming export API, all tables of one snapshot, with the deploy "
        + "key of CONVEX_DEPLOY_KEY or --password-file. "
        + "\n\nRows and objects are counted at the source. The counts and the SHA-256 of every file stand in coffer-manifest.json "
        + "beside the files. Before the directory gets its name, all files are read and every figure is held against them; "
        + "'coffer claims' does so again at any time."
        + "\n\n--detach returns at once. What the work says goes as JSON Lines into the log, whose last line is the summary "
        + "or an exit_error.",
      exitCodes: [.partial, .loss, .locked, .catalogTooNew, .interrupted]),
    run: runCapture)
}

/// The systems that backups can be taken from.
enum CapturedSystem: String, CaseIterable, Sendable {
  case postgres, supabase, sqlite, django, convex
}

/// How the files of a capture are laid out.
enum CaptureLayout: String, CaseIterable, Sendable {
  /// Schema, rows, and both in one file.
  case trio
  /// Roles, schema and rows in files of their own.
  case set
  /// One file of everything, and beside it what it holds by kinds, for people and for restoring parts.
  case folder
}

enum CaptureFlags {
  static let output = Flag(
    "output", short: "o", .directory("DIR"), "directory to make; else one of the system and the time")
  static let layout = Flag(
    "layout", .choice("LAYOUT", CaptureLayout.allCases.map(\.rawValue)),
    "of PostgreSQL's files; else set for Supabase, trio for others")
  static let passwordFile = Flag("password-file", .file("FILE"), "a file whose first line is the password or key")
  static let program = Flag(
    "pg-dump", .text("PROGRAM"), "the pg_dump to use, or none; else the one that suits the server")
  static let noRegister = Flag("no-register", "do not put it into the catalog")
  static let detach = Flag("detach", "do it in the background, and say where its log is")
  static let log = Flag("log", .file("FILE"), "the log of --detach; else beside the directory")

  static let all = [
    output, layout, passwordFile, program, noRegister, detach, log, ConvertFlags.failOnLoss, RegisterFlags.project,
    RegisterFlags.environment, RegisterFlags.label, RegisterFlags.alias, RegisterFlags.tag, RegisterFlags.note,
    RegisterFlags.index,
  ]
}

private func runCapture(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  guard let system = CapturedSystem(rawValue: String(decoding: invocation.operands[0], as: UTF8.self)) else {
    throw .usage(
      "'\(displayed(invocation.operands[0]))' is no system that backups can be taken from",
      advice: "one of: " + CapturedSystem.allCases.map(\.rawValue).joined(separator: ", "))
  }
  let place = CapturePlace(session, system)
  if invocation.isSet(CaptureFlags.detach) { return try session.detach(place) }
  guard invocation.bytes(CaptureFlags.log) == nil else { throw .usage("--log is the log of --detach") }
  var run = try CaptureRun(session, system, place)
  defer { run.end() }
  return try run.run()
}

/// Where a capture goes, and what the time in its names is.
struct CapturePlace: Sendable {
  let directory: [UInt8]
  /// Such as `20261129_122405`, in the zone that was asked for.
  let stamp: String

  init(_ session: Session, _ system: CapturedSystem) {
    let digits = rfc3339(microseconds: currentMicroseconds(), in: session.zone).utf8.filter { isDigit($0) }.prefix(14)
    let stamp =
      String(decoding: digits.prefix(8), as: UTF8.self) + "_" + String(decoding: digits.suffix(6), as: UTF8.self)
    self.stamp = stamp
    var given = session.invocation.bytes(CaptureFlags.output) ?? Array("\(system.rawValue)_backup_\(stamp)".utf8)
    while given.count > 1, given.last == UInt8(ascii: "/") { given.removeLast() }
    directory = given
  }
}
