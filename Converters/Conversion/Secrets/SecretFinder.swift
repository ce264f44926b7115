internal import Bytes
internal import Diagnostics
internal import Records

/// A secret within a text.
package struct FoundSecret: Equatable, Sendable {
  /// Where it stands in the text as it was given, in whatever encoding.
  package var range: Range<Int>
  /// How it is written down, the outermost encoding first; empty when it stands there as it is.
  package var encodings: [SecretEncoding]
  /// Where the value comes from, when it is one that is known.
  package var origin: SecretOrigin?
  /// The form it has, or what is said of it, otherwise.
  package var family: String?

  /// What it is, for messages; no value in it.
  package var words: String {
    let what =
      origin.map { "a value of '\(displayed($0.table)).\(displayed($0.column))'" }
      ?? "a secret (\(family ?? "unknown"))"
    return what + (encodings.isEmpty ? "" : " in " + encodings.map(\.rawValue).joined(separator: " in "))
  }
}

/// Finds secrets within texts: values that are known, what has the form of a secret, and what is said to be one, also behind
/// encodings and encodings of encodings.
package struct SecretFinder: Sendable {
  /// Encodings on top of each other that are undone.
  private static let depthLimit = 4
  /// Bytes of a text's decoded forms, as a multiple of its own.
  private static let workFactor = 10

  /// Whether names that stand in front of values count: `password=…`. Not in what others may have put side by side.
  private let readsNames: Bool
  package let values: SecretValues
  private var names = StatedNames()

  package init(_ values: SecretValues = SecretValues(), readsNames: Bool = true) {
    self.values = values
    self.readsNames = readsNames
  }

  /// All secrets in a text, in the order of their places; they may overlap.
  package mutating func find(in text: Span<UInt8>) -> [FoundSecret] {
    guard text.count >= 4 else { return [] }
    var found: [FoundSecret] = []
    look(at: text, nil, &found)
    // The nearest first, so that what is passed over when there is too much is what is wrapped most.
    var queue = DecodedText.decoded(text, quotes: values.haveQuotes), at = 0
    var work = text.count * Self.workFactor + (1 << 16)
    while at < queue.count {
      let decoded = queue[at]
      queue[at] = DecodedText()
      at += 1
      look(at: decoded.bytes.span, decoded, &found)
      guard decoded.encodings.count < Self.depthLimit, work > 0 else { continue }
      let inner = decoded.decoded(quotes: values.haveQuotes)
      work -= inner.reduce(0) { $0 + $1.bytes.count }
      queue += inner
    }
    return found.sorted { ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound) }
  }

  /// Looks at one form of a text.
  private mutating func look(at text: Span<UInt8>, _ decoded: DecodedText?, _ found: inout [FoundSecret]) {
    func place(_ range: Range<Int>) -> Range<Int> { decoded?.origin(of: range) ?? range }
    let encodings = decoded.map { Self.named($0.encodings) } ?? []
    values.forEach(in: text) { range, mark in
      found.append(
        FoundSecret(
          range: place(range), encodings: encodings + (mark.encoding == .plain ? [] : [mark.encoding]),
          origin: values.origins[Int(mark.origin)]))
    }
    var at = 0, isInWord = false
    while at + 4 <= text.count {
      let byte = text[at]
      if !isInWord, let (shape, end) = SecretShapes.search(in: text, at: at) {
        found.append(
          FoundSecret(range: place(at..<end), encodings: encodings, family: SecretShapes.all[shape].family))
        at = end
        continue
      }
      if readsNames, byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":"), let value = names.value(in: text, sign: at)
      {
        found.append(FoundSecret(range: place(value), encodings: encodings, family: "named so"))
      } else if readsNames, byte == UInt8(ascii: "'"), let value = names.literal(in: text, quote: at) {
        found.append(FoundSecret(range: place(value), encodings: encodings, family: "named so"))
      }
      isInWord = Self.isWord[Int(byte)]
      at += 1
    }
  }

  private static let isWord: [Bool] = (0..<256).map { ByteClass.word.contains(ByteClass.table[$0]) }

  private static func named(_ encodings: [SecretEncoding]) -> [SecretEncoding] {
    encodings.starts(with: [.escapes, .escapes]) ? [.nestedEscapes] + encodings.dropFirst(2) : encodings
  }
}
