internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

/// The row that a load leaves in the database, in the transaction of its rows: whoever loses the connection while it commits can
/// look whether it did.
struct LoadLedger {
  /// Of 32 hexadecimal digits.
  var identifier: [UInt8]
  /// Number of the transaction where the role may not make the ledger's table; the server remembers for a while how it ended.
  var transaction: Int?
  /// Number of the server's process.
  var process: Int
  /// Whether the load is several transactions, and whether one of them has made its row.
  var isInBatches = false
  var isKept = false
}

extension PostgresSession {
  /// The key of the lock that loads into a database take in turn: "coffer", as a number.
  private static let lock = "109300353851762"

  /// Begins the transaction of a load.
  func begin(_ options: LoadOptions) throws(PostgresError) -> LoadLedger {
    if connectionIsGone { try reconnect() }
    try beginAgain()
    let digits = (0..<32).map { _ in hexDigit(UInt8.random(in: 0...15)) }
    var ledger = LoadLedger(identifier: digits, process: processID)
    guard !options.isPreview else { return ledger }
    // In several transactions, the lock is the connection's.
    let function = options.batches == nil ? "pg_advisory_xact_lock" : "pg_advisory_lock"
    // A server may take a while to notice that the client of an earlier load was killed.
    try execute("SET LOCAL lock_timeout = '10s'")
    do throws(PostgresError) { try execute("SELECT pg_catalog.\(function)(\(Self.lock))") } catch {
      guard error.state == "55P03" else { throw error }
      throw PostgresError(
        state: "55P03", message: "another load into this database is under way", advice: "try again when it is over")
    }
    try execute("SET LOCAL lock_timeout = 0")
    let mayKeep = try query(
      """
      SELECT CASE WHEN pg_catalog.to_regclass('coffer.loads') IS NOT NULL
        THEN pg_catalog.has_table_privilege(pg_catalog.to_regclass('coffer.loads'), 'INSERT')
          AND pg_catalog.has_table_privilege(pg_catalog.to_regclass('coffer.loads'), 'SELECT')
        ELSE pg_catalog.to_regnamespace('coffer') IS NULL
          AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') END
      """
    ) { $0.isTrue(0, 0) }
    guard mayKeep || options.batches == nil else {
      throw PostgresError(
        state: "42501", message: "the role may not keep in coffer.loads how far the load came",
        advice: "leave --batch out, or let the owner of the database load")
    }
    if !mayKeep { ledger.transaction = try integer(words("SELECT pg_catalog.txid_current()")) }
    return ledger
  }

  /// Begins a transaction.
  func beginAgain() throws(PostgresError) {
    try execute(Array("\(PostgresSettings.begin)".utf8))
    try execute(
      "SET LOCAL row_security = off; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    // A role of the name of our own schema would find that first.
    try execute(
      """
      SELECT pg_catalog.set_config('search_path', COALESCE((
        SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s), ', ') FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) s
        WHERE s <> 'coffer'), ''), true)
      """)
  }

  /// Ends the transaction. When the connection is lost before the answer, finds out what became of it.
  func commit(
    _ ledger: LoadLedger, _ mode: LoadMode, tables: Int, rows: Int, progress: (source: [UInt8], words: [UInt8])? = nil
  ) throws(PostgresError) {
    if let progress {
      try keep(progress, ledger, mode, tables: tables, rows: rows, isComplete: true)
      try removeRejects(ledger)
    } else if ledger.transaction == nil {
      try execute(
        """
        SET LOCAL client_min_messages = warning;
        CREATE SCHEMA IF NOT EXISTS coffer;
        CREATE TABLE IF NOT EXISTS coffer.loads (id text PRIMARY KEY,
          committed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), mode text NOT NULL,
          tables bigint NOT NULL, rows bigint NOT NULL)
        """)
      try query(
        "INSERT INTO coffer.loads (id, mode, tables, rows) VALUES ($1, $2, $3, $4)",
        [ledger.identifier, words(mode.rawValue), words("\(tables)"), words("\(rows)")]
      ) { _ in }
    }
    noteRemarks()
    heedInterruptions(false)
    do throws(PostgresError) { try execute("COMMIT") } catch {
      guard error.isConnectionLost else { throw error }
      switch findOut(ledger) {
      case true?: note("the connection was lost while the load was committed; the server has it")
      case false?:
        throw PostgresError(
          state: error.state,
          message: "connection to the server was lost while the load was committed; nothing was loaded",
          advice: "load again")
      case nil:
        throw PostgresError(
          state: error.state,
          message: "connection to the server was lost while the load was committed, and the server does not answer: "
            + "whether the load is there is not known",
          advice: ledger.transaction == nil
            ? "it is there if this finds a row: SELECT * FROM coffer.loads WHERE id = "
              + "'\(String(decoding: ledger.identifier, as: UTF8.self))'"
            : "it is there if this says 'committed': SELECT txid_status(\(ledger.transaction ?? 0))")
      }
    }
    heedInterruptions(true)
    if progress != nil { try execute("SELECT pg_catalog.pg_advisory_unlock_all()") }
  }

  /// Keeps how far a load came, in the transaction of its rows.
  func keep(
    _ progress: (source: [UInt8], words: [UInt8]), _ ledger: LoadLedger, _ mode: LoadMode, tables: Int, rows: Int,
    isComplete: Bool
  ) throws(PostgresError) {
    if !ledger.isKept {
      try execute(
        """
        SET LOCAL client_min_messages = warning;
        CREATE SCHEMA IF NOT EXISTS coffer;
        CREATE TABLE IF NOT EXISTS coffer.loads (id text PRIMARY KEY,
          committed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), mode text NOT NULL,
          tables bigint NOT NULL, rows bigint NOT NULL);
        ALTER TABLE coffer.loads ADD COLUMN IF NOT EXISTS source text, ADD COLUMN IF NOT EXISTS progress text,
          ADD COLUMN IF NOT EXISTS is_complete boolean
        """)
    }
    try query(
      """
      INSERT INTO coffer.loads (id, mode, tables, rows, source, progress, is_complete) VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (id) DO UPDATE SET committed_at = pg_catalog.clock_timestamp(), rows = EXCLUDED.rows,
        progress = EXCLUDED.progress, is_complete = EXCLUDED.is_complete
      """,
      [
        ledger.identifier, words(mode.rawValue), words("\(tables)"), words("\(rows)"), progress.source, progress.words,
        words(isComplete ? "t" : "f"),
      ]
    ) { _ in }
  }

  /// Whether a load was committed; nil when nobody answers.
  private func findOut(_ ledger: LoadLedger) -> Bool? {
    // A server that stopped may take its time until it has read its log.
    for attempt in 0..<12 {
      do throws(PostgresError) {
        if attempt > 0 { pause(milliseconds: min(250 << attempt, 5000)) }
        if Interruption.isRequested { return nil }
        try reconnect()
        return try isCommitted(ledger)
      } catch { continue }
    }
    return nil
  }

  private func isCommitted(_ ledger: LoadLedger) throws(PostgresError) -> Bool {
    // The server may still be at it, or not know yet that nobody listens: the lock is free when it has done with us.
    try execute("SET lock_timeout = '3s'")
    do throws(PostgresError) { try execute("SELECT pg_catalog.pg_advisory_lock(\(Self.lock))") } catch {
      guard error.state == "55P03" else { throw error }
      try query(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND application_name = 'coffer'",
        [words("\(ledger.process)")]
      ) { _ in }
      throw error
    }
    try execute("SELECT pg_catalog.pg_advisory_unlock(\(Self.lock)); RESET lock_timeout")
    if let transaction = ledger.transaction {
      return try query("SELECT pg_catalog.txid_status($1)", [words("\(transaction)")]) {
        $0.count > 0 && $0[0, 0] == words("committed")
      }
    }
    let isThere = try query("SELECT pg_catalog.to_regclass('coffer.loads') IS NOT NULL") { $0.isTrue(0, 0) }
    guard isThere else { return false }
    let isWhole = ledger.isInBatches ? " AND is_complete" : ""
    return try integer(words("SELECT 1 FROM coffer.loads WHERE id = $1" + isWhole), [ledger.identifier]) == 1
  }
}
