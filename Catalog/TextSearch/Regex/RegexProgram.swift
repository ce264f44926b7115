internal import Bytes

/// A regular expression compiled for matching in linear time (Thompson's construction, run by Pike's machine).
package struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    /// Goes on with the next instruction when the scalar is in the set.
    case scalar(RegexSet)
    case assertion(RegexAssertion)
    /// Goes on with both, the first being preferred.
    case split(Int, Int)
    case jump(Int)
    case match
  }
  private(set) var instructions: [Instruction] = []
  let ignoresCase: Bool
  /// ASCII text that every match holds, folded when case is ignored; empty when there is none.
  package private(set) var requiredText: [UInt8] = []
  /// Bytes at which a match can begin; nil when it can begin anywhere.
  private(set) var firstBytes: [Bool]?

  static let instructionLimit = 5000

  init(_ pattern: [UInt8], ignoresCase: Bool) throws(RegexError) {
    let node = try RegexParser.parse(pattern)
    self.ignoresCase = ignoresCase
    try compile(node)
    instructions.append(.match)
    requiredText = Self.longestLiteral(node)
    if ignoresCase { requiredText = foldedText(requiredText) }
    firstBytes = computeFirstBytes()
  }

  private mutating func emit(_ instruction: Instruction) throws(RegexError) {
    guard instructions.count < Self.instructionLimit else {
      throw RegexError(message: "pattern is too large once its repetitions are written out", offset: 0)
    }
    instructions.append(instruction)
  }

  private mutating func compile(_ node: RegexNode) throws(RegexError) {
    switch node {
    case .empty: break
    case .scalar(let scalar):
      try emit(.scalar(RegexSet(ScalarSet(ranges: [scalar...scalar]), ignoresCase: ignoresCase)))
    case .set(let set): try emit(.scalar(RegexSet(set, ignoresCase: ignoresCase)))
    case .assertion(let assertion): try emit(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .alternation(let branches): try compileAlternation(branches)
    case .repetition(let inner, let minimum, let maximum, let isGreedy):
      let start = instructions.count
      for _ in 0..<minimum {
        try compile(inner)
        if instructions.count == start { return }  // nothing, however often
      }
      guard let maximum else { return try compileLoop(inner, isGreedy) }
      try compileOptions(inner, maximum - minimum, isGreedy)
    }
  }

  private mutating func compileAlternation(_ branches: [RegexNode]) throws(RegexError) {
    var jumps: [Int] = []
    for (i, branch) in branches.enumerated() {
      guard i < branches.count - 1 else {
        try compile(branch)
        break
      }
      let split = instructions.count
      try emit(.split(split + 1, 0))
      try compile(branch)
      jumps.append(instructions.count)
      try emit(.jump(0))
      instructions[split] = .split(split + 1, instructions.count)
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func compileLoop(_ inner: RegexNode, _ isGreedy: Bool) throws(RegexError) {
    let split = instructions.count
    try emit(.split(0, 0))
    try compile(inner)
    try emit(.jump(split))
    let end = instructions.count
    instructions[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1)
  }

  private mutating func compileOptions(_ inner: RegexNode, _ count: Int, _ isGreedy: Bool) throws(RegexError) {
    var splits: [Int] = []
    for _ in 0..<count {
      splits.append(instructions.count)
      try emit(.split(0, 0))
      try compile(inner)
    }
    let end = instructions.count
    for split in splits { instructions[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1) }
  }

  /// The longest run of ASCII literals that every match goes through.
  private static func longestLiteral(_ node: RegexNode) -> [UInt8] {
    guard case .sequence(let nodes) = node else {
      if case .scalar(let scalar) = node, scalar < 0x80 { return [UInt8(scalar)] }
      if case .repetition(let inner, let minimum, _, _) = node, minimum > 0 { return longestLiteral(inner) }
      return []
    }
    var longest: [UInt8] = [], run: [UInt8] = []
    for node in nodes {
      if case .scalar(let scalar) = node, scalar < 0x80 {
        run.append(UInt8(scalar))
      } else {
        run = []
        let inner = longestLiteral(node)
        if inner.count > longest.count { longest = inner }
      }
      if run.count > longest.count { longest = run }
    }
    return longest
  }

  private func computeFirstBytes() -> [Bool]? {
    var bytes = [Bool](repeating: false, count: 256)
    var seen = [Bool](repeating: false, count: instructions.count)
    var stack = [0]
    while let at = stack.popLast() {
      guard !seen[at] else { continue }
      seen[at] = true
      switch instructions[at] {
      case .match, .assertion: return nil
      case .jump(let target): stack.append(target)
      case .split(let a, let b): stack += [a, b]
      case .scalar(let set):
        for byte in 0..<128 where set.containsASCII(UInt8(byte)) { bytes[byte] = true }
        for byte in 128..<256 { bytes[byte] = true }
      }
    }
    return bytes
  }
}

/// A set of scalars with a table for ASCII.
struct RegexSet: Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private let set: ScalarSet
  private let ignoresCase: Bool

  init(_ set: ScalarSet, ignoresCase: Bool) {
    self.set = set
    self.ignoresCase = ignoresCase
    for scalar in UInt32(0)..<128 where set.contains(scalar, ignoresCase: ignoresCase) {
      if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
    }
  }

  func containsASCII(_ byte: UInt8) -> Bool {
    (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte - 64)) & 1 != 0
  }
  func contains(_ scalar: UInt32) -> Bool {
    scalar < 128 ? containsASCII(UInt8(scalar)) : set.contains(scalar, ignoresCase: ignoresCase)
  }
}
