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
  /// The stage's column for the numbers of rows; only where rows that are refused are left out.
  var rowColumn: Name?
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
    for i in tables.indices where progress?.isNew(i) == true && tables[i].existing != nil { tables[i].existing = nil }
    if options.mode == .create, !isResumed { try refuseFullTarget(schema, options, session) }
    let missing = zip(schema.tables, tables).filter { $0.1.existing == nil }.map(\.0.name)
    guard options.write.writesSchema || isResumed || missing.isEmpty else {
      throw WriteError(
        .refused("the target has no \(listed(missing.map { "'\(displayed($0))'" })), and --data-only makes no tables"),
        advice: "leave --data-only out")
    }
    for i in tables.indices {
      guard let existing = tables[i].existing else { continue }
      try Self.check(schema.tables[i], existing, options)
      let isMerged = options.mode == .upsert || options.mode == .skipExisting
      // Rows may come before those that they refer to.
      let leavesOut = options.rejects != nil
      let isStaged = existing.hasImmediateKeys || existing.hasForeignKeys && leavesOut
      guard options.write.writesData, isMerged || options.isRestore || isStaged && !options.isPreview else { continue }
      tables[i].copyName = Name("coffer rows \(i)")
      tables[i].stage = words("pg_temp.") + SQLDialect.postgres.quoted(tables[i].copyName)
      guard leavesOut, !options.isPreview else { continue }
      var name = Name("coffer row")
      while schema.tables[i].columns.contains(where: { $0.name == name }) { name = name + " " }
      tables[i].rowColumn = name
    }
    if options.mode == .replace, !options.isRestore, !isResumed { try refuseReferences(session) }
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
