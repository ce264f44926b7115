internal import Bytes
internal import CatalogStore
internal import PostgresClient

extension Session {
  /// Ends a transaction that writes. It leaves a receipt, so that whoever loses the connection during COMMIT can look whether it
  /// was done: the number of a transaction alone could be given to another after a crash of the server.
  func commit() throws(CatalogError) {
    if number == 0 { try removeOldReceipts() }
    number += 1
    let process = processID
    _ = try receipt(number)
    heedInterruptions(false)
    defer { heedInterruptions(true) }
    do throws(PostgresError) {
      try using { (connection) throws(PostgresError) in try connection.execute("COMMIT") }
    } catch {
      guard error.isConnectionLost else { throw CatalogError(error) }
      guard let isCommitted = findOut(number, process) else {
        throw CatalogError(
          .server(
            "connection to the server was lost while the change was committed, and the server does not answer: whether it was "
              + "done is not known",
            advice: "do the same again when the server runs: what was done is not done twice"))
      }
      guard isCommitted else {
        throw CatalogError(
          .server("connection to the server was lost before the change was committed", advice: "try again"))
      }
    }
  }

  /// Writes the number of this client's last transaction, waiting for one that is under way; nil: only tells what it is.
  private func receipt(_ number: Int64?) throws(CatalogError) -> Int64 {
    try query(
      Array(
        """
        INSERT INTO receipts AS r (client, number) VALUES ($1, coalesce(CAST($2 AS BIGINT), 0))
        ON CONFLICT (client) DO UPDATE SET number = coalesce(CAST($2 AS BIGINT), r.number), at = now() RETURNING number
        """.utf8),
      [.bytes(client), number.map { .integer($0) } ?? .null]
    ) { $0.binaryInteger(0, 0) ?? 0 }
  }

  private func removeOldReceipts() throws(CatalogError) {
    try query(
      Array(
        """
        DELETE FROM receipts WHERE client IN (
          SELECT client FROM receipts WHERE at < now() - interval '30 days' LIMIT 100 FOR UPDATE SKIP LOCKED)
        """.utf8)
    ) { _ in }
  }

  /// Whether a transaction was committed; nil when nobody answers.
  private func findOut(_ number: Int64, _ process: Int) -> Bool? {
    // A server that stopped may take its time until it has read its log.
    for attempt in 0..<12 {
      if attempt > 0 { pause(milliseconds: min(250 << attempt, 5000)) }
      if Interruption.isRequested { return nil }
      do throws(CatalogError) {
        try connect()
        do throws(CatalogError) { return try receipt(nil) == number } catch {
          guard error.code == .locked else { throw error }
          // The server still is at it, and does not know that nobody listens.
          try query(
            Array(
              """
              SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
              WHERE pid = $1 AND application_name = 'coffer'
              """.utf8), [.integer(Int64(process))]
          ) { _ in }
        }
      } catch { continue }
    }
    return nil
  }
}
