internal import CommandLine

extension Verb {
  static let man = Verb(
    Command(
      "man", "print the manual page",
      examples: [
        Example("coffer man | man -l -", "read it"),
        Example("coffer man > /usr/local/share/man/man1/coffer.1", "install it"),
      ]),
    toleratesMistakes: true, run: printManual)
}

private func printManual(_ session: Session) throws(Failure) -> ExitCode {
  try session.print(program.manualPage)
  return .success
}
