internal import Bytes
internal import Records

/// Cuts Python source into words. Nothing is imported or run.
struct PythonTokenizer {
  /// Bytes of one file, and brackets within brackets.
  static let fileLimit = 4 << 20, bracketLimit = 100
  private static let indentLimit = 100

  private let bytes: [UInt8]
  private var at = 0
  private var brackets = 0
  private var indents = [0]
  private(set) var tokens: [PythonToken] = []

  /// All words of a file.
  static func tokens(_ bytes: [UInt8]) throws(ReadError) -> [PythonToken] {
    guard bytes.count <= fileLimit else {
      throw ReadError(.tooLarge(what: "a file of Python source", limit: fileLimit))
    }
    var tokenizer = PythonTokenizer(bytes)
    try tokenizer.run()
    return tokenizer.tokens
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  private func wrong(_ what: String) -> ReadError { ReadError(.syntax(what), offset: at) }
  private func peek(_ ahead: Int = 0) -> UInt8 { at + ahead < bytes.count ? bytes[at + ahead] : 0 }
  private mutating func add(_ kind: PythonToken.Kind, _ text: [UInt8] = []) {
    tokens.append(PythonToken(kind: kind, text: text))
  }

  private mutating func run() throws(ReadError) {
    var isLineStart = true
    while at < bytes.count {
      if isLineStart && brackets == 0 {
        isLineStart = false
        guard try indent() else {
          isLineStart = true
          continue
        }
      }
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0C, UInt8(ascii: "\r"): at += 1
      case UInt8(ascii: "\n"):
        at += 1
        if brackets == 0 {
          add(.newline)
          isLineStart = true
        }
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "\\"):
        at += 1
        if peek() == UInt8(ascii: "\r") { at += 1 }
        guard peek() == UInt8(ascii: "\n") else { throw wrong("a backslash stands within a line") }
        at += 1
      default: try word(byte)
      }
    }
    add(.newline)
    for _ in indents.dropFirst() { add(.dedent) }
    add(.end)
  }

  private mutating func skipComment() {
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
  }

  /// Looks at the beginning of a line; false when it is blank.
  private mutating func indent() throws(ReadError) -> Bool {
    var width = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: " ") {
        width += 1
      } else if bytes[at] == UInt8(ascii: "\t") {
        width = (width / 8 + 1) * 8
      } else if bytes[at] == 0x0C {
        width = 0
      } else {
        break
      }
      at += 1
    }
    if peek() == UInt8(ascii: "#") { skipComment() }
    if peek() == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { at += 1 }
    guard at < bytes.count else { return false }
    if bytes[at] == UInt8(ascii: "\n") {
      at += 1
      return false
    }
    let current = indents[indents.count - 1]
    if width > current {
      guard indents.count < Self.indentLimit else { throw ReadError(.tooDeep(limit: Self.indentLimit), offset: at) }
      indents.append(width)
      add(.indent)
    }
    while width < indents[indents.count - 1] {
      indents.removeLast()
      add(.dedent)
    }
    if width > indents[indents.count - 1] { throw wrong("a line is indented like none before it") }
    return true
  }

  private mutating func word(_ byte: UInt8) throws(ReadError) {
    if isNameStart(byte) {
      let start = at
      while isNameStart(peek()) || isDigit(peek()) { at += 1 }
      let name = Array(bytes[start..<at])
      if peek() == UInt8(ascii: "'") || peek() == UInt8(ascii: "\""), name.count <= 2, name.allSatisfy(isPrefix) {
        return try string(name.map(asciiLower))
      }
      return add(.name, name)
    }
    if isDigit(byte) || byte == UInt8(ascii: ".") && isDigit(peek(1)) { return number() }
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { return try string([]) }
    try symbol(byte)
  }

  private mutating func number() {
    let start = at
    while isNameStart(peek()) || isDigit(peek()) || peek() == UInt8(ascii: ".") { at += 1 }
    add(.number, Array(bytes[start..<at]))
  }

  private mutating func symbol(_ byte: UInt8) throws(ReadError) {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      brackets += 1
      guard brackets <= Self.bracketLimit else { throw ReadError(.tooDeep(limit: Self.bracketLimit), offset: at) }
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      guard brackets > 0 else { throw wrong("a bracket closes that was not opened") }
      brackets -= 1
    default: break
    }
    at += 1
    add(.symbol, [byte])
  }

  // MARK: Strings

  private mutating func string(_ prefix: [UInt8]) throws(ReadError) {
    let quote = bytes[at], isLong = peek(1) == quote && peek(2) == quote
    at += isLong ? 3 : 1
    let isRaw = prefix.contains(UInt8(ascii: "r"))
    var text: [UInt8] = []
    while true {
      guard at < bytes.count else { throw wrong("a string does not end") }
      let byte = bytes[at]
      if byte == quote, !isLong || peek(1) == quote && peek(2) == quote {
        at += isLong ? 3 : 1
        break
      }
      if byte == UInt8(ascii: "\n"), !isLong { throw wrong("a string does not end on its line") }
      if byte == UInt8(ascii: "\\") {
        if isRaw {
          text += bytes[at..<min(bytes.count, at + 2)]
          at += 2
        } else {
          escape(&text)
        }
      } else {
        text.append(byte)
        at += 1
      }
    }
    add(.string(isExact: !prefix.contains(UInt8(ascii: "f")) && !prefix.contains(UInt8(ascii: "b"))), text)
  }

  private mutating func escape(_ text: inout [UInt8]) {
    let byte = peek(1)
    at += 2
    switch byte {
    case UInt8(ascii: "\n"): break
    case UInt8(ascii: "\r"): if peek() == UInt8(ascii: "\n") { at += 1 }
    case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "t"): text.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "r"): text.append(UInt8(ascii: "\r"))
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): text.append(byte)
    case UInt8(ascii: "x"): scalar(digits: 2, &text)
    case UInt8(ascii: "u"): scalar(digits: 4, &text)
    case UInt8(ascii: "U"): scalar(digits: 8, &text)
    default: text += [UInt8(ascii: "\\"), byte]
    }
  }

  private mutating func scalar(digits: Int, _ text: inout [UInt8]) {
    var value: UInt32 = 0, count = 0
    while count < digits, let digit = hexValue(peek()) {
      value = value << 4 | UInt32(digit)
      at += 1
      count += 1
    }
    text += Array(String(Unicode.Scalar(value).map(Character.init) ?? "\u{FFFD}").utf8)
  }

  private func hexValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte - UInt8(ascii: "0") }
    let lower = asciiLower(byte)
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f") ? lower - UInt8(ascii: "a") + 10 : nil
  }

  private func isPrefix(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "r"), UInt8(ascii: "u"), UInt8(ascii: "b"), UInt8(ascii: "f")].contains(asciiLower(byte))
  }
  private func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || asciiLower(byte) &- UInt8(ascii: "a") < 26 || byte >= 0x80
  }
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
