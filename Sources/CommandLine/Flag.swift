/// One flag: the single place that parsing, help, completion and the manual page read.
package struct Flag: Sendable {
  /// What follows the flag; the first word of each case names it in help.
  package enum Argument: Sendable, Equatable {
    /// Nothing: the flag is on or off.
    case none
    case text(String)
    case file(String)
    case directory(String)
    /// One of some words.
    case choice(String, [String])
    /// A whole number from 0.
    case count(String)
    /// A number of bytes, such as `500 kB` or `2MiB`.
    case size(String)
    /// A point in time or an age; see `help durations`.
    case moment(String)
    /// A time zone; see `help durations`.
    case zone(String)
  }
  /// Without the dashes, such as `fail-on-loss`.
  package var name: String
  /// The single letter, when there is one.
  package var short: Character?
  package var argument: Argument
  /// One line without a full stop.
  package var summary: String
  /// Whether every use counts; otherwise the last one does.
  package var isRepeatable: Bool

  package init(
    _ name: String, short: Character? = nil, _ argument: Argument, _ summary: String, isRepeatable: Bool = false
  ) {
    self.name = name
    self.short = short
    self.argument = argument
    self.summary = summary
    self.isRepeatable = isRepeatable
  }

  /// A switch.
  package init(_ name: String, short: Character? = nil, _ summary: String) {
    self.init(name, short: short, .none, summary)
  }

  /// The name of the argument in help; nil when there is none.
  package var placeholder: String? {
    switch argument {
    case .none: nil
    case .text(let name), .file(let name), .directory(let name), .choice(let name, _), .count(let name),
      .size(let name), .moment(let name), .zone(let name):
      name
    }
  }
  /// The words that can follow; empty when they are not known.
  package var choices: [String] {
    if case .choice(_, let words) = argument { return words }
    return []
  }
  /// Such as `-o, --output PATH`.
  package var synopsis: String {
    (short.map { "-\($0), " } ?? "") + "--\(name)" + (placeholder.map { " \($0)" } ?? "")
  }
}
