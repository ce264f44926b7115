internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let tag = Verb(
    Command(
      "tag", "tag a backup, or label it or write a note to it",
      examples: [
        Example("coffer tag latest reason:migration", "one tag; a value of the same key is replaced"),
        Example("coffer tag 3f2a91c0 --remove reason", "take it away"),
        Example("coffer tag shop@2026-02-05 --note 'taken by hand'", "a note; an empty text takes it away"),
      ],
      operands: [Operand("BACKUP"), Operand("KEY[:VALUE]", isRequired: false, isRepeated: true)],
      flags: [remove, label, note], exitCodes: [.noCatalog, .locked]),
    run: editTags)

  static let alias = Verb(
    Command(
      "alias", "give a backup a name of its own",
      examples: [
        Example("coffer alias before-migration latest", "'coffer show before-migration' finds it"),
        Example("coffer alias before-migration --remove latest", "take the name away"),
      ],
      operands: [Operand("NAME"), Operand("BACKUP")], flags: [removeAlias],
      discussion: "A name belongs to one backup of its project; given again, it moves.",
      exitCodes: [.noCatalog, .locked]),
    run: editAlias)
}

private let remove = Flag("remove", .text("KEY"), "take a tag away", isRepeatable: true)
private let label = Flag("label", .text("TEXT"), "a short title")
private let note = Flag("note", .text("TEXT"), "a note of any length")
private let removeAlias = Flag("remove", "take the name away")

private func editTags(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var edits = invocation.operands.dropFirst().map { BackupEdit.tag(Tag(parsing: $0)) }
  edits += invocation.all(remove).map { .untag(Name($0)) }
  if let text = invocation.bytes(label) { edits.append(.label(text.isEmpty ? nil : text)) }
  if let text = invocation.bytes(note) { edits.append(.note(text.isEmpty ? nil : text)) }
  guard !edits.isEmpty else { throw .usage("nothing to change", advice: "name a tag, --remove, --label or --note") }
  for case .tag(let tag) in edits where tag.key.isEmpty { throw .usage("a tag's key cannot be empty") }
  return try edit(invocation.operands[0], edits, session)
}

private func editAlias(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  let name = Name(words[0])
  guard !session.invocation.isSet(removeAlias) else { return try edit(words[1], [.unalias(name)], session) }
  guard BackupAddress.isAlias(name) else {
    throw .usage(
      "'\(displayed(name))' cannot be a name",
      advice: "it would read as an id, a date or a word like latest, or holds a space or a slash")
  }
  return try edit(words[1], [.alias(name)], session)
}

/// Changes what the user says about a backup.
private func edit(_ word: [UInt8], _ edits: [BackupEdit], _ session: Session) throws(Failure) -> ExitCode {
  let now = Moment(microseconds: currentMicroseconds())
  let catalog = try session.openCatalog()
  let backup = try telling { () throws(CatalogError) in
    try catalog.write { writer throws(CatalogError) in
      let backup = try writer.resolve(word, in: session.zone)
      for edit in edits { try writer.edit(backup.key, edit, at: now) }
      return backup
    }
  }
  session.note("changed backup \(backup.id.short) of project \(displayed(backup.project))")
  return .success
}
