internal import Bytes

/// Runs a program over texts: all threads advance together, so that the time is at most length × instructions.
struct RegexMatcher {
  let program: RegexProgram
  private var current: ThreadList
  private var next: ThreadList
  private var stack: [Int] = []

  init(_ program: RegexProgram) {
    self.program = program
    current = ThreadList(capacity: program.instructions.count)
    next = ThreadList(capacity: program.instructions.count)
  }

  /// The first match at `start` or later; of those that begin there, the one that the pattern prefers.
  mutating func firstRange(in text: Span<UInt8>, from start: Int = 0) -> Range<Int>? {
    current.removeAll()
    var found: Range<Int>?
    var at = start
    while true {
      if current.pcs.isEmpty {
        if found != nil { return found }
        guard let candidate = nextStart(in: text, from: at) else { return nil }
        at = candidate
      }
      if found == nil { Self.add(0, at, begun: at, text, program, &stack, &current) }
      let (scalar, count) = at < text.count ? decodeScalar(text, at: at) : (UInt32.max, 0)
      next.removeAll()
      for i in current.pcs.indices {
        let pc = current.pcs[i], begun = current.begun[i]
        if case .scalar(let set) = program.instructions[pc] {
          if count > 0, set.contains(scalar) {
            Self.add(pc + 1, at + count, begun: begun, text, program, &stack, &next)
          }
          continue
        }
        // Only matches are left: what follows in the list is less preferred.
        found = begun..<at
        break
      }
      if count == 0 { return found }
      swap(&current, &next)
      at += count
    }
  }

  /// The next place where a match can begin.
  private func nextStart(in text: Span<UInt8>, from start: Int) -> Int? {
    guard let firstBytes = program.firstBytes else { return start <= text.count ? start : nil }
    var at = start
    while at < text.count {
      if firstBytes[Int(text[at])] { return at }
      at += 1
    }
    return nil
  }

  /// Adds a thread and everything it reaches without consuming a scalar, in order of preference.
  private static func add(
    _ pc: Int, _ at: Int, begun: Int, _ text: Span<UInt8>, _ program: RegexProgram, _ stack: inout [Int],
    _ list: inout ThreadList
  ) {
    stack.append(pc)
    while let pc = stack.popLast() {
      guard list.mark(pc) else { continue }
      switch program.instructions[pc] {
      case .jump(let target): stack.append(target)
      case .split(let first, let second):
        stack.append(second)
        stack.append(first)
      case .assertion(let assertion):
        if holds(assertion, text, at) { stack.append(pc + 1) }
      case .scalar, .match:
        list.pcs.append(pc)
        list.begun.append(begun)
      }
    }
  }

  private static func holds(_ assertion: RegexAssertion, _ text: Span<UInt8>, _ at: Int) -> Bool {
    switch assertion {
    case .valueStart: return at == 0
    case .valueEnd: return at == text.count
    case .wordBoundary, .noWordBoundary:
      let before = at > 0 && (text[at - 1] == UInt8(ascii: "_") || wordKind(in: text, before: at) != .separator)
      let after = at < text.count && (text[at] == UInt8(ascii: "_") || wordKind(in: text, after: at) != .separator)
      return (before != after) == (assertion == .wordBoundary)
    }
  }
}

/// Threads in order of preference, each instruction at most once.
private struct ThreadList {
  var pcs: [Int] = []
  /// Where the thread's match begins.
  var begun: [Int] = []
  private var marks: [Int]
  private var generation = 1

  init(capacity: Int) { marks = [Int](repeating: 0, count: capacity) }

  mutating func removeAll() {
    pcs.removeAll(keepingCapacity: true)
    begun.removeAll(keepingCapacity: true)
    generation += 1
  }

  /// False when the instruction has been reached already.
  mutating func mark(_ pc: Int) -> Bool {
    guard marks[pc] != generation else { return false }
    marks[pc] = generation
    return true
  }
}
