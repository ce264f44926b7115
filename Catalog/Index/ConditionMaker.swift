internal import Bytes
internal import TextSearch

/// What may stand before or behind a text that is looked for.
enum Edge: Sendable {
  /// Anything.
  case open
  /// No letter and no digit; but a run may go on with `-` or `:`.
  case word
  /// Nothing, or what ends a run.
  case closed
}

/// Makes conditions out of what is looked for.
///
/// A text that is looked for is folded as values are when they are indexed, and split into the same runs. A run within it is, in
/// a value that matches, part of one run of the value: either that run was split into its words, or it is a compound as a whole,
/// a UUID or a date and time. So the condition of a run is "its words, or a compound that holds it".
struct ConditionMaker {
  /// Runs of a text that are asked for; what matches is tested for all.
  static let runLimit = 24

  /// The condition that every value holding `text` fulfils.
  func condition(of text: [UInt8], before: Edge, behind: Edge) -> Condition {
    var heap = ByteHeap(capacity: text.count * 2)
    heap.append(text.span)
    // What is no UTF-8 may be a piece of a letter.
    guard heap.validUTF8Prefix(at: 0, count: text.count) == text.count else { return .any }
    heap.removeAll()
    Folding.appendIndexed(text.span, to: &heap)
    return condition(folded: Array(heap.span), before, behind)
  }

  private func condition(folded: [UInt8], _ before: Edge, _ behind: Edge) -> Condition {
    var runs: [(condition: Condition, count: Int)] = [], singles: [[UInt8]] = []
    var at = 0, singleEnd = -1
    func endSingles() {
      if singles.count == 1 {
        runs.append((.part(singles[0], kinds: [.word], starts: false, ends: false), singles[0].count))
      }
      for i in singles.indices.dropFirst() {
        runs.append((.term(Term(.word, singles[i - 1] + singles[i])), singles[i].count * 2))
      }
      singles = []
    }
    while at < folded.count {
      guard isJoined(folded[at]) else {
        at += 1
        continue
      }
      let start = at
      while at < folded.count, isJoined(folded[at]) { at += 1 }
      let run = Array(folded[start..<at])
      if start > 0, folded[start - 1] == 1, run[0] >= 0x80 {
        // A character that is a word of its own, and perhaps `-` or `:` behind it, which say nothing.
        let single = Array(run.prefix { $0 >= 0x80 })
        if singleEnd != start - 1 { endSingles() }
        singles.append(single)
        singleEnd = start + single.count
        if single.count == run.count { continue }
        endSingles()
        singleEnd = -1
        let rest = Array(run.dropFirst(single.count))
        runs.append((condition(run: rest, .closed, at == folded.count ? behind : .closed), rest.count))
        continue
      }
      let left = start == 0 ? before : Edge.closed, right = at == folded.count ? behind : Edge.closed
      runs.append((condition(run: run, left, right), run.count))
    }
    endSingles()
    runs.sort { $0.count > $1.count }  // long runs are rarer
    return .every(runs.prefix(Self.runLimit).map(\.condition))
  }

  /// The condition of a run of letters, digits, `-` and `:`.
  private func condition(run: [UInt8], _ before: Edge, _ behind: Edge) -> Condition {
    var either = [words(of: run, before, behind)]
    let uuids = CompoundShape.uuidPatterns(run, before, behind)
    if !uuids.isEmpty { either.append(.uuid(uuids)) }
    either += CompoundShape.timeConditions(run, before, behind)
    return .some(either)
  }

  /// The condition of the words of a run that was split.
  private func words(of run: [UInt8], _ before: Edge, _ behind: Edge) -> Condition {
    var words: [Condition] = [], at = 0
    while at < run.count {
      guard isLetter(run[at]) else {
        at += 1
        continue
      }
      let start = at
      while at < run.count, isLetter(run[at]) { at += 1 }
      words.append(
        word(Array(run[start..<at]), starts: start > 0 || before != .open, ends: at < run.count || behind != .open))
    }
    return .every(words)
  }

  private func word(_ word: [UInt8], starts: Bool, ends: Bool) -> Condition {
    let limit = TermFinder.runLimit
    let head = Array(word.prefix(limit)), kept = Condition.term(Term(runKind(head), head))
    if word.count > limit {
      if !starts { return .longRun }
      return ends ? .every([kept, .term(hashTerm(of: word.span))]) : kept
    }
    if starts && ends { return kept }
    let part = Condition.part(word, kinds: Self.kinds(holding: word), starts: starts, ends: ends)
    return starts ? part : .some([part, .longRun])
  }

  /// Classes of the terms that can hold some letters and digits.
  private static func kinds(holding word: [UInt8]) -> [Term.Kind] {
    if word.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return [.digits, .hexadecimal, .word] }
    let isHexadecimal = word.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
    return isHexadecimal ? [.hexadecimal, .word] : [.word]
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 26
  }
  private func isJoined(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
  }
}

extension ConditionMaker {
  /// The condition of one term of a search.
  func condition(of pattern: SearchPlan.Pattern) -> Condition {
    switch pattern {
    case .literal(let literal): return condition(of: literal)
    case .phrase(let phrase): return .every(phrase.words.map { condition(of: $0) })
    case .exact(let value):
      let plain = condition(of: value, before: .closed, behind: .closed)
      guard value.contains(UInt8(ascii: "\\")) else { return plain }
      // Values of JSON are indexed with their escapes undone.
      return .some([plain, condition(of: unescapedJSON(value), before: .closed, behind: .closed)])
    case .regex(let program):
      guard program.requiredText.count > 2 else { return .any }
      return condition(of: program.requiredText, before: .open, behind: .open)
    }
  }

  private func condition(of literal: LiteralPattern) -> Condition {
    condition(
      of: literal.bytes, before: literal.checksStart ? .word : .open, behind: literal.checksEnd ? .word : .open)
  }

  /// The condition of a search: what its terms ask for, all of it.
  func condition(of plan: SearchPlan) -> Condition { .every(plan.patterns.map { condition(of: $0) }) }
}
