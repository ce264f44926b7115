internal import CatalogStore
internal import PostgresClient

extension CatalogError {
  /// What PostgreSQL's refusal means to the catalog.
  init(_ error: PostgresError) {
    if error.isInterruption {
      self.init(.interrupted)
    } else if error.isConnectionFailure {
      self.init(.server(error.message, advice: error.advice))
    } else if error.isConnectionLost {
      let words = error.message.contains("was lost") ? "" : "connection to the server was lost: "
      self.init(.server(words + error.message, advice: "nothing of what was under way is kept: try again"))
    } else if error.isConflict {
      self.init(.locked)
    } else if error.state == "53100" {
      self.init(.full)
    } else if error.state == "42501" {
      self.init(
        .server(
          error.message, advice: "connect as the role that owns the schema \(Session.schema), or as a member of it"))
    } else {
      let state = error.state.isEmpty ? "" : " (SQLSTATE \(error.state))"
      self.init(.server(error.message + state, advice: error.state == "23505" ? nil : error.advice))
    }
  }
}

extension PostgresError {
  /// Whether no connection came about.
  var isConnectionFailure: Bool { ["08001", "28P01"].contains(state) }

  /// Whether another transaction was in the way, or had done the same meanwhile: waited for too long, chosen to end a deadlock,
  /// serialised after it, or the same key.
  var isConflict: Bool { ["55P03", "40P01", "40001", "23505", "23503"].contains(state) }
}
