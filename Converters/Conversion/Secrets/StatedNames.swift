internal import Bytes

/// Values that the name in front of them says to be secrets: `password=…`, `"apiKey": "…"`, `?token=…`, `PASSWORD '…'`.
struct StatedNames: Sendable {
  /// Names whose meaning is remembered.
  private static let limit = 4096
  /// Bytes of a name.
  private static let nameLimit = 64
  /// Bytes of a value.
  private static let valueLimit = 4096
  private var rules: [UInt64: SecretName?] = [:]

  /// The secret behind an equals sign or colon.
  mutating func value(in text: Span<UInt8>, sign: Int) -> Range<Int>? {
    let isEqualsSign = text[sign] == UInt8(ascii: "=")
    guard let name = Self.name(in: text, before: sign) else { return nil }
    var at = sign + 1
    while at < text.count, at - sign < 4, text[at] == UInt8(ascii: " ") || text[at] == UInt8(ascii: "=") { at += 1 }
    guard at < text.count, let rule = rule(of: text.extracting(name)) else { return nil }
    if text[at] == UInt8(ascii: "[") {
      at += 1
      while at < text.count, text[at] <= 0x20 { at += 1 }
      guard at < text.count else { return nil }
    }
    let quote = text[at]
    guard quote != UInt8(ascii: "\"") && quote != UInt8(ascii: "'") else {
      let value = Self.quoted(text, from: at + 1, quote)
      return Self.fits(text.extracting(value), rule, isCertain: true) ? value : nil
    }
    var end = at
    while end < text.count, end - at < Self.valueLimit, !Self.endsValue(text[end]) { end += 1 }
    return Self.fits(text.extracting(at..<end), rule, isCertain: isEqualsSign) ? at..<end : nil
  }

  /// The secret in a literal of SQL behind a word such as PASSWORD.
  mutating func literal(in text: Span<UInt8>, quote: Int) -> Range<Int>? {
    var end = quote
    while end > 0, quote - end < 4, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard end < quote, let name = Self.name(in: text, before: end), name.upperBound == end,
      let rule = rule(of: text.extracting(name)), rule.requirement != .knownForm
    else { return nil }
    let value = Self.quoted(text, from: quote + 1, text[quote])
    return Self.fits(text.extracting(value), rule, isCertain: true) ? value : nil
  }

  /// The name that ends in front of a place, without the quote or the space between.
  private static func name(in text: Span<UInt8>, before place: Int) -> Range<Int>? {
    var end = place
    while end > 0, place - end < 3, "\"' \\:".utf8.contains(text[end - 1]) { end -= 1 }
    var start = end
    while start > 0, end - start <= nameLimit, isNamePart(text[start - 1]) { start -= 1 }
    return start < end && end - start <= nameLimit ? start..<end : nil
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }

  private static func endsValue(_ byte: UInt8) -> Bool { byte <= 0x20 || "&;,\"'<>`)]}|".utf8.contains(byte) }

  private static func quoted(_ text: Span<UInt8>, from start: Int, _ quote: UInt8) -> Range<Int> {
    var end = start
    while end < text.count, end - start < valueLimit, text[end] != quote {
      end += text[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return start..<min(end, text.count)
  }

  /// Whether a value is what its name says. `isCertain`: nobody writes so in a sentence.
  private static func fits(_ value: Span<UInt8>, _ rule: SecretName, isCertain: Bool) -> Bool {
    guard value.count >= 4, value[0] != UInt8(ascii: "["), value[0] != UInt8(ascii: "{") else { return false }
    let looks = Looks(value)
    // Marks of what has been left out, variables and references.
    guard !looks.classes.isSubset(of: [.otherSign, .foreign]), value[0] != UInt8(ascii: "$") || value.count >= 24 else {
      return false
    }
    switch rule.requirement {
    case .any: return isCertain ? looks.classes.isDisjoint(with: .space) || value.count >= 8 : looks.isOpaque
    case .opaque: return looks.isOpaque && value.count >= 8
    case .random: return looks.isRandom
    case .code: return looks.isOpaque && value.count >= 8 || isCertain && looks.classes == .digit
    case .knownForm: return false
    }
  }

  private mutating func rule(of name: Span<UInt8>) -> SecretName? {
    let hash = Hash128.of(name, seed: 0).low
    if let known = rules[hash] { return known }
    let rule = SecretName(Name(name), table: "")
    if rules.count < Self.limit { rules[hash] = .some(rule) }
    return rule
  }
}
