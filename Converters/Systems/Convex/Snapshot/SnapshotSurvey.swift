internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// Learns everything about a snapshot export in one pass over its documents.
struct SnapshotSurvey {
  /// A table that `_tables` lists.
  struct Listed {
    var name: Name
    var component: Name
    var number: UInt32
    /// Its name among all of the export.
    var tableName: Name { component.isEmpty ? name : component + "." + name }
  }
  private let content: ConvexContent
  private var paths: [(artifact: DetectedArtifact, path: SnapshotPath)] = []
  private var tables: [TableFacts] = []
  private var decoders: [DocumentDecoder] = []
  private var sketches: [ShapeSketch] = []
  private var listed: [Listed] = []
  /// Number of each listed table by its name.
  private var numbers: [Name: UInt32] = [:]
  private var columnCount = 0
  private var keys = KeyIndex()
  private var findings: [Finding] = []

  /// Shapes and overrides of one table may take this many bytes.
  private static let shapeLimit = 64 << 20
  /// Tables of one export; a deployment may not have more.
  private static let tableLimit = 10_000

  /// How the documents lie in what `npx convex data` printed; nil in an export.
  private var printed: JSONShape?

  init(_ input: BackupInput) {
    content = ConvexContent(input)
    if input.backup.kind == ConvexHead.printedKind, let file = content.tableFiles.first, let table = file.table {
      printed = file.format == "jsonl" ? .lines : .document
      paths = [(file, SnapshotPath(documentsOf: table))]
      return
    }
    paths = input.backup.artifacts.compactMap { artifact in
      artifact.role == .document ? nil : SnapshotPath(artifact.entry.path).map { (artifact, $0) }
    }
  }

  mutating func run() throws(ReadError) -> Knowledge {
    for (artifact, path) in paths where path.part == .tables { try readList(artifact, path) }
    let shapes = paths.filter { $0.path.part == .shape }.map { ($0.path.tableName, $0.artifact) }
    let shapesByName = Dictionary(shapes) { first, _ in first }
    for (artifact, path) in paths where path.part == .documents {
      let decoder =
        path.table == "_storage" || printed != nil
        ? DocumentDecoder(.uniform) : try decoder(path, shapesByName[path.tableName])
      try learn(artifact, path, decoder)
    }
    var knowledge = Knowledge()
    try buildTables(&knowledge)
    try checkStorage(&knowledge)
    reportLists()
    let generations = zip(tables, decoders).filter { !isStorage($0.0) }.map(\.1.generation)
    try SnapshotNotes(content, generations: Set(generations), hasFiles: hasFiles).add(to: &knowledge)
    knowledge.findings = findings + knowledge.findings
    return knowledge
  }

  /// Whether the export was made with the stored files.
  private var hasFiles: Bool { paths.contains { $0.path.table == "_storage" } }

  private func isStorage(_ facts: TableFacts) -> Bool {
    facts.name == "_storage" || facts.name == facts.component + "._storage"
  }

  // MARK: Files beside the documents

  private mutating func readList(_ artifact: DetectedArtifact, _ path: SnapshotPath) throws(ReadError) {
    guard let text = try text(of: artifact) else { return }
    for line in text.split(separator: UInt8(ascii: "\n")) where !trimmed(line).isEmpty {
      guard let (name, number) = SnapshotHead.table(line) else {
        note("wrong-table-list", .error, "a line of the list of tables is none", artifact)
        continue
      }
      listed.append(Listed(name: name, component: path.component, number: number))
      numbers[listed[listed.count - 1].tableName] = number
      guard listed.count <= Self.tableLimit else { throw tooMany("tables", Self.tableLimit, artifact) }
    }
  }

  /// How the documents of a table are read.
  private mutating func decoder(
    _ path: SnapshotPath, _ shape: DetectedArtifact?
  ) throws(ReadError) -> DocumentDecoder {
    let bare = DocumentDecoder(.schemaless)
    guard let shape, let text = try text(of: shape) else { return bare }
    let first = text.prefix { $0 != UInt8(ascii: "\n") }
    guard let words = SnapshotHead.shape(Array(first)) else {
      note(
        "wrong-shape", .error, "generated_schema.jsonl does not begin with a shape; the table is read without", shape)
      return bare
    }
    if Name(words) == "uniform" { return DocumentDecoder(.uniform) }
    guard let states = ConvexShape(words).flatMap({ ShapeStates($0) }) else {
      note(
        "wrong-shape", .error, "the shape in generated_schema.jsonl cannot be read; the table is read without", shape)
      return bare
    }
    let rest = text[first.endIndex...]
    let overrides = ConvexOverrides(rest)
    if overrides == nil {
      note("wrong-shape", .error, "the lines behind the shape are no overrides; the table is read without them", shape)
    }
    let isUsed = overrides?.documents.isEmpty == false
    return DocumentDecoder(.legacy, states: states, overrides: isUsed ? overrides : nil)
  }

  private func tooMany(_ what: String, _ limit: Int, _ artifact: DetectedArtifact) -> ReadError {
    ReadError(.tooMany(what: what, limit: limit), artifact: artifact.entry.path)
  }

  private mutating func text(of artifact: DetectedArtifact) throws(ReadError) -> [UInt8]? {
    do throws(ReadError) {
      if let text = try content.text(of: artifact, limit: Self.shapeLimit) { return text }
      note("unreadable", .error, "is no text, or larger than \(Self.shapeLimit >> 20) MiB", artifact)
    } catch {
      guard !error.isInterruption else { throw error }
      note("unreadable", .error, error.message, artifact, advice: error.advice)
    }
    return nil
  }

  private mutating func note(
    _ code: String, _ severity: Severity, _ message: String, _ artifact: DetectedArtifact, advice: String? = nil
  ) {
    findings.append(Finding(code, severity, message, advice: advice, artifact: artifact.entry.path))
  }

  // MARK: Documents

  private mutating func learn(
    _ artifact: DetectedArtifact, _ path: SnapshotPath, _ decoder: DocumentDecoder
  ) throws(ReadError) {
    var facts = TableFacts(path.tableName, artifact), keys = self.keys, notes: [Finding] = [], sketch = ShapeSketch()
    facts.component = path.component
    facts.statedNumber = numbers[path.tableName]
    guard tables.count < Self.tableLimit else { throw tooMany("tables", Self.tableLimit, artifact) }
    do throws(ReadError) {
      let reader: any RecordReader & ~Copyable, schema = TableSchema(path.tableName, [])
      if let printed {
        reader = try content.printedReader(of: artifact, schema, decoder, printed, isFinal: false)
      } else {
        reader = SnapshotReader(
          try content.source(of: artifact, findings: &notes), schema, decoder, isFinal: false)
      }
      try content.forEachBatch(reader, of: artifact, findings: &notes) { (run, batch) throws(ReadError) in
        try facts.add(batch, run, &keys)
        sketch.add(batch, run)
      }
    } catch {
      guard content.input.options.keepsRowsBeforeError, error.leavesRows, !error.isInterruption else {
        throw error.located(in: artifact.entry.path)
      }
      notes.append(
        Finding(
          "unreadable", .error, "\(error.message); rows before it are kept", advice: error.advice,
          artifact: artifact.entry.path, offset: error.offset))
    }
    self.keys = keys
    findings += notes
    columnCount += facts.schema.columns.count
    guard columnCount <= TableSchema.columnLimit else { throw tooMany("columns", TableSchema.columnLimit, artifact) }
    tables.append(facts)
    decoders.append(decoder)
    sketches.append(sketch)
  }

  private mutating func buildTables(_ knowledge: inout Knowledge) throws(ReadError) {
    var relations = ConvexRelations(tables, keys)
    let present = Set(tables.map(\.name))
    for table in listed where !present.contains(table.tableName) {
      relations.note(listed: table.name, component: table.component, number: table.number)
    }
    var plan = SnapshotPlan()
    for (i, facts) in tables.enumerated() {
      let decoder = decoders[i], shape = SnapshotShape(facts, decoder, sketches[i])
      let types = SnapshotTypes(facts, decoder)
      var table = TableSchema(facts.name, types.columns)
      if !facts.component.isEmpty { table.namespace = facts.component }
      findings += types.findings
      let secrets = facts.secrets
      secrets.mark(&table)
      findings += secrets.findings
      try relations.relate(facts, &table)
      if facts.rowCount == 0 { table.primaryKey = ["_id"] }
      for column in table.columns.indices where table.columns[column].type == .json {
        table.columns[column].sourceType = shape.text(of: table.columns[column])
      }
      if facts.rowCount > 0 { knowledge.objects.append(shape.object(table)) }
      knowledge.tables.append(table)
      if facts.rowCount > 0 {
        plan.tables.append(
          SnapshotPlan.Table(
            schema: table, artifact: facts.artifact, decoder: decoder, printed: printed))
      }
    }
    findings += relations.findings
    knowledge.unverifiedForeignKeys += relations.unverified
    knowledge.tables = creationOrder(knowledge.tables)
    knowledge.details = plan
  }

  // MARK: Checks

  private mutating func checkStorage(_ knowledge: inout Knowledge) throws(ReadError) {
    let places = paths.filter { $0.path.table == "_storage" }
    for component in Set(places.map(\.path.component)).sorted() {
      let list = places.first { $0.path.component == component && $0.path.part == .documents }?.artifact
      let bodies = places.compactMap { artifact, path -> (id: Name, artifact: DetectedArtifact)? in
        guard path.component == component, case .body(let id) = path.part else { return nil }
        return (id, artifact)
      }
      var storage = SnapshotStorage(content, component)
      try storage.check(list, bodies)
      findings += storage.findings
      knowledge.objects += storage.objects
    }
  }

  /// Holds `_tables` against the tables that are there.
  private mutating func reportLists() {
    let present = Set(tables.map(\.name)), all = Set(listed.map(\.tableName))
    for table in listed where !present.contains(table.tableName) {
      findings.append(
        Finding(
          "table-without-documents", .warning,
          "_tables lists '\(displayed(table.tableName))', whose documents are not in the export",
          advice: "it was dropped while the export was made, or left out later", table: table.tableName))
    }
    for facts in tables where !isStorage(facts) {
      if !listed.isEmpty, !all.contains(facts.name) {
        findings.append(
          Finding(
            "table-not-listed", .warning, "_tables does not list '\(displayed(facts.name))'",
            advice: "it was added to the export by hand", artifact: facts.artifact.entry.path, table: facts.name))
      }
      if let stated = facts.statedNumber, let ids = facts.ownIDs, ids.tableNumbers.contains(where: { $0 != stated }) {
        findings.append(
          Finding(
            "table-number-differs", .error,
            "ids of '\(displayed(facts.name))' are of another table number than _tables gives it",
            advice: "Convex refuses to import them: the documents were moved here from another table or deployment",
            artifact: facts.artifact.entry.path, table: facts.name, column: "_id"))
      }
    }
  }
}
