/// Shells for which a completion script can be made.
package enum Shell: String, Sendable, CaseIterable { case bash, zsh, fish }

extension Program {
  /// A script that completes this program's command lines, made from the table.
  package func completion(for shell: Shell) -> String {
    switch shell {
    case .bash: bashCompletion
    case .zsh: zshCompletion
    case .fish: fishCompletion
    }
  }

  /// Commands with their paths, groups before their members.
  var allCommands: [(path: [String], command: Command)] {
    commands.flatMap { command in
      [([command.name], command)] + command.subcommands.map { ([command.name, $0.name], $0) }
    }
  }
}

// bash: one function; the command decides the words, the previous word the values.
extension Program {
  private var bashCompletion: String {
    let valued = (flags + allCommands.flatMap(\.command.flags)).filter { $0.argument != .none }
    let valuedWords = Set(valued.flatMap(words)).sorted().joined(separator: "|")
    var cases = ""
    for (path, command) in allCommands {
      let names = path.count == 1 ? command.names : [command.name]
      let key = path.dropLast().map { "\($0) " }.joined()
      let pattern = names.map { "'\(key)\($0)'" }.joined(separator: "|")
      let options = (command.flags + flags).flatMap(words).joined(separator: " ")
      cases += "    \(pattern))\n      options='\(options)'\n"
      let choices = command.operands.flatMap(choices) + command.subcommands.map(\.name)
      if !choices.isEmpty { cases += "      words='\(choices.joined(separator: " "))'\n" }
      if command.operands.contains(where: { $0.kind == .file }) { cases += "      files=1\n" }
      cases += bashValues(command.flags, indent: "      ")
      cases += "      ;;\n"
    }
    let groups = commands.filter { !$0.subcommands.isEmpty }.flatMap(\.names).joined(separator: "|")
    return """
      # Completion of \(name) for bash; made by '\(name) completion bash'.
      _\(name)() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local command='' options='' words='' files='' i word
        if [[ $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
        if [[ $current == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-1]}; current=''; fi
        for ((i = 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          case $word in
            \(valuedWords)) ((i++)) ;;
            -*) ;;
            *)
              if [[ -z $command ]]; then
                command=$word
                case $command in \(groups.isEmpty ? "''" : groups)) ;; *) break ;; esac
              else
                command="$command $word"
                break
              fi
              ;;
          esac
        done
        COMPREPLY=()
        case $command in
          '')
            options='\(flags.flatMap(words).joined(separator: " "))'
            words='\(commands.flatMap(\.names).joined(separator: " "))'
            ;;
      \(cases)  esac
      \(bashValues(flags, indent: "  "))  if [[ $current == -* ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        else
          if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"); fi
          if [[ -n $files ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
          fi
        fi
      }
      complete -F _\(name) \(name)

      """
  }

  /// Completes the value of the flag before.
  private func bashValues(_ flags: [Flag], indent: String) -> String {
    let valued = flags.filter { $0.argument != .none }
    guard !valued.isEmpty else { return "" }
    var text = "\(indent)case $previous in\n"
    for flag in valued { text += "\(indent)  \(words(flag).joined(separator: "|"))) \(bashValues(flag)) ;;\n" }
    return text + "\(indent)esac\n"
  }

  private func bashValues(_ flag: Flag) -> String {
    switch flag.argument {
    case .choice(_, let words):
      "mapfile -t COMPREPLY < <(compgen -W '\(words.joined(separator: " "))' -- \"$current\"); return"
    case .file: "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return"
    case .directory: "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); return"
    default: "return"
    }
  }

  private func words(_ flag: Flag) -> [String] { (flag.short.map { ["-\($0)"] } ?? []) + ["--\(flag.name)"] }
}

// zsh: `_arguments` per command.
extension Program {
  private var zshCompletion: String {
    var functions = ""
    for (path, command) in allCommands where command.subcommands.isEmpty {
      functions += "_\(name)_\(path.joined(separator: "_"))() {\n  _arguments -s -S \\\n"
      for flag in command.flags + flags { functions += "    \(zshFlag(flag)) \\\n" }
      for (i, operand) in command.operands.enumerated() {
        let place = operand.isRepeated ? "*" : "\(i + 1)\(operand.isRequired ? "" : ":")"
        functions += "    \(zshQuoted("\(place):\(operand.name):\(zshOperand(operand))")) \\\n"
      }
      functions += "    && return 0\n}\n"
    }
    for command in commands where !command.subcommands.isEmpty {
      functions += "_\(name)_\(command.name)() {\n"
      functions += zshDispatch(command.subcommands, prefix: "_\(name)_\(command.name)_")
      functions += "}\n"
    }
    return """
      #compdef \(name)
      # Completion of \(name) for zsh; made by '\(name) completion zsh'.
      \(functions)_\(name)() {
      \(zshDispatch(commands, prefix: "_\(name)_"))}
      if [ "$funcstack[1]" = "_\(name)" ]; then _\(name) "$@"; else compdef _\(name) \(name); fi

      """
  }

  /// The body of a function that completes the name of a command, then what belongs to it.
  private func zshDispatch(_ commands: [Command], prefix: String) -> String {
    var body = "  local context state line\n  typeset -A opt_args\n  _arguments -s -S -C \\\n"
    for flag in flags { body += "    \(zshFlag(flag)) \\\n" }
    body += "    '1: :->command' '*:: :->rest' && return 0\n  case $state in\n    command)\n      local -a names=(\n"
    for command in commands {
      for name in command.names { body += "        \(zshQuoted("\(name):\(command.summary)"))\n" }
    }
    body += "      )\n      _describe command names\n      ;;\n    rest)\n      case $line[1] in\n"
    for command in commands {
      body += "        \(command.names.joined(separator: "|"))) \(prefix)\(command.name) ;;\n"
    }
    return body + "      esac\n      ;;\n  esac\n"
  }

  private func zshFlag(_ flag: Flag) -> String {
    let names = words(flag)
    let summary = flag.summary.flatMap { "[]\\:".contains($0) ? "\\\($0)" : "\($0)" }
    let value = flag.placeholder.map { ":\($0):\(zshValues(flag))" } ?? ""
    let repeated = flag.isRepeatable ? "*" : ""
    if names.count == 1 {
      let word = names[0] + (flag.argument == .none ? "" : "=")
      return zshQuoted("\(repeated)\(word)[\(String(summary))]\(value)")
    }
    let exclusion = flag.isRepeatable ? "'*'" : zshQuoted("(\(names.joined(separator: " ")))")
    let long = names[1] + (flag.argument == .none ? "" : "=")
    let short = names[0] + (flag.argument == .none ? "" : "+")
    return "\(exclusion){\(short),\(long)}\(zshQuoted("[\(String(summary))]\(value)"))"
  }

  private func zshValues(_ flag: Flag) -> String {
    switch flag.argument {
    case .choice(_, let words): "(\(words.joined(separator: " ")))"
    case .file: "_files"
    case .directory: "_files -/"
    default: " "
    }
  }

  private func zshOperand(_ operand: Operand) -> String {
    let words = choices(for: operand)
    return operand.kind == .file ? "_files" : words.isEmpty ? " " : "(\(words.joined(separator: " ")))"
  }

  private func zshQuoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

// fish: one line per word.
extension Program {
  private var fishCompletion: String {
    var script = "# Completion of \(name) for fish; made by '\(name) completion fish'.\n"
    script += "complete -c \(name) -f\n"
    for flag in flags { script += fishFlag(flag, condition: nil) }
    for command in commands {
      for word in command.names {
        script += "complete -c \(name) -n __fish_use_subcommand -a \(word) -d \(fishQuoted(command.summary))\n"
      }
      let seen = "__fish_seen_subcommand_from \(command.names.joined(separator: " "))"
      let inner = command.subcommands.map(\.name).joined(separator: " ")
      for sub in command.subcommands {
        let condition = "\(seen); and not __fish_seen_subcommand_from \(inner)"
        script += "complete -c \(name) -n '\(condition)' -a \(sub.name) -d \(fishQuoted(sub.summary))\n"
        script += fishLines(sub, condition: "\(seen); and __fish_seen_subcommand_from \(sub.name)")
      }
      script += fishLines(command, condition: seen)
    }
    return script
  }

  private func fishLines(_ command: Command, condition: String) -> String {
    var lines = command.flags.map { fishFlag($0, condition: condition) }.joined()
    for operand in command.operands {
      if operand.kind == .file { lines += "complete -c \(name) -n '\(condition)' -F\n" }
      let words = choices(for: operand).joined(separator: " ")
      if !words.isEmpty { lines += "complete -c \(name) -n '\(condition)' -a \(fishQuoted(words))\n" }
    }
    return lines
  }

  private func fishFlag(_ flag: Flag, condition: String?) -> String {
    var line = "complete -c \(name)"
    if let condition { line += " -n '\(condition)'" }
    if let short = flag.short { line += " -s \(short)" }
    line += " -l \(flag.name) -d \(fishQuoted(flag.summary))"
    switch flag.argument {
    case .none: break
    case .file: line += " -r -F"
    case .directory: line += " -x -a '(__fish_complete_directories)'"
    case .choice(_, let words): line += " -x -a \(fishQuoted(words.joined(separator: " ")))"
    case .text, .count, .size, .moment, .zone: line += " -x"
    }
    return line + "\n"
  }

  private func fishQuoted(_ text: String) -> String {
    "'" + text.flatMap { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" } + "'"
  }
}
