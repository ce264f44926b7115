/// What a regular expression consists of.
indirect enum RegexNode: Hashable, Sendable {
  case empty
  case scalar(UInt32)
  case set(ScalarSet)
  case assertion(RegexAssertion)
  case sequence([RegexNode])
  case alternation([RegexNode])
  /// `maximum` nil: without limit.
  case repetition(RegexNode, minimum: Int, maximum: Int?, isGreedy: Bool)
}

/// A condition on a place between scalars.
enum RegexAssertion: UInt8, Hashable, Sendable {
  case valueStart, valueEnd, wordBoundary, noWordBoundary
}

/// A set of scalars as ranges and word classes.
struct ScalarSet: Hashable, Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  /// Whether letters, digits and `_` are in, and whether everything else is.
  var hasWords = false
  var hasNonWords = false
  var isNegated = false

  static let digits = ScalarSet(ranges: [0x30...0x39])
  static let words = ScalarSet(hasWords: true)
  static let spaces = ScalarSet(ranges: [
    0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
  ])
  /// Everything but a line feed.
  static let dot = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)

  /// The set of what is not in it, for the classes above.
  var inverted: ScalarSet {
    var copy = self
    copy.isNegated.toggle()
    return copy
  }

  /// Adds what another set holds; only called with the classes above.
  mutating func formUnion(_ other: ScalarSet) {
    guard other.isNegated else {
      ranges += other.ranges
      hasWords = hasWords || other.hasWords
      hasNonWords = hasNonWords || other.hasNonWords
      return
    }
    if other.hasWords { return hasNonWords = true }
    var next: UInt32 = 0
    for range in other.ranges {
      if range.lowerBound > next { ranges.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    ranges.append(next...0x1F_FFFF)
  }

  /// Whether a scalar is in the set; with `ignoresCase`, whether it is in any of its cases.
  func contains(_ scalar: UInt32, ignoresCase: Bool) -> Bool {
    if hasWords || hasNonWords {
      if isWordScalar(scalar) ? hasWords : hasNonWords { return !isNegated }
    }
    var isIn = isInRanges(scalar)
    if !isIn && ignoresCase { isIn = caseVariants(of: scalar).contains { isInRanges($0) } }
    return isIn != isNegated
  }

  private func isInRanges(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }
}

/// Whether a scalar counts as `\w`: a letter, digit or underscore.
func isWordScalar(_ scalar: UInt32) -> Bool {
  if scalar == UInt32(UInt8(ascii: "_")) { return true }
  return FoldedScalar(of: scalar).kind != .separator
}

/// The scalar in lower and in upper case, where that is one scalar.
func caseVariants(of scalar: UInt32) -> [UInt32] {
  guard let scalar = Unicode.Scalar(scalar) else { return [] }
  return [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap {
    $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first?.value : nil
  }
}

/// Why a pattern is no regular expression that is understood here.
struct RegexError: Error, Equatable {
  /// One phrase without a full stop.
  var message: String
  /// Offset in scalars, counted from 0.
  var offset: Int
}
