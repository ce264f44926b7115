internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

// Rows that turn out to be refused when all have come: when they go from their stages into tables that are there, and when the
// keys of new tables are made.
extension PostgresWriter {
  /// What is left to do, without the rows that are refused.
  mutating func finishLeavingOut(_ rejects: Rejects) throws(WriteError) {
    if options.write.writesData {
      try recall()
      try mergeLeavingOut(rejects)
      for i in plan.tables.indices where schema.tables[i].written.isEmpty { try writeColumnlessRows(i) }
      try settle(rejects) { [endOfChecks] (session) throws(PostgresError) in try session.execute(endOfChecks) }
      noteRowsLeftOut()
    }
    guard options.write.writesSchema else { return try dropNumbers() }
    if !hasEarlyKeys {
      for i in plan.tables.indices where plan.tables[i].existing == nil {
        guard let key = schema.addPrimaryKey(schema.tables[i]) else { continue }
        try settle(rejects, key: (i, schema.tables[i].primaryKey)) { (session) throws(PostgresError) in
          try session.execute(key)
        }
      }
    }
    for key in schema.keyStatements() where plan.tables[key.table].existing == nil {
      try settle(rejects, key: key.isUnique ? (key.table, key.columns) : nil) { (session) throws(PostgresError) in
        try session.execute(key.text)
      }
    }
    try dropNumbers()
  }

  /// Runs a statement, and again without the rows that it is refused for.
  private mutating func settle(
    _ rejects: Rejects, key: (table: Int, columns: [Int])? = nil,
    _ body: (PostgresSession) throws(PostgresError) -> Void
  ) throws(WriteError) {
    while let error = try attempt(key?.table, body) {
      var removed = 0
      if let key, error.state == "23505" { removed = try removeRepeated(key.table, key.columns, rejects) }
      if error.state == "23503" { removed = try removeDangling(rejects) }
      guard removed > 0 else { throw WriteError(error) }
    }
  }

  // MARK: New tables

  /// Removes rows whose key another row before them has.
  private mutating func removeRepeated(
    _ position: Int, _ columns: [Int], _ rejects: Rejects
  ) throws(WriteError) -> Int {
    let table = schema.tables[position], list = table.list(columns)
    let isWhole = Array(
      columns.map { table.columns[$0].quotedName + words(" IS NOT NULL") }.joined(separator: words(" AND ")))
    let order = order(position)
    let inner =
      words("SELECT ctid AS place, ") + order.number + words(" AS number, ") + isWhole
      + words(" AND pg_catalog.row_number() OVER (PARTITION BY ") + list + words(" ORDER BY ") + order.column
      + words(") > 1 AS goes FROM ") + plan.name(position, schema) + words(" t")
    let names = columns.map { "'\(displayed(table.source.columns[$0].name))'" }.joined(separator: ", ")
    let refusal = Refusal(
      "23505", "another row has the same key (\(names))",
      column: columns.count == 1 ? table.source.columns[columns[0]].name : nil)
    return try remove(position, inner, refusal, rejects)
  }

  /// Removes rows of new tables that refer to rows which are not there, and then those that refer to them.
  private mutating func removeDangling(_ rejects: Rejects) throws(WriteError) -> Int {
    var total = 0, last = -1
    while last != total {
      last = total
      for i in plan.tables.indices where plan.tables[i].existing == nil {
        for key in schema.tables[i].foreignKeys {
          let table = schema.tables[i]
          let columns = key.columns.map { table.columns[$0].quotedName }
          let isWhole = Array(
            columns.map { words("t.") + $0 + words(" IS NOT NULL") }.joined(separator: words(" AND ")))
          let pairs = Array(
            zip(key.referencedColumns, columns).map { words("r.") + $0 + words(" = t.") + $1 }.joined(
              separator: words(" AND ")))
          let inner =
            words("SELECT t.ctid AS place, ") + order(i).number + words(" AS number, ") + isWhole
            + words(" AND NOT EXISTS (SELECT FROM ") + key.tableName + words(" r WHERE ") + pairs
            + words(") AS goes FROM ") + plan.name(i, schema) + words(" t")
          let refusal = Refusal(
            "23503", "the row that it refers to is not in \(displayed(key.tableName))",
            column: table.source.columns[key.columns[0]].name)
          total += try remove(i, inner, refusal, rejects)
        }
      }
    }
    return total
  }

  /// What orders the rows of a new table `t`, and what numbers them from 1: their own numbers, else their places, as long as
  /// everything is one transaction.
  private func order(_ position: Int) -> (column: [UInt8], number: [UInt8]) {
    guard let name = plan.tables[position].rowColumn else {
      return (words("t.ctid"), words("pg_catalog.row_number() OVER (ORDER BY t.ctid)"))
    }
    let column = words("t.") + SQLDialect.postgres.quoted(name)
    return (column, column + words(" + 1"))
  }

  /// Removes rows of a new table: `inner` gives place and number of each, and whether it goes.
  private mutating func remove(
    _ position: Int, _ inner: [UInt8], _ refusal: Refusal, _ rejects: Rejects
  ) throws(WriteError) -> Int {
    let statement =
      words("WITH gone AS (SELECT place, number FROM (") + inner + words(") n WHERE goes), removed AS (DELETE FROM ")
      + plan.name(position, schema)
      + words(" WHERE ctid IN (SELECT place FROM gone)) SELECT number - 1 FROM gone ORDER BY number")
    let numbers: [Int] = try telling(position) { (session) throws(PostgresError) in
      try session.query(statement) { rows in (0..<rows.count).compactMap { rows.integer($0, 0) } }
    }
    let isNumbered = plan.tables[position].rowColumn != nil, name = schema.tables[position].source.name
    if isNumbered { for number in numbers { try rejects.add(number, of: name, refusal) } }
    for number in numbers where !isNumbered {
      guard number < takenRows[position].count else { continue }
      try rejects.add(takenRows[position].number(at: number), of: name, refusal)
    }
    if !isNumbered { takenRows[position].remove(at: numbers) }
    plan.tables[position].sent -= numbers.count
    plan.tables[position].taken -= numbers.count
    return numbers.count
  }

  // MARK: Tables that are there

  /// Takes all stages into their tables: at once, else in parts. Unless it is the last time, rows wait for those that they refer to.
  mutating func mergeLeavingOut(_ rejects: Rejects, isLast: Bool = true) throws(WriteError) {
    var stages: [(position: Int, existing: ExistingTable, stage: [UInt8])] = []
    for i in plan.tables.indices {
      guard let existing = plan.tables[i].existing, let stage = plan.tables[i].stage else { continue }
      stages.append((i, existing, stage))
      guard isMerged else { continue }
      try leaveOutRepeated(i, existing, stage, rejects)
      matchedRows[i] = committed[i].matched + (try matches(i, existing, stage))
    }
    guard let first = stages.first else { return }
    var taken: [Int] = []
    let statements = stages.map { insertStatement($0.position, $0.existing, $0.stage) }
    let refusal = try attempt(first.position) { [endOfChecks] (session) throws(PostgresError) in
      for statement in statements { taken.append(try session.change(statement)) }
      try session.execute(endOfChecks)
    }
    if refusal == nil {
      for (part, count) in zip(stages, taken) { note(count, part.position) }
      return
    }
    try mergeInParts(stages, rejects, isLast: isLast)
  }

  /// Counts rows that went into a table.
  private mutating func note(_ count: Int, _ position: Int) {
    let begun = committed[position]
    let left = options.mode == .skipExisting ? (matchedRows[position] ?? 0) - begun.matched : 0
    plan.tables[position].taken = begun.taken + count + left
  }

  /// Of rows of one key only the first is kept.
  private mutating func leaveOutRepeated(
    _ position: Int, _ existing: ExistingTable, _ stage: [UInt8], _ rejects: Rejects
  ) throws(WriteError) {
    guard let name = plan.tables[position].rowColumn else { return }
    let row = SQLDialect.postgres.quoted(name)
    let list = Array(existing.primaryKey.map { SQLDialect.postgres.quoted($0) }.joined(separator: words(", ")))
    let statement =
      words("WITH n AS (SELECT ") + row + words(" AS number, pg_catalog.row_number() OVER (PARTITION BY ") + list
      + words(" ORDER BY ") + row + words(") AS turn FROM ") + stage
      + words("), removed AS (DELETE FROM ") + stage + words(" WHERE ") + row
      + words(" IN (SELECT number FROM n WHERE turn > 1)) SELECT number FROM n WHERE turn > 1 ORDER BY number")
    let numbers: [Int] = try telling(position) { (session) throws(PostgresError) in
      try session.query(statement) { rows in (0..<rows.count).compactMap { rows.integer($0, 0) } }
    }
    let names = existing.primaryKey.map { "'\(displayed($0))'" }.joined(separator: ", ")
    let refusal = Refusal("23505", "another row has the same key (\(names))")
    for number in numbers { try rejects.add(number, of: schema.tables[position].source.name, refusal) }
    plan.tables[position].sent -= numbers.count
  }

  /// Takes stages into their tables in parts. Rows that refer to others wait as long as more of those come in.
  private mutating func mergeInParts(
    _ stages: [(position: Int, existing: ExistingTable, stage: [UInt8])], _ rejects: Rejects, isLast: Bool
  ) throws(WriteError) {
    try telling { (session) throws(PostgresError) in try session.execute("SET CONSTRAINTS ALL IMMEDIATE") }
    var waiting: [[(row: Int, error: PostgresError)]] = [], taken = stages.map { _ in 0 }
    for (i, part) in stages.enumerated() {
      let row = SQLDialect.postgres.quoted(plan.tables[part.position].rowColumn ?? "")
      let isIndexed = hasIndex.contains(part.position)
      let index =
        (isIndexed ? [] : words("CREATE INDEX ON ") + part.stage + words(" (") + row + words("); "))
        + words("ANALYZE ") + part.stage
      try telling(part.position) { (session) throws(PostgresError) in try session.execute(index) }
      hasIndex.insert(part.position)
      waiting.append(try mergeInParts(part.position, part.existing, part.stage, &taken[i]))
    }
    // In both directions by turns, so that chains come in whichever way they go; the number of turns is no matter of the data.
    var isMoving = true, turns = 0
    while isMoving, turns < 16 {
      isMoving = false
      turns += 1
      for (i, part) in stages.enumerated() {
        var left: [(row: Int, error: PostgresError)] = []
        for (row, error) in waiting[i] {
          guard error.state == "23503" else {
            left.append((row, error))
            continue
          }
          var count = 0
          let statement = insertStatement(part.position, part.existing, part.stage, rows: row..<(row + 1))
          let refusal = try attempt(part.position) { (session) throws(PostgresError) in
            count = try session.change(statement)
          }
          if let refusal { left.append((row, refusal)) } else { isMoving = true }
          taken[i] += count
        }
        waiting[i] = left.reversed()
      }
    }
    for (i, part) in stages.enumerated() {
      let table = schema.tables[part.position]
      let postponed = isLast ? [] : waiting[i].filter { $0.error.state == "23503" }.map(\.row)
      try postpone(postponed, of: part.position)
      for (row, error) in waiting[i] where isLast || error.state != "23503" {
        try rejects.add(row, of: table.source.name, Refusal(error, table: table))
      }
      plan.tables[part.position].sent -= waiting[i].count
      if isMerged {
        matchedRows[part.position, default: 0] -= try matches(part.existing, part.position, waiting[i].map(\.row))
      }
      note(taken[i], part.position)
    }
  }

  /// Takes one stage into its table, as many rows at once as the server lets pass; tells which rows it refuses.
  private func mergeInParts(
    _ position: Int, _ existing: ExistingTable, _ stage: [UInt8], _ taken: inout Int
  ) throws(WriteError) -> [(row: Int, error: PostgresError)] {
    var refused: [(row: Int, error: PostgresError)] = []
    var start = try firstRow(position, stage), limit = 4096
    while start < seen[position] {
      let end = min(start + limit, seen[position])
      let statement = insertStatement(position, existing, stage, rows: start..<end)
      var count = 0
      let error = try attempt(position) { (session) throws(PostgresError) in count = try session.change(statement) }
      guard let error else {
        taken += count
        start = end
        limit = min(limit * 2, 1 << 16)
        continue
      }
      if end - start == 1 {
        refused.append((start, error))
        start = end
        limit = 2
      } else {
        limit = (end - start) / 2
      }
    }
    return refused
  }

  /// How many of some rows of a stage have a key that is in the table.
  private func matches(_ existing: ExistingTable, _ position: Int, _ rows: [Int]) throws(WriteError) -> Int {
    guard let stage = plan.tables[position].stage, let name = plan.tables[position].rowColumn, !rows.isEmpty else {
      return 0
    }
    let list = Array(existing.primaryKey.map { SQLDialect.postgres.quoted($0) }.joined(separator: words(", ")))
    let numbers = words("{" + rows.map { "\($0)" }.joined(separator: ",") + "}")
    return try telling(position) { (session) throws(PostgresError) in
      try session.integer(
        words("SELECT pg_catalog.count(*) FROM ") + stage + words(" JOIN ") + existing.quotedName + words(" t USING (")
          + list + words(") WHERE ") + SQLDialect.postgres.quoted(name) + words(" = ANY ($1::pg_catalog.int8[])"),
        [numbers])
    }
  }
}
