extension Program {
  /// The manual page in roff, made from the table.
  package var manualPage: String {
    var page = ".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\"\n"
    page += ".SH NAME\n\(roff(name)) \\- \(roff(summary))\n"
    page += ".SH SYNOPSIS\n.B \(roff(name))\n.I COMMAND\n[OPTIONS] ...\n"
    page += ".SH COMMANDS\n"
    for (path, command) in allCommands where command.subcommands.isEmpty {
      page += ".SS \(roff(command.usage(([name] + path).joined(separator: " "))))\n"
      page += "\(roff(sentence(command.summary)))\n"
      if !command.aliases.isEmpty { page += ".PP\nAlso: \(roff(command.aliases.joined(separator: ", "))).\n" }
      for paragraph in command.discussion.split(separator: "\n\n") { page += ".PP\n\(roff(String(paragraph)))\n" }
      for flag in command.flags { page += item(flag) }
      for example in command.examples {
        page += ".PP\n\(roff(sentence(example.meaning)))\n.PP\n.nf\n.RS\n\(roff(example.line))\n.RE\n.fi\n"
      }
    }
    page += ".SH OPTIONS OF EVERY COMMAND\n" + flags.map(item).joined()
    for topic in topics {
      page += ".SH \(roff(topic.name.uppercased()))\n.nf\n"
      page += topic.text().split(separator: "\n", omittingEmptySubsequences: false).map { roff(String($0)) }
        .joined(separator: "\n")
      page += "\n.fi\n"
    }
    return page
  }

  private func item(_ flag: Flag) -> String {
    let choices = flag.choices.isEmpty ? "" : " (\(flag.choices.joined(separator: ", ")))"
    return ".TP\n.B \(roff(flag.synopsis))\n\(roff(sentence(flag.summary + choices)))\n"
  }

  private func sentence(_ text: String) -> String {
    guard let first = text.first else { return "" }
    return first.uppercased() + text.dropFirst() + "."
  }

  /// Text in which roff sees no requests and no escapes.
  private func roff(_ text: String) -> String {
    var output = ""
    for character in text {
      switch character {
      case "\\": output += "\\e"
      case "-": output += "\\-"
      case "…": output += "..."
      case "'" where output.isEmpty || output.hasSuffix("\n"): output += "\\&'"
      case "." where output.isEmpty || output.hasSuffix("\n"): output += "\\&."
      default: output.append(character)
      }
    }
    return output
  }
}
