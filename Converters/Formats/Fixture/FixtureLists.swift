internal import Bytes
internal import Records

/// Elements of lists, kept until the objects that they belong to are written.
final class FixtureLists {  // shared by the writer and the sink that puts the lists in their places
  /// Bytes that are held.
  static let limit = 256 << 20
  /// What stands where a list belongs: a byte that no syntax has, the list's number and its owner's hash.
  static let mark: UInt8 = 0
  static let markCount = 1 + 4 + 16

  private struct Row {
    let owner: Hash128
    let start: Int
    let count: Int
  }

  private let syntax: FixtureSyntax
  /// What references among the elements stand for.
  let keys: FixtureKeys
  private var bytes: [UInt8] = []
  private var rows: [[Row]]
  private var isSorted = false
  /// What the elements take.
  private var held = 0
  /// Elements that found their objects, by list.
  private(set) var taken: [Int]

  init(count: Int, _ keys: FixtureKeys, _ syntax: FixtureSyntax) {
    self.syntax = syntax
    self.keys = keys
    rows = Array(repeating: [], count: count)
    taken = Array(repeating: 0, count: count)
  }

  /// Elements of a list.
  func count(_ list: Int) -> Int { rows[list].count }

  /// Keeps an element; false when there is no more room.
  func add(_ element: [UInt8], of owner: [UInt8], to list: Int) -> Bool {
    held += element.count + MemoryLayout<Row>.stride
    guard held <= Self.limit else { return false }
    rows[list].append(Row(owner: Hash128.of(owner.span, seed: 0), start: bytes.count, count: element.count))
    bytes += element
    return true
  }

  /// The mark of an owner's list.
  static func mark(_ list: Int, of owner: [UInt8]) -> [UInt8] {
    let hash = Hash128.of(owner.span, seed: 0)
    var mark = [Self.mark]
    for shift in stride(from: 0, to: 32, by: 8) { mark.append(UInt8(truncatingIfNeeded: list >> shift)) }
    for word in [hash.low, hash.high] {
      for shift: UInt64 in stride(from: 0, to: 64, by: 8) { mark.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return mark
  }

  /// The list or reference that a mark stands for.
  func list(_ mark: [UInt8]) -> [UInt8] {
    if mark[4] & 0x80 != 0 { return keys.reference(mark) }
    func number(_ range: Range<Int>) -> UInt64 { range.reversed().reduce(0) { $0 << 8 | UInt64(mark[$1]) } }
    let list = Int(number(1..<5)), owner = Hash128(low: number(5..<13), high: number(13..<21))
    if !isSorted { sort() }
    guard list < rows.count else { return [] }
    var low = 0, high = rows[list].count
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(rows[list][middle].owner, owner) { low = middle + 1 } else { high = middle }
    }
    var elements: [[UInt8]] = []
    while low < rows[list].count, rows[list][low].owner == owner {
      let row = rows[list][low]
      let element = Array(bytes[row.start..<row.start + row.count])
      elements.append(element.first == Self.mark ? keys.reference(element) : element)
      low += 1
    }
    taken[list] += elements.count
    return FixtureText.list(elements, syntax)
  }

  static func precedes(_ a: Hash128, _ b: Hash128) -> Bool {
    a.high == b.high ? a.low < b.low : a.high < b.high
  }

  private func sort() {
    isSorted = true
    for list in rows.indices {
      rows[list].sort { a, b in a.owner == b.owner ? a.start < b.start : Self.precedes(a.owner, b.owner) }
    }
  }
}

/// Puts lists where their marks stand.
struct FixtureListSink: ByteSink, ~Copyable {
  private var output: OutputBuffer
  private let lists: FixtureLists
  /// A mark that is not yet complete.
  private var mark: [UInt8] = []

  init(_ output: consuming OutputBuffer, _ lists: FixtureLists) {
    self.output = output
    self.lists = lists
  }

  mutating func write(_ piece: Span<UInt8>) throws(IOError) {
    var start = 0, at = 0
    while at < piece.count {
      if mark.isEmpty, piece[at] != FixtureLists.mark {
        at += 1
        continue
      }
      if mark.isEmpty { try output.append(piece.extracting(start..<at)) }
      mark.append(piece[at])
      at += 1
      start = at
      if FixtureKeys.length(mark) == mark.count {
        try output.append(lists.list(mark))
        mark.removeAll(keepingCapacity: true)
      }
    }
    if start < piece.count { try output.append(piece.extracting(start..<piece.count)) }
  }

  mutating func finish() throws(IOError) { try output.finish() }
}
