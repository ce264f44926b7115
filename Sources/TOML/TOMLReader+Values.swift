internal import Bytes
internal import Diagnostics

// Values: text in quotes, `true`, `false`, whole numbers, and lists and tables of them.
extension TOMLReader {
  /// The value that begins here.
  mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
    guard let byte = peek, !isLineEnd, byte != UInt8(ascii: "#") else { throw error(.noValue) }
    guard depth < TOML.depthLimit else { throw error(.tooDeep) }
    let place = place(at), content: TOMLValue.Content
    switch byte {
    case UInt8(ascii: "'") where isJSON: throw error(.unknownWord)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      if !isJSON, text[at...].starts(with: [byte, byte, byte]) { throw error(.unsupported("text of several lines")) }
      content = .text(try quoted(by: byte))
    case UInt8(ascii: "["): content = .list(try list(depth: depth))
    case UInt8(ascii: "{"): content = .table(try table(depth: depth))
    default: content = try bareValue()
    }
    return TOMLValue(content: content, place: place)
  }

  /// Values in brackets, on any number of lines.
  private mutating func list(depth: Int) throws(TOMLError) -> [TOMLValue] {
    if isPlain { throw error(.unsupported("a list")) }
    at += 1
    var values: [TOMLValue] = []
    while true {
      skipLines()
      if peek == UInt8(ascii: "]") { break }
      values.append(try value(depth: depth + 1))
      skipLines()
      if peek == UInt8(ascii: "]") { break }
      guard peek == UInt8(ascii: ",") else { throw error(.openList) }
      at += 1
      skipLines()
      if isJSON, peek == UInt8(ascii: "]") { throw error(.noValue) }
    }
    at += 1
    return values
  }

  /// Settings in braces, on one line unless they are JSON.
  mutating func table(depth: Int) throws(TOMLError) -> [TOMLEntry] {
    if isPlain { throw error(.unsupported("a table")) }
    at += 1
    let node = TableNode()
    skipWithin()
    while peek != UInt8(ascii: "}") {
      guard !isLineEnd else { throw error(.openList) }
      try setting(in: node, depth: depth + 1)
      skipWithin()
      if peek == UInt8(ascii: "}") { break }
      guard peek == UInt8(ascii: ",") else { throw error(.openList) }
      at += 1
      skipWithin()
      if peek == UInt8(ascii: "}") { throw error(isJSON ? .noColon : .noKey) }
    }
    at += 1
    return node.entries
  }

  /// Skips what may stand between settings in braces.
  private mutating func skipWithin() {
    if isJSON { skipLines() } else { skipSpace() }
  }

  /// Skips white space, comments and ends of lines.
  mutating func skipLines() {
    while at < text.count {
      skipSpace()
      skipComment()
      guard at < text.count, isLineEnd else { return }
      skipLineEnd()
    }
  }

  /// `true`, `false` or a whole number.
  private mutating func bareValue() throws(TOMLError) -> TOMLValue.Content {
    let start = at
    let sign = peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") ? Unicode.Scalar(text[at]) : nil
    if sign != nil { at += 1 }
    let word = takeWord()
    if sign == nil, word == "true" || word == "false" { return .flag(word == "true") }
    let digits = word.utf8.filter { $0 != UInt8(ascii: "_") }
    guard let first = word.utf8.first, isDigit(first) else { throw error(.unknownWord, at: start) }
    // What only looks like a number: dates, times, fractions, other bases, leading zeros.
    let isNumber =
      digits.allSatisfy(isDigit) && (digits.count == 1 || first != UInt8(ascii: "0"))
      && !word.hasSuffix("_") && !word.contains("__")
    guard isNumber, peek != UInt8(ascii: "."), peek != UInt8(ascii: ":"), peek != UInt8(ascii: "+") else {
      throw error(.unsupported("a date, a fraction or another kind of number"), at: start)
    }
    guard let number = Int64((sign == "-" ? "-" : "") + String(decoding: digits, as: UTF8.self)) else {
      throw error(.numberTooLarge, at: start)
    }
    return .integer(number)
  }

  /// Text in quotes, on one line.
  mutating func quoted(by quote: UInt8) throws(TOMLError) -> [UInt8] {
    let start = at
    at += 1
    var bytes: [UInt8] = []
    while let byte = peek, !isLineEnd {
      at += 1
      if byte == quote { return bytes }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        bytes += try escape()
      } else {
        bytes.append(byte)
      }
    }
    throw error(.openText, at: start)
  }

  /// What follows a backslash.
  private mutating func escape() throws(TOMLError) -> [UInt8] {
    let start = at - 1
    guard let letter = peek, !isLineEnd else { throw error(.badEscape, at: start) }
    at += 1
    switch letter {
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [letter]
    case UInt8(ascii: "/") where isJSON: return [letter]
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      if letter == UInt8(ascii: "U"), isJSON { throw error(.badEscape, at: start) }
      guard var value = hexadecimal(letter == UInt8(ascii: "u") ? 4 : 8), value > 0 else {
        throw error(.badEscape, at: start)
      }
      if isJSON, value & 0xFFFF_FC00 == 0xD800, text[at...].starts(with: Array("\\u".utf8)) {
        at += 2
        guard let low = hexadecimal(4), low & 0xFFFF_FC00 == 0xDC00 else { throw error(.badEscape, at: start) }
        value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let bytes = Unicode.Scalar(value).flatMap({ UTF8.encode($0) }) else { throw error(.badEscape, at: start) }
      return Array(bytes)
    default: throw error(.badEscape, at: start)
    }
  }

  /// The number that some hexadecimal digits spell; nil when these are none.
  private mutating func hexadecimal(_ count: Int) -> UInt32? {
    let digits = text[at...].prefix(count)
    guard digits.count == count, digits.allSatisfy({ hexValue($0) != nil }) else { return nil }
    at += count
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
