internal import Bytes
internal import Diagnostics

// psql's own commands. None of them is run.
extension DumpSchema {
  /// Takes in a line that begins with a backslash.
  package mutating func addMetaCommand(_ line: [UInt8], at offset: Int) {
    self.offset = offset
    let body = line.drop { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: " ") }
    let word = Name(Array(body.prefix { isWordPart($0) || $0 == UInt8(ascii: "!") })).lowercased
    let rest = Array(body.dropFirst(word.bytes.count))
    if rest.contains(UInt8(ascii: "`")) {
      note(
        "suspicious-meta-command", .error, "a command for psql runs a program of the system; it is not run",
        advice: "never give the dump to psql")
      return
    }
    switch word {
    case "connect", "c": connect(rest)
    case "restrict", "unrestrict", "": break
    case "encoding": clientEncoding = firstWord(rest)
    case "i", "ir", "include", "include_relative":
      note("includes-file", .warning, "dump includes another file, which is not read")
    case "echo", "qecho", "warn", "timing", "pset", "x", "t", "a", "q", "quit": break
    default:
      note(
        "suspicious-meta-command", .error, "dump holds a command for psql that no backup needs; it is not run",
        advice: "never give the dump to psql")
    }
  }

  /// A new connection: another database, and settings as at the start.
  private mutating func connect(_ arguments: [UInt8]) {
    var name = firstWord(arguments)
    if name.starts(with: "-reuse-previous".utf8) {
      name = firstWord(Array(arguments.drop { $0 == UInt8(ascii: " ") }.drop { $0 != UInt8(ascii: " ") }))
    }
    if name.starts(with: "dbname=".utf8) {
      // A connection string: quotes and backslashes of its own.
      var value: [UInt8] = [], isEscaped = false
      for byte in name.dropFirst("dbname=".utf8.count) {
        if !isEscaped, byte == UInt8(ascii: "\\") { isEscaped = true; continue }
        if isEscaped || byte != UInt8(ascii: "'") { value.append(byte) }
        isEscaped = false
      }
      name = value
    }
    guard !name.isEmpty, name != [UInt8(ascii: "-")] else { return }
    database = Name(name)
    searchPath = ["public"]
    syntax.backslashEscapes = syntax.family == .mysql
    sessionOwner = nil
    objectNumbers = [:]
    forcedTables = []
  }

  /// The first word, out of its quotes.
  private func firstWord(_ text: [UInt8]) -> [UInt8] {
    let start = text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let quote = start.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return Array(start.prefix { $0 > UInt8(ascii: " ") })
    }
    var word: [UInt8] = [], at = start.startIndex + 1
    while at < start.endIndex {
      if start[at] == quote {
        guard at + 1 < start.endIndex, start[at + 1] == quote else { break }
        at += 1
      }
      word.append(start[at])
      at += 1
    }
    return word
  }
}
