internal import Bytes
internal import CommandLine
internal import Comparison
internal import Conversion
internal import Diagnostics
internal import Mapping
internal import Records

extension Verb {
  static let prove = Verb(
    Command(
      "prove", "show that two backups hold the same rows, whatever they are written in",
      examples: [
        Example("coffer prove dump.json shop.db", "a fixture of Django against the SQLite file made of it"),
        Example("coffer prove latest ./shop/ --certificate shop.proof.json", "keep what was found"),
        Example("coffer prove before.sql after.sql --json", "which rows changed, for a program"),
      ],
      operands: [Operand("A", .file), Operand("B", .file)],
      flags: [certificate, failOnLoss, ConvertFlags.replace] + MappingFlags.all + [ReadingFlags.system],
      discussion:
        "Every value counts by what it means in the type that A gives it, rows in any order. Where B's format has no such type, "
        + "or no difference between null and absent, values that are the same in B's own way are equal, too; that is named and "
        + "counted. Tables and columns go by their names, without regard to case or schema where that is clear. Columns and "
        + "tables that only B has are listed, and no loss. With --map and --cast, which say what became of A on its way to B, A is "
        + "mapped before it is compared.\n\nThe first rows that differ are named by their keys, with the columns "
        + "that differ. The root is a SHA-256 over the digests of all tables of A: two backups of one root hold the same rows.",
      exitCodes: [.loss, .noCatalog, .locked, .interrupted]),
    run: proveBackups)
}

private let certificate = Flag(
  "certificate", .file("FILE"), "write what was compared and found, as JSON, for whoever asks later")
private let failOnLoss = Flag("fail-on-loss", "exit 5 also when values are only spelled differently")

private func proveBackups(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let progress = Progress()
  let display = session.show("comparing", progress)
  defer { display?.end() }
  let (sides, log) = try session.comparedBackups(progress)
  let proof = try Proof(sides[0], sides[1], names: invocation.operands, mapping: log)
  display?.end()
  if let path = invocation.bytes(certificate) {
    try proof.write(to: path, replaces: invocation.isSet(ConvertFlags.replace))
  }
  try proof.print(session)
  switch proof.verdict {
  case .same where !proof.hasLosses: return .success
  case .same, .explained: return invocation.isSet(failOnLoss) ? .loss : .success
  default: return .loss
  }
}

extension Session {
  /// The backups that the operands name, the first as the flags map it, and what that does.
  func comparedBackups(_ progress: Progress) throws(Failure) -> ([ComparedBackup], MappingLog?) {
    let mapping = try mapping()
    var sides: [ComparedBackup] = [], log: MappingLog?
    for word in invocation.operands { sides.append(try comparedBackup(word, ReadOptions(), progress)) }
    guard let mapping, let part = sides.first?.parts.first else { return (sides, nil) }
    guard sides[0].parts.count == 1 else {
      throw .usage(
        "--map and --cast take one backup, and '\(displayed(invocation.operands[0]))' holds several",
        advice: "name one of their files")
    }
    let mapped = try OpenedBackup(input: part.input, system: part.system).mapped(mapping, part.knowledge)
    log = mapped.2
    sides[0] = ComparedBackup([.init(system: mapped.0.system, input: mapped.0.input, knowledge: mapped.1)])
    return (sides, log)
  }

  /// The backup that a word means, or all backups of a directory, ready to be compared.
  func comparedBackup(
    _ word: [UInt8], _ options: ReadOptions, _ progress: Progress
  ) throws(Failure) -> ComparedBackup {
    var parts: [ComparedBackup.Part] = [], names: Set<Name> = []
    for opened in try openBackups(word, options, progress) {
      let backup = opened.metered(progress, passes: 2), knowledge: Knowledge
      do throws(ReadError) { knowledge = try backup.system.survey(backup.input) } catch {
        // A table without rows may be an empty file, which is no backup.
        guard error.code == .empty else { throw Failure(error) }
        continue
      }
      guard knowledge.tables.allSatisfy({ names.insert($0.name).inserted }) else {
        throw .usage(
          "'\(displayed(word))' holds several backups with tables of the same name", advice: "name one of their files")
      }
      parts.append(ComparedBackup.Part(system: backup.system, input: backup.input, knowledge: knowledge))
    }
    return ComparedBackup(parts)
  }
}
