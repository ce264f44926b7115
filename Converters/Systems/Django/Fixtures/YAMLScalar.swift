internal import Bytes

/// What a plain scalar of YAML 1.1 means, by the rules of PyYAML's safe loader, as JSON writes it.
enum YAMLScalar {
  enum Meaning {
    case null
    case boolean(Bool)
    /// JSON's spelling of a number; `isSpelt`: the scalar is written so itself, or means the same to everyone.
    case number([UInt8], isSpelt: Bool)
    /// A date or moment in ISO 8601.
    case moment([UInt8])
    case text
  }

  /// Whether a scalar is what JSON writes for what it means: `null`, `true`, `false`, a number in its usual spelling.
  static func isJSON(_ text: borrowing ByteHeap) -> Bool {
    guard text.count > 0 else { return false }
    switch text[0] {
    case UInt8(ascii: "n"): return text.count == 4 && text.matches("null", at: 0)
    case UInt8(ascii: "t"): return text.count == 4 && text.matches("true", at: 0)
    case UInt8(ascii: "f"): return text.count == 5 && text.matches("false", at: 0)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return isPlainInteger(text.span)
    default: return false
    }
  }

  static func meaning(_ bytes: Span<UInt8>) -> Meaning {
    guard bytes.count > 0 else { return .null }
    // The first byte decides what a scalar may be; most are text.
    switch bytes[0] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if let moment = printedMoment(bytes) { return .moment(moment) }
      return bytes.count <= 512 ? number(Array(bytes)) : .text
    case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "y"), UInt8(ascii: "Y"),
      UInt8(ascii: "t"),
      UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
      return bytes.count <= 5 ? word(Array(bytes)) : .text
    default: return .text
    }
  }

  private static let words: [[UInt8]: Bool?] = {
    var words: [[UInt8]: Bool?] = [:]
    for (text, meaning) in [
      ("~", nil), ("null", nil), ("yes", true), ("no", false), ("true", true), ("false", false), ("on", true),
      ("off", false),
    ] as [(String, Bool?)] {
      let small = Array(text.utf8), capital = small.map { asciiLower($0) == $0 && $0 >= 0x61 ? $0 - 0x20 : $0 }
      for spelling in [small, [capital[0]] + small.dropFirst(), capital] { words[spelling] = .some(meaning) }
    }
    return words
  }()

  private static func word(_ bytes: [UInt8]) -> Meaning {
    guard let meaning = words[bytes] else { return .text }
    return meaning.map { .boolean($0) } ?? .null
  }

  // MARK: Numbers

  private static func number(_ bytes: [UInt8]) -> Meaning {
    if bytes.count == 2, bytes[0] == UInt8(ascii: "-"), bytes[1] == UInt8(ascii: "0") {
      return .number([UInt8(ascii: "0")], isSpelt: false)
    }
    if isPlainInteger(bytes.span) { return .number(bytes, isSpelt: true) }
    let sign = bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") ? 1 : 0
    let isNegative = bytes[0] == UInt8(ascii: "-")
    let digits = Array(bytes[sign...])
    guard let first = digits.first else { return .text }
    if first == UInt8(ascii: ".") { return fractionOnly(digits, sign: bytes[..<sign]) }
    guard isDigit(first) else { return .text }
    if let value = integer(digits) { return .number((isNegative ? [UInt8(ascii: "-")] : []) + value, isSpelt: false) }
    if let (value, isSpelt) = float(digits) {
      return .number((isNegative ? [UInt8(ascii: "-")] : []) + value, isSpelt: isSpelt && (sign == 0 || isNegative))
    }
    return sign == 0 ? moment(bytes) : .text
  }

  /// `.5`, `.inf`, `.nan`.
  private static func fractionOnly(_ digits: [UInt8], sign: ArraySlice<UInt8>) -> Meaning {
    let rest = Array(digits.dropFirst())
    let spellings = { (word: String) in
      [word, word.prefix(1).uppercased() + word.dropFirst(), word.uppercased()].map { Array($0.utf8) }
    }
    if spellings("inf").contains(rest) {
      return .number(Array((sign.first == UInt8(ascii: "-") ? "-Infinity" : "Infinity").utf8), isSpelt: true)
    }
    guard sign.isEmpty else { return .text }
    if spellings("nan").contains(rest) { return .number(Array("NaN".utf8), isSpelt: true) }
    guard let first = rest.first, isDigit(first), let value = tail(rest[...]) else { return .text }
    return .number(Array("0.".utf8) + value, isSpelt: true)
  }

  /// Integers that are not written as JSON writes them: binary, octal, hexadecimal, in parts of sixty, with underscores.
  private static func integer(_ digits: [UInt8]) -> [UInt8]? {
    let underscore = UInt8(ascii: "_"), bare = digits.filter { $0 != underscore }
    if digits[0] == UInt8(ascii: "0"), digits.count > 1 {
      if digits[1] == UInt8(ascii: "b") || digits[1] == UInt8(ascii: "x") {
        return radix(bare.dropFirst(2), digits[1] == UInt8(ascii: "b") ? 2 : 16)
      }
      return radix(bare.dropFirst(), 8)
    }
    if bare.allSatisfy(isDigit) { return bare }
    guard digits.contains(UInt8(ascii: ":")), digits[0] != UInt8(ascii: "0") else { return nil }
    return sixties(bare[...]).map { Array(String($0).utf8) }
  }

  private static func radix(_ digits: ArraySlice<UInt8>, _ radix: UInt64) -> [UInt8]? {
    // What has none but underscores is refused by Python; here it stays text, as does what is too great.
    guard !digits.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      let lower = asciiLower(byte)
      let digit = isDigit(byte) ? UInt64(byte - 0x30) : lower >= 0x61 && lower <= 0x66 ? UInt64(lower - 0x61 + 10) : 99
      guard digit < radix else { return nil }
      let (product, over) = value.multipliedReportingOverflow(by: radix)
      let (sum, overSum) = product.addingReportingOverflow(digit)
      guard !over, !overSum else { return nil }
      value = sum
    }
    return Array(String(value).utf8)
  }

  /// The value of parts with colons between them, of which all but the first are below sixty.
  private static func sixties(_ text: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for (i, part) in text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).enumerated() {
      guard !part.isEmpty, part.count <= (i == 0 ? 12 : 2), part.allSatisfy(isDigit) else { return nil }
      let number = part.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
      guard i == 0 || number < 60 else { return nil }
      let (product, over) = value.multipliedReportingOverflow(by: 60)
      guard !over, product <= UInt64.max - number else { return nil }
      value = product + number
    }
    return value
  }

  /// A number with a point, as JSON writes it, and whether it is written so.
  private static func float(_ digits: [UInt8]) -> ([UInt8], Bool)? {
    guard let point = digits.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let whole = digits[..<point].filter { $0 != UInt8(ascii: "_") }
    var head: [UInt8]
    if whole.contains(UInt8(ascii: ":")) {
      guard let value = sixties(whole[...]),
        digits[(point + 1)...].allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
      else { return nil }
      head = Array(String(value).utf8)
    } else {
      guard whole.allSatisfy(isDigit) else { return nil }
      head = Array(whole.drop { $0 == UInt8(ascii: "0") })
      if head.isEmpty { head = [UInt8(ascii: "0")] }
    }
    guard let value = tail(digits[(point + 1)...]) else { return nil }
    let spelt = head + [UInt8(ascii: ".")] + value
    return (spelt, spelt == digits)
  }

  /// What stands behind the point: digits, and an exponent with a sign.
  private static func tail(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let e = text.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") } ?? text.endIndex
    var digits = text[..<e].filter { $0 != UInt8(ascii: "_") }
    guard digits.allSatisfy(isDigit) else { return nil }
    if digits.isEmpty { digits = [UInt8(ascii: "0")] }
    guard e < text.endIndex else { return digits }
    let exponent = text[(e + 1)...]
    guard exponent.count > 1, exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-"),
      exponent.dropFirst().allSatisfy(isDigit)
    else { return nil }
    return digits + [UInt8(ascii: "e")] + exponent
  }

  // MARK: Dates

  /// A date or moment as Python prints it, which nearly all are: `2001-12-14`, `2001-12-14 21:59:43.100000+00:00`.
  private static func printedMoment(_ bytes: Span<UInt8>) -> [UInt8]? {
    let count = bytes.count
    guard count == 10 || count >= 19, bytes[4] == UInt8(ascii: "-"), isDigit(bytes[0]) else { return nil }
    if count > 10 {
      let last = bytes[count - 1], sign = bytes[count - 6]
      guard bytes[16] == UInt8(ascii: ":"), bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
        count == 19 || last == UInt8(ascii: "Z")
          || (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"))
            && bytes[count - 3] == UInt8(ascii: ":")
      else { return nil }
    }
    guard DateText(bytes) != nil else { return nil }
    var text = Array(bytes)
    if count > 10 { text[10] = UInt8(ascii: "T") }
    return text
  }

  /// `2001-12-14`, `2001-12-14t21:59:43.10-05:00`, `2001-12-14 21:59:43.10 -5`.
  private static func moment(_ bytes: [UInt8]) -> Meaning {
    var scan = Scan(bytes)
    guard let year = scan.digits(4...4), scan.take("-"), let month = scan.digits(1...2), scan.take("-"),
      let day = scan.digits(1...2)
    else { return .text }
    let date = year + dash + two(month) + dash + two(day)
    if scan.isOver { return month.count == 2 && day.count == 2 && isDate(date) ? .moment(date) : .text }
    let hadMark = scan.take("T") || scan.take("t"), spaces = hadMark ? 0 : scan.spaces()
    guard hadMark || spaces > 0, let hour = scan.digits(1...2), scan.take(":"), let minute = scan.digits(2...2),
      scan.take(":"), let second = scan.digits(2...2)
    else { return .text }
    var text = date + [UInt8(ascii: "T")] + two(hour) + colon + minute + colon + second
    if scan.take(".") {
      let fraction = scan.digits(0...64) ?? []
      if !fraction.isEmpty { text += [UInt8(ascii: ".")] + fraction }
    }
    _ = scan.spaces()
    if scan.take("Z") {
      text.append(UInt8(ascii: "Z"))
    } else if let sign = scan.sign() {
      guard let hours = scan.digits(1...2) else { return .text }
      var minutes = Array("00".utf8)
      if scan.take(":") {
        guard let given = scan.digits(2...2) else { return .text }
        minutes = given
      }
      text += [sign] + two(hours) + colon + minutes
    }
    return scan.isOver && isDate(text) ? .moment(text) : .text
  }

  private static let dash = [UInt8(ascii: "-")], colon = [UInt8(ascii: ":")]
  private static func two(_ digits: [UInt8]) -> [UInt8] { digits.count == 1 ? [UInt8(ascii: "0")] + digits : digits }
  /// Python refuses days that are none; here they stay text.
  private static func isDate(_ text: [UInt8]) -> Bool { DateText(text.span) != nil }

  private struct Scan {
    let bytes: [UInt8]
    var at = 0
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var isOver: Bool { at == bytes.count }

    mutating func digits(_ count: ClosedRange<Int>) -> [UInt8]? {
      let start = at
      while at < bytes.count, at - start < count.upperBound, isDigit(bytes[at]) { at += 1 }
      return at - start >= count.lowerBound ? Array(bytes[start..<at]) : nil
    }
    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
      at += 1
      return true
    }
    mutating func spaces() -> Int {
      let start = at
      while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
      return at - start
    }
    mutating func sign() -> UInt8? {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") else { return nil }
      at += 1
      return bytes[at - 1]
    }
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
