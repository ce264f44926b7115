internal import CommandLine

extension Verb {
  static let completion = Verb(
    Command(
      "completion", "print a completion script for a shell",
      examples: [
        Example("source <(coffer completion bash)", "complete in this bash"),
        Example("coffer completion zsh > ~/.zfunc/_coffer", "complete in every zsh whose fpath has ~/.zfunc"),
        Example("coffer completion fish > ~/.config/fish/completions/coffer.fish", "complete in every fish"),
      ],
      operands: [Operand("SHELL", .choice(Shell.allCases.map(\.rawValue)))]),
    toleratesMistakes: true, run: printCompletion)
}

private func printCompletion(_ session: Session) throws(Failure) -> ExitCode {
  let word = String(decoding: session.invocation.operands[0], as: UTF8.self)
  guard let shell = Shell(rawValue: word) else {
    throw .usage(
      "there is no completion for this shell",
      advice: "one of: " + Shell.allCases.map(\.rawValue).joined(separator: ", "))
  }
  try session.print(program.completion(for: shell))
  return .success
}
