internal import Bytes

/// A definition on its way into a script: whether it can stand among others, and how it ends.
///
/// A script is run by psql, which takes a backslash outside of quotes as a command of its own, even one that starts programs; and a
/// quote that is not closed would take in all that follows.
struct SQLFragment: Sendable {
  enum Problem: String, Sendable {
    case empty = "without a text"
    case metaCommand = "with a command of psql in it"
    case unterminated = "with a quote or comment that is not closed"
  }
  private(set) var problem: Problem?
  /// What has to follow so that the statement is over.
  private(set) var ending: [UInt8] = []
  private let text: [UInt8]
  private var at = 0
  /// The last byte that is neither white space nor comment.
  private var last: UInt8?
  private var endsInLineComment = false

  init(_ text: [UInt8]) {
    self.text = text
    while at < text.count, problem == nil { step() }
    if problem == nil, last == nil { problem = .empty }
    if last != UInt8(ascii: ";") { ending = Array((endsInLineComment ? "\n;" : ";").utf8) }
  }

  private mutating func step() {
    let byte = text[at]
    endsInLineComment = false
    switch byte {
    case 0...0x20: at += 1
    case UInt8(ascii: "'"): skipQuoted(escapes: isEscapeString)
    case UInt8(ascii: "\""): skipQuoted(escapes: false)
    case UInt8(ascii: "$") where !followsName: skipDollarQuoted()
    case UInt8(ascii: "-") where next == byte: skipLine()
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"): skipComment()
    case UInt8(ascii: "\\"): problem = .metaCommand
    case 0x7F: at += 1
    default:
      last = byte
      at += 1
    }
  }

  private var next: UInt8? { at + 1 < text.count ? text[at + 1] : nil }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    let lower = asciiLower(byte)
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || isDigit(byte) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }
  /// Whether a dollar sign belongs to a name: `a$b$`.
  private var followsName: Bool { at > 0 && Self.isNamePart(text[at - 1]) }

  /// Whether an E that is no part of a name stands in front of the quote.
  private var isEscapeString: Bool {
    guard at > 0, asciiLower(text[at - 1]) == UInt8(ascii: "e") else { return false }
    return at < 2 || !Self.isNamePart(text[at - 2])
  }

  private mutating func skipQuoted(escapes: Bool) {
    let quote = text[at]
    last = quote
    at += 1
    while at < text.count {
      if text[at] == UInt8(ascii: "\\"), escapes {
        at += 2
        continue
      }
      at += 1
      if text[at - 1] == quote { return }
    }
    problem = .unterminated
  }

  /// `$tag$ … $tag$`; a dollar sign that begins none is a byte like others.
  private mutating func skipDollarQuoted() {
    last = text[at]
    var end = at + 1
    while end < text.count, Self.isNamePart(text[end]) { end += 1 }
    guard end < text.count, text[end] == UInt8(ascii: "$"), end == at + 1 || !isDigit(text[at + 1]) else {
      at += 1
      return
    }
    let tag = Array(text[at...end])
    guard let close = firstOffset(of: tag.span, in: text.span, from: end + 1) else {
      problem = .unterminated
      return
    }
    at = close + tag.count
  }

  private mutating func skipLine() {
    while at < text.count, text[at] != UInt8(ascii: "\n") { at += 1 }
    endsInLineComment = at == text.count
  }

  private mutating func skipComment() {
    var depth = 0
    while at < text.count {
      if text[at] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        depth += 1
        at += 2
      } else if text[at] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
        depth -= 1
        at += 2
        if depth == 0 { return }
      } else {
        at += 1
      }
    }
    problem = .unterminated
  }
}
