internal import Bytes
internal import Records

/// What a CREATE TABLE says of its columns beyond what SQLite's own PRAGMAs tell. Only looked at, never run.
struct TableDefinition {
  struct Column {
    var name: Name
    /// The only comment in the column's definition, which says in our own files what its values mean.
    var meaning: LogicalType?
    /// What stands in the parentheses of `AS (…)`.
    var generation: [UInt8]?
  }
  /// The parts between the commas: columns first, then constraints.
  private(set) var columns: [Column] = []

  init(_ sql: [UInt8]) {
    var scanner = Scanner(bytes: sql)
    // CREATE TABLE name (
    while let token = scanner.next() {
      if token.isPunctuation(UInt8(ascii: "("), in: sql) { break }
    }
    while let column = scanner.column() { columns.append(column) }
  }

  /// The definition of a column, which stands at its own position.
  func column(_ position: Int, named name: Name) -> Column? {
    guard position < columns.count, columns[position].name.lowercased == name.lowercased else { return nil }
    return columns[position]
  }
}

/// A word, a quoted text, a comment or another byte of SQL.
private struct Token {
  enum Kind { case word, quoted, comment, punctuation }
  var kind: Kind
  var range: Range<Int>

  func isPunctuation(_ byte: UInt8, in sql: [UInt8]) -> Bool { kind == .punctuation && sql[range.lowerBound] == byte }
  func isWord(_ word: StaticString, in sql: [UInt8]) -> Bool {
    kind == .word && Name(Array(sql[range])).lowercased == Name("\(word)")
  }
}

/// Takes SQL apart, as SQLite does.
private struct Scanner {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Token? {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    guard at < bytes.count else { return nil }
    let start = at
    switch bytes[at] {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): skipQuoted(until: bytes[at])
    case UInt8(ascii: "["): skipQuoted(until: UInt8(ascii: "]"))
    case UInt8(ascii: "-") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "-"):
      while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
      return Token(kind: .comment, range: start..<at)
    case UInt8(ascii: "/") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "*"):
      at += 2
      while at < bytes.count, !(bytes[at - 1] == UInt8(ascii: "*") && bytes[at] == UInt8(ascii: "/") && at > start + 2)
      {
        at += 1
      }
      at = min(at + 1, bytes.count)
      return Token(kind: .comment, range: start..<at)
    case let byte where isWordByte(byte):
      while at < bytes.count, isWordByte(bytes[at]) { at += 1 }
      return Token(kind: .word, range: start..<at)
    default:
      at += 1
      return Token(kind: .punctuation, range: start..<at)
    }
    return Token(kind: .quoted, range: start..<at)
  }

  /// Moves behind a quoted text, in which a doubled quote stands for itself.
  private mutating func skipQuoted(until quote: UInt8) {
    at += 1
    while at < bytes.count {
      if bytes[at] == quote {
        guard quote != UInt8(ascii: "]"), at + 1 < bytes.count, bytes[at + 1] == quote else { break }
        at += 1
      }
      at += 1
    }
    at = min(at + 1, bytes.count)
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  /// The part up to the next comma of the list, or up to its end; nil behind that.
  mutating func column() -> TableDefinition.Column? {
    guard let first = next(), first.kind == .word || first.kind == .quoted else { return nil }
    var column = TableDefinition.Column(name: name(of: first), meaning: nil, generation: nil)
    var depth = 0, comments = 0, isGenerated = false, start = 0
    while let token = next() {
      if token.kind == .comment {
        comments += 1
        column.meaning = comments == 1 && depth == 0 ? meaning(of: token) : nil
        continue
      }
      if token.isPunctuation(UInt8(ascii: "("), in: bytes) {
        if depth == 0 { start = token.range.upperBound }
        depth += 1
      } else if token.isPunctuation(UInt8(ascii: ")"), in: bytes) {
        depth -= 1
        if depth < 0 {
          at = bytes.count
          return column
        }
        if depth == 0, isGenerated, column.generation == nil {
          column.generation = Array(bytes[start..<token.range.lowerBound])
        }
      } else if depth == 0 {
        if token.isPunctuation(UInt8(ascii: ","), in: bytes) { return column }
        if token.isWord("as", in: bytes) { isGenerated = true }
      }
    }
    return column
  }

  private func name(of token: Token) -> Name {
    guard token.kind == .quoted, token.range.count >= 2 else { return Name(Array(bytes[token.range])) }
    let quote = bytes[token.range.lowerBound]
    var name: [UInt8] = [], i = token.range.lowerBound + 1
    while i < token.range.upperBound - 1 {
      name.append(bytes[i])
      i += bytes[i] == quote ? 2 : 1
    }
    return Name(name)
  }

  /// The logical type that a comment names.
  private func meaning(of token: Token) -> LogicalType? {
    guard token.range.count >= 6, token.range.count <= 64, bytes[token.range.lowerBound] == UInt8(ascii: "/") else {
      return nil
    }
    let inside = bytes[(token.range.lowerBound + 2)..<(token.range.upperBound - 2)]
    guard inside.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
    let word = inside.drop { $0 == 0x20 }
    return LogicalType(word: String(decoding: word.prefix { $0 != 0x20 }, as: UTF8.self))
  }
}
