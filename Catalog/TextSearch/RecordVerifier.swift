package import Bytes

/// Tests stored records for all terms of a search.
package struct RecordVerifier: ~Copyable {
  private let plan: SearchPlan
  /// Machines of the patterns that are regular expressions, by position.
  private var regexes: [RegexMatcher?]
  private var found: [Bool]
  /// The value under test, with escapes undone, and the same folded.
  private var plain = ByteHeap(capacity: 4096)
  private var folded = ByteHeap(capacity: 4096)

  /// Marks of one value that are reported.
  private static let markLimit = 100
  /// Bytes of a match that are shown.
  private static let shownLimit = 2000

  package init(_ plan: SearchPlan) {
    self.plan = plan
    found = [Bool](repeating: false, count: plan.patterns.count)
    regexes = plan.patterns.map { if case .regex(let program) = $0 { RegexMatcher(program) } else { nil } }
  }

  /// Whether every term is found in a value of the record. `columns` tells by position which columns count; nil: all.
  package mutating func matches(_ record: Span<UInt8>, columns: [Bool]? = nil) -> Bool {
    var left = found.count
    for i in found.indices { found[i] = false }
    var at = 0
    while let cell = PackedCell(record, at: &at) {
      if let columns, !(cell.column < columns.count && columns[cell.column]) { continue }
      load(cell, of: record)
      for i in found.indices where !found[i] {
        guard firstRange(i, cell, record, from: 0) != nil else { continue }
        found[i] = true
        left -= 1
        if left == 0 { return true }
      }
    }
    return false
  }

  /// Where the terms are found in a record that matches; `columns` as above, `names` the names of the table's columns.
  package mutating func fieldMatches(
    _ record: Span<UInt8>, columns: [Bool]? = nil, names: [Name]
  ) -> [FieldMatch] {
    var fields: [FieldMatch] = []
    var at = 0
    while let cell = PackedCell(record, at: &at) {
      if let columns, !(cell.column < columns.count && columns[cell.column]) { continue }
      load(cell, of: record)
      let marks = marks(cell, record)
      if marks.isEmpty { continue }
      fields.append(field(cell.column < names.count ? names[cell.column] : nil, marks))
    }
    return fields
  }

  private mutating func load(_ cell: PackedCell, of record: Span<UInt8>) {
    plain.removeAll()
    folded.removeAll()
    let text = record.extracting(cell.range)
    if cell.isJSON { appendUnescapedJSON(text, to: &plain) } else { plain.append(text) }
    if plan.ignoresCase { Self.fold(plain, to: &folded) }
  }

  /// The first hit of a pattern in the loaded value, in the folded text for literals and phrases where case does not count,
  /// otherwise in the plain one.
  private mutating func firstRange(
    _ i: Int, _ cell: PackedCell, _ record: Span<UInt8>, from start: Int
  ) -> Range<Int>? {
    switch plan.patterns[i] {
    case .literal(let literal):
      return plan.ignoresCase
        ? literal.firstRange(in: folded.span, from: start) : literal.firstRange(in: plain.span, from: start)
    case .phrase(let phrase):
      return plan.ignoresCase
        ? phrase.firstRange(in: folded.span, from: start) : phrase.firstRange(in: plain.span, from: start)
    case .exact(let value):
      // A JSON value may be given as it stands or with its escapes undone.
      let isEqual = areEqual(plain.span, value.span) || areEqual(record.extracting(cell.range), value.span)
      return isEqual && start == 0 ? 0..<plain.count : nil
    case .regex(let program):
      let required = program.requiredText
      if !required.isEmpty {
        let hit =
          plan.ignoresCase
          ? firstOffset(of: required.span, in: folded.span) : firstOffset(of: required.span, in: plain.span)
        if hit == nil { return nil }
      }
      return Self.run(&regexes[i], plain, from: start)
    }
  }

  // Static, so that one of the heaps can be read while something else is changed.
  private static func fold(_ text: borrowing ByteHeap, to output: inout ByteHeap) {
    Folding.appendFolded(text.span, to: &output)
  }
  private static func run(_ matcher: inout RegexMatcher?, _ text: borrowing ByteHeap, from start: Int) -> Range<Int>? {
    matcher?.firstRange(in: text.span, from: start)
  }

  /// Whether the ranges of a pattern are of the folded text.
  private func isFolded(_ i: Int) -> Bool {
    switch plan.patterns[i] {
    case .literal, .phrase: plan.ignoresCase
    case .exact, .regex: false
    }
  }

  /// All ranges of the loaded value that match, in order and apart.
  private mutating func marks(_ cell: PackedCell, _ record: Span<UInt8>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for i in plan.patterns.indices {
      var from = 0
      var count = 0
      while count < Self.markLimit, let range = firstRange(i, cell, record, from: from) {
        ranges.append(isFolded(i) ? Folding.originalRange(of: range, in: plain.span) : range)
        count += 1
        from = max(range.upperBound, range.lowerBound + 1)
        if from > (isFolded(i) ? folded.count : plain.count) { break }
      }
    }
    ranges.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var merged: [Range<Int>] = []
    for range in ranges {
      if let last = merged.last, range.lowerBound <= last.upperBound, last.upperBound > last.lowerBound || range == last
      {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  /// The part of the loaded value around its first mark.
  private func field(_ column: Name?, _ marks: [Range<Int>]) -> FieldMatch {
    let first = marks[0]
    let shown = first.lowerBound..<min(first.upperBound, first.lowerBound + Self.shownLimit)
    var start = max(0, shown.lowerBound - plan.context)
    var end = min(plain.count, shown.upperBound + plan.context)
    while start > 0, plain[start] & 0xC0 == 0x80 { start -= 1 }
    while end < plain.count, plain[end] & 0xC0 == 0x80 { end += 1 }
    let inside = marks.compactMap { mark -> Range<Int>? in
      guard mark.lowerBound < end || mark == first else { return nil }
      return (mark.lowerBound - start)..<(min(mark.upperBound, end) - start)
    }
    return FieldMatch(
      column: column, snippet: [UInt8](plain.span(at: start, count: end - start)), marks: inside,
      isCutAtStart: start > 0, isCutAtEnd: end < plain.count)
  }
}
