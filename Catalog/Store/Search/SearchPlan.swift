internal import Bytes

/// A search made ready: what to ask the index for, and how to test the values that it offers.
package struct SearchPlan: Sendable {
  /// A word that every record that matches has in the index.
  package struct Word: Hashable, Sendable {
    /// Folded.
    package var bytes: [UInt8]
    /// Whether longer words that begin so will do.
    package var isPrefix: Bool
  }
  /// How a value is tested for one term.
  package enum Pattern: Sendable {
    case literal(LiteralPattern)
    case phrase(PhrasePattern)
    /// The value as a whole.
    case exact([UInt8])
    case regex(RegexProgram)
  }

  /// All of them together are a necessary condition; empty when only reading every value helps.
  package private(set) var words: [Word] = []
  package private(set) var patterns: [Pattern] = []
  package let ignoresCase: Bool
  let context: Int
  /// Whether stored values have to be read one by one.
  package var scans: Bool { words.isEmpty }

  /// So many words are asked of the index; the values are tested for all.
  private static let wordLimit = 24
  /// Longer words are not asked of the index.
  private static let wordLengthLimit = 10_000

  package init(_ query: SearchQuery) throws(CatalogError) {
    ignoresCase = !query.isCaseSensitive
    context = max(0, min(query.context, 10_000))
    guard !query.terms.isEmpty else { throw CatalogError(.invalid("nothing to search for")) }
    for term in query.terms { try add(term) }
    var seen = Set<Word>()
    words = words.filter { $0.bytes.count <= Self.wordLengthLimit && seen.insert($0).inserted }
    words.sort { $0.bytes.count > $1.bytes.count }  // long words are rarer
    words = Array(words.prefix(Self.wordLimit))
  }

  private mutating func add(_ term: SearchTerm) throws(CatalogError) {
    switch term {
    case .words(let text): try add(words: text)
    case .exact(let value):
      patterns.append(.exact(value))
      // In a JSON value escapes are undone before its words are taken.
      let undone = Set(foldedWords(of: unescapedJSON(value)))
      words += foldedWords(of: value).filter { undone.contains($0) }.map { Word(bytes: $0, isPrefix: false) }
    case .substring(let text):
      guard !text.isEmpty else { throw CatalogError(.invalid("nothing to search for")) }
      let wanted = ignoresCase ? foldedText(text) : text
      guard !wanted.isEmpty else { throw CatalogError(.invalid("the text holds nothing but marks on letters")) }
      patterns.append(.literal(LiteralPattern(wanted, isWhole: false)))
    case .regex(let pattern):
      do throws(RegexError) {
        patterns.append(.regex(try RegexProgram(pattern, ignoresCase: ignoresCase)))
      } catch {
        throw CatalogError(.invalid("regular expression, character \(error.offset + 1): \(error.message)"))
      }
    }
  }

  private mutating func add(words typed: [UInt8]) throws(CatalogError) {
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
      throw CatalogError(.invalid("a search term is empty: it would match everything"))
    }
    isPhrase = isPhrase || text.contains { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
    let folded = foldedWords(of: text)
    guard let last = folded.last else {
      let wanted = ignoresCase ? foldedText(text) : text
      guard !wanted.isEmpty else { throw CatalogError(.invalid("a search term holds nothing but marks on letters")) }
      patterns.append(.literal(LiteralPattern(wanted, isWhole: false)))
      return
    }
    let isOpen = isPrefix && wordKind(in: text.span, before: text.count) != .separator
    words += folded.dropLast().map { Word(bytes: $0, isPrefix: false) } + [Word(bytes: last, isPrefix: isOpen)]
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
