package import Bytes
internal import CIndex

/// A term of the dictionary: its class and bytes.
package struct Term: Hashable, Sendable {
  package enum Kind: UInt8, Sendable, CaseIterable {
    /// Digits.
    case digits = 1
    /// Eight hexadecimal digits or more.
    case hexadecimal
    /// Any other run of letters and digits; one or two characters of a script without spaces.
    case word
    /// `YYYY-MM-DD` or `HH:MM:SS`.
    case time
    /// The 16 bytes of a UUID.
    case uuid
    /// Eight bytes by which long runs and whole values are known.
    case hash
  }
  package var kind: Kind
  package var bytes: [UInt8]
  package init(_ kind: Kind, _ bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }
}

/// Finds the terms of texts folded by `Folding.appendIndexed`.
package struct TermFinder: ~Copyable {
  private var found = ci_tokens()
  package init() {}
  deinit {
    var found = found
    ci_tokens_free(&found)
  }

  /// The terms in the order of the text, and whether a run was longer than a term.
  package mutating func terms(of text: borrowing ByteHeap) -> (terms: [Term], hasLongRun: Bool) {
    let span = text.span
    span.withUnsafeBufferPointer { p in if let base = p.baseAddress { ci_tokenize(&found, base, p.count) } }
    if text.count == 0 { found.count = 0 }
    let terms = (0..<found.count).map { i in
      let token = found.tokens![i], kind = Term.Kind(rawValue: token.kind)!
      let bytes = (0..<Int(token.length)).map { k in
        token.is_extra == 0 ? span[Int(token.offset) + k] : found.extra![Int(token.offset) + k]
      }
      return Term(kind, bytes)
    }
    return (terms, text.count > 0 && found.has_long_run != 0)
  }

  /// Bytes of a run that a term keeps.
  package static let runLimit = Int(CI_RUN_LIMIT)
}

/// Class of a run of letters and digits.
func runKind(_ run: [UInt8]) -> Term.Kind {
  let kind = run.withUnsafeBufferPointer { ci_run_kind($0.baseAddress!, $0.count) }
  return Term.Kind(rawValue: UInt8(kind))!
}

/// The term by which a long run, or a value that is only found whole, is known.
func hashTerm(of bytes: Span<UInt8>) -> Term {
  let hash = bytes.withUnsafeBufferPointer { p in p.baseAddress.map { ci_run_hash($0, p.count) } ?? 0 }
  return Term(.hash, (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64($0 * 8)) })
}
