/// A word or words that follow a command's name.
package struct Operand: Sendable {
  /// What it names, for completion.
  package enum Kind: Sendable, Equatable {
    case text
    case file
    case choice([String])
    /// A command or a topic of this program.
    case subject
  }
  /// In capitals, such as `BACKUP`.
  package var name: String
  package var kind: Kind
  package var isRequired: Bool
  /// Whether more than one may be given.
  package var isRepeated: Bool

  package init(_ name: String, _ kind: Kind = .text, isRequired: Bool = true, isRepeated: Bool = false) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.isRepeated = isRepeated
  }

  /// Such as `[TABLE]` or `PATH…`.
  package var synopsis: String {
    let word = isRepeated ? name + "…" : name
    return isRequired ? word : "[\(word)]"
  }
}

/// A command line to copy, and what it does.
package struct Example: Sendable {
  package var line: String
  package var meaning: String
  package init(_ line: String, _ meaning: String) {
    self.line = line
    self.meaning = meaning
  }
}

/// One command: the single place that parsing, help, completion and the manual page read.
package struct Command: Sendable {
  package var name: String
  /// Other names that people know it by.
  package var aliases: [String]
  /// One line without a full stop.
  package var summary: String
  package var examples: [Example]
  package var operands: [Operand]
  package var flags: [Flag]
  package var subcommands: [Command]
  /// Paragraphs below the usage; empty when the summary says all.
  package var discussion: String
  /// The exit codes beside 0, 1 and 2 that it may give.
  package var exitCodes: [ExitCode]

  package init(
    _ name: String, aliases: [String] = [], _ summary: String, examples: [Example], operands: [Operand] = [],
    flags: [Flag] = [], subcommands: [Command] = [], discussion: String = "", exitCodes: [ExitCode] = []
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.examples = examples
    self.operands = operands
    self.flags = flags
    self.subcommands = subcommands
    self.discussion = discussion
    self.exitCodes = exitCodes
  }

  /// All names it answers to.
  package var names: [String] { [name] + aliases }
}

/// A subject of `help TOPIC`.
package struct Topic: Sendable {
  package var name: String
  package var summary: String
  /// Lines ready to print.
  package var text: @Sendable () -> String
  package init(_ name: String, _ summary: String, text: @escaping @Sendable () -> String) {
    self.name = name
    self.summary = summary
    self.text = text
  }
}

/// An environment variable that is read.
package struct EnvironmentVariable: Sendable {
  package var name: String
  package var summary: String
  package init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
  }
}

/// The whole program as a table.
package struct Program: Sendable {
  package var name: String
  package var version: String
  package var summary: String
  package var commands: [Command]
  /// Flags that every command takes.
  package var flags: [Flag]
  package var topics: [Topic]
  package var environment: [EnvironmentVariable]

  package init(
    _ name: String, version: String, _ summary: String, commands: [Command], flags: [Flag], topics: [Topic] = [],
    environment: [EnvironmentVariable] = []
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.commands = commands
    self.flags = flags
    self.topics = topics
    self.environment = environment
  }

  /// Whether to print help instead of running; understood everywhere.
  package static let help = Flag("help", short: "h", "show help")

  /// The words that can stand for an operand; empty when they are not known.
  func choices(for operand: Operand) -> [String] {
    switch operand.kind {
    case .choice(let words): words
    case .subject: commands.map(\.name) + topics.map(\.name)
    case .text, .file: []
    }
  }
}
