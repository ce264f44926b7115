internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Verb {
  static let convert = Verb(
    Command(
      "convert", "write a backup in another format",
      examples: [
        Example("coffer convert dump.json -o shop.sql", "SQL for PostgreSQL, tables in the order that loads"),
        Example("coffer convert dump.json.gz -t sql --dialect sqlite | sqlite3 shop.db", "load it into SQLite"),
        Example("coffer convert dump.json -t csv -o shop/", "one CSV file per table"),
        Example("coffer convert convex/ -o records.jsonl --table records --safe", "one table, no secrets"),
        Example("coffer convert convex/records_backup.csv -o records.json", "CSV in the types of the JSON beside it"),
      ],
      operands: [Operand("IN", .file)],
      flags: ConvertFlags.writing + [from] + ReadingFlags.all,
      discussion: "IN is a file, a directory, '-' or a registered backup (see 'coffer help addressing'). What the "
        + "target cannot hold is named and counted; nothing is written when reading fails, unless --salvage is given."
        + "\n\nA CSV file that is named alone is read in the types of its schema file (--csv lossless writes one), or of "
        + "the Convex JSON of the same table that lies beside it; --system generic and --from csv leave them aside."
        + "\n\n--files writes the files within the backup below a directory: those embedded in rows or beside them, and the "
        + "bodies of stored files. A cell that held one keeps its path, size and SHA-256; files.jsonl in the directory lists "
        + "them all. What is in the directory already stays, unless a file comes under its name."
        + "\n\nSecrets are written as they are; which columns hold them is said on standard error. --safe takes them out, wherever "
        + "they stand and however they are encoded; whatever is taken out is named and counted.",
      exitCodes: [.partial, .loss, .refused, .interrupted]),
    run: convertBackup)
}

private let from = Flag(
  "from", .choice("FORMAT", BuiltIn.importFormats.map(\.id)), "read it as this format and by its rules alone")

private func convertBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let target = try ConversionTarget(invocation)
  var options = ReadingFlags.options(invocation)
  options.keepsRowsBeforeError = invocation.isSet(ConvertFlags.salvage)
  let path = invocation.operands[0]
  let work = ConversionWork(session, target)
  defer { work.end() }
  if let format = invocation.word(from) {
    options.isStrict = true
    let container = try openContainer(path, work.progress)
    let backup = try plainBackup(container, format: format, path)
    return try write(try opened(backup, in: container, options), target, work, session)
  }
  return try write(try session.openBackup(path, options, work.progress), target, work, session)
}

/// A single file as rows of one format, whatever it looks like.
private func plainBackup(
  _ container: any BackupContainer, format: String, _ path: [UInt8]
) throws(Failure) -> DetectedBackup {
  guard container.entries.count == 1 else {
    throw .usage("--from takes a single file; '\(displayed(path))' holds \(container.entries.count)")
  }
  // What the file's name says of its table holds whatever its content looks like.
  let look = try telling { () throws(ReadError) in
    try BuiltIn.fallback.detect(container, BuiltIn.toolbox).first?.artifacts.first
  }
  let entry = container.entries[0]
  let artifact = DetectedArtifact(
    entry, .data, format: format, table: look?.table ?? Name(entry.path.lastPathComponent))
  return DetectedBackup(
    system: BuiltIn.fallback.id, kind: "\(format) file", confidence: 1, evidence: ["--from \(format)"],
    artifacts: [artifact])
}
