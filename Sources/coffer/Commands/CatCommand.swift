internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Verb {
  static let cat = Verb(
    Command(
      "cat", "print a table's rows, an object's definition, or a file",
      examples: [
        Example("coffer cat latest auth_user --limit 10", "the first rows"),
        Example("coffer cat ./dump.json shop_order --columns id,total --format csv", "some columns as CSV"),
        Example(
          "coffer cat latest policy:orders.own_rows", "the definition of an object: KIND:NAME or KIND:TABLE.NAME"),
        Example(
          "coffer cat ./shop.dump large-object:16409 > photo.jpg", "a large object, or another file within a backup"),
        Example("coffer cat latest README.md", "a file of the backup as it is"),
        Example("coffer cat latest auth_user --at 2026-02-05", "the rows of that day, out of the catalog alone"),
        Example("coffer cat ./shop.dump shop.dump --script", "an archive of pg_dump as the SQL that it stands for"),
      ],
      operands: [Operand("BACKUP", .file), Operand("TABLE|OBJECT|FILE")],
      flags: [columns, limit, raw, script, CatalogFlags.at] + ReadingFlags.all,
      discussion:
        "Rows are read from the backup's files or, when these are not where they were or --at is given, out of the catalog, "
        + "which does not hold secrets; definitions of objects are in the catalog, too. A word that is no file and no table is an object's name, which may stand behind its kind and its "
        + "table; a name that means several objects is an error that lists them. Secrets are masked unless --raw is given.",
      exitCodes: [.noCatalog, .locked]),
    run: printTable)
}

private let columns = Flag("columns", .text("NAME,…"), "only these columns", isRepeatable: true)
private let limit = Flag("limit", .count("N"), "at most N rows")
private let raw = Flag("raw", "show secrets")
private let script = Flag("script", "print an archive of pg_dump as SQL")

private func printTable(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var words = invocation.operands
  let isFromCatalog: Bool
  (words[0], isFromCatalog) = try session.atWord(words[0])
  let registered = try session.registeredObjects(words[0], named: words[1])
  if let registered, registered.first?.isFile != true {
    let shown = invocation.isSet(raw) ? try session.unmasked(registered, of: words[0]) : registered
    return try print(shown, session)
  }
  let opened = try session.openRows(words[0], isFromCatalog: isFromCatalog, ReadingFlags.options(invocation))
  if let registered { return try printFiles(registered, opened, session) }
  if let artifact = opened.input.backup.artifacts.first(where: { $0.entry.path == words[1] }) {
    return try printFile(artifact.entry, opened, session)
  }
  let progress = Progress()
  let display = session.standardOutput.isInteractive ? nil : session.show("reading", progress)
  defer { display?.end() }
  let backup = opened.metered(progress, passes: 2)
  let knowledge = try backup.survey()
  session.note(findings: knowledge.findings.filter(\.tellsHowItWasRead))
  guard let table = knowledge.tables.first(where: { $0.name.bytes == words[1] }) else {
    display?.end()
    let objects = ObjectAddress(words[1]).find(in: knowledge.objects)
    if objects.first?.isFile == true { return try printFiles(objects, opened, session) }
    if !objects.isEmpty { return try print(try unambiguous(objects, words[1]), session) }
    throw noSuchTable(words[1], among: knowledge.tables.map(\.name))
  }
  let wanted = try positions(invocation, in: table)
  var printer = RowPrinter(try session.report(), showsSecrets: invocation.isSet(raw), isJSON: session.isForPrograms)
  try printer.begin(table, wanted)
  var reader = try telling { () throws(ReadError) in try backup.system.openRecords(backup.input, knowledge) }
  var batch = RecordBatch()
  var left = invocation.count(limit) ?? .max
  // Rows before an error have been asked for as well.
  var failure: Failure?
  do throws(Failure) {
    while left > 0, let next = try telling({ () throws(ReadError) in try reader.nextTable() }) {
      let isWanted = next.name == table.name
      while left > 0, try telling({ () throws(ReadError) in try reader.read(into: &batch) }) {
        guard isWanted else { continue }
        try printer.print(batch, limit: left)
        left -= min(left, batch.rowCount)
      }
    }
  } catch { failure = error }
  display?.end()
  try printer.finish()
  if let failure { throw failure }
  session.note(findings: reader.findings)
  session.note(losses: opened.catalogLosses(of: [table.name]))
  return .success
}

/// Positions of the columns that are asked for.
private func positions(_ invocation: Invocation, in table: TableSchema) throws(Failure) -> [Int] {
  let names = invocation.all(columns).flatMap { $0.split(separator: UInt8(ascii: ",")).map { Array($0) } }
  guard !names.isEmpty else { return Array(table.columns.indices) }
  var positions: [Int] = []
  for name in names {
    guard let position = table.index(of: Name(name)) else {
      let known = table.columns.map { displayed($0.name) }
      let meant = suggestion(for: displayed(name), among: known).map { "did you mean '\($0)'? " } ?? ""
      throw Failure(
        .failure, "table '\(displayed(table.name))' has no column '\(displayed(name))'",
        advice: meant + "it has: " + known.joined(separator: ", "))
    }
    positions.append(position)
  }
  return positions
}

/// Says that a backup has no such table, and which one may be meant.
func noSuchTable(_ name: [UInt8], among names: [Name]) -> Failure {
  let known = names.map { displayed($0) }
  let meant = suggestion(for: displayed(name), among: known).map { "did you mean '\($0)'? " } ?? ""
  return Failure(
    .failure, "there is no table '\(displayed(name))' in the backup",
    advice: meant + "'coffer ls BACKUP' lists the tables")
}

extension Session {
  /// The objects of a registered backup that a word means, from the catalog alone; nil when it may mean something else.
  fileprivate func registeredObjects(_ backup: [UInt8], named word: [UInt8]) throws(Failure) -> [SchemaObject]? {
    guard case .registered(let backup, let artifacts) = try address(backup),
      !artifacts.contains(where: { $0.path == word })
    else { return nil }
    let catalog = try openCatalog()
    let contents = try telling { () throws(CatalogError) in
      try catalog.read { reader throws(CatalogError) in try reader.contents(of: backup.key, [.tables, .objects]) }
    }
    guard !contents.tables.contains(where: { $0.name.bytes == word }) else { return nil }
    let objects = ObjectAddress(word).find(in: contents.objects)
    return objects.isEmpty ? nil : try unambiguous(objects, word)
  }
}

/// The objects when they are one object, or definitions of one name.
private func unambiguous(_ objects: [SchemaObject], _ word: [UInt8]) throws(Failure) -> [SchemaObject] {
  guard Set(objects.map(\.address)).count == 1 else { throw .ambiguous(word, objects) }
  return objects
}

/// Prints the definitions of an object.
private func print(_ objects: [SchemaObject], _ session: Session) throws(Failure) -> ExitCode {
  let showsSecrets = session.invocation.isSet(raw)
  guard session.format == .table else {
    var report = try session.report()
    try report.list(objects, as: .objects(showsSecrets: showsSecrets))
    try report.finish()
    return .success
  }
  do throws(IOError) {
    var output = OutputBuffer(try DescriptorSink.standardOutput())
    for object in objects {
      let text = (showsSecrets ? object : object.masked).definition
      try output.append(
        session.standardOutput.isInteractive ? Array(displayed(text, multiline: true).utf8) : text)
      if text.last != UInt8(ascii: "\n") { try output.append("\n") }
    }
    try output.finish()
  } catch { throw Failure(writing: error) }
  return .success
}

/// Prints the bytes of a file that is embedded in a backup.
private func printFiles(
  _ objects: [SchemaObject], _ opened: OpenedBackup, _ session: Session
) throws(Failure) -> ExitCode {
  let object = try unambiguous(objects, session.invocation.operands[1])[0]
  let file = try telling { () throws(ReadError) in try opened.system.openFile(object, opened.input) }
  guard let file else {
    throw Failure(.failure, "the content of '\(displayed(object.name))' is not in the backup")
  }
  return try print(RangeSource(file), session)
}

/// Prints the stored bytes of a file.
private func printFile(_ entry: ContainerEntry, _ opened: OpenedBackup, _ session: Session) throws(Failure) -> ExitCode
{
  guard session.invocation.isSet(script) else {
    return try print(try telling { () throws(IOError) in try opened.input.container.open(entry) }, session)
  }
  let text = try telling { () throws(ReadError) in
    try BuiltIn.openScript(entry, in: opened.input.container, opened.input.options)
  }
  guard let text else {
    throw Failure(
      .failure, "'\(displayed(entry.path))' is neither SQL nor an archive of pg_dump",
      advice: "leave --script out to see the file as it is")
  }
  return try print(text, session)
}

/// Prints bytes; on a terminal made harmless.
private func print(
  _ bytes: consuming any ByteSource & ~Copyable, _ session: Session
) throws(Failure) -> ExitCode {
  var source = bytes
  var output: OutputBuffer
  do throws(IOError) { output = OutputBuffer(try DescriptorSink.standardOutput()) } catch {
    throw Failure(writing: error)
  }
  var piece = ByteHeap(capacity: 1 << 16)
  var isOver = false
  while !isOver {
    isOver = try telling { () throws(IOError) in try piece.fill(from: &source) }
    // A character may lie across two pieces: on a terminal whole lines are written, as far as there are lines.
    let count = session.standardOutput.isInteractive && !isOver ? piece.endOfLastLine : piece.count
    do throws(IOError) {
      if session.standardOutput.isInteractive {
        try output.append(Array(displayed(piece.span(at: 0, count: count), multiline: true).utf8))
      } else {
        try output.append(piece.span)
      }
    } catch { throw Failure(writing: error) }
    piece.replace(0..<count, with: [UInt8]().span)
  }
  do throws(IOError) { try output.finish() } catch { throw Failure(writing: error) }
  return .success
}

extension ByteHeap {
  /// Where the last line ends; everything when there is no line.
  fileprivate var endOfLastLine: Int {
    var end = count
    while end > 0, self[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    return end > 0 ? end : count
  }
}
