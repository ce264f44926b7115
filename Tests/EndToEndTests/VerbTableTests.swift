import Bytes
import CommandLine
import TestSupport
import Testing

@testable import coffer

/// What help, completion and the manual say comes from the one list of verbs.
@Suite struct VerbTableTests {
  private var commands: [Command] { program.commands.flatMap { [$0] + $0.subcommands } }

  @Test func everyCommandIsExplained() {
    for command in commands {
      #expect(!command.examples.isEmpty || !command.subcommands.isEmpty, "\(command.name) has no examples")
      #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."), "\(command.name)")
      #expect(command.summary.first?.isLowercase == true, "\(command.name)")
      for example in command.examples { #expect(example.line.contains("coffer "), "\(example.line)") }
    }
  }

  @Test func everyExampleIsUnderstood() throws {
    for example in commands.flatMap(\.examples) where !example.line.contains("<(") {
      let commandLine = example.line.split(separator: "|").first { $0.contains("coffer ") } ?? ""
      let words = shellWords(String(commandLine.split { $0 == ">" || $0 == "<" }[0])).drop { $0 != "coffer" }
        .dropFirst()
      #expect(throws: Never.self, "\(example.line)") {
        try program.parse(words.map { Array($0.utf8) }).checkOperands(program: "coffer")
      }
    }
  }

  @Test func namesAndLettersAreUnique() {
    let names = program.commands.flatMap(\.names)
    #expect(Set(names).count == names.count)
    for command in commands {
      let flags = command.flags + program.flags
      #expect(Set(flags.map(\.name)).count == flags.count, "\(command.name)")
      let letters = flags.compactMap(\.short)
      #expect(Set(letters).count == letters.count, "\(command.name)")
    }
  }

  @Test(arguments: Shell.allCases) func completionKnowsEverything(_ shell: Shell) {
    let script = program.completion(for: shell)
    for command in commands {
      for name in command.names { #expect(script.contains(name)) }
      for flag in command.flags { #expect(script.contains(flag.name)) }
    }
  }

  @Test func manualKnowsEverything() {
    let page = program.manualPage
    for command in commands where command.subcommands.isEmpty {
      // A dash that is no hyphen is escaped in manual pages.
      #expect(page.contains(command.name.replacing("-", with: "\\-")))
    }
    for topic in program.topics {
      #expect(page.contains(".SH \(topic.name.uppercased().replacing("-", with: "\\-"))\n"))
    }
    for variable in program.environment { #expect(page.contains(variable.name)) }
  }

  @Test func referencePageIsCurrent() throws {
    let path = packageRoot + "/docs/commands.md"
    if environment("COFFER_RECORD") == Array("1".utf8) {
      try createDirectory(Array((packageRoot + "/docs").utf8))
      try writeFile(path, Array(program.referencePage.utf8))
    }
    let isCurrent = try readFile(path) == Array(program.referencePage.utf8)
    #expect(isCurrent, "record it: COFFER_RECORD=1 swift test --filter EndToEndTests")
  }

  @Test func helpFitsEightyColumns() {
    for command in commands {
      for line in program.help(for: command, path: [command.name]).split(separator: "\n") {
        #expect(line.unicodeScalars.count <= 80 || line.contains("coffer "), "\(command.name): \(line)")
      }
    }
    for topic in program.topics {
      for line in topic.text().split(separator: "\n") {
        #expect(line.unicodeScalars.count <= 80, "\(topic.name): \(line)")
      }
    }
  }

  /// Words of a command line as a shell would split them; quotes are taken off.
  private func shellWords(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in line {
      switch (character, quote) {
      case ("'", nil), ("\"", nil): quote = character
      case (_, .some(let open)) where character == open: quote = nil
      case (" ", nil):
        if !word.isEmpty { words.append(word) }
        word = ""
      default: word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
