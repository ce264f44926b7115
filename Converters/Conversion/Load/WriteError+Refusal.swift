package import Records

extension WriteError {
  /// A row that is refused ends the load.
  package init(_ refusal: Refusal) { self.init(.target(refusal.reason), advice: Self.rejectAdvice) }

  /// What can be done about a row that is refused.
  package static var rejectAdvice: String {
    "mend the row, or let --rejects DIR keep the rows that are refused, and load the others"
  }
}
