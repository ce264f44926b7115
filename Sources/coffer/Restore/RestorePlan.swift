internal import Diagnostics

/// What to do to restore a backup: what to know first, then commands in three parts.
struct RestorePlan: Sendable, Equatable {
  /// Something to know before anything is run.
  struct Warning: Sendable, Equatable {
    /// A stable name for programs, such as `no-rows`.
    var code: String
    /// One sentence without a full stop; names in it are already `displayed`.
    var message: String
    init(_ code: String, _ message: String) {
      self.code = code
      self.message = message
    }
  }
  enum Phase: String, CaseIterable, Sendable {
    case before, restore, after
    var title: String {
      switch self {
      case .before: "Before"
      case .restore: "Restore"
      case .after: "Afterwards"
      }
    }
  }
  /// Commands that belong together.
  struct Step: Sendable, Equatable {
    var phase: Phase
    var title: String
    /// Lines for bash; everything of unknown origin in them is quoted.
    var commands: [String]
    init(_ phase: Phase, _ title: String, _ commands: [String]) {
      self.phase = phase
      self.title = title
      self.commands = commands
    }
  }

  /// Which backup it is for, in one line.
  var title: String
  /// The most important first.
  var warnings: [Warning] = []
  var steps: [Step] = []

  func steps(in phase: Phase) -> [Step] { steps.filter { $0.phase == phase } }
}

extension RestorePlan {
  /// A script for bash that stops at the first error.
  var script: String {
    var text = "#!/usr/bin/env bash\n# \(title)\n#\n"
    if !warnings.isEmpty { text += "# READ THIS FIRST\n" }
    for warning in warnings { text += "# - \(warning.message)\n" }
    text += "set -euo pipefail\n"
    for phase in Phase.allCases {
      for step in steps(in: phase) {
        text += "\n# \(phase.title): \(step.title)\n"
        for command in step.commands { text += command + "\n" }
      }
    }
    return text
  }

  /// A page for people.
  var markdown: String {
    var text = "# \(Self.escaped(title))\n"
    if !warnings.isEmpty { text += "\n## Read this first\n\n" }
    for warning in warnings { text += "- \(Self.escaped(warning.message))\n" }
    for phase in Phase.allCases where !steps(in: phase).isEmpty {
      text += "\n## \(phase.title)\n"
      for step in steps(in: phase) {
        text += "\n\(Self.escaped(step.title)):\n\n```bash\n" + step.commands.joined(separator: "\n") + "\n```\n"
      }
    }
    return text
  }

  /// Text in which Markdown sees no marks of its own.
  private static func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      if "\\`*_{}[]<>#|~!&".unicodeScalars.contains(scalar) { output += "\\" }
      output.unicodeScalars.append(scalar)
    }
    return output
  }
}
