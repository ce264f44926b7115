internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Learns everything about a Convex backup: one pass over each file, and further ones only where witnesses disagree.
struct ConvexSurvey {
  let content: ConvexContent
  private(set) var tables: [TableFacts] = []
  private(set) var combined: CombinedFacts?
  private(set) var twins: [TwinFacts] = []
  private(set) var findings: [Finding] = []
  private(set) var claims: [Claim] = []
  private var keys = KeyIndex()
  /// Tables whose file could not be read to its end.
  private(set) var cut: Set<Name> = []

  init(_ input: BackupInput) { content = ConvexContent(input) }

  mutating func run() throws(ReadError) -> Knowledge {
    try openTwins()
    for file in content.tableFiles { try learn(file) }
    if let file = content.combined { try learnCombined(file) }
    for i in twins.indices { try readTwin(i) }
    guard !tables.isEmpty || findings.contains(where: { $0.code == "unreadable" }) else {
      throw ReadError(.unrecognised("backup holds no Convex tables"), artifact: content.input.container.path)
    }
    var knowledge = Knowledge()
    try buildTables(&knowledge)
    try compareWitnesses()
    try ConvexDocuments(self).add(to: &knowledge)
    knowledge.claims = claims + knowledge.claims
    knowledge.findings = findings + knowledge.findings + refutations(knowledge.claims)
    return knowledge
  }

  // MARK: Rows

  private mutating func learn(_ file: DetectedArtifact) throws(ReadError) {
    let name = file.table ?? ""
    var facts = TableFacts(name, file), keys = self.keys, notes: [Finding] = []
    // The combined file bears witness to the kinds of values, too.
    var exact = content.combined == nil ? nil : WitnessDigest(.exact)
    let twin = twins.firstIndex { $0.table == name }
    var text = twin.map { WitnessDigest(.text(columns: twins[$0].columns, structures: [])) }
    do throws(ReadError) {
      try content.forEachBatch(of: file, findings: &notes) { (run, batch) throws(ReadError) in
        try facts.add(batch, run, &keys)
        try exact?.add(&batch, run)
        try text?.add(&batch, run)
      }
    } catch {
      guard content.input.options.keepsRowsBeforeError, error.leavesRows, !error.isInterruption else { throw error }
      cut.insert(name)
      notes.append(unreadable(error, "rows before it are kept"))
    }
    self.keys = keys
    facts.exactDigest = exact?.digest ?? TableDigest()
    if let twin, let text { twins[twin].source = text.digest }
    findings += notes
    tables.append(facts)
  }

  /// Reads the combined file: a witness of tables that have files of their own, the source of those that have not.
  private mutating func learnCombined(_ file: DetectedArtifact) throws(ReadError) {
    var combined = CombinedFacts(file), keys = self.keys, notes: [Finding] = []
    var alone: [TableFacts] = []
    // File names are in small letters; the combined file has the names as the deployment does.
    let known = Dictionary(
      tables.enumerated().map { ($1.name.lowercased, $0) }, uniquingKeysWith: { first, _ in first })
    var exactNames: [Int: Name] = [:]
    do throws(ReadError) {
      try content.forEachBatch(of: file, findings: &notes) { (run, batch) throws(ReadError) in
        if combined.takeDescription(batch, run) { return }
        if let table = known[run.name.lowercased] {
          exactNames[table] = run.name
        } else {
          let place = alone.firstIndex { $0.name == run.name } ?? alone.count
          if place == alone.count { alone.append(TableFacts(run.name, file)) }
          try alone[place].add(batch, run, &keys)
        }
        try combined.take(rows: &batch, run)
      }
    } catch {
      let isSource = tables.isEmpty
      guard !error.isInterruption, error.leavesRows, !isSource || content.input.options.keepsRowsBeforeError else {
        throw error
      }
      for table in combined.tables { cut.insert(table.schema.name) }
      notes.append(
        unreadable(error, isSource ? "rows before it are kept" : "it cannot bear witness to the other files"))
    }
    self.keys = keys
    for table in combined.tables.map(\.schema.name)
    where known[table.lowercased] == nil && !alone.contains(where: { $0.name == table }) {
      alone.append(TableFacts(table, file))
    }
    for i in alone.indices { alone[i].exactDigest = combined.table(alone[i].name)?.digest.digest ?? TableDigest() }
    findings += notes
    for (table, name) in exactNames { rename(table, name) }
    tables += alone
    self.combined = combined
  }

  private mutating func rename(_ table: Int, _ name: Name) {
    let old = tables[table].name
    tables[table].name = name
    if cut.remove(old) != nil { cut.insert(name) }
    for i in twins.indices where twins[i].table == old { twins[i].table = name }
  }

  private func unreadable(_ error: ReadError, _ consequence: String) -> Finding {
    Finding(
      "unreadable", .error, "\(error.message); \(consequence)", advice: error.advice, artifact: error.artifact,
      offset: error.offset)
  }

  // MARK: Twins

  /// Learns which columns the CSV files have.
  private mutating func openTwins() throws(ReadError) {
    for file in content.artifacts(.twin) {
      guard let table = file.table else { continue }
      var notes: [Finding] = []
      do throws(ReadError) {
        var reader = try content.openReader(of: file, [], findings: &notes)
        guard let schema = try reader.nextTable() else { continue }
        twins.append(TwinFacts(table: table, artifact: file, header: schema.columns.map(\.name)))
      } catch { try noteTwin(file, error) }
    }
  }

  private mutating func readTwin(_ i: Int) throws(ReadError) {
    let twin = twins[i]
    var notes: [Finding] = []
    var digest = WitnessDigest(.text(columns: twin.columns, structures: []))
    do throws(ReadError) {
      try content.forEachBatch(of: twin.artifact, findings: &notes) { (run, batch) throws(ReadError) in
        try digest.add(&batch, run)
      }
      twins[i].digest = digest.digest
    } catch { try noteTwin(twin.artifact, error) }
    findings += notes
  }

  private mutating func noteTwin(_ file: DetectedArtifact, _ error: ReadError) throws(ReadError) {
    guard !error.isInterruption else { throw error }
    findings.append(unreadable(error.located(in: file.entry.path), "the CSV cannot bear witness to the JSON"))
  }

  // MARK: Tables

  private mutating func buildTables(_ knowledge: inout Knowledge) throws(ReadError) {
    var relations = ConvexRelations(tables, keys)
    var plan = ConvexPlan()
    for facts in tables {
      var table = TableSchema(facts.name, facts.columns)
      let secrets = facts.secrets
      secrets.mark(&table)
      findings += secrets.findings
      try relations.relate(facts, &table)
      knowledge.tables.append(table)
      if facts.artifact.entry == combined?.artifact.entry {
        plan.onlyCombined.insert(facts.name)
      } else {
        plan.tables.append((table, facts.artifact))
      }
    }
    findings += relations.findings
    knowledge.unverifiedForeignKeys += relations.unverified
    // What the combined file has is read with the columns found there, but the types decided here.
    plan.combinedTables =
      combined?.tables.map { table in
        plan.onlyCombined.contains(table.schema.name)
          ? knowledge.tables.first { $0.name == table.schema.name } ?? table.schema : table.schema
      } ?? []
    knowledge.tables = creationOrder(knowledge.tables)
    knowledge.details = plan
  }

  // MARK: Witnesses

  private mutating func compareWitnesses() throws(ReadError) {
    for facts in tables where !cut.contains(facts.name) {
      for twin in twins where twin.table == facts.name && twin.digest != nil { try compare(facts, twin) }
      if facts.artifact.entry != combined?.artifact.entry, let other = combined?.table(facts.name) {
        try compare(facts, other)
      }
    }
  }

  /// Compares a table's JSON with its CSV on the columns that the CSV has.
  private mutating func compare(_ facts: TableFacts, _ twin: TwinFacts) throws(ReadError) {
    let own = Set(facts.schema.columns.map(\.name)), internals: Set<Name> = ["_id", "_creationTime"]
    let lacking = own.subtracting(twin.columns).subtracting(internals)
    if !lacking.isEmpty {
      findings.append(
        Finding(
          "twin-lacks-columns", .warning,
          "the CSV twin of '\(displayed(facts.name))' lacks columns of the JSON: \(list(lacking))",
          advice: "restore from the JSON file", artifact: twin.artifact.entry.path, table: facts.name,
          count: lacking.count))
    }
    var equal = twin.digest == twin.source, rows = (onlyInA: 0, onlyInB: 0)
    if !equal {
      let comparison = WitnessDigest.Comparison.text(columns: twin.columns, structures: facts.structures)
      rows = difference(
        try hashes(of: facts.artifact, facts.name, comparison), try hashes(of: twin.artifact, facts.name, comparison))
      equal = rows == (0, 0)
    }
    conclude(facts, twin.artifact, "CSV twin", facts.rowCount, twin.digest?.count ?? 0, equal, rows)
  }

  /// Compares a table's JSON with the combined file.
  private mutating func compare(_ facts: TableFacts, _ other: CombinedFacts.Table) throws(ReadError) {
    guard let combined else { return }
    let equal = other.digest.digest == facts.exactDigest
    var rows = (onlyInA: 0, onlyInB: 0)
    if !equal {
      rows = difference(
        try hashes(of: facts.artifact, facts.name, .exact), try hashes(of: combined.artifact, facts.name, .exact))
    }
    conclude(facts, combined.artifact, "combined file", facts.rowCount, other.digest.digest.count, equal, rows)
  }

  private func hashes(
    of file: DetectedArtifact, _ table: Name, _ comparison: WitnessDigest.Comparison
  ) throws(ReadError) -> [UInt64] {
    var digest = WitnessDigest(comparison, keepsHashes: true), notes: [Finding] = []
    try content.forEachBatch(of: file, findings: &notes) { (run, batch) throws(ReadError) in
      if file.table != nil || run.name == table { try digest.add(&batch, run) }
    }
    return digest.hashes
  }

  private mutating func conclude(
    _ facts: TableFacts, _ witness: DetectedArtifact, _ kind: String, _ count: Int, _ otherCount: Int, _ equal: Bool,
    _ rows: (onlyInA: Int, onlyInB: Int)
  ) {
    let name = displayed(facts.name)
    claims.append(
      Claim(
        subject: "\(kind) of \(name)", stated: Array("the same rows as ".utf8) + facts.artifact.entry.path,
        measured: equal
          ? "\(count) rows, all equal"
          : "\(rows.onlyInA) rows only in the JSON, \(rows.onlyInB) only in the \(kind) (\(count) against \(otherCount))",
        verdict: equal ? .proved : .refuted, artifact: witness.entry.path))
    if equal { return }
    findings.append(
      Finding(
        "twin-differs", .error,
        "the \(kind) of '\(name)' differs from the JSON: \(rows.onlyInA) rows are only in the JSON, \(rows.onlyInB) only in the \(kind)",
        advice: "the JSON is taken for the truth; find out which file was changed after the backup",
        artifact: witness.entry.path, table: facts.name, count: max(rows.onlyInA, rows.onlyInB, 1)))
  }

  private func list(_ names: Set<Name>) -> String {
    let shown = names.sorted().prefix(5).map { displayed($0) }.joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  /// A finding for each claim that the content refutes and that no other finding tells.
  private func refutations(_ claims: [Claim]) -> [Finding] {
    claims.filter { $0.verdict == .refuted && !$0.subject.contains(" of ") || $0.verdict == .refuted && isCount($0) }
      .map { claim in
        Finding(
          "claim-refuted", .warning,
          "\(claim.subject): stated as '\(displayed(claim.stated))', the backup shows \(claim.measured ?? "something else")",
          advice: "trust the backup, not its documentation", artifact: claim.artifact)
      }
  }
  private func isCount(_ claim: Claim) -> Bool { claim.subject.hasPrefix("records of ") }
}

/// A CSV file and the table whose rows it repeats.
struct TwinFacts {
  var table: Name
  let artifact: DetectedArtifact
  /// Its columns in their order.
  let header: [Name]
  var columns: Set<Name> { Set(header) }
  /// Of the CSV; nil when it could not be read.
  var digest: TableDigest?
  /// Of the JSON as the CSV would show it.
  var source: TableDigest?
}
