internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let verify = Verb(
    Command(
      "verify", "look whether backups are still what they were, and whole",
      examples: [
        Example("coffer verify latest", "checksums, structure, rows, relations, claims and permissions"),
        Example("coffer verify --quick", "the checksums of every registered backup"),
        Example("coffer verify ./dump.json --only structure,relations", "of a file that is not registered"),
        Example(
          "coffer verify latest --expect-section auth_user --fail-on warning", "exit 4 when the table has no rows"),
      ],
      operands: [Operand("BACKUP", .file, isRequired: false, isRepeated: true)],
      flags: [quick, full, only, expected, minimum, failOn] + ScopeFlags.all,
      discussion: "Without BACKUP every registered backup that the flags leave is looked at, the newest first.\n\n"
        + "checksums: the files have the bytes that were registered. structure: everything can be read to the last byte, and "
        + "twins agree. rows: every table has the rows that were registered. relations: keys do not repeat, references lead to "
        + "rows, required values are there, sequences are not behind. claims: what the backup says of itself holds. "
        + "permissions: nobody else can read it. A path that is not registered has nothing to compare its bytes and rows "
        + "with.\n\nFiles are only read.",
      exitCodes: [.findings, .noCatalog, .locked, .interrupted]),
    run: verifyBackups)
}

private let quick = Flag("quick", "only checksums")
private let full = Flag("full", "everything, as when nothing is said; not with --quick or --only")
private let only = Flag(
  "only", .text("SECTION,…"),
  "only these: " + VerifySection.allCases.dropLast().map(\.rawValue).joined(separator: ", "), isRepeatable: true)
private let expected = Flag(
  "expect-section", .text("NAME"), "a table with rows, a file, or a kind of object that has to be there",
  isRepeatable: true)
private let minimum = Flag("min-size", .size("SIZE"), "the files have to have at least so many bytes, such as 2MB")
private let failOn = Flag(
  "fail-on", .choice("SEVERITY", ["warning", "error", "never"]),
  "exit 4 when there is such a finding or a worse one; else error")

private func verifyBackups(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let sections = try askedSections(invocation)
  let display = VerifyDisplay(session)
  defer { display.end() }
  var results: [VerifiedBackup] = []
  for word in try words(session) {
    let verifier = BackupVerifier(
      session: session, sections: sections, expected: invocation.all(expected), leastSize: invocation.size(minimum),
      progress: display.progress)
    let result = try verifier.verify(word)
    if session.isForPrograms { try session.printMessages(result.messages, to: .standardOutput) }
    results.append(result)
  }
  display.end()
  try tell(results, session)
  let limit = invocation.word(failOn).map { Severity(word: $0) } ?? .error
  guard let limit else { return .success }
  return results.contains { ($0.worst ?? .info) >= limit && $0.worst != nil } ? .findings : .success
}

/// The backups that are named, or all that the flags leave.
private func words(_ session: Session) throws(Failure) -> [[UInt8]] {
  guard session.invocation.operands.isEmpty else { return session.invocation.operands }
  let query = ScopeFlags.query(session)
  let catalog = try session.openCatalog()
  let backups = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in try reader.backups(query) }
  }
  return backups.map { Array($0.id.description.utf8) }
}

private func askedSections(_ invocation: Invocation) throws(Failure) -> Set<VerifySection> {
  let names = invocation.all(only).flatMap { $0.split(separator: UInt8(ascii: ",")).map { Array($0) } }
  let ways = [invocation.isSet(quick), invocation.isSet(full), !names.isEmpty].count { $0 }
  guard ways < 2 else { throw .usage("--quick, --full and --only exclude each other") }
  if invocation.isSet(quick) { return [.checksums] }
  var sections: Set<VerifySection> = []
  for name in names {
    guard let section = VerifySection(rawValue: String(decoding: name, as: UTF8.self)), section != .expected else {
      let known = VerifySection.allCases.dropLast().map(\.rawValue)
      throw .usage(
        "there is no section '\(displayed(name))'",
        advice: suggestion(for: displayed(name), among: known).map { "did you mean '\($0)'?" }
          ?? "one of: " + known.joined(separator: ", "))
    }
    sections.insert(section)
  }
  return sections.isEmpty ? Set(VerifySection.allCases) : sections
}
