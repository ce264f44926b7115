internal import Bytes
internal import CatalogStore
internal import TextSearch

/// Makes records and questions whose answers are known from how they were made, not from how text is folded.
struct SearchModel {
  /// A word in the ways it may be written; the first is its folded form. Single words need no separators.
  struct Word {
    var folded: String
    var spellings: [String]
    var isSingle = false
  }
  /// A piece of a value: a word in one spelling, or what stands between words.
  enum Piece {
    case word(Int, spelling: String)
    case separator(String)
  }
  /// A record of a key and two values.
  struct Row {
    var shown: [String?]
    var values: [[Piece]]
  }
  struct Question {
    var query: SearchQuery
    var matches: (Row) -> Bool
  }

  static let words: [Word] = [
    Word(folded: "ann", spellings: ["ann", "Ann", "ANN", "Änn", "a\u{308}nn"]),
    Word(folded: "anna", spellings: ["anna", "Anna"]),
    Word(folded: "an", spellings: ["an", "AN", "ań"]),
    Word(folded: "strasse", spellings: ["strasse", "Straße", "STRASSE"]),
    Word(folded: "oeuvre", spellings: ["œuvre", "Œuvre", "oeuvre"]),
    Word(folded: "лев", spellings: ["лев", "ЛЕВ", "лёв"]),
    Word(folded: "σοφος", spellings: ["σοφός", "ΣΟΦΟΣ"]),
    Word(folded: "1", spellings: ["1", "１"]),
    Word(folded: "10", spellings: ["10"]),
    Word(folded: "a1", spellings: ["a1", "A1"]),
    Word(folded: "日", spellings: ["日"], isSingle: true),
    Word(folded: "本", spellings: ["本"], isSingle: true),
    Word(folded: "か", spellings: ["か"], isSingle: true),
  ]
  static let separators = [" ", "  ", ".", "-", "@", "_", ", ", "\n", "—", "’", "/", "\"", "!"]

  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func below(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int((state >> 11) % UInt64(limit))
  }

  private mutating func value() -> [Piece] {
    var pieces: [Piece] = []
    for _ in 0..<below(6) {
      let index = below(Self.words.count)
      let word = Self.words[index]
      if let last = pieces.last {
        var mayTouch = false
        if case .word(let before, _) = last { mayTouch = word.isSingle || Self.words[before].isSingle }
        if !mayTouch || below(3) == 0 { pieces.append(.separator(Self.separators[below(Self.separators.count)])) }
      }
      pieces.append(.word(index, spelling: word.spellings[below(word.spellings.count)]))
    }
    if below(4) == 0 { pieces.append(.separator("!")) }
    return pieces
  }

  mutating func rows(count: Int) -> [Row] {
    (0..<count).map { number in
      let values = [value(), value()]
      return Row(shown: ["row\(number)"] + values.map { Self.text($0) }, values: values)
    }
  }

  static func text(_ pieces: [Piece]) -> String {
    pieces.map {
      switch $0 {
      case .word(_, let spelling): spelling
      case .separator(let text): text
      }
    }.joined()
  }

  /// The folded form of a value; what stands between words stays.
  static func folded(_ pieces: [Piece]) -> String {
    pieces.map {
      switch $0 {
      case .word(let index, _): foldedForms[index]
      case .separator(let text): text
      }
    }.joined()
  }
  /// Final sigma folds to sigma.
  static let foldedForms = words.map { String($0.folded.map { $0 == "ς" ? "σ" : $0 }) }

  private static func sequence(_ pieces: [Piece]) -> [Int] {
    pieces.compactMap { if case .word(let index, _) = $0 { index } else { nil } }
  }

  private static func contains(_ value: [Piece], words wanted: [Int], lastIsPrefix: Bool) -> Bool {
    let words = sequence(value)
    guard words.count >= wanted.count else { return false }
    return (0...(words.count - wanted.count)).contains { start in
      wanted.indices.allSatisfy { i in
        let isOpen = lastIsPrefix && i == wanted.count - 1 && !Self.words[wanted[i]].isSingle
        return isOpen
          ? foldedForms[words[start + i]].hasPrefix(foldedForms[wanted[i]]) && !Self.words[words[start + i]].isSingle
          : words[start + i] == wanted[i]
      }
    }
  }

  private mutating func spelled(_ index: Int) -> String {
    Self.words[index].spellings[below(Self.words[index].spellings.count)]
  }

  mutating func question(_ rows: [Row]) -> Question {
    switch below(6) {
    case 0: return words(count: 1, isPrefix: false)
    case 1: return words(count: 1, isPrefix: true)
    case 2: return words(count: 2 + below(2), isPrefix: below(3) == 0)
    case 3:
      let a = words(count: 1, isPrefix: false), b = words(count: 1, isPrefix: below(2) == 0)
      return Question(query: Self.query(a.query.terms + b.query.terms)) { a.matches($0) && b.matches($0) }
    case 4:
      let value = rows[below(rows.count)].values[below(2)]
      let text = Self.text(value)
      return Question(query: Self.query([.exact(Array(text.utf8))])) { row in
        row.values.contains { Array(Self.text($0).utf8) == Array(text.utf8) }
      }
    default: return substring(rows)
    }
  }

  private static func query(_ terms: [SearchTerm]) -> SearchQuery {
    var query = SearchQuery(terms)
    query.limit = nil
    return query
  }

  private mutating func words(count: Int, isPrefix: Bool) -> Question {
    let wanted = (0..<count).map { _ in below(Self.words.count) }
    var text = wanted.map { spelled($0) }.joined(separator: " ")
    if count > 1 || below(2) == 0 { text = "\"" + text + (isPrefix ? "*\"" : "\"") } else if isPrefix { text += "*" }
    return Question(query: Self.query([.words(Array(text.utf8))])) { row in
      row.values.contains { Self.contains($0, words: wanted, lastIsPrefix: isPrefix) }
    }
  }

  private mutating func substring(_ rows: [Row]) -> Question {
    let whole = Array(Self.folded(rows[below(rows.count)].values[below(2)]).unicodeScalars)
    let start = whole.isEmpty ? 0 : below(whole.count)
    var text = ""
    text.unicodeScalars.append(contentsOf: whole[start..<min(whole.count, start + 1 + below(6))])
    if text.isEmpty { text = "!" }
    let wanted = Array(text.utf8)
    return Question(query: Self.query([.substring(wanted)])) { row in
      row.shown[0]!.utf8.elementsEqual(wanted)
        || ([Array(row.shown[0]!.utf8)] + row.values.map { Array(Self.folded($0).utf8) }).contains {
          Self.holds($0, wanted)
        }
    }
  }

  private static func holds(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
    guard bytes.count >= wanted.count else { return false }
    return (0...(bytes.count - wanted.count)).contains { Array(bytes[$0..<($0 + wanted.count)]) == wanted }
  }
}
