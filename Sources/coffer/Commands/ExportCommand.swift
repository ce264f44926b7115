internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogSource
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Verb {
  static let export = Verb(
    Command(
      "export", "write a registered backup, or a part of it, in another format",
      examples: [
        Example("coffer export latest -o shop.sql", "the newest backup as SQL for PostgreSQL"),
        Example("coffer export shop@2026-02-05 -t csv -o shop/", "one CSV file per table"),
        Example(
          "coffer export latest --only policies --only functions -o rules.sql", "definitions, ready to be reviewed"),
        Example("coffer export latest --only users -o users.sql", "the users' rows as INSERTs"),
        Example("coffer export latest --at 2026-02-05 -o then.sql", "as it was that day, out of the catalog alone"),
      ],
      operands: [Operand("BACKUP", .file)],
      flags: [ExportFlags.only, ExportFlags.reason, CatalogFlags.at] + ConvertFlags.writing,
      discussion:
        "Without --only the same as 'coffer convert'. With it SQL is written: definitions in an order in which they "
        + "can be run, below a header that says what they are and what is not there; for users, the rows of the table in "
        + "which the system keeps them; for table:NAME, the table and its rows. A definition that psql would take for more "
        + "than SQL is left out and named. --only can be given again, for definitions with definitions and rows with rows."
        + "\n\nThe rows of a backup that is complete, with passwords and tokens in it, leave the catalog with --safe, or with "
        + "--complete and a --reason, which the catalog keeps."
        + "\n\nRows are read from the backup's files or, when these are not where they were or --at is given, out of the "
        + "catalog. What it does not hold is named and counted: secrets, defaults and the source's own names of types. "
        + "Definitions are in the catalog, without their secrets, which are read from the files, too.",
      exitCodes: [.partial, .loss, .refused, .noCatalog, .locked, .interrupted]),
    run: exportBackup)
}

enum ExportFlags {
  static let only = Flag(
    "only", .text("PART"), "one of: " + ExportSelection.known.joined(separator: ", "), isRepeatable: true)
  static let reason = Flag("reason", .text("TEXT"), "why a complete backup is written elsewhere, with --complete")
}

private func exportBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var selections: [ExportSelection] = []
  for argument in invocation.all(ExportFlags.only) { selections.append(try ExportSelection(argument)) }
  if !selections.isEmpty, !(invocation.all(ConvertFlags.table) + invocation.all(ConvertFlags.exclude)).isEmpty {
    throw .usage("--only and --table or --exclude exclude each other")
  }
  guard selections.isEmpty || selections.allSatisfy(\.isRows) else {
    guard !selections.contains(where: \.isRows) else {
      throw .usage("--only takes rows or definitions at a time", advice: "write two files")
    }
    return try exportObjects(selections, session)
  }
  let target = try ConversionTarget(invocation, fallback: selections.isEmpty ? nil : "sql")
  var options = ReadOptions()
  options.keepsRowsBeforeError = invocation.isSet(ConvertFlags.salvage)
  let work = ConversionWork(session, target)
  defer { work.end() }
  let (word, isFromCatalog) = try session.atWord(invocation.operands[0])
  let opened = try session.openRows(word, isFromCatalog: isFromCatalog, options)
  if !(opened.system is CatalogSystem) { try session.justify(word) }
  guard !selections.isEmpty else { return try write(opened, target, work, session) }
  let part = PartOfRows(selections, origin: try session.origin(word))
  return try write(opened, target, work, session, part: part)
}

extension Session {
  /// Lets a complete backup of the catalog be written for a reason only, which the catalog keeps.
  fileprivate func justify(_ word: [UInt8]) throws(Failure) {
    guard case .registered(let backup, _) = try address(word), !invocation.isSet(ConvertFlags.safe),
      backup.attributes.contains(where: { $0.name == "backup_contents" && $0.value.elementsEqual("complete".utf8) })
    else { return }
    guard invocation.isSet(ConvertFlags.complete), let reason = invocation.bytes(ExportFlags.reason), !reason.isEmpty
    else {
      throw Failure(
        .refused, "backup \(backup.id.short) is complete: it holds passwords, tokens or files",
        advice: "--safe leaves them out; --complete with --reason TEXT writes them, and the catalog keeps the reason")
    }
    let now = Moment(microseconds: currentMicroseconds()), catalog = try openCatalog()
    try telling { () throws(CatalogError) in
      try catalog.write { writer throws(CatalogError) in
        try writer.edit(backup.key, .exported(reason: reason), at: now)
      }
    }
  }
}

/// Writes definitions.
private func exportObjects(_ selections: [ExportSelection], _ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let target = try ConversionTarget(invocation, fallback: "sql")
  guard target.format.id == "sql", target.path?.last != UInt8(ascii: "/") else {
    throw .usage("definitions are written as SQL, into one file")
  }
  let words = selections.map(\.word).joined(separator: ", ")
  let isSafe = invocation.isSet(ConvertFlags.safe)
  let source = try session.objects(of: invocation.operands[0], masked: isSafe)
  func selected(_ objects: [SchemaObject]) -> [SchemaObject] {
    objects.filter { object in selections.contains { $0.contains(object) } }
  }
  var wanted = selected(source.objects)
  if !isSafe, wanted.contains(where: \.isMasked) {
    wanted = selected(try session.unmasked(source.objects, of: invocation.operands[0]))
  }
  var script = ObjectScript(
    words, of: wanted,
    origin: ["\(words) of backup " + source.origin[0]] + source.origin.dropFirst())
  if selections.contains(where: { if case .encryption = $0 { true } else { false } }) {
    script.tables = source.tables.filter { ExportSelection.mentionsEncryption($0.bytes) }
  }
  guard !script.written.isEmpty || !script.leftOut.isEmpty || !script.tables.isEmpty else {
    let groups = ObjectGroups(source.objects)
    throw Failure(
      .failure, "the backup has no \(words)",
      advice: groups.isEmpty ? "it has no objects at all" : "it has \(groups.summary)")
  }
  let output = Output(
    target.path.map { .file($0) } ?? .standardOutput, replaces: invocation.isSet(ConvertFlags.replace),
    encoder: target.encoder)
  do throws(WriteError) {
    var buffer = OutputBuffer(try output.openStream())
    do throws(IOError) {
      try buffer.append(script.text(masked: isSafe))
      try buffer.finish()
    } catch { throw WriteError(error) }
  } catch { throw Failure(error) }
  try tell(script, target, isSafe: isSafe, session)
  return script.leftOut.isEmpty ? .success : .partial
}

private func tell(
  _ script: ObjectScript, _ target: ConversionTarget, isSafe: Bool, _ session: Session
) throws(Failure) {
  let groups = ObjectGroups(script.written)
  let secrets = isSafe ? [] : script.written.filter { $0 != $0.masked }
  guard !session.isForPrograms else {
    return try session.printMessages(
      [
        [
          .init("message_type", .text("summary")), .init("objects", .integer(script.written.count)),
          .init("object_counts", groups.counts), .init("left_out", .integer(script.leftOut.count)),
          .init("objects_with_secrets", .list(secrets.map { .bytes($0.address) })),
          .init("output", Value(target.path)),
        ]
      ], to: messagePlace(target.path))
  }
  for (object, problem) in script.leftOut {
    session.note("left out: \(displayed(object.address)), \(problem.rawValue)")
  }
  if !secrets.isEmpty {
    let names = secrets.prefix(8).map { displayed($0.address) }.joined(separator: ", ")
    session.note(
      "the output holds secrets: \(names)\(secrets.count > 8 ? ", …" : "") (--safe masks them)")
  }
  session.note(
    "wrote \(groups.isEmpty ? "nothing" : groups.summary)" + (target.path.map { " to \(displayed($0))" } ?? ""))
}
