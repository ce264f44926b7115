package import Bytes
package import Records
internal import Synchronization

/// What stands in place of a secret that was taken out.
package let secretMark = Array("[secret-removed]".utf8)

/// What was taken out of the tables and rows of a conversion; shared by whoever takes something out.
package final class RedactionLog: Sendable {
  private struct Place: Hashable, Comparable {
    var table: Name
    var column: Name
    var kind: Int
    static func < (a: Place, b: Place) -> Bool {
      (a.table, a.column, a.kind) < (b.table, b.column, b.kind)
    }
  }
  private let counts = Mutex<[Place: Int]>([:])

  package init() {}

  /// Counts values; a place without any is listed as well.
  package func count(_ kind: LossKind, table: Name, column: Name, by count: Int = 1) {
    counts.withLock { $0[Place(table: table, column: column, kind: kind.rawValue), default: 0] += count }
  }

  /// Notes something that is there once, however often it is met.
  package func note(_ kind: LossKind, table: Name, column: Name) {
    counts.withLock { $0[Place(table: table, column: column, kind: kind.rawValue)] = 1 }
  }

  /// All that was counted, by table and column.
  package var losses: [Loss] {
    counts.withLock { counts in
      counts.sorted { $0.key < $1.key }.map { place, count in
        let kind = LossKind(rawValue: place.kind) ?? .secretWithin
        return Loss(kind.code, kind.message, table: place.table, column: place.column, count: count)
      }
    }
  }
}

extension SecretFinder {
  /// A text with a mark in place of each secret; nil when it holds none. What looks like JSON stays JSON: marks stand within its
  /// strings.
  package mutating func redacted(_ text: Span<UInt8>) -> [UInt8]? {
    let found = find(in: text)
    guard !found.isEmpty else { return nil }
    let first = text[0], last = text[text.count - 1]
    if first == UInt8(ascii: "{") && last == UInt8(ascii: "}")
      || first == UInt8(ascii: "[") && last == UInt8(ascii: "]")
    {
      let marks = Self.marks(inJSON: text, found)
      if !marks.isEmpty { return Self.text(text, marks) }
    }
    return Self.text(text, found.map { Mark(range: $0.range, isQuoted: false) })
  }

  /// The same for a JSON value of any kind.
  package mutating func redacted(json text: Span<UInt8>) -> [UInt8]? {
    let found = find(in: text)
    let marks = found.isEmpty ? [] : Self.marks(inJSON: text, found)
    return marks.isEmpty ? nil : Self.text(text, marks)
  }

  /// Where a mark goes; `isQuoted`: as a string of its own.
  private struct Mark {
    var range: Range<Int>
    var isQuoted: Bool
  }

  /// A text with marks in place of some ranges, which are in order. What overlaps makes one.
  private static func text(_ text: Span<UInt8>, _ marks: [Mark]) -> [UInt8] {
    var output: [UInt8] = [], at = 0, isBehindMark = false
    for mark in marks where mark.range.upperBound > at {
      if mark.range.lowerBound > at || !isBehindMark {
        for i in at..<max(at, mark.range.lowerBound) { output.append(text[i]) }
        output += mark.isQuoted ? [UInt8(ascii: "\"")] + secretMark + [UInt8(ascii: "\"")] : secretMark
      }
      at = mark.range.upperBound
      isBehindMark = true
    }
    for i in at..<text.count { output.append(text[i]) }
    return output
  }

  /// Marks within the strings of JSON, and in place of its numbers.
  private static func marks(inJSON text: Span<UInt8>, _ found: [FoundSecret]) -> [Mark] {
    var marks: [Mark] = [], at = 0, next = 0, reach = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\"") else {
        if next < found.count, found[next].range.lowerBound == at, isDigit(text[at]) {
          marks.append(Mark(range: found[next].range, isQuoted: true))
          at = found[next].range.upperBound
          next += 1
        } else {
          at += 1
        }
        continue
      }
      let start = at + 1
      var hasEscapes = false
      at = start
      while at < text.count, text[at] != UInt8(ascii: "\"") {
        if text[at] == UInt8(ascii: "\\") { hasEscapes = true }
        at += text[at] == UInt8(ascii: "\\") ? 2 : 1
      }
      let end = min(at, text.count)
      at = end + 1
      var inside: [Mark] = []
      if min(end, reach) > start { inside.append(Mark(range: start..<min(end, reach), isQuoted: false)) }
      while next < found.count, found[next].range.lowerBound < end {
        let lower = max(found[next].range.lowerBound, start), upper = min(found[next].range.upperBound, end)
        reach = max(reach, found[next].range.upperBound)
        next += 1
        if lower < upper { inside.append(Mark(range: lower..<upper, isQuoted: false)) }
      }
      // A mark in the middle of an escape would leave half of it.
      marks += hasEscapes && !inside.isEmpty ? [Mark(range: start..<end, isQuoted: false)] : inside
    }
    return marks
  }
}
