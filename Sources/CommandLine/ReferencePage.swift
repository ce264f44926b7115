extension Program {
  /// The reference page of the documentation in Markdown, made from the table.
  package var referencePage: String {
    var page = "# \(name): commands\n\nMade from the program's own table; a test compares them.\n"
    page += "\n| command | use |\n| --- | --- |\n"
    for (path, command) in allCommands where command.subcommands.isEmpty {
      let words = path.joined(separator: " ")
      page += "| [`\(words)`](#\(path.joined(separator: "-"))) | \(cell(command.summary)) |\n"
    }
    for (path, command) in allCommands where command.subcommands.isEmpty {
      page += "\n## \(path.joined(separator: " "))\n\n\(sentence(command.summary))\n\n"
      page += "```\n\(command.usage(([name] + path).joined(separator: " ")))\n```\n"
      if !command.aliases.isEmpty { page += "\nAlso: `\(command.aliases.joined(separator: "`, `"))`.\n" }
      for paragraph in command.discussion.split(separator: "\n\n") { page += "\n\(paragraph)\n" }
      if !command.flags.isEmpty { page += "\n" + table(command.flags) }
      if !command.examples.isEmpty {
        page += "\n```sh\n"
        for example in command.examples { page += "\(example.line)  # \(example.meaning)\n" }
        page += "```\n"
      }
      if !command.exitCodes.isEmpty {
        let codes = command.exitCodes.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ")
        page += "\nExit codes beside 0, 1 and 2: \(codes).\n"
      }
    }
    page += "\n## Options of every command\n\n" + table(flags)
    for topic in topics {
      page += "\n## \(sentence(topic.summary).dropLast())\n\n```\n\(topic.text())```\n"
    }
    return page
  }

  private func table(_ flags: [Flag]) -> String {
    var text = "| option | meaning |\n| --- | --- |\n"
    for flag in flags {
      let choices = flag.choices.isEmpty ? "" : " (\(flag.choices.map { "`\($0)`" }.joined(separator: ", ")))"
      text +=
        "| `\(cell(flag.synopsis))` | \(cell(flag.summary))\(choices)\(flag.isRepeatable ? "; may be repeated" : "") |\n"
    }
    return text
  }

  private func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  private func sentence(_ text: String) -> String { (text.first?.uppercased() ?? "") + text.dropFirst() + "." }
}
