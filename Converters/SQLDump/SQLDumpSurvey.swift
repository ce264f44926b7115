package import Bytes
package import Conversion
package import Diagnostics
package import Records
internal import SQLText

/// What one pass over a dump tells.
package struct SQLDumpSurvey: Sendable {
  /// What a dump holds, whatever it is called.
  package enum Holding: String, Sendable { case schema, data, complete, nothing }

  /// All tables, those without rows too, in the order of creation.
  package private(set) var tables: [TableSchema] = []
  package private(set) var rowCounts: [Name: Int] = [:]
  package private(set) var objects: [SchemaObject] = []
  package private(set) var findings: [Finding] = []
  package private(set) var unverifiedForeignKeys: [UnverifiedForeignKey] = []
  package private(set) var rowCount = 0
  /// What the backup's page in a catalog says.
  package private(set) var attributes: [(name: String, value: [UInt8])] = []
  /// Tables that the dump declares.
  package private(set) var declaredCount = 0

  package var holding: Holding {
    switch (declaredCount > 0 || !objects.isEmpty, rowCount > 0) {
    case (true, true): declaredCount > 0 ? .complete : .data
    case (true, false): .schema
    case (false, true): .data
    case (false, false): .nothing
    }
  }

  /// Reads the whole dump, or `onlyDeclared`: without its rows. Rows before an error are kept if the options say so. Large objects go to `files`. `watch` sees every batch, whose values need not have
  /// the kinds of their columns' types.
  package init(
    _ dump: SQLDump, keepsRowsBeforeError: Bool, files: FileStage? = nil, onlyDeclared: Bool = false,
    watch: (borrowing RecordBatch, TableSchema) -> Void = { _, _ in }
  ) throws(ReadError) {
    let outcome = SQLDumpOutcome()
    findings = dump.openingFindings
    var learnt = Learnt()
    let largeObjects = DumpLargeObjects(files)
    let ahead = ReadAhead.start(
      try dump.openRecords([], wanted: onlyDeclared ? [] : nil, outcome: outcome, largeObjects: largeObjects))
    learnt.take(ahead, watch)
    let end = ahead.finish()
    if case .read(let failure) = end.failure {
      let error = failure.located(in: dump.entry.path)
      guard keepsRowsBeforeError, error.leavesRows else { throw error }
      findings.append(
        Finding(
          "unreadable", .error, "\(error.message); rows before it are kept", advice: error.advice,
          artifact: error.artifact, offset: error.offset))
    }
    findings += end.findings + dump.archiveFindings.map { $0.located(in: dump.entry.path) }
    guard let schema = outcome.schema else { return }
    let declared = schema.finish()
    declaredCount = declared.tables.count
    objects = declared.objects.map { Self.placed($0, in: dump.entry.path) }
    do throws(IOError) { try largeObjects.finish(&objects, without: dump.lostLargeObjects) } catch {
      throw ReadError(.io(error), artifact: dump.entry.path)
    }
    findings += declared.findings.map { $0.located(in: dump.entry.path) }
    tables = creationOrder(learnt.complete(declared.tables))
    rowCounts = learnt.rowCounts
    rowCount = rowCounts.values.reduce(0, +)
    findings += learnt.secretFindings(artifact: dump.entry.path)
    noteAttributes(dump)
    checkReferences()
    checkMarks(outcome.marks, dump, isWhole: end.failure == nil)
  }

  private static func placed(_ object: SchemaObject, in artifact: [UInt8]) -> SchemaObject {
    var object = object
    if object.attribute("artifact") == nil { object.attributes.append(SchemaAttribute("artifact", artifact)) }
    return object
  }

  private mutating func noteAttributes(_ dump: SQLDump) {
    attributes = [
      ("dump_format", Array(dump.formatWord.utf8)), ("dump_content", Array(holding.rawValue.utf8)),
      ("dialect", Array(dump.dialectWord.utf8)), ("rows", Array("\(rowCount)".utf8)),
      ("producer", Array(dump.sniff.producer.rawValue.utf8)),
    ]
    if let version = dump.sniff.producerVersion { attributes.append(("producer_version", version)) }
    if let version = dump.sniff.serverVersion { attributes.append(("server_version", version)) }
    let creates = Array("CREATE DATABASE ".utf8)
    if objects.contains(where: { $0.kind == "database" && $0.definition.starts(with: creates) }) {
      attributes.append(("dump_creates_database", Array("yes".utf8)))
    }
    if let encoding = dump.sniff.encodingName { attributes.append(("encoding", encoding)) }
  }

  /// Foreign keys to tables that are not in the dump cannot be declared elsewhere.
  private mutating func checkReferences() {
    let names = Set(tables.map(\.name))
    for i in tables.indices {
      let lost = tables[i].foreignKeys.filter { !names.contains($0.table) }
      guard !lost.isEmpty else { continue }
      tables[i].foreignKeys.removeAll { !names.contains($0.table) }
      for key in lost {
        unverifiedForeignKeys.append(
          UnverifiedForeignKey(table: tables[i].name, key: key, reason: .missingTable, count: 0))
      }
    }
    findings += referenceFindings(tables, unverifiedForeignKeys, whole: "the dump does not hold")
  }

  /// pg_dump says at its end that it is complete.
  private mutating func checkMarks(_ marks: SQLDumpMarks, _ dump: SQLDump, isWhole: Bool) {
    guard dump.sniff.producer == .pgDump else { return }
    if marks.endCount == 0, isWhole {
      findings.append(
        Finding(
          "no-end-mark", .error, "the line that pg_dump writes last is not there: the dump may have been cut off",
          advice: "compare its size with the original", artifact: dump.entry.path))
    }
    if marks.beginCount > 1 {
      findings.append(
        Finding(
          "several-dumps", .warning, "\(marks.beginCount) dumps stand one after another in the file",
          advice: "rows of a table that occurs in several of them are counted together", artifact: dump.entry.path,
          count: marks.beginCount))
    }
  }
}

/// What the rows tell, table by table.
private struct Learnt {
  private var places: [Name: Int] = [:]
  private var tables: [Table] = []
  private struct Table {
    var schema: TableSchema
    var profile = TableProfile()
    var secrets: SecretScan
    var rowCount = 0
    /// Whether the types of some columns have to be learnt from their values.
    var isInferred = true
  }

  mutating func take(_ ahead: ReadAhead, _ watch: (borrowing RecordBatch, TableSchema) -> Void) {
    var place = 0
    while let item = ahead.next() {
      switch item {
      case .begin(let schema):
        place = places[schema.name] ?? tables.count
        places[schema.name] = place
        if place == tables.count { tables.append(Table(schema: schema, secrets: SecretScan(table: schema.name))) }
        tables[place].schema = schema
        tables[place].isInferred = schema.columns.contains { $0.sourceType == nil }
        if tables[place].isInferred { tables[place].profile.begin(schema) }
        tables[place].secrets.begin(schema)
      case .rows(let box):
        tables[place].rowCount += box.batch.rowCount
        // The definition says what the columns are, where there is one.
        if tables[place].isInferred { tables[place].profile.add(box.batch) }
        tables[place].secrets.add(box.batch, profile: tables[place].isInferred ? tables[place].profile : nil)
        watch(box.batch, tables[place].schema)
        ahead.recycle(box)
      }
    }
  }

  var rowCounts: [Name: Int] { Dictionary(uniqueKeysWithValues: tables.map { ($0.schema.name, $0.rowCount) }) }

  /// The declared tables with what the rows add, then those that only the rows know of.
  func complete(_ declared: [TableSchema]) -> [TableSchema] {
    var result = declared
    let known = Dictionary(declared.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for table in tables {
      var schema = table.schema
      if let at = known[schema.name] {
        for column in schema.columns where result[at].index(of: column.name) == nil {
          result[at].columns.append(column)
        }
        table.secrets.report().mark(&result[at])
      } else {
        schema.columns = table.profile.inferredColumns(from: .csv)
        table.secrets.report().mark(&schema)
        result.append(schema)
      }
    }
    return result
  }

  func secretFindings(artifact: [UInt8]) -> [Finding] {
    tables.flatMap { $0.secrets.report(artifact: artifact).findings }
  }
}

extension Finding {
  /// The same with the artifact it is about, unless it names one.
  func located(in artifact: [UInt8]) -> Finding {
    var finding = self
    if finding.artifact == nil { finding.artifact = artifact }
    return finding
  }
}
