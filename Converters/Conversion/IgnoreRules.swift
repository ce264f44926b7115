internal import Bytes

/// Which paths of a directory are no part of its backups: what tools put there, and what `.cofferignore` files name.
///
/// The files' syntax is a subset of gitignore's: `#` comments, `*`, `?`, `**`, a `/` at the start or inside (bound to the
/// file's own directory), a `/` at the end (directories only), `!` (takes back), `\` before a character that stands for
/// itself. The last rule that matches decides; nothing below an ignored directory can be taken back.
package struct IgnoreRules: Sendable {
  /// Name of the files that hold rules.
  package static let fileName = Array(".cofferignore".utf8)

  private struct Rule: Sendable {
    /// Components of the pattern; `**` alone in one stands for any number of them.
    var components: [[UInt8]]
    /// Directory of the file that holds the rule, relative to the root; empty for the root.
    var base: [UInt8]
    var takesBack: Bool
    var isForDirectories: Bool
  }
  private var rules: [Rule] = []

  package init() {}

  /// Adds the rules of a file that lies in the directory `base` (relative to the root, empty for the root).
  package mutating func add(_ text: [UInt8], in base: [UInt8]) {
    for line in text.split(separator: UInt8(ascii: "\n")) {
      var pattern = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      while pattern.last == UInt8(ascii: " ") { pattern = pattern.dropLast() }
      if pattern.isEmpty || pattern.first == UInt8(ascii: "#") { continue }
      let takesBack = pattern.first == UInt8(ascii: "!")
      if takesBack { pattern = pattern.dropFirst() }
      let isForDirectories = pattern.last == UInt8(ascii: "/")
      if isForDirectories { pattern = pattern.dropLast() }
      let isBound = pattern.contains(UInt8(ascii: "/"))
      var components = pattern.split(separator: UInt8(ascii: "/")).map { Array($0) }
      if components.isEmpty { continue }
      if !isBound { components.insert(Self.anyNumber, at: 0) }
      rules.append(
        Rule(components: components, base: base, takesBack: takesBack, isForDirectories: isForDirectories))
    }
  }

  /// Whether the rules leave `path` (relative to the root) out.
  package func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool {
    for rule in rules.reversed() where isDirectory || !rule.isForDirectories {
      let prefix = rule.base.isEmpty ? [] : rule.base + [UInt8(ascii: "/")]
      guard path.starts(with: prefix) else { continue }
      let components = path.dropFirst(prefix.count).split(separator: UInt8(ascii: "/")).map { Array($0) }
      if Self.matches(components, rule.components) { return !rule.takesBack }
    }
    return false
  }

  private static let anyNumber = Array("**".utf8)

  /// Matches components; on failure the last `**` takes one component more.
  private static func matches(_ path: [[UInt8]], _ pattern: [[UInt8]]) -> Bool {
    var i = 0, j = 0
    var retry: (path: Int, pattern: Int)?
    while i < path.count {
      if j < pattern.count, pattern[j] == anyNumber {
        j += 1
        retry = (i, j)
      } else if j < pattern.count, matches(component: path[i], pattern[j]) {
        i += 1
        j += 1
      } else if let last = retry {
        retry = (last.path + 1, last.pattern)
        (i, j) = (last.path + 1, last.pattern)
      } else {
        return false
      }
    }
    while j < pattern.count, pattern[j] == anyNumber { j += 1 }
    return j == pattern.count
  }

  /// Matches one component; on failure the last `*` takes one byte more.
  private static func matches(component name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var i = 0, j = 0
    var retry: (name: Int, pattern: Int)?
    while i < name.count {
      if j < pattern.count, pattern[j] == UInt8(ascii: "*") {
        j += 1
        retry = (i, j)
        continue
      }
      let isEscaped = j + 1 < pattern.count && pattern[j] == UInt8(ascii: "\\")
      let at = isEscaped ? j + 1 : j
      if at < pattern.count, pattern[at] == name[i] || !isEscaped && pattern[at] == UInt8(ascii: "?") {
        i += 1
        j = at + 1
      } else if let last = retry {
        retry = (last.name + 1, last.pattern)
        (i, j) = (last.name + 1, last.pattern)
      } else {
        return false
      }
    }
    while j < pattern.count, pattern[j] == UInt8(ascii: "*") { j += 1 }
    return j == pattern.count
  }

  /// Names of what tools keep beside data.
  private static let toolNames: Set<[UInt8]> = Set(
    [
      ".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".idea", ".vscode", "__MACOSX", ".DS_Store",
      ".cofferignore", ".coffer.toml",
    ].map { Array($0.utf8) })

  /// Whether a name is one that tools use for themselves, AppleDouble files (`._name`) included.
  package static func isToolName(_ name: [UInt8]) -> Bool {
    toolNames.contains(name) || name.starts(with: Array("._".utf8))
  }
  /// Whether a component of the path is such a name.
  package static func isToolPath(_ path: [UInt8]) -> Bool {
    path.split(separator: UInt8(ascii: "/")).contains { isToolName(Array($0)) }
  }
}
