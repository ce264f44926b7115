internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

// Rows that were refused while a load is committed in batches: written down with them, as no file holds them yet.
extension PostgresSession {
  /// The table for them; it goes with the last row.
  private static var table: String { "coffer.rejects" }

  private func hasRejects() throws(PostgresError) -> Bool {
    try query("SELECT pg_catalog.to_regclass('\(Self.table)') IS NOT NULL") { $0.isTrue(0, 0) }
  }

  /// Rows that were refused before the load was stopped, with positions of their tables.
  func rejects(_ ledger: LoadLedger) throws(PostgresError) -> [(table: Int, row: Int, refusal: Refusal)] {
    guard try hasRejects() else { return [] }
    return try query(
      "SELECT place, row_number, code, reason, column_name, constraint_name FROM \(Self.table) WHERE load = $1",
      [ledger.identifier]
    ) { rows in
      (0..<rows.count).map { i in
        let texts = [2, 3].map { String(decoding: rows[i, $0] ?? [], as: UTF8.self) }
        let refusal = Refusal(
          texts[0], texts[1], column: rows[i, 4].map { Name($0) }, constraint: rows[i, 5].map { Name($0) })
        return (rows.integer(i, 0) ?? -1, rows.integer(i, 1) ?? 0, refusal)
      }
    }
  }

  /// Keeps rows that were refused, in the transaction of those that were not.
  func keep(
    _ news: [(table: Int, row: Int, refusal: Refusal)], _ ledger: LoadLedger
  ) throws(PostgresError) {
    guard !news.isEmpty else { return }
    try execute(
      """
      SET LOCAL client_min_messages = warning;
      CREATE TABLE IF NOT EXISTS \(Self.table) (load text, place bigint, row_number bigint, code text NOT NULL,
        reason text NOT NULL, column_name text, constraint_name text, PRIMARY KEY (load, place, row_number))
      """)
    for start in stride(from: 0, to: news.count, by: 256) {
      var parameters: [[UInt8]?] = [ledger.identifier], places: [String] = []
      for (table, row, refusal) in news[start..<min(start + 256, news.count)] {
        let first = parameters.count
        parameters += [words("\(table)"), words("\(row)"), words(refusal.code), words(refusal.reason)]
        parameters += [refusal.column?.bytes, refusal.constraint?.bytes]
        let rest = (first + 3...first + 6).map { "$\($0)::text" }.joined(separator: ", ")
        places.append("($1::text, $\(first + 1)::bigint, $\(first + 2)::bigint, \(rest))")
      }
      try query("INSERT INTO \(Self.table) VALUES \(places.joined(separator: ", "))", parameters) { _ in }
    }
  }

  /// The rows are in their files by now; another load's stay.
  func removeRejects(_ ledger: LoadLedger) throws(PostgresError) {
    guard try hasRejects() else { return }
    try query("DELETE FROM \(Self.table) WHERE load = $1", [ledger.identifier]) { _ in }
    if try integer(words("SELECT 1 FROM \(Self.table) LIMIT 1")) == 0 { try execute("DROP TABLE \(Self.table)") }
  }
}
