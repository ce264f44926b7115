internal import Bytes
internal import Conversion
internal import Records
internal import SQLScriptFormat

/// Writes the files of a set; roles and schema at once, the data as it comes.
struct SupabaseWriter: RecordWriter, ~Copyable {
  private var data: any RecordWriter & ~Copyable
  private let writesData: Bool
  private let tables: TableIndex
  private let schemas: [TableSchema]
  /// Tables of the service itself, which makes its own rows; rows that were left out of each.
  private let inner: Set<Name>
  private var leftOut: [Name: Int] = [:]
  private var accounts: AccountMaker?
  private var accountPlace = -1
  /// Rows of buckets and objects for the files beside the set.
  private let storage: StorageRows?
  private var current = -1
  private var schemaLosses: [Loss] = []
  /// Of the data, once it is written.
  private var written: [Loss] = []

  /// What is known before the data's own writer is made.
  private struct Plan {
    var tables: [TableSchema]
    var inner: Set<Name> = []
    var held: [TableSchema] = []
    var existing: Set<Name> = []
    var accounts: AccountMaker?
    var storage: StorageRows?
    var losses: [Loss] = []

    init(_ tables: [TableSchema], _ options: WriteOptions) {
      self.tables = tables
      let isInner = tables.map { table in
        PlatformSchemas.schema(of: table).map { PlatformSchemas.inner.contains($0.bytes) } ?? false
      }
      inner = Set(zip(tables, isInner).filter { $0.1 }.map { $0.0.name })
      held = zip(tables, isInner).filter { !$0.1 }.map { Self.placed($0.0) }
      existing = Set(held.filter { !PlatformSchemas.isApplication($0) }.map(\.name))
      accounts = held.contains { $0.name == "auth.users" } ? nil : AccountMaker(held)
      storage = options.files.flatMap { StorageRows($0.references(of: tables), besides: held) }
    }

    /// A table of accounts or storage in its schema, with its key, which rows alone do not tell.
    private static func placed(_ table: TableSchema) -> TableSchema {
      guard let schema = PlatformSchemas.schema(of: table), PlatformSchemas.data.contains(schema.bytes) else {
        return table
      }
      var table = table
      table.namespace = schema
      if table.primaryKey.isEmpty, table.index(of: "id") != nil { table.primaryKey = ["id"] }
      return table
    }

    /// Tables that no source holds and that are filled.
    var made: [TableSchema] {
      (accounts == nil ? [] : AccountMaker.tables) + (storage == nil ? [] : StorageRows.tables)
    }
  }

  /// A writer of a set into a directory; roles and schema are there at once.
  static func make(
    _ output: Output, _ tables: [TableSchema], _ options: WriteOptions
  ) throws(WriteError) -> SupabaseWriter {
    var plan = Plan(tables, options)
    if options.writesSchema {
      try write(roles, to: output, "roles")
      plan.losses = try writeSchema(plan.held, plan.existing, to: output, "schema", options)
      // The same as the first migration of a project, for whoever keeps its schema so.
      _ = try writeSchema(
        plan.held, plan.existing, to: output.folder("migrations"), migration(options.takenAt), options)
    }
    var dataOptions = options
    dataOptions.writesSchema = false
    let part = SQLScriptPart(
      header: dataHeader, footer: Array("\nRESET ALL;\n".utf8), existing: plan.existing.union(plan.made.map(\.name)))
    let all = plan.made + plan.held
    // A file that is not asked for is not made: its writer writes to nowhere.
    guard options.writesData else {
      let nowhere = try SQLScriptExport().makeWriter(
        of: part, to: MemorySink(MemoryStore()), tables: all, options: dataOptions)
      return SupabaseWriter(nowhere, plan, writesData: false)
    }
    let data = try SQLScriptExport().makeWriter(
      of: part, to: output.openFile(for: "data", ending: "sql"), tables: all, options: dataOptions)
    return SupabaseWriter(data, plan, writesData: true)
  }

  private init(_ data: consuming any RecordWriter & ~Copyable, _ plan: Plan, writesData: Bool) {
    self.data = data
    self.writesData = writesData
    tables = TableIndex(plan.tables)
    schemas = plan.tables
    inner = plan.inner
    accounts = plan.accounts
    storage = plan.storage
    schemaLosses = plan.losses
    if let source = plan.accounts?.source.name {
      accountPlace = plan.tables.firstIndex { $0.name == source } ?? -1
    }
  }

  // MARK: Roles and schema

  /// The settings that every project has: roles of the source are none of its data.
  private static let roles = Array(
    """

    ALTER ROLE "anon" SET "statement_timeout" TO '3s';

    ALTER ROLE "authenticated" SET "statement_timeout" TO '8s';

    ALTER ROLE "authenticator" SET "statement_timeout" TO '8s';

    RESET ALL;

    """.utf8)

  private static let schemaHeader = Array(
    """


    SET statement_timeout = 0;
    SET lock_timeout = 0;
    SET idle_in_transaction_session_timeout = 0;
    SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on;
    SET check_function_bodies = false;
    SET client_min_messages = warning;
    SET row_security = off;


    """.utf8)

  /// Nothing is checked or triggered while rows come, in whatever order.
  private static let dataHeader = Array(
    """
    SET session_replication_role = replica;

    SET statement_timeout = 0;
    SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on;
    SET TimeZone = 'UTC';
    SET DateStyle = 'ISO, YMD';
    SET IntervalStyle = 'postgres';
    SET row_security = off;


    """.utf8)

  private static func write(_ text: [UInt8], to output: Output, _ name: Name) throws(WriteError) {
    var sink = try output.openFile(for: name, ending: "sql")
    do throws(IOError) {
      try sink.write(text.span)
      try sink.finish()
    } catch { throw WriteError(error) }
  }

  /// The name of a migration of the time at which the backup was taken: its version has the digits of year to second.
  private static func migration(_ takenAt: Int64?) -> Name {
    // What is of no known time comes before all that a project adds.
    let time = rfc3339(microseconds: takenAt ?? 946_684_800_000_000).utf8.prefix(19).filter(isDigit)
    return Name(time + Array("_schema".utf8))
  }

  private static func writeSchema(
    _ tables: [TableSchema], _ existing: Set<Name>, to output: Output, _ name: Name, _ options: WriteOptions
  ) throws(WriteError) -> [Loss] {
    var options = options, footer = Array("\n".utf8)
    options.writesData = false
    for table in try SQLSchema(tables, .postgres).tables where !existing.contains(table.source.name) {
      // Without a policy nobody gets in but the service.
      footer += Array("ALTER TABLE ".utf8) + table.quotedName + Array(" ENABLE ROW LEVEL SECURITY;\n".utf8)
      for role in ["anon", "authenticated", "service_role"] {
        footer += Array("GRANT ALL ON TABLE ".utf8) + table.quotedName + Array(" TO \"\(role)\";\n".utf8)
      }
    }
    let part = SQLScriptPart(header: schemaHeader, footer: footer + Array("\nRESET ALL;\n".utf8), existing: existing)
    var writer = try SQLScriptExport().makeWriter(
      of: part, to: output.openFile(for: name, ending: "sql"), tables: tables, options: options)
    try writer.finish()
    return writer.losses
  }

  // MARK: Rows

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    current = try tables.position(of: table)
    guard writesData, !inner.contains(table.name) else { return }
    try data.begin(table)
  }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard writesData else { return }
    let table = schemas[current]
    guard !inner.contains(table.name) else {
      leftOut[table.name, default: 0] += batch.rowCount
      return
    }
    try data.write(batch)
    guard current == accountPlace, accounts != nil else { return }
    accounts?.take(batch)
    try writeAccounts()
    try data.begin(table)
  }

  private mutating func writeAccounts() throws(WriteError) {
    guard var maker = accounts else { return }
    let (users, identities) = maker.made()
    accounts = maker
    try write([(AccountMaker.users, users), (AccountMaker.identities, identities)])
  }

  private mutating func write(_ made: [(table: TableSchema, rows: [MadeRow])]) throws(WriteError) {
    for (table, rows) in made where !rows.isEmpty {
      var batch = RecordBatch(capacity: 1 << 16)
      batch.removeAll(columnCount: table.columns.count)
      for row in rows {
        var cells: [Cell] = []
        for (value, column) in zip(row, table.columns) {
          switch (value, column.type) {
          case (nil, _): cells.append(.null)
          case (let value?, .boolean): cells.append(.boolean(value.elementsEqual("true".utf8)))
          case (let value?, .json): cells.append(batch.cell(.json, value.span))
          case (let value?, _): cells.append(batch.cell(.text, value.span))
          }
        }
        batch.append(row: cells)
      }
      batch.heap.clearPadding()
      try data.begin(table)
      try data.write(batch)
    }
  }

  mutating func finish() throws(WriteError) {
    if writesData, let storage {
      try write([(StorageRows.buckets, storage.bucketRows), (StorageRows.objects, storage.objectRows)])
    }
    try data.finish()
    written = data.losses
  }

  var losses: [Loss] {
    let known = Set(schemaLosses)
    var losses = schemaLosses
    for loss in written where !known.contains(loss) { losses.append(loss) }
    if let accounts { losses += accounts.losses }
    for (table, count) in leftOut.sorted(by: { $0.key < $1.key }) {
      losses.append(
        Loss(
          "platform-table", "Supabase fills the table itself: rows left out", table: table, count: count, isReject: true
        ))
    }
    return losses
  }
}
