internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Learns everything about a Supabase backup: its dumps, the files beside them, and whether what its documents say is so.
struct SupabaseSurvey {
  private let input: BackupInput
  private let dump: SurveyedDump?
  private var findings: [Finding] = []
  private var objects: [SchemaObject] = []
  private var facts = BackupFacts()
  private var documents: [(artifact: [UInt8], text: [UInt8])] = []
  /// Of documents that make claims: as they stand but for credentials.
  private var statements: [(path: [UInt8], text: [UInt8])] = []
  private var migrationFiles: [(path: [UInt8], text: [UInt8])] = []
  private var configuration: ProjectConfiguration?

  /// Documents longer than this are kept as artifacts only.
  private static let limit = 1 << 20
  /// What psql printed is read up to this size.
  private static let printedLimit = 16 << 20

  /// `dump` is what was learnt of the dumps; nil when there are none.
  init(_ input: BackupInput, _ dump: SurveyedDump?) {
    self.input = input
    self.dump = dump
  }

  mutating func run() throws(ReadError) -> Knowledge {
    for artifact in input.backup.artifacts { try take(artifact) }
    dump?.add(to: &facts)
    facts.takenAt = input.backup.takenAt?.microseconds
    takeFunctions()
    takeMigrations()
    noteUnkept()
    try takeStorage()
    compareParts()
    var check = ClaimCheck(facts)
    for statement in statements { check.read(statement.text, path: statement.path) }
    var knowledge = dump?.knowledge ?? Knowledge()
    knowledge.objects += objects
    if let dump { knowledge.objects += dump.platform.userObjects }
    knowledge.claims += check.claims
    knowledge.findings += findings + check.findings
    knowledge.documents += documents
    knowledge.attributes += check.attributes + inventory(knowledge)
    return knowledge
  }

  // MARK: Files

  private mutating func take(_ artifact: DetectedArtifact) throws(ReadError) {
    var file = BackupFacts.File(path: artifact.entry.path, byteCount: artifact.entry.byteCount.map { Int($0) })
    let isDump = DumpSet.isDump(artifact)
    if isDump {
      facts.dumps.insert(artifact.entry.path)
      file.content = dump?.contents[artifact.entry.path]
    } else if artifact.role != .twin, artifact.format != "pg_dump", !StorageBundle.isNamed(artifact.entry.path) {
      let limit = artifact.format == "psql" ? Self.printedLimit : Self.limit
      if let text = try text(of: artifact, limit: limit) { take(text, of: artifact, &file) }
    } else if artifact.entry.byteCount == 0 {
      findings.append(
        Finding(
          "empty-file", .warning, "the file that should hold rows of '\(displayed(artifact.table ?? ""))' is empty",
          advice: "take the rows from the dump; a view or a failed export leaves an empty file",
          artifact: artifact.entry.path, table: artifact.table))
    }
    facts.files.append(file)
  }

  private mutating func take(_ text: [UInt8], of artifact: DetectedArtifact, _ file: inout BackupFacts.File) {
    let path = artifact.entry.path
    if artifact.format == "psql" { takePrinted(text, artifact, &file) }
    if artifact.format == "toml" { configuration = configuration ?? ProjectConfiguration(text) }
    if artifact.format == "sql", MigrationName.root(of: path) != nil { migrationFiles.append((path, text)) }
    let risks = DocumentRisks(text, artifact: path)
    let isProse = artifact.format == "markdown" || artifact.format == "text"
    // Code has hosts and paths of its own.
    findings += risks.findings.filter { isProse || $0.severity > .info }
    documents.append((path, risks.maskedText))
    guard isProse else { return }
    if let mojibake = Mojibake(in: text) { findings.append(mojibake.finding(artifact: path)) }
    statements.append((path, risks.maskedText))
  }

  private mutating func takePrinted(_ text: [UInt8], _ artifact: DetectedArtifact, _ file: inout BackupFacts.File) {
    let yield = PsqlOutput(text).yield
    file.printed = yield
    var held: [String] = []
    func hold(_ count: Int, _ what: String) { if count > 0 { held.append("\(count) \(what)") } }
    hold(yield.policies, "policies")
    hold(yield.rowSecurity, "tables with row level security")
    hold(yield.functions.count, "functions")
    hold(yield.tuples, "rows")
    findings.append(
      Finding(
        "psql-output", .error,
        "'\(displayed(artifact.entry.path.lastPathComponent))' is no script but what psql printed; it shows \(held.isEmpty ? "no object" : held.joined(separator: ", "))",
        advice: "nothing can be restored from it by psql: take its objects from the dump, export --only",
        artifact: artifact.entry.path))
    guard yield.blanks > 0 else { return }
    findings.append(
      Finding(
        "psql-output-blank", .error, "rows of what psql printed are blank: one NULL made each of them NULL",
        advice: "take the rows from the dump", artifact: artifact.entry.path, count: yield.blanks))
  }

  /// A file's whole text; nil when it is longer than the limit or no text.
  private mutating func text(of artifact: DetectedArtifact, limit: Int) throws(ReadError) -> [UInt8]? {
    do throws(ReadError) {
      let content = try input.toolbox.open(artifact.entry, in: input.container, options: input.options)
      var source = content.text()
      do throws(IOError) {
        let bytes = try readAll(&source, limit: limit)
        return bytes.contains(0) ? nil : bytes
      } catch {
        if error.errno == tooLargeError { return nil }
        throw ReadError(.io(error), artifact: artifact.entry.path)
      }
    } catch {
      guard !error.isInterruption else { throw error }
      findings.append(
        Finding(
          "unreadable", .error, error.message, advice: error.advice, artifact: artifact.entry.path, offset: error.offset
        ))
      return nil
    }
  }

  // MARK: Parts

  private mutating func takeFunctions() {
    let functions = EdgeFunctions(input.backup.artifacts)
    if !functions.functions.isEmpty { facts.edgeFunctions = functions.functions.map(\.name) }
    objects += functions.objects(configuration)
  }

  private mutating func takeMigrations() {
    let applied = dump.flatMap { $0.platform.hasMigrations ? $0.platform.migrations : nil }
    let migrations = Migrations(files: migrationFiles, applied: applied)
    if !migrationFiles.isEmpty { facts.migrations = migrations.all.compactMap { $0.file == nil ? nil : $0.version } }
    objects += migrations.objects
    findings += migrations.findings
  }

  /// Very many users and stored files are not all objects of the catalog; their rows are all there.
  private mutating func noteUnkept() {
    guard let count = dump?.platform.unkept, count > 0 else { return }
    findings.append(
      Finding(
        "objects-not-listed", .info,
        "users, stored files and migrations beyond \(PlatformRows.limit) of each are rows, but not listed one by one, nor "
          + "are their bodies checked or written", count: count))
  }

  private mutating func takeStorage() throws(ReadError) {
    guard let platform = dump?.platform, !platform.buckets.isEmpty || !platform.objects.isEmpty else { return }
    var files: [StorageFile] = []
    for artifact in input.backup.artifacts where artifact.role == .part || artifact.role == .document {
      files.append(StorageFile(entry: artifact.entry, container: input.container, artifact: artifact.entry.path))
      guard StorageBundle.isNamed(artifact.entry.path) else { continue }
      let bundle = try StorageBundle.files(artifact.entry, input)
      files += bundle.files
      findings += bundle.findings
    }
    var bodies = StorageBodies(platform.objects, listed: platform.objectCount, files: files)
    try bodies.check()
    facts.storageBodies = bodies.bodies
    objects += bodies.objects(buckets: platform.buckets, totals: platform.totals)
    try bodies.stage(in: input)
    findings += bodies.findings
  }

  /// A dump that is called complete and is not.
  private mutating func compareParts() {
    let names = facts.files.filter { facts.dumps.contains($0.path) }
    for file in names where DumpName(file.path, input.toolbox).part == .complete {
      guard let content = file.content, content.hasSchema, !content.hasRows else { continue }
      let same = names.first { $0.path != file.path && $0.byteCount == file.byteCount && $0.content == content }
      findings.append(
        Finding(
          "complete-without-rows", .critical,
          "'\(displayed(file.path.lastPathComponent))' is called complete and holds no rows"
            + (same.map { "; it has the size of '\(displayed($0.path.lastPathComponent))'" } ?? ""),
          advice: "restoring it loses every row: restore the schema and the data file of the set instead",
          artifact: file.path))
    }
  }

  // MARK: Inventory

  /// The nine lines of a manifest, from what is there.
  private func inventory(_ knowledge: Knowledge) -> [(name: String, value: [UInt8])] {
    var lines: [(name: String, value: [UInt8])] = []
    func add(_ name: String, _ count: Int?) {
      if let count { lines.append(("inventory \(name)", Array("\(count)".utf8))) }
    }
    add("database tables", facts.tables?.count)
    add("data records", facts.rowTotal)
    add("users", facts.rows?["auth.users"])
    add("user roles", facts.rows?["user_roles"])
    add("RLS policies", facts.policies?.count)
    add("RPC functions", facts.functions?.count)
    add("migrations", facts.migrations?.count)
    add("edge functions", facts.edgeFunctions?.count)
    add("encryption functions", facts.functions.map(ClaimCheck.encryption)?.count)
    return lines
  }
}

/// The system's number of "file too large", which `readAll` reports for more bytes than its limit.
private let tooLargeError: Int32 = 27
