internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

/// What a load does with one table.
struct TablePlan {
  /// nil: the table is made.
  var existing: ExistingTable?
  /// Where rows go first, quoted, when they are merged into the table at the end.
  var stage: [UInt8]?
  /// The stage's or table's name as the server calls it in its remarks.
  var copyName: Name
  /// The stage's or new table's column for the numbers of rows; only where rows that are refused are left out, and in previews.
  var rowColumn: Name?
  /// In previews: what the target puts into columns that rows give no value for.
  var constantDefaults: [(column: Name, value: [UInt8])] = []
  /// In previews: columns whose values only a load finds out.
  var unknownColumns: Set<Name> = []
  /// Rows that were sent.
  var sent = 0
  /// Rows that the server took.
  var taken = 0
}

/// What a load does, found out before anything changes.
struct PostgresPlan {
  var tables: [TablePlan]
  /// Tables outside the load that refer to those whose rows are deleted; they hold no rows.
  var hasReferringTables = false
  /// Whether rows of a preview are held against the target's constraints.
  private(set) var looksForRefusals = false

  /// Looks at what is there; refuses what the mode does not allow.
  init(
    _ schema: SQLSchema, _ options: LoadOptions, _ progress: LoadProgress?, _ session: PostgresSession
  ) throws(WriteError) {
    tables = []
    for table in schema.tables {
      do throws(PostgresError) {
        tables.append(TablePlan(existing: try session.existing(table), copyName: table.name))
      } catch { throw WriteError(error, table: table) }
    }
    let isResumed = progress?.isResumed == true
    // Tables that the load itself has made.
    for i in tables.indices where progress?[i].isNew == true && tables[i].existing != nil { tables[i].existing = nil }
    if isResumed { for i in tables.indices { tables[i].existing?.rows = progress?[i].before ?? 0 } }
    if options.mode == .create, !isResumed { try refuseFullTarget(schema, options, session) }
    let missing = zip(schema.tables, tables).filter { $0.1.existing == nil }.map(\.0.name)
    guard options.write.writesSchema || isResumed || missing.isEmpty else {
      throw WriteError(
        .refused("the target has no \(listed(missing.map { "'\(displayed($0))'" })), and --data-only makes no tables"),
        advice: "leave --data-only out")
    }
    if options.isPreview, options.write.writesData { try beginToLook(session) }
    for i in tables.indices {
      guard let existing = tables[i].existing else {
        if looksForRefusals, !schema.tables[i].written.isEmpty { stage(i, schema, isNumbered: true) }
        // Where rows lie tells nothing of their order when others may have been taken back before them.
        if progress != nil, options.rejects != nil, options.write.writesData { number(i, schema) }
        continue
      }
      try Self.check(schema.tables[i], existing, options)
      let isMerged = options.mode == .upsert || options.mode == .skipExisting
      // Rows may come before those that they refer to.
      let leavesOut = options.rejects != nil
      let isStaged = existing.hasImmediateKeys || existing.hasForeignKeys && leavesOut
      guard
        options.write.writesData, isMerged || options.isRestore || isStaged && !options.isPreview || looksForRefusals,
        !schema.tables[i].written.isEmpty || isMerged || options.isRestore
      else { continue }
      stage(i, schema, isNumbered: options.isPreview ? looksForRefusals : leavesOut)
      guard looksForRefusals else { continue }
      let written = Set(schema.tables[i].written.map { schema.tables[i].columns[$0].name })
      for (column, value) in existing.defaults where !written.contains(column) {
        // What is called may give another value each time, or take a number.
        if value.contains(UInt8(ascii: "(")) {
          tables[i].unknownColumns.insert(column)
        } else {
          tables[i].constantDefaults.append((column, value))
        }
      }
      tables[i].unknownColumns.formUnion(existing.computedColumns.subtracting(written))
    }
    if options.mode == .replace, !options.isRestore, !isResumed { try refuseReferences(session) }
  }

  /// Rows of a table go to a temporary one first.
  private mutating func stage(_ position: Int, _ schema: SQLSchema, isNumbered: Bool) {
    tables[position].copyName = Name("coffer rows \(position)")
    tables[position].stage = words("pg_temp.") + SQLDialect.postgres.quoted(tables[position].copyName)
    if isNumbered { number(position, schema) }
  }

  /// Rows of a table, or of its stage, get their numbers in a column of ours.
  private mutating func number(_ position: Int, _ schema: SQLSchema) {
    guard !schema.tables[position].written.isEmpty else { return }
    var name = Name("coffer row")
    let isTaken = { [tables] (name: Name) in
      tables[position].existing?.columns.contains(name) == true
        || schema.tables[position].columns.contains { $0.name == name }
    }
    while isTaken(name) { name = name + " " }
    tables[position].rowColumn = name
  }

  /// Finds out whether a preview may make temporary tables.
  private mutating func beginToLook(_ session: PostgresSession) throws(WriteError) {
    do throws(PostgresError) {
      looksForRefusals = try session.query(
        """
        SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')
          AND NOT pg_catalog.pg_is_in_recovery()
        """
      ) { $0.isTrue(0, 0) }
    } catch { throw WriteError(error) }
    if !looksForRefusals {
      session.note("the role may make no temporary tables there: rows are not held against the target's constraints")
    }
  }

  /// `create` makes tables in a database without rows.
  private func refuseFullTarget(
    _ schema: SQLSchema, _ options: LoadOptions, _ session: PostgresSession
  ) throws(WriteError) {
    var there = tables.compactMap { plan in plan.existing.map { FilledTable(name: $0.quotedName, rows: $0.rows) } }
    if !options.write.writesSchema { there.removeAll { $0.rows == 0 } }
    let what: String
    if there.isEmpty, options.write.writesSchema {
      do throws(PostgresError) { there = try session.filledTables() } catch { throw WriteError(error) }
      what = "the target is not empty"
    } else {
      what = options.write.writesSchema ? "tables are in the target already" : "tables of the target hold rows"
    }
    guard !there.isEmpty else { return }
    throw WriteError(
      .refused("\(what): \(listed(there.map(\.words)))"),
      advice:
        "name an empty database, or say what becomes of the rows there: --mode append, skip-existing, upsert or replace"
    )
  }

  /// Rows have to fit a table that is there.
  private static func check(
    _ table: SQLTable, _ existing: ExistingTable, _ options: LoadOptions
  ) throws(WriteError) {
    func refuse(_ what: String, _ advice: String) -> WriteError {
      WriteError(.refused(what), table: table.source.name, advice: advice)
    }
    guard options.write.writesData else { return }
    let written = table.written.map { table.columns[$0].name }
    let unknown = written.filter { !existing.columns.contains($0) }
    guard unknown.isEmpty else {
      throw refuse(
        "the target's table has no column \(listed(unknown.map { "'\(displayed($0))'" })) that takes values",
        "add it there first, or leave the table out with --exclude")
    }
    let needed = existing.neededColumns.filter { !written.contains($0) }
    guard needed.isEmpty else {
      throw refuse(
        "the target's column \(listed(needed.map { "'\(displayed($0))'" })) needs a value that the backup does not hold",
        "give it a default there, or leave the table out with --exclude")
    }
    guard options.mode == .upsert || options.mode == .skipExisting else { return }
    guard !existing.primaryKey.isEmpty, existing.primaryKey.allSatisfy(written.contains) else {
      throw refuse(
        "the target's table has no primary key that the backup's columns hold, by which rows are found",
        "--mode append adds all rows, --mode replace deletes those that are there")
    }
  }

  /// Rows elsewhere that refer to rows which are to be deleted would be deleted with them, or forbid it.
  private mutating func refuseReferences(_ session: PostgresSession) throws(WriteError) {
    let referring: [FilledTable]
    do throws(PostgresError) {
      referring = try session.referringTables(to: tables.compactMap(\.existing))
    } catch { throw WriteError(error) }
    hasReferringTables = !referring.isEmpty
    let filled = referring.filter { $0.rows > 0 }
    guard filled.isEmpty else {
      throw WriteError(
        .refused("rows of other tables refer to those that would be deleted: \(listed(filled.map(\.words)))"),
        advice: "take these tables into the load, or use --mode upsert")
    }
  }
}

extension FilledTable {
  /// Such as `public.users (12 rows)`.
  var words: String { "\(displayed(name)) (\(rows) \(rows == 1 ? "row" : "rows"))" }
}

/// The first twenty, with commas between.
func listed(_ words: [String]) -> String {
  words.prefix(20).joined(separator: ", ") + (words.count > 20 ? ", and \(words.count - 20) more" : "")
}
