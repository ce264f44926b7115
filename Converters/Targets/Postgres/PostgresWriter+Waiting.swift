internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

// In a load in batches a row may come long before the one that it refers to. Where refused rows are left out, it waits in a table of
// ours until all have come.
extension PostgresWriter {
  private func waitingTable(_ position: Int) -> [UInt8] {
    words("coffer.") + SQLDialect.postgres.quoted(Name(words("waiting \(position) ") + ledger.identifier))
  }

  /// Lets rows of a stage wait.
  func postpone(_ rows: [Int], of position: Int) throws(WriteError) {
    guard let stage = plan.tables[position].stage, let name = plan.tables[position].rowColumn, !rows.isEmpty else {
      return
    }
    let table = waitingTable(position), numbers = words("{" + rows.map { "\($0)" }.joined(separator: ",") + "}")
    try telling(position) { (session) throws(PostgresError) in
      try session.execute("SET LOCAL client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS coffer")
      try session.execute(
        words("CREATE TABLE IF NOT EXISTS ") + table + words(" AS SELECT * FROM ") + stage + words(" WITH NO DATA"))
      try session.query(
        words("INSERT INTO ") + table + words(" SELECT * FROM ") + stage + words(" WHERE ")
          + SQLDialect.postgres.quoted(name) + words(" = ANY ($1::pg_catalog.int8[])"), [numbers]
      ) { _ in }
    }
  }

  /// Gives the rows that wait back to their stages.
  mutating func recall() throws(WriteError) {
    guard progress != nil else { return }
    for i in plan.tables.indices {
      guard let stage = plan.tables[i].stage else { continue }
      let table = waitingTable(i)
      plan.tables[i].sent += try telling(i) { (session) throws(PostgresError) in
        let isThere = try session.query("SELECT pg_catalog.to_regclass($1) IS NOT NULL", [table]) { $0.isTrue(0, 0) }
        guard isThere else { return 0 }
        let count = try session.change(words("INSERT INTO ") + stage + words(" SELECT * FROM ") + table)
        try session.execute(words("DROP TABLE ") + table)
        return count
      }
    }
  }

  /// The number of the first row of a stage.
  func firstRow(_ position: Int, _ stage: [UInt8]) throws(WriteError) -> Int {
    guard let name = plan.tables[position].rowColumn else { return 0 }
    return try telling(position) { (session) throws(PostgresError) in
      try session.integer(
        words("SELECT pg_catalog.min(") + SQLDialect.postgres.quoted(name) + words(") FROM ") + stage)
    }
  }

  /// New tables lose the numbers of their rows.
  func dropNumbers() throws(WriteError) {
    for i in plan.tables.indices where plan.tables[i].existing == nil {
      guard let name = plan.tables[i].rowColumn else { continue }
      let statement =
        words("ALTER TABLE ") + plan.name(i, schema) + words(" DROP COLUMN ") + SQLDialect.postgres.quoted(name)
      try telling(i) { (session) throws(PostgresError) in try session.execute(statement) }
    }
  }
}
