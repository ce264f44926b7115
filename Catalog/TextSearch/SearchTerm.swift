package import Bytes

/// One thing to look for.
package enum SearchTerm: Hashable, Sendable {
  /// As people type: a word; words next to each other when there is white space or a pair of double quotes; the beginning
  /// of a word when it ends in `*`. Punctuation inside, as in `ann@example.org`, has to be there.
  case words([UInt8])
  /// A whole value, byte for byte.
  case exact([UInt8])
  /// Anywhere in a value; found by reading all stored values.
  case substring([UInt8])
  /// See `RegexParser`; found by reading all stored values.
  case regex([UInt8])
}

/// Why a term cannot be searched for.
package struct SearchTermError: Error, Equatable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// A value with what matches in it.
package struct FieldMatch: Hashable, Sendable {
  /// Nil in a document.
  package var column: Name?
  /// The value or the part of it around the first match.
  package var snippet: [UInt8]
  /// Ranges of the snippet that match, in order and apart.
  package var marks: [Range<Int>]
  package var isCutAtStart: Bool
  package var isCutAtEnd: Bool
  package init(column: Name?, snippet: [UInt8], marks: [Range<Int>], isCutAtStart: Bool, isCutAtEnd: Bool) {
    self.column = column
    self.snippet = snippet
    self.marks = marks
    self.isCutAtStart = isCutAtStart
    self.isCutAtEnd = isCutAtEnd
  }
}
