internal import Bytes
internal import Records

/// Where a key value lives. Integers written as numbers and as text are told apart, unless a question joins them.
enum KeySpace: UInt8, Sendable {
  case number, digits
  /// Everything that is no 64-bit integer: held by its hash.
  case other
}

/// The distinct values of a column, or of several columns together.
struct KeySet: Sendable {
  /// Integers of integer and number cells.
  var numbers = IntegerSet()
  /// Integers spelled by texts.
  var digits = IntegerSet()
  /// Hashes of all other values; the lowest bit is set for text.
  var others = SortedRuns()
  /// The values in the order of their records; nil when nobody will ask for records.
  var order: KeyOrder?
  /// Values added, repeats among them.
  private(set) var valueCount = 0
  /// Records without a value.
  private(set) var absentCount = 0
  /// Values too large to be looked at.
  private(set) var unreadCount = 0

  init(keepsOrder: Bool) { order = keepsOrder ? KeyOrder() : nil }

  /// Bytes of memory taken.
  var byteCount: Int { numbers.byteCount + digits.byteCount + others.byteCount + (order?.byteCount ?? 0) }
  /// The integers of a space; joined, numbers and digits are one.
  func integers(_ space: KeySpace, joining: Bool) -> [IntegerSet] {
    joining ? [numbers, digits] : [space == .number ? numbers : digits]
  }
  /// Bytes of memory that `spill` sets free.
  var spillableByteCount: Int {
    numbers.spillableByteCount + digits.spillableByteCount + others.spillableByteCount + (order?.byteCount ?? 0)
  }

  /// Moves what can be moved to the file.
  mutating func spill(to file: SpillFile) throws(IOError) {
    try numbers.spill(to: file)
    try digits.spill(to: file)
    try others.spill(to: file)
    try order?.spill(to: file)
  }

  /// Adds a column's values.
  mutating func add(_ batch: borrowing RecordBatch, column: Int) {
    var start = 0
    while start < batch.rowCount {
      let rows = start..<min(start + RecordBatch.rowsAtOnce, batch.rowCount)
      var left = UInt64.max >> UInt64(64 &- rows.count)
      if order == nil {
        let taken = numbers.insert(batch, column: column, rows)
        valueCount &+= taken.nonzeroBitCount
        left &= ~taken
      }
      while left != 0 {
        let row = start &+ left.trailingZeroBitCount
        left &= left &- 1
        add(batch.cells[row &* batch.columnCount &+ column], in: batch, row)
      }
      start = rows.upperBound
    }
  }

  private mutating func add(_ cell: Cell, in batch: borrowing RecordBatch, _ row: Int) {
    switch cell.kind {
    case .number: add(number: batch.bytes(of: cell), cell, in: batch, row)
    case .text: add(text: batch.bytes(of: cell), cell, in: batch, row)
    case .integer: insert(cell.integer, .number, batch.firstRecord &+ row)
    case .null, .missing: absentCount &+= 1
    case .external: unreadCount &+= 1
    case .boolean, .double, .json, .bytes: insert(hash: hash(of: cell, in: batch).low & ~1, batch.firstRecord &+ row)
    }
  }

  /// Adds the elements of a column's JSON arrays: integers and texts, as if each were a cell.
  mutating func addElements(_ batch: borrowing RecordBatch, column: Int) {
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      switch cell.kind {
      case .null, .missing: absentCount &+= 1
      case .json: addElements(of: cell, in: batch, batch.firstRecord &+ row)
      default: unreadCount &+= 1
      }
    }
  }

  /// Adds tuples of the values of several columns. In a tuple the number 1 and the text `1` are the same; a tuple with an
  /// absent value is absent.
  mutating func add(_ batch: borrowing RecordBatch, columns: [Int]) {
    for row in 0..<batch.rowCount {
      var tuple = Hash128(), isAbsent = false, isUnread = false
      for column in columns {
        let cell = batch[row, column]
        if cell.isAbsent { isAbsent = true }
        if cell.kind == .external { isUnread = true }
        tuple = tuple.mixed(with: hash(of: cell, in: batch))
      }
      if isAbsent {
        absentCount &+= 1
      } else if isUnread {
        unreadCount &+= 1
      } else {
        insert(hash: tuple.low & ~1, batch.firstRecord &+ row)
      }
    }
  }

  @inline(__always)
  private mutating func add(number bytes: Span<UInt8>, _ cell: Cell, in batch: borrowing RecordBatch, _ row: Int) {
    if let value = canonicalInteger(bytes) {
      insert(value, .number, batch.firstRecord &+ row)
    } else {
      insert(hash: hash(of: cell, in: batch).low & ~1, batch.firstRecord &+ row)
    }
  }

  @inline(__always)
  private mutating func add(text bytes: Span<UInt8>, _ cell: Cell, in batch: borrowing RecordBatch, _ row: Int) {
    if let value = canonicalInteger(bytes) {
      insert(value, .digits, batch.firstRecord &+ row)
    } else {
      insert(hash: hash(of: cell, in: batch).low | 1, batch.firstRecord &+ row)
    }
  }

  @inline(__always)
  private mutating func insert(_ value: Int64, _ space: KeySpace, _ record: Int) {
    valueCount &+= 1
    if space == .number { numbers.insert(value) } else { digits.insert(value) }
    order?.append(integer: value, space, record: record)
  }

  @inline(__always)
  private mutating func insert(hash: UInt64, _ record: Int) {
    valueCount &+= 1
    others.append(hash)
    order?.append(hash: hash, record: record)
  }

  private mutating func addElements(of cell: Cell, in batch: borrowing RecordBatch, _ record: Int) {
    let end = cell.offset + cell.count - 1
    guard cell.count > 1, batch.heap[cell.offset] == UInt8(ascii: "[") else { return unreadCount &+= 1 }
    var at = batch.heap.jsonSpace(from: cell.offset + 1)
    while at < end {
      let start = at
      var walk = JSONWalk(python: true)
      guard batch.heap.jsonWalk(&walk, at: &at, isLast: true) == .done else { return unreadCount &+= 1 }
      switch batch.heap[start] {
      case UInt8(ascii: "\""): addElement(text: batch.heap.span(at: start + 1, count: at - start - 2), record)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digits = batch.heap.span(at: start, count: at - start)
        if let value = canonicalInteger(digits) {
          insert(value, .number, record)
        } else {
          insert(hash: Self.hash(digits).low & ~1, record)
        }
      case UInt8(ascii: "n"): absentCount &+= 1
      default: unreadCount &+= 1
      }
      at = batch.heap.jsonSpace(from: at)
      guard at < end else { return }
      at = batch.heap.jsonSpace(from: at + 1)
    }
  }

  /// Adds a JSON string's inside.
  private mutating func addElement(text: Span<UInt8>, _ record: Int) {
    if let value = canonicalInteger(text) { return insert(value, .digits, record) }
    var hasEscape = false
    for i in text.indices where text[i] == UInt8(ascii: "\\") { hasEscape = true }
    guard hasEscape else { return insert(hash: Self.hash(text).low | 1, record) }
    var heap = ByteHeap(capacity: text.count)
    heap.append(text)
    var flags: UInt32 = 0, bad = 0
    let count = heap.jsonUnescape(at: 0, count: text.count, flags: &flags, bad: &bad)
    let plain = heap.span(at: 0, count: count)
    if let value = canonicalInteger(plain) { return insert(value, .digits, record) }
    insert(hash: Self.hash(plain).low | 1, record)
  }

  /// The hash of a value: the same for the number and the text of the same bytes.
  private func hash(of cell: Cell, in batch: borrowing RecordBatch) -> Hash128 {
    switch cell.kind {
    case .text, .number, .json: return batch.heap.hash(at: cell.offset, count: cell.count, seed: 1)
    case .bytes: return batch.heap.hash(at: cell.offset, count: cell.count, seed: 2)
    case .integer: return Self.hash(Array(cell.integer.description.utf8).span)
    case .double: return Self.hash(Array(cell.double.description.utf8).span)
    case .boolean: return Self.hash(cell.boolean ? [1] : [0])
    case .null, .missing, .external: return Hash128()
    }
  }

  private static func hash(_ bytes: Span<UInt8>) -> Hash128 { Hash128.of(bytes, seed: 1) }
  private static func hash(_ bytes: [UInt8]) -> Hash128 { Hash128.of(bytes.span, seed: 3) }
}

/// The 64-bit integer that bytes spell in its shortest form; nil for anything else, `-0`, `+1` and `01` among it.
@inline(__always)
func canonicalInteger(_ bytes: Span<UInt8>) -> Int64? {
  let count = bytes.count
  guard count > 0 && count <= 20 else { return nil }
  let first = bytes[0] &- UInt8(ascii: "0")
  guard first > 0 && first < 10 && count <= 18 else { return oddInteger(bytes) }
  // Eighteen digits cannot overflow.
  var value = Int64(first)
  var at = 1
  while at < count {
    let digit = bytes[at] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    value = value &* 10 &+ Int64(digit)
    at &+= 1
  }
  return value
}

/// The same for zero, integers below zero and long ones.
private func oddInteger(_ bytes: Span<UInt8>) -> Int64? {
  let start = bytes[0] == UInt8(ascii: "-") ? 1 : 0
  guard start < bytes.count, isDigit(bytes[start]) else { return nil }
  if bytes[start] == UInt8(ascii: "0") { return bytes.count == 1 ? 0 : nil }
  return Int64(digits: bytes)
}
