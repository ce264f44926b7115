internal import Bytes

/// Reads a pattern: literals, `.`, `[…]`, `\d \w \s \b` and their opposites, `^ $`, groups, `|`, `* + ? {m,n}` and their
/// lazy forms. No back references and no look-around, so that matching stays linear.
struct RegexParser {
  private let pattern: [UInt32]
  private var at = 0
  private var depth = 0
  /// Groups in groups, and copies made by `{m,n}`.
  static let depthLimit = 50
  static let repeatLimit = 1000

  private init(_ pattern: [UInt32]) { self.pattern = pattern }

  static func parse(_ pattern: [UInt8]) throws(RegexError) -> RegexNode {
    var scalars: [UInt32] = []
    var at = 0
    let bytes = pattern.span
    while at < bytes.count {
      let (value, count) = decodeScalar(bytes, at: at)
      guard value < 0x11_0000 else { throw RegexError(message: "pattern is not UTF-8", offset: scalars.count) }
      scalars.append(value)
      at += count
    }
    var parser = RegexParser(scalars)
    let node = try parser.alternation()
    if parser.at < scalars.count { throw parser.error("')' without '('") }
    return node
  }

  private func error(_ message: String) -> RegexError { RegexError(message: message, offset: at) }
  private var current: UInt32? { at < pattern.count ? pattern[at] : nil }
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard current == character.value else { return false }
    at += 1
    return true
  }

  private mutating func alternation() throws(RegexError) -> RegexNode {
    var branches = [try sequence()]
    while skip("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .alternation(branches)
  }

  private mutating func sequence() throws(RegexError) -> RegexNode {
    var nodes: [RegexNode] = []
    while let scalar = current, scalar != 0x7C, scalar != 0x29 {  // | )
      nodes.append(try quantified(atom()))
    }
    return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func atom() throws(RegexError) -> RegexNode {
    guard let scalar = current, let character = Unicode.Scalar(scalar) else { throw error("pattern ends early") }
    at += 1
    switch character {
    case "(": return try group()
    case "[": return .set(try set())
    case ".": return .set(.dot)
    case "^": return .assertion(.valueStart)
    case "$": return .assertion(.valueEnd)
    case "\\": return try escape()
    case "*", "+", "?":
      at -= 1
      throw error("'\(character)' has nothing to repeat")
    default: return .scalar(scalar)
    }
  }

  private mutating func group() throws(RegexError) -> RegexNode {
    if skip("?"), !skip(":") { throw error("only '(?:…)' groups are supported") }
    depth += 1
    guard depth <= Self.depthLimit else { throw error("groups are nested deeper than \(Self.depthLimit) levels") }
    let inside = try alternation()
    guard skip(")") else { throw error("')' is missing") }
    depth -= 1
    return inside
  }

  private mutating func quantified(_ node: RegexNode) throws(RegexError) -> RegexNode {
    var bounds: (Int, Int?)
    if skip("*") {
      bounds = (0, nil)
    } else if skip("+") {
      bounds = (1, nil)
    } else if skip("?") {
      bounds = (0, 1)
    } else if let braces = try braces() {
      bounds = braces
    } else {
      return node
    }
    if case .assertion = node { throw error("an assertion cannot be repeated") }
    let isGreedy = !skip("?")
    if let next = current, [0x2A, 0x2B, 0x3F].contains(next) { throw error("a repetition cannot be repeated") }
    return .repetition(node, minimum: bounds.0, maximum: bounds.1, isGreedy: isGreedy)
  }

  /// `{m}`, `{m,}` or `{m,n}`; anything else after a brace is a literal brace.
  private mutating func braces() throws(RegexError) -> (Int, Int?)? {
    let start = at
    guard skip("{") else { return nil }
    guard let minimum = try number() else {
      at = start
      return nil
    }
    var maximum: Int? = minimum
    if skip(",") { maximum = try number() }
    guard skip("}") else {
      at = start
      return nil
    }
    if let maximum, maximum < minimum { throw error("repetition counts are in the wrong order") }
    return (minimum, maximum)
  }

  private mutating func number() throws(RegexError) -> Int? {
    var value: Int?
    while let scalar = current, scalar >= 0x30, scalar <= 0x39 {
      value = (value ?? 0) * 10 + Int(scalar - 0x30)
      guard value! <= Self.repeatLimit else { throw error("a repetition count exceeds \(Self.repeatLimit)") }
      at += 1
    }
    return value
  }

  private mutating func escape() throws(RegexError) -> RegexNode {
    if let set = classEscape() { return .set(set) }
    if skip("b") { return .assertion(.wordBoundary) }
    if skip("B") { return .assertion(.noWordBoundary) }
    return .scalar(try scalarEscape())
  }

  /// `\d \w \s` and their opposites, after the backslash.
  private mutating func classEscape() -> ScalarSet? {
    guard let scalar = current, let character = Unicode.Scalar(scalar) else { return nil }
    let set: ScalarSet
    switch character {
    case "d": set = .digits
    case "D": set = .digits.inverted
    case "w": set = .words
    case "W": set = .words.inverted
    case "s": set = .spaces
    case "S": set = .spaces.inverted
    default: return nil
    }
    at += 1
    return set
  }

  /// A single scalar after the backslash.
  private mutating func scalarEscape() throws(RegexError) -> UInt32 {
    guard let scalar = current, let character = Unicode.Scalar(scalar) else { throw error("pattern ends in '\\'") }
    at += 1
    switch character {
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "f": return 0x0C
    case "v": return 0x0B
    case "0": return 0
    case "x":
      if skip("{") {
        let value = try hexadecimalScalar(1...6)
        guard skip("}") else { throw error("'}' is missing") }
        return value
      }
      return try hexadecimalScalar(2...2)
    case "u": return try hexadecimalScalar(4...4)
    case "a"..."z", "A"..."Z", "1"..."9":
      at -= 1
      throw error("'\\\(character)' is not supported")
    default: return scalar
    }
  }

  private mutating func hexadecimalScalar(_ count: ClosedRange<Int>) throws(RegexError) -> UInt32 {
    var value: UInt32 = 0
    var digits = 0
    while digits < count.upperBound, let scalar = current, let digit = hexadecimalDigit(scalar) {
      value = value << 4 | digit
      digits += 1
      at += 1
    }
    guard digits >= count.lowerBound, Unicode.Scalar(value) != nil else { throw error("bad hexadecimal escape") }
    return value
  }

  private func hexadecimalDigit(_ scalar: UInt32) -> UInt32? {
    switch scalar {
    case 0x30...0x39: scalar - 0x30
    case 0x41...0x46: scalar - 0x37
    case 0x61...0x66: scalar - 0x57
    default: nil
    }
  }

  private mutating func set() throws(RegexError) -> ScalarSet {
    var set = ScalarSet()
    set.isNegated = skip("^")
    var isFirst = true
    while true {
      guard let scalar = current else { throw error("']' is missing") }
      if scalar == 0x5D && !isFirst { break }  // ]
      isFirst = false
      at += 1
      if scalar == 0x5C, let inner = classEscape() {
        set.formUnion(inner)
        continue
      }
      let lower = scalar == 0x5C ? try scalarEscape() : scalar
      guard current == 0x2D, at + 1 < pattern.count, pattern[at + 1] != 0x5D else {  // not a range
        set.ranges.append(lower...lower)
        continue
      }
      at += 1
      let end = pattern[at]
      at += 1
      let upper = end == 0x5C ? try scalarEscape() : end
      guard lower <= upper else { throw error("a range of characters is in the wrong order") }
      set.ranges.append(lower...upper)
    }
    at += 1
    return set
  }
}
