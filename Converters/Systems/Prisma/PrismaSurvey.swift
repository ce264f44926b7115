internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import PrismaSchema
internal import Records

/// Learns everything about a backup in one pass over its JSON texts, and over the rows nested in others once more.
struct PrismaSurvey {
  let content: PrismaContent
  var input: BackupInput { content.input }
  /// The schema beside the rows.
  private(set) var schema = PrismaSchema([])
  private(set) var known: [PrismaTable] = []
  private var sections = SectionIndex([])
  /// Fields and columns of each known table by either name: the column's position.
  private var fields: [[Name: Int]] = []
  /// Positions of known tables by models, and of link tables by names.
  private var modelPlaces: [Name: Int] = [:]
  private var linkPlaces: [Name: Int] = [:]
  private var knownNames = Set<Name>()

  var documents: [DocumentSource] = []
  var raws: [RawFacts] = []
  var tables: [TableFacts] = []
  var keys = KeyIndex(budget: 32 << 20)
  var envelope = EnvelopeFacts()
  var files: [EmbeddedFile] = []
  var fileNotes = EmbeddedFileNotes()
  /// Where documents hold large files.
  var filePlaces: [Int: [Range<Int>]] = [:]
  var findings: [Finding] = []
  /// Tables by what they are of.
  private var tablesOfKnown: [Int: Int] = [:]
  private var tablesOfSections: [Name: Int] = [:]
  private(set) var tablePlaces: [Name: Int] = [:]
  /// Tables without rows, and the columns by which rows of others lead to them.
  var emptyTargets: [Name: [(table: Name, column: Name, count: Int)]] = [:]
  /// Columns that foreign keys of other tables lead to, by the tables' names.
  private var referenced: [Name: [[Name]]] = [:]
  /// Arrays of rows and models that are compared by their keys when names do not tell, and keys of a table that are looked at.
  private static let matchLimit = 500, keyLimit = 1000
  /// Rows within rows that are yet to be read, and the hashes of all that were met, by their tables.
  private var nested: [Int: NestedRows] = [:]
  private var nestedSeen: [Int: Set<Hash128>] = [:]
  /// Rows of a table within others that are told apart.
  private static let nestedLimit = 8_000_000

  init(_ input: BackupInput) throws(ReadError) { content = PrismaContent(input) }

  mutating func run() throws(ReadError) -> Knowledge {
    try readSchema()
    for file in content.files {
      if input.backup.kind == TaggedRecords.kind {
        documents += try content.split(file, &findings)
      } else {
        documents.append(.file(file))
      }
    }
    var next = 0
    while next < documents.count {
      try learn(next)
      next += 1
      if next == documents.count { try takeNested() }
    }
    var knowledge = Knowledge()
    try buildTables(&knowledge)
    addFiles(&knowledge)
    addObjects(&knowledge)
    addEnvelope(&knowledge)
    knowledge.findings = findings + knowledge.findings
    return knowledge
  }

  private mutating func readSchema() throws(ReadError) {
    let entries = input.backup.artifacts.filter { $0.format == "prisma" }.map(\.entry)
    // What is named counts more than what lies beside the backup.
    var named: PrismaSchema?
    if let path = input.options.schema {
      named = try SchemaFiles.read(at: path, input.toolbox)
      if named == nil {
        findings.append(
          Finding(
            "no-models", .warning, "no models are declared where they were looked for",
            advice: "--schema names a schema.prisma or the folder that holds its parts", artifact: path))
      }
    }
    if named == nil, !entries.isEmpty { named = try SchemaFiles.read(entries, input.container, input.toolbox) }
    guard let named else { return }
    schema = named
    known = schema.tables()
    sections = SectionIndex(known)
    knownNames = Set(known.map { $0.schema.name })
    findings += schema.findings
    for (i, table) in known.enumerated() {
      if table.origin == .link { linkPlaces[table.schema.name] = i } else { modelPlaces[table.model] = i }
    }
    for key in known.flatMap(\.schema.foreignKeys) { referenced[key.table, default: []].append(key.referencedColumns) }
    fields = known.map { table in
      var positions: [Name: Int] = [:]
      for (i, column) in table.columns.enumerated() { positions[column.field] = i }
      for (i, column) in table.schema.columns.enumerated() where positions[column.name] == nil {
        positions[column.name] = i
      }
      return positions
    }
  }

  /// The column of a known table that a key of its rows means.
  func column(_ key: Name, of table: Int) -> Int? { fields[table][key] }

  /// The names in the final table of a key of its rows.
  func columnNames(_ key: Name, of table: Name) -> [Name] {
    guard let facts = tables.first(where: { $0.name == table }), let known = facts.known,
      let place = column(key, of: known)
    else { return [key] }
    return [self.known[known].schema.columns[place].name, key]
  }

  // MARK: Rows

  private mutating func learn(_ document: Int) throws(ReadError) {
    let reader: any RecordReader & ~Copyable, sink = EmbeddedFileSink(FileTarget(input.files))
    do throws(ReadError) { reader = try content.open(documents[document], [], &findings, files: sink) } catch {
      try note(error, document)
      return
    }
    let ahead = ReadAhead.start(reader)
    var current = -1, places: [Name: Int] = [:], property: TableSchema?
    do throws(ReadError) {
      while let item = ahead.next() {
        switch item {
        case .begin(let schema):
          property = nil
          if schema.name.hasSuffix(".") {
            property = schema
            current = -1
            continue
          }
          current = places[schema.name] ?? -1
          if current < 0 {
            current = addRaw(schema, document)
            places[schema.name] = current
          }
          begin(schema, current)
        case .rows(let box):
          if let property {
            try takeEnvelope(box.batch, property, document)
          } else if current >= 0 {
            try add(box.batch, current)
          }
          ahead.recycle(box)
        }
      }
    } catch {
      _ = ahead.finish()
      throw error
    }
    let end = ahead.finish()
    findings += end.findings
    if let failure = sink.failure { throw ReadError(.io(failure)) }
    take(sink.scan.files, unlisted: sink.scan.unlisted)
    filePlaces[document] = sink.places
    if case .read(let error) = end.failure { try note(error, document) }
  }

  private mutating func note(_ error: ReadError, _ document: Int) throws(ReadError) {
    let error = documents[document].artifact.map { error.located(in: $0.entry.path) } ?? error
    guard input.options.keepsRowsBeforeError, error.leavesRows, !error.isInterruption else { throw error }
    findings.append(
      Finding(
        "unreadable", .error, "\(error.message); rows before it are kept", advice: error.advice,
        artifact: error.artifact, offset: error.offset))
  }

  /// A new array of rows, and the table that it belongs to.
  private mutating func addRaw(_ schema: TableSchema, _ document: Int) -> Int {
    if case .nested(let rows) = documents[document] {
      let table = tablesOfKnown[rows.table] ?? addTable(known: rows.table, known[rows.table].schema.name)
      raws.append(
        RawFacts(schema, document: document, table: table, tableName: tables[table].name, isNested: true))
      return raws.count - 1
    }
    var raw = RawFacts(schema, document: document, table: nil, tableName: schema.name, isNested: false)
    if EnvelopeFacts.isService(schema.name) {
      raws.append(raw)
      return raws.count - 1
    }
    let section = raw.section
    let matched = match(section, schema.columns)
    if matched == nil, let columns = FileColumns(section, schema.columns) {
      raw.fileColumns = columns
      raws.append(raw)
      return raws.count - 1
    }
    let table: Int
    if let match = matched {
      table = tablesOfKnown[match] ?? addTable(known: match, known[match].schema.name)
    } else if let same = tablesOfSections[section] {
      table = same
    } else {
      table = addTable(known: nil, uniqueName(section))
      tablesOfSections[section] = table
    }
    tables[table].hasSection = true
    raw.table = table
    raw.secrets = SecretScan(table: tables[table].name)
    raws.append(raw)
    return raws.count - 1
  }

  /// A name for a section that is none of the models'.
  private func uniqueName(_ section: Name) -> Name {
    let base = section.isEmpty ? "rows" : section
    var name = base, number = tables.count
    while tablePlaces[name] != nil || knownNames.contains(name) {
      name = base + "_" + Name("\(number)")
      number += 1
    }
    return name
  }

  private mutating func addTable(known: Int?, _ name: Name) -> Int {
    // Two models may claim to be one table.
    let name = tablePlaces[name] == nil ? name : uniqueName(name)
    tables.append(TableFacts(known: known, name: name))
    tablePlaces[name] = tables.count - 1
    if let known { tablesOfKnown[known] = tables.count - 1 }
    return tables.count - 1
  }

  /// The known table of a section: by its name when most keys fit, else by its keys alone.
  private func match(_ section: Name, _ columns: [Column]) -> Int? {
    guard !known.isEmpty else { return nil }
    if let found = sections.table(section), columns.isEmpty || fit(columns, found) >= 0.6 { return found }
    guard section.isEmpty || documents.count == 1, !columns.isEmpty, known.count < Self.matchLimit,
      raws.count < Self.matchLimit
    else { return nil }
    // Rows in a file that is called something else: the only model that has nearly all of their keys.
    let scores = known.indices.map { ($0, fit(columns, $0)) }.sorted { $0.1 > $1.1 }
    guard let best = scores.first, best.1 >= 0.9, scores.count == 1 || scores[1].1 < best.1,
      raws.allSatisfy({ $0.table.map { tables[$0].known != best.0 } ?? true })
    else { return nil }
    return best.0
  }

  private func fit(_ columns: [Column], _ table: Int) -> Double {
    let relations = Set(known[table].relations.map(\.field))
    let hits = columns.count { fields[table][$0.name] != nil || relations.contains($0.name) || $0.name == "_count" }
    return Double(hits) / Double(max(columns.count, 1))
  }

  /// Takes the columns of a run, which may be more than before.
  private mutating func begin(_ schema: TableSchema, _ raw: Int) {
    let before = raws[raw].schema.columns.count
    raws[raw].schema = schema
    raws[raw].profile.begin(schema)
    raws[raw].secrets.begin(schema)
    guard schema.columns.count > before || before == 0, let table = raws[raw].table else { return }
    if raws[raw].assets == nil { raws[raw].assets = AssetScan(schema.columns) }
    if let known = tables[table].known { addRelations(raw, known, from: before) }
    addKeys(raw, table)
  }

  private mutating func addRelations(_ raw: Int, _ table: Int, from before: Int) {
    for i in before..<raws[raw].schema.columns.count {
      let name = raws[raw].schema.columns[i].name
      guard fields[table][name] == nil, let relation = known[table].relations.first(where: { $0.field == name }) else {
        continue
      }
      raws[raw].relations.append((i, relation, true))
    }
  }

  private mutating func addKeys(_ raw: Int, _ table: Int) {
    let columns = raws[raw].schema.columns, isNested = raws[raw].isNested
    var groups: [[Name]] = []
    var positions: [Name: Int] = [:]
    if let known = tables[table].known {
      let schema = self.known[known].schema
      for (i, column) in columns.enumerated() {
        if let place = fields[known][column.name] { positions[schema.columns[place].name] = i }
      }
      groups =
        [schema.primaryKey] + schema.uniqueKeys + schema.foreignKeys.map(\.columns)
        + (referenced[schema.name] ?? [])
    } else {
      for (i, column) in columns.enumerated() { positions[column.name] = i }
      groups = columns.map(\.name).filter(References.isKeyName).map { [$0] }
    }
    var taken = Set(raws[raw].keys.map(\.columns))
    for group in groups where !group.isEmpty && taken.count < Self.keyLimit {
      let places = group.compactMap { positions[$0] }
      guard places.count == group.count, taken.insert(places).inserted else { continue }
      let set: KeyIndex.ID
      if let there = isNested ? tables[table].nestedSets[group] : tables[table].sets[group] {
        set = there
      } else {
        set = keys.makeSet(keepsOrder: true)
        if isNested { tables[table].nestedSets[group] = set } else { tables[table].sets[group] = set }
      }
      raws[raw].keys.append((places, set))
    }
  }

  private mutating func add(_ batch: borrowing RecordBatch, _ raw: Int) throws(ReadError) {
    let first = raws[raw].rowCount
    raws[raw].profile.add(batch)
    if let columns = raws[raw].fileColumns { return try addFiles(batch, columns, first: first) }
    guard let table = raws[raw].table else {
      envelope.addService(batch, raws[raw].schema)
      return
    }
    raws[raw].secrets.add(batch, profile: raws[raw].profile)
    raws[raw].assets?.add(batch)
    do throws(IOError) {
      for key in raws[raw].keys {
        if key.columns.count == 1 {
          try keys.add(batch, column: key.columns[0], to: key.set)
        } else {
          try keys.add(batch, columns: key.columns, to: key.set)
        }
      }
      try addFiles(in: batch, raw, table, first: first)
    } catch { throw ReadError(.io(error)) }
    for i in raws[raw].relations.indices { try addNested(batch, raw, i) }
    if first == 0, batch.rowCount == 1 {
      raws[raw].isPlaceholder = EnvelopeFacts.isPlaceholder(batch, raws[raw].schema)
    }
    if raws[raw].isNested {
      tables[table].nestedCount += batch.rowCount
    } else {
      tables[table].rowCount += batch.rowCount
    }
  }

  // MARK: Rows within rows

  private mutating func addNested(_ batch: borrowing RecordBatch, _ raw: Int, _ i: Int) throws(ReadError) {
    let (column, relation, _) = raws[raw].relations[i]
    guard let target = modelPlaces[relation.model], let table = raws[raw].table, let own = tables[table].known
    else { return }
    let link = relation.link.flatMap { link in linkPlaces[link.table].map { ($0, link.ownColumn) } }
    let ownKey =
      known[own].schema.primaryKey.count == 1
      ? known[own].schema.index(of: known[own].schema.primaryKey[0]).flatMap {
        raws[raw].index(of: known[own].columns[$0].field)
      }
      : nil
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      switch cell.kind {
      case .null, .missing: continue
      case .json: break
      default:
        raws[raw].relations[i].holdsRows = false
        continue
      }
      let owner = ownKey.flatMap { Self.token(batch[row, $0], in: batch) }
      let isWhole = try NestedElements.forEach(cell, in: batch) { (range) throws(ReadError) in
        let key = try addNested(batch.heap.span(at: range.lowerBound, count: range.count), target)
        if let link, let owner, let key { try addLink(link.0, own: owner, other: key, ownColumn: link.1) }
      }
      if !isWhole { raws[raw].relations[i].holdsRows = false }
    }
  }

  /// Keeps a row unless it was met before; gives the JSON text of its key when that is a single value.
  private mutating func addNested(_ row: Span<UInt8>, _ table: Int) throws(ReadError) -> [UInt8]? {
    let outline = JSONOutline(Array(row)), primary = known[table].schema.primaryKey
    var parts: [[UInt8]] = []
    for name in primary {
      guard let place = known[table].schema.index(of: name),
        let member = outline?[known[table].columns[place].field]
      else { continue }
      parts.append(
        member.value == .text ? [UInt8(ascii: "\"")] + member.text + [UInt8(ascii: "\"")] : Self.trimmed(member.text))
    }
    let identity = parts.count == primary.count && !parts.isEmpty ? Array(parts.joined(separator: [0])) : Array(row)
    try keep(row, table, identity)
    return parts.count == 1 && primary.count == 1 ? parts[0] : nil
  }

  private mutating func keep(_ row: Span<UInt8>, _ table: Int, _ identity: [UInt8]) throws(ReadError) {
    let hash = Hash128.of(identity.span, seed: 0)
    guard nestedSeen[table, default: []].count < Self.nestedLimit,
      nestedSeen[table, default: []].insert(hash).inserted
    else { return }
    do throws(IOError) {
      if nested[table] == nil { nested[table] = try NestedRows(known[table].model, table: table) }
      try nested[table]?.add(row)
    } catch { throw ReadError(.io(error)) }
  }

  private mutating func addLink(_ table: Int, own: [UInt8], other: [UInt8], ownColumn: Name) throws(ReadError) {
    let (a, b) = ownColumn == "A" ? (own, other) : (other, own)
    let row = Array("{\"A\":".utf8) + a + Array(",\"B\":".utf8) + b + Array("}".utf8)
    try keep(row.span, table, row)
  }

  /// A cell as JSON text.
  private static func token(_ cell: Cell, in batch: borrowing RecordBatch) -> [UInt8]? {
    switch cell.kind {
    case .number: return Array(batch.bytes(of: cell))
    case .text:
      var text = [UInt8(ascii: "\"")], escaper = JSONStringEscaper()
      escaper.escape(batch.bytes(of: cell), into: &text)
      return text + [UInt8(ascii: "\"")]
    default: return nil
    }
  }

  private static func trimmed(_ text: [UInt8]) -> [UInt8] {
    var text = text
    while let last = text.last, last <= 0x20 { text.removeLast() }
    return text
  }

  /// Makes documents of the rows that were found within others.
  private mutating func takeNested() throws(ReadError) {
    for (_, rows) in nested.sorted(by: { $0.key < $1.key }) {
      var rows = rows
      do throws(IOError) { try rows.close() } catch { throw ReadError(.io(error)) }
      documents.append(.nested(rows))
    }
    nested = [:]
  }
}
