internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let projects = Verb(
    Command(
      "projects", "list projects",
      examples: [Example("coffer projects", "every project with its newest backup")],
      exitCodes: [.noCatalog, .locked]),
    run: listProjects)

  static let project = Verb(
    Command(
      "project", "rename a project, or move a backup to another one", examples: [],
      subcommands: [
        Command(
          "rename", "give a project another name",
          examples: [Example("coffer project rename shop webshop", "all backups of shop are now webshop's")],
          operands: [Operand("OLD"), Operand("NEW")], exitCodes: [.noCatalog, .locked]),
        Command(
          "move", "move a backup to another project",
          examples: [Example("coffer project move 3f2a91c0 webshop", "the project is created if need be")],
          operands: [Operand("BACKUP"), Operand("PROJECT")], exitCodes: [.noCatalog, .locked]),
        Command(
          "note", "write a remark to a project",
          examples: [Example("coffer project note shop 'moves to Berlin in May'", "an empty text takes it away")],
          operands: [Operand("PROJECT"), Operand("TEXT")], exitCodes: [.noCatalog, .locked]),
      ]),
    run: changeProject)
}

private func listProjects(_ session: Session) throws(Failure) -> ExitCode {
  let catalog = try session.openCatalog()
  let projects = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in try reader.projects() }
  }
  var report = try session.report()
  try report.list(projects, as: .projects)
  try report.finish()
  return .success
}

private func changeProject(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  let now = Moment(microseconds: currentMicroseconds())
  let catalog = try session.openCatalog()
  let verb = session.invocation.path[1]
  guard words.allSatisfy({ !$0.isEmpty }) || verb == "note" else { throw .usage("a project's name cannot be empty") }
  try telling { () throws(CatalogError) in
    try catalog.write { writer throws(CatalogError) in
      switch verb {
      case "rename": try writer.renameProject(Name(words[0]), to: Name(words[1]), at: now)
      case "move": try writer.move(try writer.resolve(words[0], in: session.zone).key, to: Name(words[1]), at: now)
      default: try writer.setProjectNote(Name(words[0]), words[1].isEmpty ? nil : words[1], at: now)
      }
    }
  }
  switch verb {
  case "rename": session.note("project \(displayed(words[0])) is now \(displayed(words[1]))")
  case "move": session.note("backup \(displayed(words[0])) is now in project \(displayed(words[1]))")
  default: session.note("noted")
  }
  return .success
}

extension CatalogReader where Self: ~Copyable {
  /// The backup that a word on the command line means; `zone` is where clocks are when a time in it names no offset.
  mutating func resolve(_ word: [UInt8], in zone: TimeZone) throws(CatalogError) -> Backup {
    guard let address = BackupAddress(word, in: zone) else {
      throw CatalogError(.invalid("'\(displayed(word))' is no address of a backup"))
    }
    return try resolve(address, project: nil)
  }
}
