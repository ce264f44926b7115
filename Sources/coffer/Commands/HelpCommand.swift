internal import CommandLine
internal import Diagnostics

extension Verb {
  static let help = Verb(
    Command(
      "help", "explain a command or a topic",
      examples: [
        Example("coffer help convert", "what convert does, examples first"),
        Example("coffer help addressing", "how a backup is named"),
      ],
      operands: [Operand("SUBJECT", .subject, isRequired: false, isRepeated: true)],
      discussion: "SUBJECT is a command or one of the topics: addressing, durations, formats, exit-codes, environment."),
    toleratesMistakes: true, run: explain)
}

private func explain(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands.map { String(decoding: $0, as: UTF8.self) }
  guard let first = words.first else {
    try session.print(program.overview())
    return .success
  }
  if words.count == 1, let topic = program.topics.first(where: { $0.name == first }) {
    try session.print("\(program.name) help \(topic.name): \(topic.summary)\n\n\(topic.text())")
    return .success
  }
  var commands = program.commands
  var path: [String] = []
  var found: Command?
  for word in words {
    guard let command = commands.first(where: { $0.names.contains(word) }) else {
      let known = commands.flatMap(\.names) + (path.isEmpty ? program.topics.map(\.name) : [])
      let meant = suggestion(for: word, among: known).map { "did you mean '\($0)'?" }
      throw .usage(
        "there is no command or topic '\(displayed(Array(word.utf8)))'",
        advice: meant ?? "'\(program.name) help' lists what there is")
    }
    path.append(command.name)
    commands = command.subcommands
    found = command
  }
  if let found { try session.print(program.help(for: found, path: path)) }
  return .success
}
