/// Help as text, made from the table.
extension Program {
  /// What `coffer --help` prints.
  package func overview(width: Int = 80) -> String {
    var text = "\(name): \(summary)\n"
    text += "\nUSAGE\n  \(name) COMMAND [OPTIONS] …\n"
    text += "\nCOMMANDS\n" + definitions(commands.map { ($0.name, $0.summary) }, width)
    text += "\nOPTIONS\n" + definitions(flags.map(described), width)
    if !topics.isEmpty {
      text += "\nTOPICS\n" + definitions(topics.map { ("help \($0.name)", $0.summary) }, width)
    }
    return text + "\n'\(name) help COMMAND' explains a command, examples first.\n"
  }

  /// What `coffer COMMAND --help` prints.
  package func help(for command: Command, path: [String], width: Int = 80) -> String {
    let whole = ([name] + path).joined(separator: " ")
    var text = "\(whole): \(command.summary)\n"
    if !command.examples.isEmpty {
      text += "\nEXAMPLES\n"
      for example in command.examples {
        text += "  \(example.line)\n"
        for line in wrapped(example.meaning, to: width - 6) { text += "      \(line)\n" }
      }
    }
    text += "\nUSAGE\n  \(command.usage(whole))\n"
    if !command.aliases.isEmpty { text += "  also: \(command.aliases.joined(separator: ", "))\n" }
    if !command.discussion.isEmpty {
      for paragraph in command.discussion.split(separator: "\n\n") {
        text += "\n" + wrapped(String(paragraph), to: width).joined(separator: "\n") + "\n"
      }
    }
    if !command.subcommands.isEmpty {
      text += "\nCOMMANDS\n" + definitions(command.subcommands.map { ($0.name, $0.summary) }, width)
    }
    if !command.flags.isEmpty { text += "\nOPTIONS\n" + definitions(command.flags.map(described), width) }
    text += "\nOPTIONS OF EVERY COMMAND\n" + definitions(flags.map(described), width)
    if !command.exitCodes.isEmpty {
      text += "\nEXIT CODES\n"
      text += definitions(
        (([.success, .failure, .usage] as [ExitCode]) + command.exitCodes).map { (String($0.rawValue), $0.meaning) },
        width)
    }
    return text
  }
}

/// The left and right side of a flag's line in help.
private func described(_ flag: Flag) -> (String, String) {
  let left = (flag.short == nil ? "    " : "") + flag.synopsis
  let choices = flag.choices.isEmpty ? "" : " (\(flag.choices.joined(separator: ", ")))"
  return (left, flag.summary + choices + (flag.isRepeatable ? "; may be repeated" : ""))
}

/// Terms with their explanations in a column of its own.
package func definitions(_ pairs: [(String, String)], _ width: Int) -> String {
  let column = min(pairs.map { displayWidth($0.0) }.max() ?? 0, 28) + 4
  var text = ""
  for (term, meaning) in pairs {
    let lines = wrapped(meaning, to: max(20, width - column))
    let indent = String(repeating: " ", count: column)
    let first = "  " + term
    if displayWidth(first) + 2 > column {
      text += first + "\n" + lines.map { indent + $0 + "\n" }.joined()
    } else {
      text += padded(first, to: column) + (lines.first ?? "") + "\n"
      text += lines.dropFirst().map { indent + $0 + "\n" }.joined()
    }
  }
  return text
}
