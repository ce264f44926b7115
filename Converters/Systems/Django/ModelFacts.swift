internal import Bytes
internal import Conversion
internal import Records

/// What the survey learns about one model: the rows of one raw table, or of several that differ only in letter case.
struct ModelFacts: Sendable {
  /// Names of the raw tables, as they are written.
  var spellings: [Name]
  /// Lower-case `app.model`; in other documents than fixtures the raw table's name.
  let name: Name
  var fields: [FieldFacts] = []
  /// Position in `fields` by name; the primary key of a fixture, which has no name, is not in it.
  var index: [Name: Int] = [:]
  /// Position in `fields` of the primary key.
  var keyField: Int?
  var rowCount = 0

  /// The primary keys.
  let keySet: KeyIndex.ID
  /// Whether all keys are digits, as numbers or as text.
  var hasOnlyWholeKeys = true
  var largestKey: Int64 = 0
  /// Rows whose key comes again later.
  var duplicateRows = 0
  /// The number of the last row of each key that comes more than once, by the key's hash.
  var lastRows: [Hash128: Int] = [:]
  /// For each part of a composite key the fields that always hold the same value; nil while no key is composite.
  var memberCandidates: [[Int]]?

  init(_ spelling: Name, name: Name, keySet: KeyIndex.ID) {
    self.keySet = keySet
    spellings = [spelling]
    self.name = name
  }

  /// Rows without a primary key.
  var missingKeys: Int { keyField.map { fields[$0].absent } ?? 0 }
  /// Whether keys are arrays.
  var isComposite: Bool { keyField.map { fields[$0].arrays > 0 } ?? false }

  /// The position of a column of that name, which is added when it is new.
  mutating func field(_ name: Name) -> Int {
    if let at = index[name] { return at }
    fields.append(FieldFacts(name))
    index[name] = fields.count - 1
    return fields.count - 1
  }

  /// Learns from a batch whose columns are these fields; `profile` has seen it.
  mutating func observe(
    _ batch: borrowing RecordBatch, fields positions: [Int], _ profile: TableProfile, _ index: inout KeyIndex
  ) throws(IOError) {
    for (column, position) in positions.enumerated() where position != keyField {
      try fields[position].observe(batch, column: column, profile.columns[column], &index)
    }
    if let keyField, let column = positions.firstIndex(of: keyField) {
      try index.add(batch, column: column, to: keySet)
      if !observeKeys(profile.columns[column]) { observeKeys(batch, column) }
      for (other, position) in positions.enumerated() where fields[position].mayCopyKey && position != keyField {
        compare(batch, column, other, position)
      }
      if hasListKey(batch, column) { observeComposite(batch, column, positions) }
    }
    rowCount += batch.rowCount
  }

  private func hasListKey(_ batch: borrowing RecordBatch, _ column: Int) -> Bool {
    for row in 0..<batch.rowCount where batch[row, column].kind == .json { return true }
    return false
  }

  /// The same from the profile; false when it does not tell.
  private mutating func observeKeys(_ profile: ColumnProfile) -> Bool {
    let numbers = profile.numbers, limit: Int64 = 1_000_000_000_000_000_000
    guard numbers.integerCount > 0, numbers.integerCount == profile.valueCount, numbers.longCount == 0,
      numbers.minimum >= 0, numbers.maximum < limit
    else { return false }
    largestKey = max(largestKey, numbers.maximum)
    return true
  }

  private mutating func observeKeys(_ batch: borrowing RecordBatch, _ column: Int) {
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      at &+= batch.columnCount
      switch cell.kind {
      case .number, .text, .json: noteLargest(batch.bytes(of: cell))
      default: continue
      }
    }
  }

  @inline(__always)
  private mutating func noteLargest(_ bytes: Span<UInt8>) {
    var value: Int64 = 0
    guard bytes.count > 0, bytes.count < 19, bytes.count == 1 || bytes[0] != UInt8(ascii: "0") else {
      return hasOnlyWholeKeys = false
    }
    for i in bytes.indices {
      let digit = bytes[i] &- UInt8(ascii: "0")
      guard digit < 10 else { return hasOnlyWholeKeys = false }
      value = value &* 10 &+ Int64(digit)
    }
    if value > largestKey { largestKey = value }
  }

  private mutating func compare(_ batch: borrowing RecordBatch, _ key: Int, _ other: Int, _ position: Int) {
    for row in 0..<batch.rowCount where !batch[row, other].isAbsent {
      if isSame(batch, batch[row, key], batch[row, other]) {
        fields[position].equalToKey += 1
      } else {
        fields[position].otherThanKey += 1
      }
    }
  }

  /// Narrows down which fields repeat the parts of composite keys.
  private mutating func observeComposite(_ batch: borrowing RecordBatch, _ column: Int, _ positions: [Int]) {
    for row in 0..<batch.rowCount where batch[row, column].kind == .json {
      let key = batch.bytes(of: batch[row, column])
      guard scalarTuple(key) != nil else { continue }
      let parts = scalars(key)
      var candidates =
        memberCandidates ?? Array(repeating: fields.indices.filter { $0 != keyField }, count: parts.count)
      guard candidates.count == parts.count else { return memberCandidates = [] }
      for (other, position) in positions.enumerated() where other != column && !batch[row, other].isAbsent {
        let cell = batch[row, other]
        for i in parts.indices {
          let isEqual = (cell.kind == .number || cell.kind == .text) && Array(batch.bytes(of: cell)) == parts[i]
          if !isEqual { candidates[i].removeAll { $0 == position } }
        }
      }
      memberCandidates = candidates
    }
  }
}

/// Whether two cells hold the same number or text.
private func isSame(_ batch: borrowing RecordBatch, _ a: Cell, _ b: Cell) -> Bool {
  guard a.kind == .number || a.kind == .text, b.kind == .number || b.kind == .text else { return false }
  return a.count == b.count && Array(batch.bytes(of: a)) == Array(batch.bytes(of: b))
}
