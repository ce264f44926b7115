internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Learns everything about a Django backup: one pass over its rows, and further ones only where text keys or natural keys
/// are in question.
struct DjangoSurvey {
  private var content: DjangoContent
  private var facts: [ModelFacts] = []
  /// Position in `facts` by the model's lower-case name.
  private var byName: [Name: Int] = [:]
  private var profiles: [Name: TableProfile] = [:]
  private var scans: [Name: SecretScan] = [:]
  private var index = KeyIndex()
  /// Members of the envelope that are no rows.
  private(set) var envelope: [(name: Name, value: [UInt8])] = []
  private var findings: [Finding] = []
  private var readError: ReadError?

  init(_ input: BackupInput) throws(ReadError) { content = try DjangoContent(input) }

  mutating func run() throws(ReadError) -> Knowledge {
    findings = try content.openingFindings()
    content.keepLines()
    try content.learnOutline()
    findings += try content.learnDeclarations()
    try learn()
    try findDuplicates()
    var inference = try Inference(facts, index, layout: content.document.layout, content.declarations)
    if !inference.textQuestions.isEmpty {
      inference.beginText()
      try pass { batch, model, fields throws(ReadError) in
        try inference.observeText(batch, model: model, fields: fields)
      }
      try inference.decideText()
    }
    var natural = NaturalInference(inference)
    if natural.needsSearch {
      try pass { batch, model, fields throws(ReadError) in
        natural.search(batch, model: model, fields: fields, keyField: inference.models[model].keyField)
      }
    }
    natural.choose(inference)
    if natural.needsIndex {
      try pass { batch, model, fields throws(ReadError) in
        try natural.collect(batch, model: model, fields: fields, inference.models[model])
      }
    }
    natural.decide(&inference)
    inference.settleTypes()
    let secrets = secretReports(inference)
    let schemas = DjangoSchemas(inference, natural, secrets: secrets.columns, artifact: content.entry.path)
    findings += secrets.findings
    return try knowledge(inference, natural, schemas)
  }

  // MARK: Passes

  /// The first pass: models, columns, profiles, keys. The bytes are parsed on another thread.
  private mutating func learn() throws(ReadError) {
    let ahead = ReadAhead.start(try content.openRows([]))
    var current: (table: Name, model: Int, fields: [Int])?
    var envelope: TableSchema?
    while let item = ahead.next() {
      switch item {
      case .begin(let schema):
        let isEnvelope = content.document.layout == .rows && schema.name == DjangoContent.envelopeName
        envelope = isEnvelope ? schema : nil
        current = nil
        if isEnvelope { continue }
        let model = model(schema.name)
        profiles[schema.name, default: TableProfile()].begin(schema)
        let table = tableName(schema.name)
        scans[schema.name, default: SecretScan(table: table)].begin(schema)
        current = (schema.name, model, fields(of: schema, model))
      case .rows(let box):
        if let envelope { keepEnvelope(box.batch, envelope) }
        if let current {
          profiles[current.table]?.add(box.batch)
          scans[current.table]?.add(box.batch, profile: profiles[current.table])
          do throws(IOError) {
            if let profile = profiles[current.table] {
              try facts[current.model].observe(box.batch, fields: current.fields, profile, &index)
            }
          } catch {
            _ = ahead.finish()
            throw ReadError(.io(error))
          }
        }
        ahead.recycle(box)
      }
    }
    let end = ahead.finish()
    if case .read(let error) = end.failure {
      guard content.input.options.keepsRowsBeforeError, error.leavesRows else { throw located(error) }
      readError = located(error)
    }
    findings += end.findings
    takeProfiles()
  }

  /// A further pass over all rows, in the columns that are known by now.
  private func pass(_ body: (borrowing RecordBatch, Int, [Int]) throws(ReadError) -> Void) throws(ReadError) {
    let raw = facts.flatMap { model in
      model.spellings.map { TableSchema($0, model.fields.map { Column($0.name, .json) }) }
    }
    let ahead = ReadAhead.start(try content.openRows(raw))
    var model: Int?
    do throws(ReadError) {
      while let item = ahead.next() {
        switch item {
        case .begin(let table): model = byName[modelName(table.name)]
        case .rows(let box):
          if let model { try body(box.batch, model, Array(facts[model].fields.indices)) }
          ahead.recycle(box)
        }
      }
    } catch {
      _ = ahead.finish()
      throw located(error)
    }
    if case .read(let error) = ahead.finish().failure, readError == nil { throw located(error) }
  }

  private func located(_ error: ReadError) -> ReadError {
    var error = error
    if error.artifact == nil { error.artifact = content.entry.path }
    return error
  }

  // MARK: First pass

  private func modelName(_ raw: Name) -> Name { content.document.layout == .fixture ? raw.lowercased : raw }

  /// The table that a raw one becomes, as far as its name tells.
  private func tableName(_ raw: Name) -> Name {
    let known = content.document.layout == .rows ? UserData.model(raw, []) : DjangoTables.model(raw.lowercased)
    return known.map { Name($0.table) } ?? DjangoNames.table(raw)
  }

  private mutating func model(_ raw: Name) -> Int {
    let name = modelName(raw)
    if let known = byName[name] {
      if !facts[known].spellings.contains(raw) { facts[known].spellings.append(raw) }
      return known
    }
    var model = ModelFacts(raw, name: name, keySet: index.makeSet())
    if content.document.layout == .fixture {
      // The primary key is the first column and has no name among the fields.
      model.fields.append(FieldFacts("pk"))
      model.keyField = 0
    }
    byName[name] = facts.count
    facts.append(model)
    return facts.count - 1
  }

  /// Positions among the model's fields of a run's columns.
  private mutating func fields(of schema: TableSchema, _ model: Int) -> [Int] {
    let isFixture = content.document.layout == .fixture
    return schema.columns.enumerated().map { i, column in
      if isFixture, i == 0 { return 0 }
      let field = facts[model].field(column.name)
      if !isFixture, column.name == "id" { facts[model].keyField = field }
      return field
    }
  }

  private mutating func keepEnvelope(_ batch: borrowing RecordBatch, _ schema: TableSchema) {
    for (i, column) in schema.columns.enumerated() where batch.rowCount > 0 {
      let cell = batch[0, i]
      switch cell.kind {
      case .text, .number, .json: envelope.append((column.name, Array(batch.bytes(of: cell))))
      case .boolean: envelope.append((column.name, Array((cell.boolean ? "true" : "false").utf8)))
      default: continue
      }
    }
  }

  private mutating func takeProfiles() {
    for (raw, profile) in profiles.sorted(by: { $0.key < $1.key }) {
      guard let model = byName[modelName(raw)] else { continue }
      let isFixture = content.document.layout == .fixture
      var seen = Set<Int>()
      for (i, column) in profile.columns.enumerated() {
        let field = isFixture && i == 0 ? 0 : facts[model].field(profile.names[i])
        facts[model].fields[field].take(column)
        seen.insert(field)
      }
      // Fields that only another spelling has.
      for field in facts[model].fields.indices where !seen.contains(field) {
        facts[model].fields[field].absent += profile.recordCount
      }
    }
    profiles = [:]
  }

  /// Columns that hold secrets, by model, and what is to be said about them.
  private func secretReports(_ inference: Inference) -> (columns: [Set<Name>], findings: [Finding]) {
    var columns = Array(repeating: Set<Name>(), count: facts.count), findings: [Finding] = []
    for (raw, scan) in scans.sorted(by: { $0.key < $1.key }) {
      guard let model = byName[modelName(raw)] else { continue }
      let report = scan.report(artifact: content.entry.path), identity = inference.identities[model]
      let keyName = facts[model].keyField.map { facts[model].fields[$0].name }
      columns[model].formUnion(report.secretColumns)
      for var finding in report.findings {
        finding.table = identity.table
        if content.document.layout == .fixture, finding.column == keyName { finding.column = identity.keyName }
        findings.append(finding)
      }
    }
    return (columns, findings)
  }

  // MARK: Duplicates

  /// Finds the last row of every key that comes more than once; a pass of its own, which most backups do not need.
  private mutating func findDuplicates() throws(ReadError) {
    var finders: [Int: DuplicateFinder] = [:]
    for m in facts.indices where facts[m].rowCount > 0 {
      do throws(IOError) {
        facts[m].duplicateRows = try index.counts(of: facts[m].keySet, joining: true).repeats
      } catch { throw ReadError(.io(error)) }
      if facts[m].duplicateRows > 0 { finders[m] = DuplicateFinder(rowCount: facts[m].rowCount) }
    }
    guard !finders.isEmpty else { return }
    try pass { batch, model, _ throws(ReadError) in
      if let key = facts[model].keyField { try finders[model]?.observe(batch, keyColumn: key) }
    }
    for (m, finder) in finders { facts[m].lastRows = finder.lastRows }
  }

  // MARK: Result

  private func knowledge(_ inference: Inference, _ natural: NaturalInference, _ schemas: DjangoSchemas)
    throws(ReadError) -> Knowledge
  {
    var knowledge = Knowledge(tables: schemas.tables)
    knowledge.unverifiedForeignKeys = schemas.unverified
    knowledge.objects = schemas.relations
    knowledge.models = content.outline?.named(schemas.models) ?? schemas.models
    var plan = schemas.plan
    plan.outline = content.outline
    plan.lines = content.lines
    knowledge.details = plan
    knowledge.findings = findings + schemas.findings + natural.findings(inference) + generalFindings(inference)
    if let readError {
      knowledge.findings.append(
        Finding(
          "unreadable-rest", .error, "\(readError.message); rows before it are kept", advice: readError.advice,
          offset: readError.offset))
    }
    addAttributes(&knowledge, inference)
    if content.document == .userData { UserData.complete(&knowledge, envelope, inference) }
    try ScriptReadme.read(content.input, into: &knowledge)
    for i in knowledge.findings.indices where knowledge.findings[i].artifact == nil {
      knowledge.findings[i].artifact = content.entry.path
    }
    return knowledge
  }

  private func addAttributes(_ knowledge: inout Knowledge, _ inference: Inference) {
    knowledge.attributes += envelope.map { (name: displayed($0.name), value: $0.value) }
    if content.document.layout == .fixture {
      knowledge.attributes.append(("objects", digits(inference.models.reduce(0) { $0 + $1.rowCount })))
      knowledge.attributes.append(("models", digits(inference.models.count)))
    } else {
      knowledge.attributes += inference.models.map { (name: displayed($0.name), value: digits($0.rowCount)) }
    }
  }

  private func digits(_ count: Int) -> [UInt8] { Array(String(count).utf8) }

  // MARK: Facts of the format

  private func generalFindings(_ inference: Inference) -> [Finding] {
    var findings: [Finding] = []
    let withoutKey = inference.models.filter { $0.missingKeys > 0 && $0.missingKeys == $0.rowCount }
    if content.document.layout == .fixture, withoutKey.count > 1 {
      findings.append(
        Finding(
          "natural-primary-keys", .warning,
          "the dump was made with --natural-primary: keys that other rows keep as plain numbers (one-to-one keys, parents, object_id) mean rows that are numbered anew",
          advice: "compare these rows with another backup before relying on them", count: withoutKey.count))
    }
    let cut = inference.models.flatMap(\.fields).count { $0.holdsMilliseconds }
    if content.document.layout == .fixture, cut > 0 {
      findings.append(
        Finding(
          "milliseconds-only", .info,
          "times have milliseconds at most: dumpdata cuts off what the database keeps beyond them", count: cut))
    }
    for (m, model) in inference.models.enumerated() {
      let logged = model.index["object_id"].map { model.fields[$0].present } ?? 0
      if logged > 0, model.index["content_type"] != nil, !withoutKey.isEmpty {
        findings.append(
          Finding(
            "generic-references-unchecked", .info, "object_id holds keys of rows that the dump does not number",
            table: inference.identities[m].table, column: "object_id", count: logged))
      }
    }
    return findings
  }
}
