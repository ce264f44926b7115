internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient

/// Learns from one pass over all rows what they are.
struct DatabaseSurvey {
  private let input: BackupInput
  private let artifact: [UInt8]
  private var plan: DatabasePlan
  private var objects: [SchemaObject]
  private var findings: [Finding]
  private var facts: [RowFacts] = []
  private var keys = KeyIndex()
  private var references = References()

  init(_ input: BackupInput, _ rules: DatabaseRules) throws(ReadError) {
    self.input = input
    artifact = input.backup.artifacts.first?.entry.path ?? input.container.path
    let copy = try DatabaseCopy(input)
    do throws(SQLiteError) {
      let schema = try DatabaseSchema(try copy.open(), isUTF16: copy.header.isUTF16, rules: rules)
      plan = DatabasePlan(copy: copy, tables: schema.tables)
      objects = schema.objects
      findings = copy.findings + schema.findings
    } catch { throw ReadError(error, artifact: artifact) }
    for i in findings.indices { findings[i].artifact = artifact }
  }

  mutating func run() throws(ReadError) -> Knowledge {
    references = References(plan.tables, &keys)
    facts = plan.tables.map { RowFacts($0) }
    // What this program has written is of the types that it declared.
    guard input.options.written == nil else { return try knowledge() }
    let check = StructureCheck.start(plan)
    let schemas = plan.tables.map(\.schema)
    let reader: DatabaseReader
    do throws(ReadError) {
      reader = try DatabaseReader(
        plan, schemas, artifact: artifact, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
    } catch {
      _ = check.finish()
      throw error
    }
    let ahead = ReadAhead.start(reader)
    var learning: ReadError?
    do throws(ReadError) { try learn(ahead) } catch { learning = error }
    let end = ahead.finish(), problems = check.finish()
    if let learning { throw learning }
    if case .read(let error) = end.failure { throw error }
    findings += end.findings
    note(problems)
    return try knowledge()
  }

  private mutating func learn(_ ahead: ReadAhead) throws(ReadError) {
    var place = -1
    while let item = ahead.next() {
      switch item {
      case .begin: place += 1
      case .rows(let box):
        facts[place].add(box.batch, plan.tables[place])
        do throws(IOError) { try references.add(box.batch, table: place, &keys) } catch { throw ReadError(.io(error)) }
        ahead.recycle(box)
      }
    }
  }

  private mutating func note(_ problems: [StructureCheck.Problem]) {
    for problem in problems {
      findings.append(
        problem.isAboutValues
          ? Finding(
            "constraint-broken", .warning, "table '\(displayed(problem.table))': \(problem.message)",
            artifact: artifact, table: problem.table)
          : Finding(
            "unreadable-structure", .error, "table '\(displayed(problem.table))' is damaged: \(problem.message)",
            advice: "take another copy of the database: rows may be missing or wrong", artifact: artifact,
            table: problem.table))
    }
  }

  private mutating func knowledge() throws(ReadError) -> Knowledge {
    for i in plan.tables.indices {
      facts[i].decide(&plan.tables[i], &findings, artifact: artifact)
    }
    var knowledge = Knowledge()
    do throws(IOError) { try references.verify(&plan.tables, keys, &knowledge, artifact: artifact) } catch {
      throw ReadError(.io(error))
    }
    knowledge.tables = creationOrder(plan.tables.map(\.schema))
    knowledge.objects = objects
    knowledge.findings = findings + knowledge.findings
    knowledge.attributes = [("format", sql("sqlite"))] + plan.copy.header.attributes
    knowledge.details = plan
    return knowledge
  }
}

/// What the rows of one table say.
struct RowFacts {
  private var profile = TableProfile()
  private var secrets: SecretScan
  /// Of columns declared as decimals.
  private var digits: [DecimalRange]

  init(_ table: DatabaseTable) {
    secrets = SecretScan(table: table.schema.name)
    digits = table.schema.columns.map { _ in DecimalRange() }
    profile.begin(table.schema)
    secrets.begin(table.schema)
  }

  mutating func add(_ batch: borrowing RecordBatch, _ table: DatabaseTable) {
    profile.add(batch)
    secrets.add(batch, profile: profile)
    for (column, declared) in table.declared.enumerated() where declared.kind == .decimal {
      digits[column].add(batch, column: column)
    }
  }

  /// Gives the table's columns the types that declaration and values call for.
  func decide(_ table: inout DatabaseTable, _ findings: inout [Finding], artifact: [UInt8]) {
    for i in table.schema.columns.indices {
      let values = profile.columns[i], name = table.schema.columns[i].name
      let decision =
        table.rules[i].flatMap { ColumnDecision($0, values, digits[i]) }
        ?? ColumnDecision(table.declared[i], meaning: table.meanings[i], values, digits[i], name: name)
      table.schema.columns[i].type = decision.type
      table.readings[i] = decision.reading
      // SQLite minds no limit: one that values exceed is none.
      if decision.type != .text || values.maximumLength > table.schema.columns[i].maximumLength ?? .max {
        table.schema.columns[i].maximumLength = nil
      }
      if values.nullCount > 0 { table.schema.columns[i].isNullable = true }
      if decision.isMixed {
        let kinds = values.kinds.joined(separator: ", ")
        findings.append(
          Finding(
            "mixed-kinds", .info,
            "values of '\(displayed(table.schema.name)).\(displayed(name))' are of different kinds (\(kinds)) and are read as JSON",
            artifact: artifact, table: table.schema.name, column: name))
      }
    }
    // What SQLite lets a key be, no other database does.
    if table.schema.primaryKey.contains(where: { key in
      table.schema.index(of: key).map { profile.columns[$0].nullCount > 0 } ?? true
    }) {
      findings.append(
        Finding(
          "primary-key-null", .warning,
          "the primary key of '\(displayed(table.schema.name))' holds NULL, so that it is none elsewhere",
          artifact: artifact, table: table.schema.name))
      table.schema.primaryKey = []
    }
    let report = secrets.report(artifact: artifact)
    report.mark(&table.schema)
    findings += report.findings
  }
}
