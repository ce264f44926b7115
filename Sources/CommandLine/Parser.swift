internal import Bytes
internal import Diagnostics

extension Program {
  /// Understands the words of a command line. Help is a flag like any other: the caller looks for it first, so that
  /// `operands` are only counted by `checkOperands`.
  package func parse(_ arguments: [[UInt8]]) throws(Failure) -> Invocation {
    var parser = Parser(program: self, arguments: arguments)
    return try parser.run()
  }
}

/// Goes through the words of a command line from left to right.
private struct Parser {
  let program: Program
  let arguments: [[UInt8]]
  var at = 0
  var invocation = Invocation()
  /// Where names of commands are looked for.
  var commands: [Command]

  init(program: Program, arguments: [[UInt8]]) {
    self.program = program
    self.arguments = arguments
    commands = program.commands
    invocation.known = program.flags
  }

  mutating func run() throws(Failure) -> Invocation {
    while at < arguments.count {
      let word = arguments[at]
      at += 1
      if word.elementsEqual("--".utf8) {
        for word in arguments[at...] { try takeWord(word) }
        break
      }
      if word.starts(with: "--".utf8) {
        try takeLong(Array(word.dropFirst(2)))
      } else if word.first == UInt8(ascii: "-"), word.count > 1 {
        try takeShorts(Array(word.dropFirst()))
      } else {
        try takeWord(word)
      }
    }
    return invocation
  }

  /// A word that is no flag: the name of a command as long as one is looked for, then an operand.
  private mutating func takeWord(_ word: [UInt8]) throws(Failure) {
    guard !commands.isEmpty else {
      invocation.operands.append(word)
      return
    }
    guard let command = commands.first(where: { $0.names.contains { $0.utf8.elementsEqual(word) } }) else {
      throw unknownCommand(word)
    }
    invocation.command = command
    invocation.path.append(command.name)
    invocation.known += command.flags
    commands = command.subcommands
  }

  private mutating func takeLong(_ word: [UInt8]) throws(Failure) {
    let equals = word.firstIndex(of: UInt8(ascii: "="))
    let name = equals.map { Array(word[..<$0]) } ?? word
    let attached = equals.map { Array(word[($0 + 1)...]) }
    if let flag = invocation.known.first(where: { $0.name.utf8.elementsEqual(name) }) {
      return try take(flag, attached: attached, written: "--\(flag.name)")
    }
    // `--no-x` turns the switch `--x` off.
    if attached == nil, name.starts(with: "no-".utf8),
      let flag = invocation.known.first(where: { $0.name.utf8.elementsEqual(name.dropFirst(3)) }),
      flag.argument == .none
    {
      invocation.settings.append((flag.name, []))
      return
    }
    throw unknownFlag("--" + displayed(name), suggestion(for: shown(name), among: invocation.known.map(\.name)))
  }

  /// Letters behind one dash: switches may stand together, the last may take what follows.
  private mutating func takeShorts(_ letters: [UInt8]) throws(Failure) {
    for (i, letter) in letters.enumerated() {
      guard let flag = invocation.known.first(where: { $0.short?.asciiValue == letter }) else {
        let whole = i == 0 ? suggestion(for: shown(letters), among: invocation.known.map(\.name)) : nil
        throw unknownFlag("-" + displayed(i == 0 && letter >= 0x80 ? letters : [letter]), whole)
      }
      let written = "-\(Character(Unicode.Scalar(letter)))"
      guard flag.argument != .none else {
        try take(flag, attached: nil, written: written)
        continue
      }
      let rest = Array(letters[(i + 1)...])
      return try take(flag, attached: rest.isEmpty ? nil : rest, written: written)
    }
  }

  private mutating func take(_ flag: Flag, attached: [UInt8]?, written: String) throws(Failure) {
    guard let placeholder = flag.placeholder else {
      guard attached == nil else { throw .usage("\(written) takes no value") }
      invocation.settings.append((flag.name, nil))
      return
    }
    guard let value = attached ?? nextValue() else {
      throw .usage("\(written) needs a value: \(written) \(placeholder)", advice: flag.choicesAdvice)
    }
    try flag.check(value, written: written, program: program.name)
    invocation.settings.append((flag.name, value))
  }

  /// The next word as a value; a flag that is known here is not one, so that a forgotten value is noticed.
  private mutating func nextValue() -> [UInt8]? {
    guard at < arguments.count else { return nil }
    let word = arguments[at]
    if word.elementsEqual("--".utf8) { return nil }
    if word.starts(with: "--".utf8) {
      let name = word.dropFirst(2).prefix { $0 != UInt8(ascii: "=") }
      if invocation.known.contains(where: { $0.name.utf8.elementsEqual(name) }) { return nil }
    }
    if word.count == 2, word[0] == UInt8(ascii: "-"),
      invocation.known.contains(where: { $0.short?.asciiValue == word[1] })
    {
      return nil
    }
    at += 1
    return word
  }

  private func unknownCommand(_ word: [UInt8]) -> Failure {
    let group = invocation.path.joined(separator: " ")
    let whole = group.isEmpty ? program.name : "\(program.name) \(group)"
    let meant = suggestion(for: shown(word), among: commands.flatMap(\.names))
    return .usage(
      group.isEmpty
        ? "there is no command '\(displayed(word))'" : "'\(group)' has no command '\(displayed(word))'",
      advice: meant.map { "did you mean '\(whole) \($0)'?" } ?? "'\(whole) --help' lists the commands")
  }

  private func unknownFlag(_ written: String, _ meant: String?) -> Failure {
    let whole = ([program.name] + invocation.path).joined(separator: " ")
    if let meant {
      return .usage("there is no option '\(written)'", advice: "did you mean '--\(meant)'?")
    }
    let advice =
      invocation.path.isEmpty
      ? "options of a command follow its name; '\(whole) --help' lists what there is"
      : "'\(whole) --help' lists the options; words that begin with a dash go after '--'"
    return .usage("there is no option '\(written)'", advice: advice)
  }

  private func shown(_ word: [UInt8]) -> String { displayed(word) }
}

extension Invocation {
  /// Checks that there are as many words as the command takes.
  package func checkOperands(program: String) throws(Failure) {
    guard let command else { return }
    let whole = ([program] + path).joined(separator: " ")
    guard command.subcommands.isEmpty else {
      let names = command.subcommands.map(\.name).joined(separator: ", ")
      throw .usage("'\(whole)' needs a command: \(names)", advice: "'\(whole) --help' explains them")
    }
    let required = command.operands.filter(\.isRequired)
    if operands.count < required.count {
      throw .usage("\(required[operands.count].name) is missing", advice: "usage: \(command.usage(whole))")
    }
    if operands.count > command.operands.count, !command.operands.contains(where: \.isRepeated) {
      throw .usage(
        "'\(displayed(operands[command.operands.count]))' is one word too many",
        advice: "usage: \(command.usage(whole))")
    }
  }
}

extension Command {
  /// The usage line under a name such as `coffer convert`.
  package func usage(_ whole: String) -> String {
    ([whole] + (flags.isEmpty ? [] : ["[OPTIONS]"])
      + (subcommands.isEmpty ? operands.map(\.synopsis) : ["COMMAND"])).joined(separator: " ")
  }
}
