internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

// What a preview finds out: rows wait in temporary tables and are held against the constraints of their tables, which are neither
// written to nor locked. No sequence is asked for a number and no trigger runs.
extension PostgresWriter {
  /// Counts rows that a load would have to leave out and takes them out of their stages, so that those that refer to them are found.
  mutating func findRefusals(_ findings: Rejects) throws(WriteError) {
    var constraints: [PreviewConstraint] = []
    for i in plan.tables.indices where plan.tables[i].stage != nil {
      let own = try self.constraints(of: i)
      constraints += own
      try countRowRefusals(i, own, findings)
    }
    for constraint in constraints where constraint.kind == .unique { try removeRepeated(constraint, findings) }
    let references = constraints.filter { $0.kind == .reference }
    var found = references.map { _ in (count: 0, first: Int.max) }, isMoving = true
    while isMoving {
      isMoving = false
      for (i, reference) in references.enumerated() {
        let gone = try remove(reference.table, violating(reference))
        guard gone.count > 0 else { continue }
        isMoving = true
        found[i] = (found[i].count + gone.count, min(found[i].first, gone.first))
      }
    }
    for (reference, found) in zip(references, found) where found.count > 0 {
      findings.count(found.count, first: found.first, of: schema.tables[reference.table].source.name, reference.refusal)
    }
  }

  private func constraints(of position: Int) throws(WriteError) -> [PreviewConstraint] {
    guard let existing = plan.tables[position].existing else { return newConstraints(of: position) }
    let plan = plan, table = schema.tables[position]
    let written = Set(table.written.map { table.columns[$0].name })
    return try telling(position) { (session) throws(PostgresError) in
      var reader = ConstraintReader(session, existing, written, plan.tables[position].unknownColumns)
      let found = try reader.read(
        table: position,
        placeOf: { name in
          plan.tables.firstIndex { $0.existing?.quotedName == name }
        })
      for name in reader.unread {
        session.note(
          "constraint '\(displayed(name))' of \(displayed(existing.quotedName)) is not looked at by a preview")
      }
      return found
    }
  }

  /// The keys of a table that a load makes.
  private func newConstraints(of position: Int) -> [PreviewConstraint] {
    let table = schema.tables[position]
    var constraints: [PreviewConstraint] = []
    for key in [table.primaryKey] + table.uniqueKeys where !key.isEmpty {
      let names = key.map { "'\(displayed(table.source.columns[$0].name))'" }.joined(separator: ", ")
      constraints.append(
        PreviewConstraint(
          table: position, kind: .unique, keys: key.map { table.columns[$0].quotedName },
          refusal: Refusal("23505", "another row has the same key (\(names))")))
    }
    for key in table.foreignKeys {
      let parent = key.table
      constraints.append(
        PreviewConstraint(
          table: position, kind: .reference, keys: key.columns.map { table.columns[$0].quotedName },
          refusal: Refusal(
            "23503", "the row that it refers to is not in \(displayed(key.tableName))",
            column: key.columns.count == 1 ? table.source.columns[key.columns[0]].name : nil),
          parent: (
            parent, parent.flatMap { plan.tables[$0].existing?.quotedName } ?? (parent == nil ? key.tableName : nil)
          ),
          parentKeys: key.referencedColumns))
    }
    return constraints
  }

  /// Rows that are refused for what stands in them: each constraint is counted for itself.
  private mutating func countRowRefusals(
    _ position: Int, _ constraints: [PreviewConstraint], _ findings: Rejects
  ) throws(WriteError) {
    guard let stage = plan.tables[position].stage, let row = quotedRow(position) else { return }
    var broken: [[UInt8]] = []
    for constraint in constraints where constraint.kind == .row {
      let condition = constraint.violation
      let statement =
        words("SELECT pg_catalog.count(*), pg_catalog.min(") + row + words(") FROM ") + stage + words(" WHERE ")
        + condition
      guard let found = try askIfPossible(position, statement, constraint) else { continue }
      guard found.count > 0 else { continue }
      broken.append(words("(") + condition + words(")"))
      findings.count(found.count, first: found.first, of: schema.tables[position].source.name, constraint.refusal)
    }
    guard !broken.isEmpty else { return }
    _ = try remove(position, Array(broken.joined(separator: words(" OR "))))
  }

  /// Rows whose key another row has, in the backup before them or in the target.
  private mutating func removeRepeated(_ constraint: PreviewConstraint, _ findings: Rejects) throws(WriteError) {
    let position = constraint.table
    guard let stage = plan.tables[position].stage, let row = quotedRow(position) else { return }
    let list = Array(constraint.keys.joined(separator: words(", ")))
    var whole = constraint.keys.map { words("(") + $0 + words(") IS NOT NULL") }
    if constraint.nullsAreEqual { whole = [] }
    if let predicate = constraint.predicate { whole.append(words("(") + predicate + words(")")) }
    let filter = whole.isEmpty ? words("true") : Array(whole.joined(separator: words(" AND ")))
    let turns =
      row + words(" IN (SELECT number FROM (SELECT ") + row
      + words(" AS number, pg_catalog.row_number() OVER (PARTITION BY ") + list + words(" ORDER BY ") + row
      + words(") AS turn FROM ") + stage + words(" WHERE ") + filter + words(") n WHERE turn > 1)")
    var gone = try remove(position, turns)
    if let taken = takenKeys(constraint, stage, row, filter) {
      let more = try remove(position, taken)
      gone = (gone.count + more.count, min(gone.first, more.first))
    }
    guard gone.count > 0 else { return }
    findings.count(gone.count, first: gone.first, of: schema.tables[position].source.name, constraint.refusal)
  }

  /// Which rows of a stage have the key of a row that stays in the target; nil: none can.
  private func takenKeys(
    _ constraint: PreviewConstraint, _ stage: [UInt8], _ row: [UInt8], _ filter: [UInt8]
  ) -> [UInt8]? {
    guard let existing = plan.tables[constraint.table].existing, options.mode != .replace else { return nil }
    let isMatched = options.mode == .upsert || options.mode == .skipExisting
    let primary = existing.primaryKey.map { SQLDialect.postgres.quoted($0) }
    if isMatched, constraint.isPrimary { return nil }
    let names = constraint.keys.indices.map { words("\"coffer key \($0)\"") }
    func keys() -> [UInt8] {
      Array(zip(constraint.keys, names).map { $0 + words(" AS ") + $1 }.joined(separator: words(", ")))
    }
    let same = Array(
      names.map { words("t.") + $0 + words(constraint.nullsAreEqual ? " IS NOT DISTINCT FROM s." : " = s.") + $0 }
        .joined(separator: words(" AND ")))
    let inner = isMatched ? keys() + words(", ") + Array(primary.joined(separator: words(", "))) : keys()
    let there =
      words("(SELECT ") + inner + words(" FROM ") + existing.quotedName + words(" WHERE ") + filter + words(") t")
    var text =
      row + words(" IN (SELECT number FROM (SELECT ") + row + words(" AS number, ") + inner + words(" FROM ") + stage
      + words(" WHERE ") + filter + words(") s WHERE EXISTS (SELECT FROM ") + there + words(" WHERE ") + same
    if options.mode == .upsert {
      // A row that the load changes gives its key up.
      text += words(" AND NOT EXISTS (SELECT FROM ") + stage + words(" u WHERE ")
      text +=
        Array(primary.map { words("u.") + $0 + words(" = t.") + $0 }.joined(separator: words(" AND "))) + words(")")
    }
    text += words(")")
    if options.mode == .skipExisting { text += words(" AND NOT ") + isThere(primary, existing, "s") }
    return text + words(")")
  }

  /// Whether a row's primary key is in the target.
  private func isThere(_ primary: [[UInt8]], _ existing: ExistingTable, _ alias: String) -> [UInt8] {
    words("EXISTS (SELECT FROM ") + existing.quotedName + words(" x WHERE ")
      + Array(primary.map { words("x.") + $0 + words(" = \(alias).") + $0 }.joined(separator: words(" AND ")))
      + words(")")
  }

  /// Which rows of a stage refer to rows that are neither in the target nor among those that would be loaded.
  private func violating(_ reference: PreviewConstraint) -> [UInt8] {
    guard let stage = plan.tables[reference.table].stage, let row = quotedRow(reference.table) else {
      return words("false")
    }
    func missing(_ table: [UInt8]) -> [UInt8] {
      let pairs = zip(reference.parentKeys, reference.keys).map { words("r.") + $0 + words(" = s.") + $1 }
      return words(" AND NOT EXISTS (SELECT FROM ") + table + words(" r WHERE ")
        + Array(pairs.joined(separator: words(" AND "))) + words(")")
    }
    var text =
      row + words(" IN (SELECT s.") + row + words(" FROM ") + stage + words(" s WHERE ")
      + Array(reference.keys.map { words("s.") + $0 + words(" IS NOT NULL") }.joined(separator: words(" AND ")))
    let parent = reference.parent
    if let position = parent?.position, let stage = plan.tables[position].stage { text += missing(stage) }
    let isEmptied = options.mode == .replace && parent?.position != nil
    if let name = parent?.name, !isEmptied { text += missing(name) }
    if options.mode == .skipExisting, let existing = plan.tables[reference.table].existing {
      text += words(" AND NOT ") + isThere(existing.primaryKey.map { SQLDialect.postgres.quoted($0) }, existing, "s")
    }
    return text + words(")")
  }

  /// Takes rows out of a stage.
  private mutating func remove(_ position: Int, _ condition: [UInt8]) throws(WriteError) -> (count: Int, first: Int) {
    guard let stage = plan.tables[position].stage, let row = quotedRow(position) else { return (0, .max) }
    let statement =
      words("WITH gone AS (DELETE FROM ") + stage + words(" WHERE ") + condition + words(" RETURNING ") + row
      + words(") SELECT pg_catalog.count(*), pg_catalog.min(") + row + words(") FROM gone")
    let gone = try ask(position, statement)
    plan.tables[position].sent -= gone.count
    return gone
  }

  private func ask(_ position: Int, _ statement: [UInt8]) throws(WriteError) -> (count: Int, first: Int) {
    try telling(position) { (session) throws(PostgresError) in
      try session.query(statement) { rows in (rows.integer(0, 0) ?? 0, rows.integer(0, 1) ?? .max) }
    }
  }

  /// The same for a condition of the target's own, which may fail for reasons of its own.
  private func askIfPossible(
    _ position: Int, _ statement: [UInt8], _ constraint: PreviewConstraint
  ) throws(WriteError) -> (count: Int, first: Int)? {
    try telling(position) { (session) throws(PostgresError) -> (count: Int, first: Int)? in
      try session.execute("SAVEPOINT coffer_rows")
      do throws(PostgresError) {
        let found = try session.query(statement) { rows in (rows.integer(0, 0) ?? 0, rows.integer(0, 1) ?? .max) }
        try session.execute("RELEASE SAVEPOINT coffer_rows")
        return found
      } catch {
        guard !error.isConnectionLost else { throw error }
        try session.execute("ROLLBACK TO SAVEPOINT coffer_rows; RELEASE SAVEPOINT coffer_rows")
        session.note("a preview cannot tell whether \(constraint.refusal.reason): SQLSTATE \(error.state)")
        return nil
      }
    }
  }

  private func quotedRow(_ position: Int) -> [UInt8]? {
    plan.tables[position].rowColumn.map { SQLDialect.postgres.quoted($0) }
  }

  // MARK: Stages

  /// Makes the table in which the rows of a preview wait: with the columns of the table itself, but none of its constraints.
  func makePreviewStage(_ position: Int) throws(WriteError) {
    guard let stage = plan.tables[position].stage, let row = quotedRow(position) else { return }
    var statements: [[UInt8]] = []
    if let existing = plan.tables[position].existing {
      statements.append(
        words("CREATE TEMP TABLE ") + stage + words(" ON COMMIT DROP AS SELECT * FROM ") + existing.quotedName
          + words(" WITH NO DATA"))
      for (column, value) in plan.tables[position].constantDefaults {
        statements.append(
          words("ALTER TABLE ") + stage + words(" ALTER ") + SQLDialect.postgres.quoted(column) + words(" SET DEFAULT ")
            + value)
      }
    } else {
      var table = schema.tables[position]
      table.quotedName = stage
      for i in table.columns.indices { table.columns[i].isIdentity = false }
      statements.append(schema.createTable(table, withPrimaryKey: false))
    }
    statements.append(words("ALTER TABLE ") + stage + words(" ADD COLUMN ") + row + words(" pg_catalog.int8"))
    for statement in statements {
      try telling(position) { (session) throws(PostgresError) in try session.execute(statement) }
    }
  }
}
