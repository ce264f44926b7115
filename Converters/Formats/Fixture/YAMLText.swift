internal import Bytes

/// YAML as libyaml's emitter writes it for PyYAML: block style, text plain where that reads back, lines folded at 80 columns.
struct YAMLText: Sendable {
  private static let width = 80
  private(set) var bytes: [UInt8] = []
  private(set) var column = 0

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    column = 0
  }

  mutating func newLine(indent: Int) {
    bytes.append(UInt8(ascii: "\n"))
    column = 0
    pad(to: indent)
  }

  private mutating func pad(to indent: Int) {
    while column < indent { put(UInt8(ascii: " ")) }
  }

  /// Appends what holds no line breaks.
  mutating func put(_ text: [UInt8]) {
    bytes += text
    for byte in text where byte & 0xC0 != 0x80 { column += 1 }
  }
  mutating func put(_ byte: UInt8) {
    bytes.append(byte)
    if byte & 0xC0 != 0x80 { column += 1 }
  }
  mutating func put(_ text: StaticString) { put(Array(text.description.utf8)) }

  // MARK: Scalars

  /// Appends a key and its colon; true when it is so long that the value stands on a line of its own.
  @discardableResult
  mutating func key(_ text: [UInt8], indent: Int) -> Bool {
    let facts = YAMLAnalysis(text)
    guard text.count > 128 || facts.isMultiline else {
      write(text, facts, isString: true, indent: indent, isKey: true)
      put(UInt8(ascii: ":"))
      return false
    }
    put("? ")
    write(text, facts, isString: true, indent: indent + 2, isKey: false)
    newLine(indent: indent)
    put(UInt8(ascii: ":"))
    return true
  }

  /// Appends a space and a scalar; its further lines are indented. `isString`: it must not be read as anything else.
  mutating func scalar(_ text: [UInt8], isString: Bool, indent: Int) {
    put(UInt8(ascii: " "))
    write(text, YAMLAnalysis(text), isString: isString, indent: indent, isKey: false)
  }

  private mutating func write(_ text: [UInt8], _ facts: YAMLAnalysis, isString: Bool, indent: Int, isKey: Bool) {
    if facts.allowsPlain, !(isString && YAMLImplicit.isOther(text)), !(isKey && text.isEmpty) {
      plain(text, indent, folds: !isKey)
    } else if facts.allowsSingleQuotes, !(isKey && facts.isMultiline) {
      singleQuoted(text, indent, folds: !isKey)
    } else {
      doubleQuoted(text, indent, folds: !isKey)
    }
  }

  private func isSpace(_ text: [UInt8], _ at: Int) -> Bool { at < text.count && text[at] == UInt8(ascii: " ") }

  private mutating func plain(_ text: [UInt8], _ indent: Int, folds: Bool) {
    var wasSpace = false
    for (i, byte) in text.enumerated() {
      if byte == UInt8(ascii: " ") {
        if folds, !wasSpace, column > Self.width, !isSpace(text, i + 1) { newLine(indent: indent) } else { put(byte) }
        wasSpace = true
      } else {
        put(byte)
        wasSpace = false
      }
    }
  }

  private mutating func singleQuoted(_ text: [UInt8], _ indent: Int, folds: Bool) {
    var wasSpace = false, wasBreak = false, i = 0
    put(UInt8(ascii: "'"))
    while i < text.count {
      let byte = text[i], length = YAMLAnalysis.breakLength(text, i)
      if byte == UInt8(ascii: " ") {
        let breaks = folds && !wasSpace && column > Self.width && i > 0 && i < text.count - 1 && !isSpace(text, i + 1)
        if breaks { newLine(indent: indent) } else { put(byte) }
        wasSpace = true
        i += 1
      } else if length > 0 {
        if !wasBreak, byte == UInt8(ascii: "\n") { bytes.append(byte) }
        bytes += text[i..<i + length]
        column = 0
        wasBreak = true
        i += length
      } else {
        if wasBreak { pad(to: indent) }
        if byte == UInt8(ascii: "'") { put(byte) }
        put(byte)
        (wasSpace, wasBreak) = (false, false)
        i += 1
      }
    }
    if wasBreak { pad(to: indent) }
    put(UInt8(ascii: "'"))
  }

  private mutating func doubleQuoted(_ text: [UInt8], _ indent: Int, folds: Bool) {
    var wasSpace = false, i = 0
    put(UInt8(ascii: "\""))
    while i < text.count {
      let byte = text[i]
      if byte == UInt8(ascii: " ") {
        if folds, !wasSpace, column > Self.width, i > 0, i < text.count - 1 {
          newLine(indent: indent)
          if isSpace(text, i + 1) { put(UInt8(ascii: "\\")) }
        } else {
          put(byte)
        }
        wasSpace = true
        i += 1
        continue
      }
      wasSpace = false
      let character = Character4(text, i)
      let isEscaped =
        !YAMLAnalysis.isPrintable(character.value) || YAMLAnalysis.breakLength(text, i) > 0
        || character.value == 0xFEFF || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      if isEscaped { escape(character.value) } else { put(Array(text[i..<i + character.count])) }
      i += character.count
    }
    put(UInt8(ascii: "\""))
  }

  private static let escapes: [UInt32: Character] = [
    0: "0", 7: "a", 8: "b", 9: "t", 0xA: "n", 0xB: "v", 0xC: "f", 0xD: "r", 0x1B: "e", 0x22: "\"", 0x5C: "\\",
    0x85: "N",
    0xA0: "_", 0x2028: "L", 0x2029: "P",
  ]

  private mutating func escape(_ value: UInt32) {
    put(UInt8(ascii: "\\"))
    if let short = Self.escapes[value]?.asciiValue { return put(short) }
    let width: UInt32 = value <= 0xFF ? 2 : value <= 0xFFFF ? 4 : 8
    put(width == 2 ? "x" : width == 4 ? "u" : "U")
    for digit in (0..<width).reversed() {
      let nibble = UInt8(truncatingIfNeeded: value >> (digit * 4) & 15)
      put(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
    }
  }
}

/// In which styles a scalar can be written.
struct YAMLAnalysis: Sendable {
  private(set) var isMultiline = false
  private(set) var allowsPlain = true
  private(set) var allowsSingleQuotes = true

  init(_ text: [UInt8]) {
    guard !text.isEmpty else { return }
    var isIndicator = text.starts(with: Array("---".utf8)) || text.starts(with: Array("...".utf8))
    var isSpecial = false, spaceBreak = false, breakSpace = false
    var afterBlank = true, wasSpace = false, wasBreak = false, i = 0
    while i < text.count {
      let byte = text[i], character = Character4(text, i), length = Self.breakLength(text, i)
      let next = i + max(character.count, length), beforeBlank = Self.isBlank(text, next)
      if i == 0 {
        if Self.firstIndicators.contains(byte) { isIndicator = true }
        if byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-"), beforeBlank {
          isIndicator = true
        }
      } else if byte == UInt8(ascii: ":") && beforeBlank || byte == UInt8(ascii: "#") && afterBlank {
        isIndicator = true
      }
      if !Self.isPrintable(character.value) { isSpecial = true }
      let isSpace = byte == UInt8(ascii: " "), isBreak = length > 0
      if isBreak { isMultiline = true }
      if isSpace || isBreak, i == 0 || next >= text.count { allowsPlain = false }
      if isSpace, wasBreak { breakSpace = true }
      if isBreak, wasSpace { spaceBreak = true }
      (wasSpace, wasBreak) = (isSpace, isBreak)
      afterBlank = Self.isBlank(text, i)
      // A carriage return and a line feed are two characters that are looked at one by one.
      i += isBreak && byte == 0x0D ? 1 : next - i
    }
    if isIndicator || isMultiline || breakSpace || spaceBreak || isSpecial { allowsPlain = false }
    if breakSpace || spaceBreak || isSpecial { allowsSingleQuotes = false }
  }

  private static let firstIndicators = Set(Array("#,[]{}&*!|>'\"%@`".utf8))

  /// Number of bytes of the line break at a place; 0 when there is none.
  static func breakLength(_ text: [UInt8], _ at: Int) -> Int {
    switch text[at] {
    case 0x0A, 0x0D: 1
    case 0xC2 where at + 1 < text.count && text[at + 1] == 0x85: 2
    case 0xE2 where at + 2 < text.count && text[at + 1] == 0x80 && (text[at + 2] == 0xA8 || text[at + 2] == 0xA9): 3
    default: 0
    }
  }

  private static func isBlank(_ text: [UInt8], _ at: Int) -> Bool {
    at >= text.count || text[at] == 0 || text[at] == 0x20 || text[at] == 0x09 || breakLength(text, at) > 0
  }

  /// What libyaml writes as it is.
  static func isPrintable(_ value: UInt32) -> Bool {
    switch value {
    case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD: value != 0xFEFF
    default: false
    }
  }
}

/// Which plain scalars mean something else than text to PyYAML, whatever their value.
enum YAMLImplicit {
  static func isOther(_ text: [UInt8]) -> Bool {
    guard let first = text.first else { return true }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      return isInteger(text) || isFloat(text) || isMoment(text)
    case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: "~"):
      return text == [UInt8(ascii: "=")] || text == merge
        || text.count == 1 && first == UInt8(ascii: "~")
    default: return text.count <= 5 && words.contains(Name(text))
    }
  }

  private static let merge = Array("<<".utf8)
  private static let words: Set<Name> = [
    "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON", "off",
    "Off", "OFF", "null", "Null", "NULL",
  ]

  private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }

  private static func isInteger(_ text: [UInt8]) -> Bool {
    let digits = Array(text[(isSign(text[0]) ? 1 : 0)...]), underscore = UInt8(ascii: "_")
    guard let first = digits.first, isDigit(first) else { return false }
    if first == UInt8(ascii: "0") {
      guard digits.count > 1 else { return true }
      let rest = digits.dropFirst(2)
      switch digits[1] {
      case UInt8(ascii: "b"): return !rest.isEmpty && rest.allSatisfy { $0 == 0x30 || $0 == 0x31 || $0 == underscore }
      case UInt8(ascii: "x"):
        return !rest.isEmpty
          && rest.allSatisfy { isDigit($0) || $0 == underscore || asciiLower($0) >= 0x61 && asciiLower($0) <= 0x66 }
      default: return digits.dropFirst().allSatisfy { $0 >= 0x30 && $0 <= 0x37 || $0 == underscore }
      }
    }
    let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return parts[0].allSatisfy { isDigit($0) || $0 == underscore } && parts.dropFirst().allSatisfy(isSixty)
  }

  /// `[0-5]?[0-9]`
  private static func isSixty(_ part: ArraySlice<UInt8>) -> Bool {
    guard let last = part.last, isDigit(last), part.count <= 2 else { return false }
    return part.count == 1 || part[part.startIndex] >= 0x30 && part[part.startIndex] <= 0x35
  }

  private static func isFloat(_ text: [UInt8]) -> Bool {
    let underscore = UInt8(ascii: "_"), point = UInt8(ascii: ".")
    var at = isSign(text[0]) ? 1 : 0
    let rest = Name(Array(text[at...]))
    if rest == ".inf" || rest == ".Inf" || rest == ".INF" { return true }
    if at == 0, rest == ".nan" || rest == ".NaN" || rest == ".NAN" { return true }
    func skip() -> Int {
      let start = at
      while at < text.count, isDigit(text[at]) || text[at] == underscore { at += 1 }
      return at - start
    }
    guard at < text.count else { return false }
    if text[at] == point {
      // Without a sign, and a digit first.
      guard at == 0, text.count > 1, isDigit(text[1]) else { return false }
      at = 1
      _ = skip()
    } else {
      guard isDigit(text[at]) else { return false }
      _ = skip()
      let start = at
      while at < text.count, text[at] == UInt8(ascii: ":") {
        var end = at + 1
        while end < text.count, isDigit(text[end]) { end += 1 }
        guard isSixty(text[(at + 1)..<end]) else { return false }
        at = end
      }
      let isSixties = at > start
      guard at < text.count, text[at] == point else { return false }
      at += 1
      _ = skip()
      if isSixties { return at == text.count }
    }
    guard at < text.count else { return true }
    guard asciiLower(text[at]) == UInt8(ascii: "e"), at + 2 < text.count, isSign(text[at + 1]) else { return false }
    return text[(at + 2)...].allSatisfy(isDigit)
  }

  /// `2001-12-14`, `2001-12-14t21:59:43.10-05:00`, `2001-12-14 21:59:43.10 -5`
  private static func isMoment(_ text: [UInt8]) -> Bool {
    var at = 0
    func digits(_ count: ClosedRange<Int>) -> Int? {
      let start = at
      while at < text.count, at - start < count.upperBound, isDigit(text[at]) { at += 1 }
      return at - start >= count.lowerBound ? at - start : nil
    }
    func take(_ character: Unicode.Scalar) -> Bool {
      guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
      at += 1
      return true
    }
    func blanks() -> Int {
      let start = at
      while at < text.count, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
      return at - start
    }
    guard digits(4...4) != nil, take("-"), let month = digits(1...2), take("-"), let day = digits(1...2) else {
      return false
    }
    if at == text.count { return month == 2 && day == 2 }
    guard take("T") || take("t") || blanks() > 0 else { return false }
    guard digits(1...2) != nil, take(":"), digits(2...2) != nil, take(":"), digits(2...2) != nil else { return false }
    if take(".") { while at < text.count, isDigit(text[at]) { at += 1 } }
    if at == text.count { return true }
    _ = blanks()
    if take("Z") { return at == text.count }
    guard take("+") || take("-"), digits(1...2) != nil else { return false }
    if take(":") { guard digits(2...2) != nil else { return false } }
    return at == text.count
  }
}
