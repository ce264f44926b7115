internal import Bytes

/// Tells text that a spreadsheet would run as a formula.
///
/// Guarded text gets one apostrophe in front. Text that already has apostrophes before such a beginning gets one more, so that
/// taking one away from every text that begins with apostrophes and a formula gives all texts back.
enum FormulaGuard {
  /// Whether `text` begins, behind any apostrophes, like a formula and is no plain number.
  static func applies(to text: Span<UInt8>) -> Bool {
    var at = 0
    while at < text.count && text[at] == UInt8(ascii: "'") { at += 1 }
    guard at < text.count else { return false }
    switch text[at] {
    case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return at > 0 || !isPlainNumber(text)
    case 0xEF:
      // The full-width forms of = + - @.
      guard at + 2 < text.count, text[at + 1] == 0xBC else { return false }
      return [0x9D, 0x8B, 0x8D, 0xA0].contains(text[at + 2])
    default: return false
    }
  }

  /// Whether `text` is a sign and digits with an optional fraction and exponent: a value, whatever reads it.
  private static func isPlainNumber(_ text: Span<UInt8>) -> Bool {
    var at = 1
    let digits = skipDigits(text, &at)
    var fraction = 0
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      fraction = skipDigits(text, &at)
    }
    guard digits + fraction > 0 else { return false }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      guard skipDigits(text, &at) > 0 else { return false }
    }
    return at == text.count
  }

  private static func skipDigits(_ text: Span<UInt8>, _ at: inout Int) -> Int {
    let start = at
    while at < text.count && isDigit(text[at]) { at += 1 }
    return at - start
  }
}
