internal import Bytes
internal import CommandLine
internal import Diagnostics

/// Understands the command line, runs the verb and tells of a failure; returns the exit code.
func run(_ arguments: [[UInt8]]) -> Int32 {
  do throws(Failure) {
    return try dispatch(arguments).rawValue
  } catch {
    let failure = Interruption.isRequested ? Failure(.interrupted, "interrupted") : error
    if !failure.message.isEmpty {
      let isJSON = arguments.prefix { !$0.elementsEqual("--".utf8) }.contains { $0.elementsEqual("--json".utf8) }
      writeStandardError(isJSON ? failure.json : failure.text(program: program.name))
    }
    return failure.code.rawValue
  }
}

private func dispatch(_ arguments: [[UInt8]]) throws(Failure) -> ExitCode {
  // Everybody tries this one.
  let words = arguments == [Array("--version".utf8)] ? [Array("version".utf8)] : arguments
  let invocation = try program.parse(words)
  if invocation.isSet(Program.help) {
    try Session(invocation, toleratesMistakes: true).print(helpText(for: invocation))
    return .success
  }
  guard let name = invocation.path.first, let verb = verbs.first(where: { $0.command.name == name }) else {
    writeStandardError(program.overview())
    return .usage
  }
  try invocation.checkOperands(program: program.name)
  return try verb.run(Session(invocation, toleratesMistakes: verb.toleratesMistakes))
}

/// Help for the command that was named, else for the whole.
private func helpText(for invocation: Invocation) -> String {
  guard let command = invocation.command else { return program.overview() }
  return program.help(for: command, path: invocation.path)
}
