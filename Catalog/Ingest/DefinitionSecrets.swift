internal import Bytes
internal import CatalogModel
package import Conversion
internal import Records

/// Secrets in the text of a definition: values that are known, what has the form of a secret, and what is said to be a password.
///
/// Quotes are not followed through nested bodies: whatever lies between two quotes next to each other may be a literal, so that no
/// apostrophe in a comment hides one.
package struct DefinitionSecrets {
  private(set) var ranges: [Range<Int>] = []
  private let text: [UInt8]
  /// Whether every password that is stated is one, even a plain word.
  private let isConnection: Bool

  private static let connectionKinds: Set<String> = ["role", "server", "subscription", "user", "user-mapping"]
  private static let secretWords = wordSet("password passwd pwd secret token apikey passphrase credential sslpassword")
  private static let quote = UInt8(ascii: "'")
  /// Bytes looked at in front of a literal.
  private static let lookBehind = 64

  package init(_ text: [UInt8], kind: String) {
    var finder = SecretFinder(readsNames: false)
    self.init(text, kind: kind, &finder)
  }

  /// `finder` knows the secret values of the backup.
  package init(_ text: [UInt8], kind: String, _ finder: inout SecretFinder) {
    self.text = text
    isConnection = Self.connectionKinds.contains(kind)
    findWords()
    findLiterals()
    ranges += finder.find(in: text.span).map(\.range)
    ranges.sort { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
  }

  /// The text with a mark in place of each secret.
  package var maskedText: [UInt8] { text.masked(ranges) }

  private static func endsWord(_ byte: UInt8) -> Bool { byte <= 0x20 || "'\"`();<>".utf8.contains(byte) }

  /// Words that have the form of a secret, and `password=…` in connection strings.
  private mutating func findWords() {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, !Self.endsWord(text[end]) { end += 1 }
      if end > start { look(at: start..<end) }
      start = end + 1
    }
  }

  private mutating func look(at range: Range<Int>) {
    var end = range.upperBound
    while end > range.lowerBound, text[end - 1] == UInt8(ascii: ",") { end -= 1 }
    // What stands behind an equals sign may be one, too: KEY=sk_live_…
    let sign = text[range.lowerBound..<end].firstIndex(of: UInt8(ascii: "="))
    for start in [range.lowerBound] + (sign.map { [$0 + 1] } ?? [])
    where start < end && secretMatch(text.span.extracting(start..<end)) != nil {
      return ranges.append(start..<end)
    }
    guard let sign, sign + 1 < end, isSecretName(range.lowerBound..<sign) else { return }
    let value = text[(sign + 1)..<end]
    let hasMark = value.contains { isDigit($0) || "!@#%^&+".utf8.contains($0) }
    guard isConnection || value.count >= 6 && hasMark, !value.contains(where: { "$[{*:".utf8.contains($0) }) else {
      return
    }
    ranges.append((sign + 1)..<end)
  }

  /// Literals that have the form of a secret, and those behind a word such as PASSWORD.
  private mutating func findLiterals() {
    guard var open = text.firstIndex(of: Self.quote) else { return }
    while let close = text[(open + 1)...].firstIndex(of: Self.quote) {
      let range = (open + 1)..<close
      if !range.isEmpty, secretMatch(text.span.extracting(range)) != nil || isSecretName(before: open) {
        ranges.append(range)
      }
      open = close
    }
  }

  /// Whether the word in front of a quote says that a secret follows: `PASSWORD '…'`, `api_secret := '…'`.
  private func isSecretName(before quote: Int) -> Bool {
    let least = max(0, quote - Self.lookBehind)
    var end = quote
    if end > least, text[end - 1] | 0x20 == UInt8(ascii: "e") { end -= 1 }
    let sign = end
    while end > least, text[end - 1] <= 0x20 || "=:>(".utf8.contains(text[end - 1]) { end -= 1 }
    guard end < sign else { return false }
    var start = end
    while start > least, !Self.endsWord(text[start - 1]), text[start - 1] != UInt8(ascii: ",") { start -= 1 }
    return isSecretName(start..<end)
  }

  private func isSecretName(_ range: Range<Int>) -> Bool {
    range.count <= Self.lookBehind && NameWords(Name(Array(text[range]))).contains(anyOf: Self.secretWords)
  }
}
