internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient
internal import SQLiteFormat

/// What a load in batches leaves in the database with each of them: how far it came, and which rows were refused.
struct SQLiteLedger {
  private var identifier: [UInt8]
  private let mode: LoadMode
  var progress: LoadProgress
  /// Whether something is committed.
  private(set) var isKept = false

  /// Nil when the load is one transaction.
  static func find(
    _ connection: borrowing Connection, _ schema: SQLSchema, _ options: LoadOptions, note: (String) -> Void
  ) throws(WriteError) -> SQLiteLedger? {
    guard let batches = options.batches, !options.isPreview else { return nil }
    var ledger = SQLiteLedger(
      identifier: (0..<32).map { _ in hexDigit(UInt8.random(in: 0...15)) }, mode: options.mode,
      progress: LoadProgress(batches, schema, keepsRejects: options.rejects != nil))
    do throws(SQLiteError) {
      try connection.execute(
        """
        CREATE TABLE IF NOT EXISTS main.coffer_loads (id TEXT PRIMARY KEY, committed_at TEXT NOT NULL, mode TEXT NOT NULL,
          source TEXT NOT NULL, progress TEXT NOT NULL, is_complete INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS main.coffer_rejects (load TEXT NOT NULL, place INTEGER NOT NULL, row INTEGER NOT NULL,
          code TEXT NOT NULL, reason TEXT NOT NULL, column_name TEXT, constraint_name TEXT,
          PRIMARY KEY (load, place, row)) STRICT, WITHOUT ROWID
        """)
    } catch { throw WriteError(error) }
    guard let found = try ledger.earlier(connection) else {
      if batches.resumes { note("no load of this backup was stopped there: it begins anew") }
      return ledger
    }
    try LoadProgress.check(isComplete: found.isComplete, resumes: batches.resumes, ledger: "coffer_loads")
    guard !found.isComplete else { return ledger }
    try ledger.progress.resume(at: found.words)
    ledger.identifier = found.identifier
    ledger.isKept = true
    return ledger
  }

  private func earlier(
    _ connection: borrowing Connection
  ) throws(WriteError) -> (identifier: [UInt8], words: [UInt8], isComplete: Bool)? {
    do throws(SQLiteError) {
      var list = try connection.prepare(
        """
        SELECT id, progress, is_complete FROM main.coffer_loads WHERE source = ?1 AND mode = ?2
        ORDER BY is_complete, committed_at DESC LIMIT 1
        """)
      try list.bind(text: progress.source, at: 1)
      try list.bind(text: mode.rawValue, at: 2)
      return try list.step() ? (list.bytes(0), list.bytes(1), list.boolean(2)) : nil
    } catch { throw WriteError(error) }
  }

  /// Counts a row; true when it is time to commit.
  mutating func count() -> Bool {
    progress.pending += 1
    return progress.pending >= progress.size
  }

  /// Gives the rows that were refused before the load was stopped.
  func restore(_ rejects: Rejects, _ schema: SQLSchema, _ connection: borrowing Connection) throws(WriteError) {
    var rows: [(table: Int, row: Int, refusal: Refusal)] = []
    do throws(SQLiteError) {
      var list = try connection.prepare(
        "SELECT place, row, code, reason, column_name, constraint_name FROM main.coffer_rejects WHERE load = ?1")
      try list.bind(text: identifier, at: 1)
      while try list.step() {
        let refusal = Refusal(
          list.string(2), list.string(3), column: list.optionalBytes(4).map { Name($0) },
          constraint: list.optionalBytes(5).map { Name($0) })
        rows.append((Int(list.integer(0)), Int(list.integer(1)), refusal))
      }
    } catch { throw WriteError(error) }
    for (table, row, refusal) in rows where schema.tables.indices.contains(table) {
      try rejects.add(row, of: schema.tables[table].source.name, refusal)
    }
    rejects.tellNews()
  }

  /// Keeps how far the load came, in the transaction of its rows.
  func keep(
    _ seen: [Int], _ rejects: Rejects?, _ schema: SQLSchema, isComplete: Bool, _ connection: borrowing Connection
  ) throws(SQLiteError) {
    var insert = try connection.prepare(
      """
      INSERT INTO main.coffer_loads VALUES (?1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?2, ?3, ?4, ?5)
      ON CONFLICT (id) DO UPDATE SET committed_at = excluded.committed_at, progress = excluded.progress,
        is_complete = excluded.is_complete
      """)
    try insert.bind(text: identifier, at: 1)
    try insert.bind(text: mode.rawValue, at: 2)
    try insert.bind(text: progress.source, at: 3)
    try insert.bind(text: progress.words(seen), at: 4)
    try insert.bind(isComplete, at: 5)
    try insert.run()
    guard !isComplete else { return try removeRejects(connection) }
    guard let news = rejects?.takeNews(), !news.isEmpty else { return }
    var keep = try connection.prepare("INSERT INTO main.coffer_rejects VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    for (row, table, refusal) in news {
      guard let place = schema.index(of: table) else { continue }
      try keep.bind(text: identifier, at: 1)
      try keep.bind(place, at: 2)
      try keep.bind(row, at: 3)
      try keep.bind(text: refusal.code, at: 4)
      try keep.bind(text: refusal.reason, at: 5)
      try keep.bind(text: refusal.column?.bytes, at: 6)
      try keep.bind(text: refusal.constraint?.bytes, at: 7)
      try keep.run()
    }
  }

  /// The rows are in their files by now; another load's stay.
  private func removeRejects(_ connection: borrowing Connection) throws(SQLiteError) {
    var delete = try connection.prepare("DELETE FROM main.coffer_rejects WHERE load = ?1")
    try delete.bind(text: identifier, at: 1)
    try delete.run()
    var others = try connection.prepare("SELECT 1 FROM main.coffer_rejects LIMIT 1")
    guard try !others.step() else { return }
    others.reset()
    try connection.execute("DROP TABLE main.coffer_rejects")
  }

  /// Notes that everything so far is committed.
  mutating func committed() {
    progress.pending = 0
    isKept = true
  }
}
