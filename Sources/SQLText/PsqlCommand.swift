internal import Bytes
internal import Records

/// One of psql's own commands in a script, taken apart as psql does. None is run.
struct PsqlCommand {
  enum Meaning {
    /// psql sends what stands before.
    case send
    /// psql forgets what stands before.
    case drop
    case copy
    case branch
    /// Something else, which leaves the statement around it as it is.
    case other
  }
  let word: Name
  /// What stands behind the word.
  let arguments: Range<Int>
  /// Where psql goes on: behind two backslashes, at the next command, or at the end of the line.
  let end: Int

  /// The command that a line begins with, backslash included.
  init(_ line: [UInt8]) {
    var at = 1
    while at < line.count, line[at] > 0x20, line[at] != UInt8(ascii: "\\") { at += 1 }
    word = Name(Array(line[min(1, line.count)..<at]))
    let start = at, name = Self.stem(word)
    if Self.wholeLine.contains(name) || !Self.isKnown(name) {
      arguments = start..<line.count
      end = line.count
      return
    }
    let takesPipe = Self.piped.contains(name)
    var canBePipe = takesPipe
    while true {
      while at < line.count, line[at] <= 0x20 { at += 1 }
      guard at < line.count, line[at] != UInt8(ascii: "\\") else { break }
      if canBePipe, line[at] == UInt8(ascii: "|") {
        at = line.count
        break
      }
      at = Self.argumentEnd(line, at)
      canBePipe = takesPipe && line[at - 1] == UInt8(ascii: ")")
    }
    arguments = start..<at
    end = at + 1 < line.count && line[at + 1] == UInt8(ascii: "\\") ? at + 2 : at
  }

  /// The place behind an argument, which is not empty.
  private static func argumentEnd(_ line: [UInt8], _ start: Int) -> Int {
    var at = start, quote: UInt8?
    while at < line.count {
      let byte = line[at]
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "'") {
          at += 1
        } else if byte == open {
          quote = nil
        }
      } else if byte <= 0x20 || byte == UInt8(ascii: "\\") {
        return at
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
        quote = byte
      }
      at += 1
    }
    return line.count
  }

  var meaning: Meaning {
    switch Self.stem(word) {
    case "g", "gx", "gexec", "gset", "gdesc", "crosstabview", "watch", "parse", "sendpipeline": .send
    case "r", "reset": .drop
    case "copy": .copy
    case "if", "elif", "else", "endif": .branch
    default: .other
    }
  }

  /// The word without the signs that ask for more.
  private static func stem(_ word: Name) -> Name {
    word.bytes.last == UInt8(ascii: "+") ? Name(Array(word.bytes.dropLast())) : word
  }
  private static let wholeLine: Set<Name> = ["!", "copy", "h", "help", "ef", "ev", "sf", "sv"]
  private static let piped: Set<Name> = ["g", "gx", "o", "out", "w", "write"]
  private static let known: Set<Name> = [
    "a", "bind", "bind_named", "C", "c", "cd", "close", "close_prepared", "connect", "conninfo", "copyright",
    "crosstabview", "e", "echo", "edit", "elif", "else", "encoding", "endif", "endpipeline", "errverbose", "f", "flush",
    "flushrequest", "g", "gdesc", "getenv", "getresults", "gexec", "gset", "gx", "html", "H", "i", "if", "include",
    "include_relative", "ir", "l", "list", "lo_export", "lo_import", "lo_list", "lo_unlink", "o", "out", "p", "parse",
    "password", "print", "prompt", "pset", "q", "qecho", "quit", "r", "reset", "restrict", "s", "sendpipeline", "set",
    "setenv", "startpipeline", "syncpipeline", "t", "T", "timing", "unrestrict", "unset", "w", "warn", "watch", "write",
    "x", "z", "?",
  ]
  /// Whether psql has the command; what follows one that it does not have is thrown away with it.
  private static func isKnown(_ word: Name) -> Bool { known.contains(word) || word.hasPrefix("d") }
}

/// The branches of psql's `\if` around a place in a script.
///
/// Of conditions only plain words are looked at; when one is something else, both branches are read.
struct PsqlBranches {
  /// Branches within each other beyond these are not followed.
  static let limit = 1_000
  private enum State {
    case taken, untaken, otherwiseTaken, otherwiseUntaken
    /// No branch is taken any more.
    case ignored
    /// Whatever may be taken.
    case open
  }
  private var states: [State] = []

  /// Whether statements are sent.
  var isActive: Bool {
    switch states.last {
    case nil, .taken, .otherwiseTaken, .open: true
    case .untaken, .otherwiseUntaken, .ignored: false
    }
  }

  /// Takes in a command; false when there are too many within each other.
  mutating func take(_ word: Name, _ condition: ArraySlice<UInt8>) -> Bool {
    switch word {
    case "if":
      guard states.count < Self.limit else { return false }
      states.append(isActive ? state(condition) : .ignored)
    case "elif":
      switch states.last {
      case .taken: states[states.count - 1] = .ignored
      case .untaken: states[states.count - 1] = state(condition)
      default: break
      }
    case "else":
      switch states.last {
      case .taken, .ignored: states[states.count - 1] = .otherwiseUntaken
      case .untaken: states[states.count - 1] = .otherwiseTaken
      default: break
      }
    default: _ = states.popLast()
    }
    return true
  }

  private func state(_ condition: ArraySlice<UInt8>) -> State {
    let words = condition.split { $0 <= 0x20 }
    guard condition.allSatisfy({ !":'\"`".utf8.contains($0) }) else { return .open }
    guard words.count == 1, let word = words.first?.map(asciiLower) else { return .untaken }
    let isOn = ["true", "yes"].contains { $0.utf8.starts(with: word) } || word.elementsEqual("on".utf8)
    return isOn || word.elementsEqual("1".utf8) ? .taken : .untaken
  }
}
