internal import Bytes
internal import CommandLine
internal import Comparison
internal import Conversion
internal import Diagnostics
internal import Mapping
internal import Records

extension Verb {
  static let diff = Verb(
    Command(
      "diff", "show what differs between two backups, of whatever systems they are",
      examples: [
        Example("coffer diff latest~1 latest", "tables, columns, objects and rows"),
        Example("coffer diff production.sql ./staging.db --schema", "only tables and columns"),
        Example("coffer diff latest~1 latest --table orders --rows --json", "which rows of a table, for a program"),
        Example("coffer diff latest~1 latest --patch sql > patch.sql", "statements that make the rows of A those of B"),
        Example("coffer diff a.json b.json --stat --exit-code", "counts alone; exit 6 when anything differs"),
      ],
      operands: [Operand("A", .file), Operand("B", .file)],
      flags: [schema, objects, rows, table, stat, exitCode, KeptSides.files, PatchOutput.patch, ConvertFlags.dialect]
        + MappingFlags.all + [ReadingFlags.system],
      discussion:
        "Rows are told apart by their primary keys, else by unique keys, else they are what they are. Values count by what they "
        + "mean, so that 1.50 is 1.5, and in A what --map and --cast make of them; names go without regard to case or schema where that is clear. The first "
        + "20 rows of each table that differ are named; all are counted. 'coffer prove' tells whether nothing was lost.\n\n"
        + "Two registered backups of one project, environment and system are compared by the catalog, whether their files are there "
        + "or not: only rows that changed are looked at. It tells that secrets and values that were too large to be kept have "
        + "changed; the latter whenever anything in their row has. --files reads the files instead. --patch sql writes what makes the rows of A those of B.",
      exitCodes: [.partial, .differences, .noCatalog, .locked, .interrupted]),
    run: showDifferences)
}

private let schema = Flag("schema", "only tables and columns")
private let objects = Flag("objects", "only objects that are no rows")
private let rows = Flag("rows", "only rows")
private let table = Flag("table", .text("NAME"), "only this table", isRepeatable: true)
private let stat = Flag("stat", "how much differs, without naming rows, columns and objects")
private let exitCode = Flag("exit-code", "exit 6 when anything differs")

private func showDifferences(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let progress = Progress()
  let display = session.show("comparing", progress)
  defer { display?.end() }
  let kept = try KeptSides(session)
  if invocation.word(PatchOutput.patch) != nil {
    display?.end()
    return try PatchOutput.write(kept, tables: Set(invocation.all(table).map { Name($0) }), session)
  }
  var sides: [ComparedBackup], log: MappingLog?
  if let kept { sides = kept.sides } else { (sides, log) = try session.comparedBackups(progress) }
  let names = invocation.all(table).map { Name($0) }
  for i in sides.indices where !names.isEmpty { sides[i].keep(names) }
  if !names.isEmpty, sides.allSatisfy({ $0.parts.allSatisfy(\.knowledge.tables.isEmpty) }) {
    throw noSuchTable(names[0].bytes, among: [])
  }
  let asked = [schema, objects, rows].filter { invocation.isSet($0) }
  func isAsked(_ flag: Flag) -> Bool { asked.isEmpty || asked.contains { $0.name == flag.name } }
  var comparison = Comparison(sides[0], sides[1])
  if isAsked(rows) {
    do throws(ComparisonError) { try comparison.run() } catch { throw Failure(error.error) }
  }
  let compared = kept?.completed(comparison.tables, isAsked(rows)) ?? comparison.tables
  let difference = BackupDifference(
    tables: isAsked(rows) || isAsked(schema) ? compared : [],
    columns: isAsked(schema) ? comparison.columnChanges : [],
    objects: isAsked(objects) && names.isEmpty ? objectChanges(sides[0], sides[1]) : [])
  display?.end()
  if let log { session.note(rules: log.rules) }
  try difference.print(session, isShort: invocation.isSet(stat))
  return invocation.isSet(exitCode) && difference.isAny ? .differences : .success
}
