internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let claims = Verb(
    Command(
      "claims", "compare what a backup says of itself with what is in it",
      examples: [
        Example("coffer claims latest", "every figure and statement, and whether it holds"),
        Example("coffer claims ./backups/2026-02-05/ --fail-on error", "exit 4 when one does not, registered or not"),
        Example("coffer claims latest --refuted --json", "only what does not hold, for a program"),
      ],
      operands: [Operand("BACKUP", .file)], flags: [refuted, failOn, ReadingFlags.system],
      discussion:
        "Claims are the figures and statements of manifests, summaries and READMEs. A refuted claim counts as an "
        + "error, one that nothing can prove as a warning. What a manifest counts is counted first.",
      exitCodes: [.findings, .noCatalog, .locked]),
    run: showClaims)
}

private let refuted = Flag("refuted", "only what does not hold")
private let failOn = Flag(
  "fail-on", .choice("SEVERITY", ["warning", "error"]), "exit 4 when there is such a claim or a worse one")

private func showClaims(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let surveyed = try session.survey(invocation.operands[0], .claims), claims = surveyed.contents.claims
  let inventory = InventoryLine.split(surveyed.backup.attributes).lines
  // Formats that hold one list hold the claims.
  let isDocument = session.isForPeople || session.format == .json
  let isCounted = isDocument && !inventory.isEmpty && !invocation.isSet(refuted)
  var report = try session.report(isSingle: !isCounted)
  if isCounted { try report.list(inventory, as: .inventory) }
  try report.list(invocation.isSet(refuted) ? claims.filter { $0.verdict == .refuted } : claims, as: .claims)
  try report.finish()
  if session.isForPeople {
    let counts = [Claim.Verdict.proved, .refuted, .open].map { verdict in
      (verdict, claims.count { $0.verdict == verdict })
    }
    session.note(
      "\(counted(claims.count, "claim")): "
        + counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", "))
  }
  guard let limit = invocation.word(failOn).flatMap(Severity.init(word:)) else { return .success }
  return claims.contains { ($0.verdict.severity ?? .info) >= limit } ? .findings : .success
}

extension Claim.Verdict {
  /// How much it matters; nil when all is well.
  var severity: Severity? {
    switch self {
    case .proved: nil
    case .open: .warning
    case .refuted: .error
    }
  }
}
