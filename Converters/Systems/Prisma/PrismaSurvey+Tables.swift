internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PrismaSchema
internal import Records

// From what was seen to the tables of the backup and how their rows are read.
extension PrismaSurvey {
  mutating func buildTables(_ knowledge: inout Knowledge) throws(ReadError) {
    var rawsOf: [[Int]] = Array(repeating: [], count: tables.count)
    for (i, raw) in raws.enumerated() { if let table = raw.table { rawsOf[table].append(i) } }
    keys.arrange()
    var plan = PrismaPlan(), secretFindings: [Finding] = []
    plan.documents = documents.map { PrismaPlan.Document(source: $0, rawTables: [], tables: [:]) }
    for (document, places) in filePlaces { plan.documents[document].filePlaces = places }
    for raw in raws { plan.documents[raw.document].rawTables.append(raw.schema) }
    var built: [TableSchema] = []
    for table in tables.indices {
      let chosen = try chooseRaws(table, rawsOf[table])
      guard !chosen.isEmpty else { continue }
      var schema = tables[table].known.map { known[$0].schema } ?? TableSchema(tables[table].name, [])
      schema.name = tables[table].name
      var steps = tables[table].known == nil ? [] : knownSteps(table, &schema, chosen)
      addOtherColumns(table, &schema, &steps, chosen)
      for raw in chosen { secretFindings += markSecrets(&schema, raws[raw], table) }
      try settleKeys(table, &schema)
      for raw in chosen { addToPlan(&plan, raws[raw], schema, steps) }
      built.append(schema)
    }
    // What columns may speak of, singular or as it is.
    var subjects: [SectionName: [Int]] = [:]
    for (i, table) in built.enumerated() {
      let name = SectionName(table.name)
      for subject in Set([name] + name.singulars) { subjects[subject, default: []].append(i) }
    }
    for i in built.indices { try settleReferences(&built[i], built, subjects, &knowledge) }
    reportEmptyTargets()
    // The reader hands tables out as they are here.
    let places = Dictionary(built.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for d in plan.documents.indices {
      for (name, table) in plan.documents[d].tables {
        if let place = places[table.schema.name] { plan.documents[d].tables[name]?.schema = built[place] }
      }
    }
    knowledge.tables = creationOrder(built)
    knowledge.details = plan
    findings += secretFindings
  }

  /// Whether a table of the backup is called so.
  private func isThere(_ name: Name) -> Bool { tablePlaces[name] != nil }

  // MARK: Which rows

  /// The arrays whose rows make up a table: those that stand alone, or else those within other rows.
  private mutating func chooseRaws(_ table: Int, _ all: [Int]) throws(ReadError) -> [Int] {
    let alone = all.filter { !raws[$0].isNested }, within = all.filter { raws[$0].isNested }
    let facts = tables[table]
    guard facts.nestedCount > 0 else { return alone }
    guard facts.rowCount > 0 else {
      tables[table].sets = facts.nestedSets
      if facts.hasSection {
        findings.append(
          Finding(
            "section-empty-but-nested", .error,
            "'\(displayed(facts.name))' is written empty, but \(facts.nestedCount) of its rows stand within others; those are taken",
            advice: "its query may have failed while the backup was made: compare with an earlier one",
            table: facts.name, count: facts.nestedCount))
      }
      return within
    }
    guard let primary = facts.known.map({ known[$0].schema.primaryKey }), let own = facts.sets[primary],
      let nested = facts.nestedSets[primary]
    else {
      findings.append(
        Finding(
          "nested-rows-unread", .error,
          "\(facts.nestedCount) rows of '\(displayed(facts.name))' within others have no key; they are left out",
          table: facts.name, count: facts.nestedCount))
      return alone
    }
    let inclusion: KeyIndex.Inclusion
    do throws(IOError) { inclusion = try keys.inclusion(of: nested, in: own) } catch { throw ReadError(.io(error)) }
    if inclusion.danglingValues == 0 {
      findings.append(
        Finding(
          "rows-duplicated", .info,
          "\(facts.nestedCount) rows of '\(displayed(facts.name))' stand within other rows as well; they are taken once",
          advice: "a restore that inserts both fails or makes them twice", table: facts.name, count: facts.nestedCount))
    } else {
      findings.append(
        Finding(
          "nested-rows-elsewhere", .error,
          "\(inclusion.danglingValues) rows of '\(displayed(facts.name))' stand only within other rows and are left out",
          advice: "the section was cut short: take them from the rows they stand in", table: facts.name,
          count: inclusion.danglingValues))
    }
    return alone
  }

  // MARK: Columns

  /// Where the cells of a column come from, and what is done to them.
  typealias Step = (names: [Name], decoding: PrismaDecoding)

  /// The columns that the schema declares.
  private mutating func knownSteps(_ table: Int, _ schema: inout TableSchema, _ chosen: [Int]) -> [Step] {
    guard let place = tables[table].known else { return [] }
    var steps: [Step] = [], absent: [Name] = [], unfilled: [(Name, Int)] = []
    let rowCount = chosen.reduce(0) { $0 + raws[$1].rowCount }
    let profiles = chosen.map { raw in
      Dictionary(zip(raws[raw].profile.names, raws[raw].profile.columns), uniquingKeysWith: { first, _ in first })
    }
    for (i, column) in known[place].columns.enumerated() {
      let names = column.field == schema.columns[i].name ? [column.field] : [column.field, schema.columns[i].name]
      steps.append((names, PrismaDecoding(column, schema.columns[i].type)))
      guard rowCount > 0, known[place].origin != .view else { continue }
      var seen = 0, without = 0
      for (raw, profiles) in zip(chosen, profiles) {
        guard let profile = names.lazy.compactMap({ profiles[$0] }).first else {
          without += raws[raw].rowCount
          continue
        }
        seen += raws[raw].rowCount - profile.missingCount
        without += profile.absentCount
        checkNumbers(profile, column, &schema.columns[i], schema.name)
      }
      if seen == 0, !column.isHidden { absent.append(schema.columns[i].name) }
      if !schema.columns[i].isNullable, without > 0 {
        schema.columns[i].isNullable = true
        if seen > 0 { unfilled.append((schema.columns[i].name, without)) }
      }
    }
    if !absent.isEmpty {
      findings.append(
        Finding(
          "columns-not-exported", .warning,
          "columns of '\(displayed(schema.name))' are in no row: \(list(absent))",
          advice: "a restore leaves them empty; restore them from a backup that has them", table: schema.name,
          count: absent.count))
    }
    for (column, count) in unfilled {
      findings.append(
        Finding(
          "required-without-value", .warning,
          "column '\(displayed(column))' has to have a value by the schema; \(count) records are without one",
          advice: "NaN and what a query left out become null", table: schema.name, column: column, count: count))
    }
    return steps
  }

  /// Numbers that went through a float may not be what they were.
  private mutating func checkNumbers(
    _ profile: ColumnProfile, _ column: PrismaColumn, _ schema: inout Column, _ table: Name
  ) {
    guard column.scalar == .bigInt, !column.isList else { return }
    let numbers = profile.numbers, exact: Int64 = 1 << 53
    if numbers.count > 0, numbers.longCount > 0 {
      schema.type = .decimal
      findings.append(
        Finding(
          "bigint-overflowed", .error,
          "numbers of '\(displayed(schema.name))' are beyond 64 bits: they were rounded when the backup was made",
          advice: "the true values are lost here: look for a backup that writes them as texts", table: table,
          column: schema.name, count: numbers.longCount))
    } else if numbers.count > 0, numbers.maximum >= exact || numbers.minimum <= -exact {
      findings.append(
        Finding(
          "bigint-rounded", .warning,
          "numbers of '\(displayed(schema.name))' are beyond 2^53 and may have been rounded when the backup was made",
          advice: "write them as texts", table: table, column: schema.name))
    }
  }

  /// Keys of rows that the schema does not know, or all when there is none.
  private mutating func addOtherColumns(
    _ table: Int, _ schema: inout TableSchema, _ steps: inout [Step], _ chosen: [Int]
  ) {
    var positions: [Name: Int] = [:], unknown: [Name] = [], others: [Column] = []
    let own = Set(steps.flatMap(\.names))
    for raw in chosen {
      // Rows of other tables have gone there.
      let moved = Set(raws[raw].relations.filter(\.holdsRows).map { raws[raw].schema.columns[$0.column].name })
      for column in raws[raw].profile.inferredColumns(from: .json)
      where !own.contains(column.name) && !moved.contains(column.name)
        && (tables[table].known == nil || column.name != "_count")
      {
        if let at = positions[column.name] {
          if others[at].type != column.type { others[at].type = .json }
          continue
        }
        positions[column.name] = others.count
        others.append(column)
        if tables[table].known != nil { unknown.append(column.name) }
      }
    }
    for column in others {
      schema.columns.append(column)
      steps.append(([column.name], .none))
      if tables[table].known == nil { noteRepeated(column.name, schema.name, chosen) }
    }
    guard !unknown.isEmpty else { return }
    findings.append(
      Finding(
        "unknown-fields", .warning,
        "rows of '\(displayed(schema.name))' have fields that the schema does not: \(list(unknown))",
        advice: "the schema is of another version than the backup", table: schema.name, count: unknown.count))
  }

  /// Lists within rows that are called as a section of their own hold rows of that.
  private mutating func noteRepeated(_ column: Name, _ table: Name, _ chosen: [Int]) {
    let lists = chosen.compactMap { raws[$0].profile[column]?.json }.filter { $0.elements.contains(.objects) }
    let count = lists.reduce(0) { $0 + $1.arrayCount - $1.emptyArrayCount }
    guard count > 0, let other = tables.first(where: { SectionName($0.name) == SectionName(column) && $0.rowCount > 0 })
    else { return }
    findings.append(
      Finding(
        "rows-duplicated", .info,
        "lists of '\(displayed(column))' stand within rows of '\(displayed(table))' and in '\(displayed(other.name))' as well",
        advice: "a restore that inserts both fails or makes them twice", table: table, column: column, count: count))
  }

  func list(_ names: [Name]) -> String {
    names.prefix(5).map { "'\(displayed($0))'" }.joined(separator: ", ")
      + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }

  private func markSecrets(_ schema: inout TableSchema, _ raw: RawFacts, _ table: Int) -> [Finding] {
    var report = raw.secrets.report(artifact: documents[raw.document].artifact?.entry.path)
    if let place = tables[table].known {
      for (i, column) in known[place].columns.enumerated() where report.secretColumns.contains(column.field) {
        report.secretColumns.insert(known[place].schema.columns[i].name)
      }
    }
    report.mark(&schema)
    // Rows of other tables have gone there, and their secrets with them.
    let moved = Set(raw.relations.filter(\.holdsRows).map { raw.schema.columns[$0.column].name })
    return report.findings.filter { finding in finding.column.map { !moved.contains($0) } ?? true }
  }

  private func addToPlan(_ plan: inout PrismaPlan, _ raw: RawFacts, _ schema: TableSchema, _ steps: [Step]) {
    var positions: [Name: Int] = [:]
    for (i, column) in raw.schema.columns.enumerated() { positions[column.name] = i }
    let sources = steps.map { step in step.names.lazy.compactMap { positions[$0] }.first ?? -1 }
    let isDirect =
      sources.elementsEqual(raw.schema.columns.indices) && steps.allSatisfy { $0.decoding == .none }
    plan.documents[raw.document].tables[raw.name] = PrismaPlan.Table(
      schema: schema, sources: sources, decodings: steps.map(\.decoding), isDirect: isDirect)
  }

  // MARK: Keys

  /// Keeps the keys that the rows bear out.
  private mutating func settleKeys(_ table: Int, _ schema: inout TableSchema) throws(ReadError) {
    let facts = tables[table], rows = facts.rowCount > 0 ? facts.rowCount : facts.nestedCount
    guard rows > 0 else { return }
    if facts.known == nil {
      if let set = facts.sets[["id"]], try counts(set).isKey, try counts(set).values == rows {
        schema.primaryKey = ["id"]
        if let i = schema.index(of: "id") { schema.columns[i].isNullable = false }
      }
      return
    }
    if !schema.primaryKey.isEmpty, let set = facts.sets[schema.primaryKey] {
      let counts = try counts(set)
      if counts.repeats > 0 {
        findings.append(
          Finding(
            "duplicate-keys-in-table", .error,
            "keys of '\(displayed(schema.name))' occur twice, so it has no primary key",
            advice: "find out which of the rows is right", table: schema.name, column: schema.primaryKey[0],
            count: counts.repeats))
        schema.primaryKey = []
      } else if counts.values < rows {
        schema.primaryKey = []
      }
    } else {
      schema.primaryKey = []
    }
    var kept: [[Name]] = []
    for key in schema.uniqueKeys {
      guard let set = facts.sets[key] else { continue }
      let repeats = try counts(set).repeats
      if repeats == 0 {
        kept.append(key)
      } else {
        findings.append(
          Finding(
            "unique-key-repeated", .warning,
            "values of \(list(key)) of '\(displayed(schema.name))' occur twice, so they are no key",
            table: schema.name, column: key[0], count: repeats))
      }
    }
    schema.uniqueKeys = kept
    schema.indexes = schema.indexes.filter { columns in columns.allSatisfy { schema.index(of: $0) != nil } }
  }

  private func counts(_ set: KeyIndex.ID) throws(ReadError) -> KeyIndex.Counts {
    do throws(IOError) { return try keys.counts(of: set) } catch { throw ReadError(.io(error)) }
  }
  private func inclusion(_ set: KeyIndex.ID, _ other: KeyIndex.ID) throws(ReadError) -> KeyIndex.Inclusion {
    do throws(IOError) { return try keys.inclusion(of: set, in: other, joining: true) } catch {
      throw ReadError(.io(error))
    }
  }

  private func facts(_ name: Name) -> TableFacts? { tablePlaces[name].map { tables[$0] } }

  private mutating func settleReferences(
    _ schema: inout TableSchema, _ all: [TableSchema], _ subjects: [SectionName: [Int]], _ knowledge: inout Knowledge
  ) throws(ReadError) {
    guard let facts = facts(schema.name) else { return }
    guard facts.known != nil else { return try inferReferences(&schema, facts, all, subjects) }
    var kept: [ForeignKey] = []
    for key in schema.foreignKeys {
      let set = facts.sets[key.columns]
      guard let target = self.facts(key.table), isThere(key.table) else {
        if let set, try counts(set).values > 0 {
          knowledge.unverifiedForeignKeys.append(
            UnverifiedForeignKey(table: schema.name, key: key, reason: .missingTable, count: 0))
          findings.append(
            Finding(
              "foreign-key-missing-table", .info,
              "\(list(key.columns)) of '\(displayed(schema.name))' lead to '\(displayed(key.table))', which is not in the backup",
              table: schema.name, column: key.columns[0]))
        }
        continue
      }
      guard let set, try counts(set).values > 0 else {
        kept.append(key)
        continue
      }
      guard let there = target.sets[key.referencedColumns] else {
        noteLost(key, schema, target, try counts(set).values, &knowledge)
        continue
      }
      let inclusion = try inclusion(set, there)
      if inclusion.holds {
        kept.append(key)
      } else {
        noteLost(key, schema, target, inclusion.danglingRecords ?? inclusion.danglingValues, &knowledge)
      }
    }
    schema.foreignKeys = kept
  }

  private mutating func noteLost(
    _ key: ForeignKey, _ schema: TableSchema, _ target: TableFacts, _ count: Int, _ knowledge: inout Knowledge
  ) {
    knowledge.unverifiedForeignKeys.append(
      UnverifiedForeignKey(table: schema.name, key: key, reason: .dangling, count: count))
    if target.rowCount + target.nestedCount == 0 {
      noteEmpty(target.name, referredBy: schema.name, key.columns[0], count)
    } else {
      findings.append(
        Finding(
          "foreign-key-dangling", .warning,
          "\(list(key.columns)) of '\(displayed(schema.name))' lead to no row of '\(displayed(target.name))' in \(count) records, so it is no foreign key",
          advice: "--fk keep writes it all the same", table: schema.name, column: key.columns.first, count: count))
    }
  }

  /// Notes a table without rows that rows of others lead to.
  private mutating func noteEmpty(_ target: Name, referredBy table: Name, _ column: Name, _ count: Int) {
    emptyTargets[target, default: []].append((table, column, count))
  }

  /// Tables without rows that rows of others lead to: their rows are lost.
  private mutating func reportEmptyTargets() {
    for (target, uses) in emptyTargets.sorted(by: { $0.key < $1.key }) {
      let places = uses.prefix(3).map { "'\(displayed($0.table)).\(displayed($0.column))'" }.joined(separator: ", ")
      findings.append(
        Finding(
          "section-empty-but-referenced", .error,
          "'\(displayed(target))' is written empty, but rows of others lead to it by \(places)"
            + (uses.count > 3 ? " and \(uses.count - 3) more columns" : ""),
          advice: "its query may have failed while the backup was made: compare with an earlier one", table: target,
          count: uses.reduce(0) { $0 + $1.count }))
    }
  }

  // MARK: Without a schema

  /// References that names and values suggest: `authorId` leads to the ids of `authors` when nearly all values occur there.
  private mutating func inferReferences(
    _ schema: inout TableSchema, _ facts: TableFacts, _ all: [TableSchema], _ subjects: [SectionName: [Int]]
  ) throws(ReadError) {
    for column in schema.columns {
      guard let set = facts.sets[[column.name]], let subject = References.subject(column.name) else { continue }
      let values = try counts(set).distinct
      guard values > 0 else { continue }
      // What the name says first; then those by whom something is done, who are users.
      let named = subjects[subject, default: []].map { all[$0] }
      let users = subjects[SectionName("user"), default: []].map { all[$0] }
      for target in named + (named.isEmpty ? users : []) {
        guard let facts = self.facts(target.name) else { continue }
        if facts.rowCount + facts.nestedCount == 0 {
          if !named.isEmpty { noteEmpty(target.name, referredBy: schema.name, column.name, try counts(set).values) }
          continue
        }
        guard target.primaryKey == ["id"], let ids = facts.sets[["id"]] else { continue }
        let lost = try inclusion(set, ids)
        guard lost.danglingValues * 20 <= values else { continue }
        if lost.holds {
          schema.foreignKeys.append(ForeignKey([column.name], references: target.name, ["id"], isInferred: true))
        } else {
          findings.append(
            Finding(
              "foreign-key-dangling", .warning,
              "'\(displayed(column.name))' of '\(displayed(schema.name))' leads to no row of '\(displayed(target.name))' in \(lost.danglingValues) records",
              table: schema.name, column: column.name, count: lost.danglingValues))
        }
        break
      }
    }
  }
}
