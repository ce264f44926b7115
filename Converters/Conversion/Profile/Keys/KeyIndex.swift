package import Bytes
package import Records

/// Collects the values of key columns in bounded memory, so that one can ask whether they are distinct and whether they
/// occur in another column.
///
/// Integers are exact; other values are compared by hashes of 63 bits. A value is a cell: null and missing are no values.
package struct KeyIndex: Sendable {
  /// One of the index's sets.
  package struct ID: Hashable, Sendable {
    let number: Int
  }

  /// How many values a set has.
  package struct Counts: Equatable, Sendable {
    package var values: Int
    package var distinct: Int
    /// Records (or array elements) without a value.
    package var absent: Int
    /// Whether every value was looked at: not so when there are values above 1 MiB, or array elements that are no scalars.
    package var isComplete: Bool
    /// Values that occurred before.
    package var repeats: Int { values - distinct }
    /// Whether every record has a value and no value occurs twice.
    package var isKey: Bool { isComplete && absent == 0 && repeats == 0 && values > 0 }
  }

  /// Whether the values of one set occur in another.
  package struct Inclusion: Equatable, Sendable {
    /// Distinct values that do not occur.
    package var danglingValues: Int
    /// Records that hold such a value (an array of two counts twice); nil when the set does not keep the order.
    package var danglingRecords: Int?
    /// Number of the first such record within its artifact, counted from 0.
    package var firstRecord: Int?
    /// Whether every value of both sets was looked at.
    package var isComplete: Bool
    /// Whether all values occur.
    package var holds: Bool { danglingValues == 0 && isComplete }
  }

  /// Dangling values that are looked for in one reading of a set's order.
  private static let searchLength = 1 << 17

  private var sets: [KeySet] = []
  private var file: SpillFile?
  private let directory: [UInt8]?
  private let budget: Int
  /// Bytes of memory that all sets take.
  package private(set) var byteCount = 0
  /// Bytes up to which nothing can be spilled.
  private var patience = 0

  /// `budget`: bytes of memory for all sets together; beyond it values go to a private file in `directory`, by default the
  /// system's place for temporary files. The file holds integers and hashes, no texts.
  package init(budget: Int = 16 << 20, directory: [UInt8]? = nil) {
    self.budget = budget
    self.directory = directory
  }

  /// Number of sets.
  package var count: Int { sets.count }
  /// Whether the file had to be used.
  package var hasSpilled: Bool { file != nil }

  /// Adds an empty set. `keepsOrder`: whether dangling records are going to be counted, which takes a few bytes per record.
  package mutating func makeSet(keepsOrder: Bool = false) -> ID {
    sets.append(KeySet(keepsOrder: keepsOrder))
    return ID(number: sets.count - 1)
  }

  /// Adds the values of one column of a batch.
  package mutating func add(_ batch: borrowing RecordBatch, column: Int, to id: ID) throws(IOError) {
    let before = sets[id.number].byteCount
    sets[id.number].add(batch, column: column)
    try settle(sets[id.number].byteCount - before)
  }

  /// Adds the values of several columns as tuples.
  package mutating func add(_ batch: borrowing RecordBatch, columns: [Int], to id: ID) throws(IOError) {
    let before = sets[id.number].byteCount
    sets[id.number].add(batch, columns: columns)
    try settle(sets[id.number].byteCount - before)
  }

  /// Adds the elements of a column's JSON arrays.
  package mutating func addElements(_ batch: borrowing RecordBatch, column: Int, to id: ID) throws(IOError) {
    let before = sets[id.number].byteCount
    sets[id.number].addElements(batch, column: column)
    try settle(sets[id.number].byteCount - before)
  }

  /// Spills when the budget is exceeded: first what lies in runs, the largest sets first, then bits, the emptiest chunks
  /// first. What remains when nothing can be spilled any more is a small part of what the sets hold.
  private mutating func settle(_ growth: Int) throws(IOError) {
    byteCount += growth
    guard byteCount > max(budget, patience) else { return }
    if file == nil { file = try SpillFile(in: directory) }
    guard let file else { return }
    // More than needed is spilled, or so many sets would be looked at with each addition.
    let goal = budget - budget / 4
    for i in sets.indices.sorted(by: { sets[$0].spillableByteCount > sets[$1].spillableByteCount })
    where byteCount > goal && sets[i].spillableByteCount >= max(budget / 4096, 1) {
      let before = sets[i].byteCount
      try sets[i].spill(to: file)
      byteCount += sets[i].byteCount - before
    }
    if byteCount > budget { try leaveBits(to: file, until: goal) }
    patience = byteCount > goal ? byteCount + budget / 4 : 0
  }

  /// Turns the bits of sets into runs, of those with the emptiest chunks first.
  private mutating func leaveBits(to file: SpillFile, until goal: Int) throws(IOError) {
    let emptiness = sets.map { max($0.numbers.bytesPerBit, $0.digits.bytesPerBit) }
    for i in sets.indices.sorted(by: { emptiness[$0] > emptiness[$1] }) where byteCount > goal && emptiness[i] > 0 {
      let before = sets[i].byteCount
      if sets[i].numbers.bytesPerBit > 0 { try sets[i].numbers.leaveBits(to: file) }
      if sets[i].digits.bytesPerBit > 0 { try sets[i].digits.leaveBits(to: file) }
      byteCount += sets[i].byteCount - before
    }
  }
}

extension KeyIndex {
  /// Sorts what is in memory, for many questions about the same sets.
  package mutating func arrange() {
    for i in sets.indices {
      let before = sets[i].byteCount
      sets[i].others.sort()
      byteCount += sets[i].byteCount - before
    }
  }

  /// Counts a set's values. `joining`: the number 1 and the text `1` are the same value.
  package func counts(of id: ID, joining: Bool = false) throws(IOError) -> Counts {
    let set = sets[id.number]
    var distinct = 0
    if joining && !set.numbers.isEmpty && !set.digits.isEmpty {
      var both = try UnionCursor(set, joining: true, space: .number, file)
      while try both.next() != nil { distinct += 1 }
    } else {
      distinct = try set.numbers.count(file) + set.digits.count(file)
    }
    var others = try UnionCursor(set, joining: joining, space: .other, file)
    while try others.next() != nil { distinct += 1 }
    return Counts(
      values: set.valueCount, distinct: distinct, absent: set.absentCount, isComplete: set.unreadCount == 0)
  }

  /// Looks for the values of one set in another. `joining`: the number 1 and the text `1` are the same value.
  package func inclusion(of id: ID, in other: ID, joining: Bool = false) throws(IOError) -> Inclusion {
    let a = sets[id.number], b = sets[other.number]
    var result = Inclusion(
      danglingValues: 0, danglingRecords: a.order == nil ? nil : 0,
      isComplete: a.unreadCount == 0 && b.unreadCount == 0)
    for space in joining ? [KeySpace.number, .other] : [.number, .digits, .other] {
      if space != .other, try compareBits(a, b, space, joining: joining, &result) { continue }
      var mine = try UnionCursor(a, joining: joining, space: space, file)
      var theirs = try UnionCursor(b, joining: joining, space: space, file)
      var dangling: [UInt64] = []
      var there = try theirs.next()
      while let value = try mine.next() {
        while let candidate = there, candidate < value { there = try theirs.next() }
        if there == value { continue }
        dangling.append(value)
        if dangling.count == Self.searchLength {
          try search(for: dangling, space, joining: joining, in: a, &result)
          dangling.removeAll(keepingCapacity: true)
        }
      }
      try search(for: dangling, space, joining: joining, in: a, &result)
    }
    return result
  }

  /// Looks for the integers of one set in another, 64 at a time; false when one of them is not held in bits.
  private func compareBits(
    _ set: KeySet, _ other: KeySet, _ space: KeySpace, joining: Bool, _ result: inout Inclusion
  ) throws(IOError) -> Bool {
    let mine = set.integers(space, joining: joining), theirs = other.integers(space, joining: joining)
    guard mine.allSatisfy({ !$0.isSparse }), theirs.allSatisfy({ !$0.isSparse }) else { return false }
    var dangling: [UInt64] = []
    for key in Set(mine.flatMap(\.sortedKeys)).sorted() {
      for word in 0..<IntegerSet.wordsPerChunk {
        var left = mine.reduce(0) { $0 | $1.bits(key, word) }
        if left == 0 { continue }
        left &= ~theirs.reduce(0) { $0 | $1.bits(key, word) }
        while left != 0 {
          dangling.append(IntegerSet.word(key << 16 | Int64(word << 6 | left.trailingZeroBitCount)))
          left &= left &- 1
        }
        if dangling.count >= Self.searchLength {
          try search(for: dangling, space, joining: joining, in: set, &result)
          dangling.removeAll(keepingCapacity: true)
        }
      }
    }
    try search(for: dangling, space, joining: joining, in: set, &result)
    return true
  }

  /// Counts some dangling values, in ascending order, and the records that hold them.
  private func search(
    for dangling: [UInt64], _ space: KeySpace, joining: Bool, in set: KeySet, _ result: inout Inclusion
  ) throws(IOError) {
    result.danglingValues += dangling.count
    guard !dangling.isEmpty, let order = set.order else { return }
    var records = 0
    var first = result.firstRecord
    try order.forEach(file) { found, value, record in
      guard found == space || joining && found != .other && space != .other else { return }
      let word = UnionCursor.word(value, space, joining: joining)
      guard contains(dangling, word) else { return }
      records += 1
      first = min(first ?? record, record)
    }
    result.danglingRecords? += records
    result.firstRecord = first
  }
}

/// Whether ascending words hold a word.
private func contains(_ words: [UInt64], _ word: UInt64) -> Bool {
  var low = 0, high = words.count
  while low < high {
    let middle = (low + high) / 2
    if words[middle] < word { low = middle + 1 } else { high = middle }
  }
  return low < words.count && words[low] == word
}

/// Hands out the values of a set's space as ascending words, each once; joined, numbers and digits are one space.
private struct UnionCursor {
  private var numbers: IntegerCursor?
  private var digits: IntegerCursor?
  private var number: Int64?
  private var digit: Int64?
  private var others: RunMerge?
  private let joining: Bool
  private var last: UInt64?

  init(_ set: KeySet, joining: Bool, space: KeySpace, _ file: SpillFile?) throws(IOError) {
    self.joining = joining
    if space == .other {
      others = try RunMerge(set.others, file: file)
      return
    }
    if joining || space == .number {
      numbers = try set.numbers.cursor(file)
      number = try numbers?.next()
    }
    if joining || space == .digits {
      digits = try set.digits.cursor(file)
      digit = try digits?.next()
    }
  }

  /// The word under which a value of the order is found.
  static func word(_ value: UInt64, _ space: KeySpace, joining: Bool) -> UInt64 {
    if space != .other { return IntegerSet.word(Int64(bitPattern: value)) }
    return joining ? value >> 1 : value
  }

  /// The next word; nil at the end.
  mutating func next() throws(IOError) -> UInt64? {
    if others != nil {
      while let hash = try others?.next() {
        let word = joining ? hash >> 1 : hash
        if word == last { continue }
        last = word
        return word
      }
      return nil
    }
    guard number != nil || digit != nil else { return nil }
    let value = min(number ?? .max, digit ?? .max)
    if number == value { number = try numbers?.next() }
    if digit == value { digit = try digits?.next() }
    return IntegerSet.word(value)
  }
}
