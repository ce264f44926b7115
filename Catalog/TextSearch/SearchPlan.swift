internal import Bytes

/// A search made ready: how to test values for its terms.
package struct SearchPlan: Sendable {
  /// How a value is tested for one term.
  package enum Pattern: Sendable {
    case literal(LiteralPattern)
    case phrase(PhrasePattern)
    /// The value as a whole.
    case exact([UInt8])
    case regex(RegexProgram)
  }

  /// All of them have to be found.
  package private(set) var patterns: [Pattern] = []
  package let ignoresCase: Bool
  let context: Int
  /// `context`: bytes shown on either side of what matches.
  package init(_ terms: [SearchTerm], isCaseSensitive: Bool = false, context: Int = 40) throws(SearchTermError) {
    ignoresCase = !isCaseSensitive
    self.context = max(0, min(context, 10_000))
    guard !terms.isEmpty else { throw SearchTermError("nothing to search for") }
    for term in terms { try add(term) }
  }

  private mutating func add(_ term: SearchTerm) throws(SearchTermError) {
    switch term {
    case .words(let text): try add(words: text)
    case .exact(let value): patterns.append(.exact(value))
    case .substring(let text):
      guard !text.isEmpty else { throw SearchTermError("nothing to search for") }
      let wanted = ignoresCase ? foldedText(text) : text
      guard !wanted.isEmpty else { throw SearchTermError("the text holds nothing but marks on letters") }
      patterns.append(.literal(LiteralPattern(wanted, isWhole: false)))
    case .regex(let pattern):
      do throws(RegexError) {
        patterns.append(.regex(try RegexProgram(pattern, ignoresCase: ignoresCase)))
      } catch {
        throw SearchTermError("regular expression, character \(error.offset + 1): \(error.message)")
      }
    }
  }

  private mutating func add(words typed: [UInt8]) throws(SearchTermError) {
    var text = trimmed(typed)
    var isPrefix = false
    let quote = UInt8(ascii: "\"")
    var isPhrase = false
    if text.count >= 2, text.first == quote, text.last == quote {
      text = trimmed(Array(text.dropFirst().dropLast()))
      isPhrase = true
    }
    if text.last == UInt8(ascii: "*"), text.count > 1 {
      text.removeLast()
      isPrefix = true
    }
    guard !text.isEmpty, text != [UInt8(ascii: "*")] else {
      throw SearchTermError("a search term is empty: it would match everything")
    }
    isPhrase = isPhrase || text.contains { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
    let folded = foldedWords(of: text)
    guard !folded.isEmpty else {
      let wanted = ignoresCase ? foldedText(text) : text
      guard !wanted.isEmpty else { throw SearchTermError("a search term holds nothing but marks on letters") }
      patterns.append(.literal(LiteralPattern(wanted, isWhole: false)))
      return
    }
    let isOpen = isPrefix && wordKind(in: text.span, before: text.count) != .separator
    if isPhrase {
      let parts = ignoresCase ? folded : rawWords(of: text)
      patterns.append(
        .phrase(
          PhrasePattern(
            words: parts.enumerated().map { LiteralPattern($1, isPrefix: isOpen && $0 == parts.count - 1) })))
    } else {
      patterns.append(.literal(LiteralPattern(ignoresCase ? foldedText(text) : text, isPrefix: isPrefix)))
    }
  }
}

/// The bytes without white space at either end.
private func trimmed(_ text: [UInt8]) -> [UInt8] {
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
  guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
  else { return [] }
  return Array(text[first...last])
}

/// The words of a text as they stand, in order.
private func rawWords(of text: [UInt8]) -> [[UInt8]] {
  var words: [[UInt8]] = []
  var word: [UInt8] = []
  var at = 0
  while at < text.count {
    let (value, count) = decodeScalar(text.span, at: at)
    let kind = FoldedScalar(of: value).kind
    if kind == .separator || kind == .single {
      if !word.isEmpty { words.append(word) }
      word = []
    }
    if kind == .single { words.append(Array(text[at..<(at + count)])) }
    if kind == .letter || (kind == .dropped && !word.isEmpty) { word += text[at..<(at + count)] }
    at += count
  }
  if !word.isEmpty { words.append(word) }
  return words
}
