internal import Bytes
internal import Records

/// The inner loop: one JSON object in the heap → one row of cells.
///
/// It never reads past the heap and changes nothing in it but the escapes of finished records; an object that the end of the
/// heap cuts off is simply parsed again once more bytes are there.
struct JSONRecordParser {
  enum Status {
    case record
    /// The heap ends inside the record; `valueStart` is where its last value begins, or -1.
    case cut
    /// A key without a column.
    case newColumn
    /// The fixture object is of another model.
    case otherTable
    case failed
  }

  var keys: JSONKeys
  /// Number of columns before the first key's.
  let firstColumn: Int
  let python: Bool
  /// Whether no more bytes will follow the heap's.
  var isLast = false
  /// Whether unknown keys become columns at once; the cells are then worthless.
  var learns = false
  var externalCount = 0
  /// How the last record that was parsed token by token is laid out.
  private(set) var layout: JSONLayout?
  /// Records to parse token by token before their layout is looked at again: more with every disappointment.
  private var patience = 0
  private var disappointments = 0
  /// Where the heap has placeholders of large values; a NUL anywhere else is no JSON.
  var placeholders: [Int] = []

  private(set) var failure = ReadError.Code.truncated
  private(set) var failureOffset = 0
  private(set) var valueStart = -1
  /// Whether the value at hand takes the place of an earlier one of its record.
  private var isDuplicate = false
  /// Cells of the current record whose text has escapes.
  private var escaped: [Int] = []
  /// What was met in the record at hand, and in all finished ones.
  var met = Counts()
  private(set) var counts = Counts()

  /// How often something worth noting occurs, and where first.
  struct Counts {
    var duplicates = 0, firstDuplicate = 0
    /// Some of the keys that come twice.
    var duplicateKeys: [Name] = []
    var specials = 0, firstSpecial = 0
    /// Keys of fixture objects other than model, pk and fields.
    var extraKeys = 0

    mutating func add(_ other: Counts) {
      if duplicates == 0 { firstDuplicate = other.firstDuplicate }
      if specials == 0 { firstSpecial = other.firstSpecial }
      duplicates += other.duplicates
      other.duplicateKeys.forEach { note(duplicateKey: $0) }
      specials += other.specials
      extraKeys += other.extraKeys
    }
    mutating func note(duplicateKey key: Name) {
      if duplicateKeys.count < 8, !duplicateKeys.contains(key) { duplicateKeys.append(key) }
    }
    var isEmpty: Bool { duplicates == 0 && specials == 0 && extraKeys == 0 }
  }

  /// Marks a cell until its escapes are undone.
  private static var escapedFlag: Cell.Flags { Cell.Flags(rawValue: 0x80) }

  init(keys: JSONKeys, firstColumn: Int, python: Bool) {
    self.keys = keys
    self.firstColumn = firstColumn
    self.python = python
  }

  /// Begins a record.
  mutating func begin() {
    escaped.removeAll(keepingCapacity: true)
    valueStart = -1
    isDuplicate = false
    if !met.isEmpty { met = Counts() }
  }

  /// Parses members from just past an opening brace to just past the closing one; the row's cells begin at `row`.
  mutating func members(
    _ heap: borrowing ByteHeap, _ at: inout Int, _ cells: inout [Cell], row: Int
  ) -> Status {
    let end = heap.count
    var position = heap.jsonSpace(from: at)
    guard position < end else { return .cut }
    if heap[position] == UInt8(ascii: "}") {
      at = position &+ 1
      return .record
    }
    var expected = 0
    while true {
      var column = -1
      let matched = expected < keys.count ? keys.matchCount(expected, heap, at: position) : 0
      if matched > 0 {
        column = expected
        position &+= matched
      } else {
        let status = key(heap, &position, &column)
        guard case .record = status else { return status }
      }
      expected = column &+ 1
      let slot = column < 0 || learns ? -1 : row &+ firstColumn &+ column
      position = heap.jsonSpace(from: position)
      guard position < end else { return .cut }
      guard heap[position] == UInt8(ascii: ":") else { return fail(.syntax("':' expected after a key"), position) }
      position = heap.jsonSpace(from: position &+ 1)
      guard position < end else { return .cut }
      let status = value(heap, &position, &cells, slot: slot)
      guard case .record = status else { return status }
      if isDuplicate { noteDuplicate(keys.name(column)) }
      position = heap.jsonSpace(from: position)
      guard position < end else { return .cut }
      let byte = heap[position]
      position &+= 1
      if byte == UInt8(ascii: ",") {
        position = heap.jsonSpace(from: position)
        guard position < end else { return .cut }
        continue
      }
      guard byte == UInt8(ascii: "}") else { return fail(.syntax("',' or '}' expected in an object"), position - 1) }
      at = position
      return .record
    }
  }

  /// Parses one value into the cell at `slot`; -1 throws the value away.
  @inline(__always)
  mutating func value(
    _ heap: borrowing ByteHeap, _ position: inout Int, _ cells: inout [Cell], slot: Int
  ) -> Status {
    let start = position
    valueStart = start
    if slot >= 0 && cells[slot].kind != .missing {
      if met.duplicates == 0 { met.firstDuplicate = start }
      met.duplicates &+= 1
      isDuplicate = true
    }
    let byte = heap[start]
    if byte == UInt8(ascii: "\"") {
      var flags: UInt32 = 0
      let close = heap.jsonStringEnd(at: start &+ 1, flags: &flags)
      guard close < heap.count else { return .cut }
      if flags & 2 != 0 { return fail(.syntax("control character in a string"), close) }
      if slot >= 0 {
        cells[slot] = Cell(
          .text, offset: start &+ 1, count: close &- start &- 1, flags: flags == 0 ? .plainJSON : Self.escapedFlag)
        if flags != 0 { escaped.append(slot) }
      } else if flags != 0 {
        let status = checkEscapes(heap, start &+ 1, close)
        guard case .record = status else { return status }
      }
      position = close &+ 1
      return .record
    }
    if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
      return nested(heap, &position, &cells, slot: slot)
    }
    let scalar = heap.jsonScalar(at: start, python: python, isLast: isLast)
    if scalar.count == 0 { return noScalar(heap, &position, &cells, slot: slot, isCut: scalar.isCut) }
    if slot >= 0 {
      switch byte {
      case UInt8(ascii: "n"): cells[slot] = .null
      case UInt8(ascii: "t"): cells[slot] = .boolean(true)
      case UInt8(ascii: "f"): cells[slot] = .boolean(false)
      default: cells[slot] = Cell(.number, offset: start, count: scalar.count)
      }
    }
    if scalar.isSpecial { noteSpecial(start) }
    position = start &+ scalar.count
    return .record
  }

  /// A value that is no literal, number, string, object or array: cut off, put outside the heap, or wrong.
  @inline(never)
  private mutating func noScalar(
    _ heap: borrowing ByteHeap, _ position: inout Int, _ cells: inout [Cell], slot: Int, isCut: Bool
  ) -> Status {
    if isCut { return .cut }
    // A placeholder: NUL and seven digits of the external value's number; NUL itself never begins a JSON value.
    if heap[position] == 0, placeholders.contains(position), position + JSONPlaceholder.count <= heap.count,
      let index = JSONPlaceholder.index(heap, at: position), index < externalCount
    {
      if slot >= 0 { cells[slot] = .external(index) }
      position += JSONPlaceholder.count
      return .record
    }
    return fail(.syntax("value expected"), position)
  }

  @inline(never)
  private mutating func nested(
    _ heap: borrowing ByteHeap, _ position: inout Int, _ cells: inout [Cell], slot: Int
  ) -> Status {
    var at = position
    let walk = heap.jsonNested(at: &at, python: python, isLast: isLast)
    guard case .done = walk.stop else {
      if case .needsMore = walk.stop { return .cut }
      return fail(JSONRecordParser.code(of: walk.stop), at)
    }
    if slot >= 0 {
      cells[slot] = Cell(.json, offset: position, count: at - position, flags: walk.metSpecial ? .specials : [])
    }
    if walk.metSpecial { noteSpecial(position) }
    if walk.mayRepeatKeys { noteRepeats(heap, position, at) }
    position = at
    return .record
  }

  /// Parses a key and finds its column.
  @inline(never)
  private mutating func key(_ heap: borrowing ByteHeap, _ position: inout Int, _ column: inout Int) -> Status {
    guard heap[position] == UInt8(ascii: "\"") else { return fail(.syntax("key in quotes expected"), position) }
    var flags: UInt32 = 0
    let start = position + 1
    let close = heap.jsonStringEnd(at: start, flags: &flags)
    guard close < heap.count else {
      valueStart = -1
      return .cut
    }
    if flags & 2 != 0 { return fail(.syntax("control character in a string"), close) }
    position = close + 1
    if flags == 0 {
      column = keys.index(heap, at: start, count: close - start)
      if column >= 0 { return .record }
      if !learns { return .newColumn }
      guard keys.count < TableSchema.columnLimit else { return tooManyColumns(start) }
      keys.append(Name(heap.span(at: start, count: close - start)))
    } else {
      guard let name = unescaped(heap, start, close) else { return .failed }
      column = keys.index(of: name)
      if column >= 0 { return .record }
      if !learns { return .newColumn }
      guard keys.count < TableSchema.columnLimit else { return tooManyColumns(start) }
      keys.append(name)
    }
    column = keys.count - 1
    return .record
  }

  /// The text of string content with escapes; nil after a failure.
  mutating func unescaped(_ heap: borrowing ByteHeap, _ start: Int, _ end: Int) -> Name? {
    var copy = ByteHeap(capacity: end - start)
    copy.append(heap.span(at: start, count: end - start))
    var flags: UInt32 = 0, bad = -1
    let count = copy.jsonUnescape(at: 0, count: end - start, flags: &flags, bad: &bad)
    if bad >= 0 {
      _ = fail(.syntax("wrong escape in a string"), start + bad)
      return nil
    }
    return Name(copy.span(at: 0, count: count))
  }

  private mutating func checkEscapes(_ heap: borrowing ByteHeap, _ start: Int, _ end: Int) -> Status {
    unescaped(heap, start, end) == nil ? .failed : .record
  }

  /// Undoes the escapes of a finished record.
  mutating func finish(_ heap: inout ByteHeap, _ cells: inout [Cell]) -> Status {
    if !met.isEmpty { counts.add(met) }
    if escaped.isEmpty { return .record }
    for slot in escaped {
      let cell = cells[slot]
      // A later duplicate of the key may have put another value there.
      guard cell.flags.contains(Self.escapedFlag) else { continue }
      var flags: UInt32 = 0, bad = -1
      let count = heap.jsonUnescape(at: cell.offset, count: cell.count, flags: &flags, bad: &bad)
      if bad >= 0 { return fail(.syntax("wrong escape in a string"), bad) }
      cells[slot] = Cell(.text, offset: cell.offset, count: count, flags: Cell.Flags(rawValue: UInt8(flags)))
    }
    escaped.removeAll(keepingCapacity: true)
    return .record
  }

  mutating func fail(_ code: ReadError.Code, _ offset: Int) -> Status {
    failure = code
    failureOffset = offset
    return .failed
  }

  private mutating func tooManyColumns(_ offset: Int) -> Status {
    fail(.tooMany(what: "columns", limit: TableSchema.columnLimit), offset)
  }

  private mutating func noteSpecial(_ offset: Int) {
    if met.specials == 0 { met.firstSpecial = offset }
    met.specials += 1
  }

  /// Says which key came twice.
  @inline(never)
  mutating func noteDuplicate(_ key: Name) {
    if isDuplicate { met.note(duplicateKey: key) }
    isDuplicate = false
  }

  /// Counts the keys that objects in a nested value name twice.
  private mutating func noteRepeats(_ heap: borrowing ByteHeap, _ start: Int, _ end: Int) {
    var keys = JSONNestedKeys()
    keys.read(heap, from: start, to: end)
    guard let first = keys.firstRepeat else { return }
    if met.duplicates == 0 { met.firstDuplicate = first }
    met.duplicates += keys.repeats
    keys.repeated.forEach { met.note(duplicateKey: $0) }
  }

  /// Takes the layout of the record at `record`, whose escapes are not undone yet; what is before it ends at `end`.
  mutating func learnLayout(_ heap: borrowing ByteHeap, after end: Int, at record: Int, model: Name?) {
    patience -= 1
    guard patience < 0 else { return }
    layout = JSONLayoutScan.layout(
      heap, after: end, at: record, keys: keys, firstColumn: firstColumn, model: model, python: python)
    disappointments = min(disappointments + 1, 12)
    patience = 1 << disappointments - 2
  }

  /// Forgets a layout of rows that are not of this width: columns have been added since.
  mutating func keepLayout(ofWidth width: Int) {
    guard let layout, layout.width != width else { return }
    self.layout = nil
    patience = 0
    disappointments = 0
  }

  /// Says that records have the layout.
  mutating func praiseLayout() { disappointments = 0 }

  /// Hands over what was counted and begins again.
  mutating func takeCounts() -> Counts? {
    if counts.isEmpty { return nil }
    defer { counts = Counts() }
    return counts
  }

  static func code(of stop: JSONWalk.Stop) -> ReadError.Code {
    switch stop {
    case .tooDeep: .tooDeep(limit: JSONWalk.depthLimit)
    case .controlCharacter: .syntax("control character in a string")
    case .badEscape: .syntax("wrong escape in a string")
    case .needsMore: .truncated
    default: .syntax("value, ',' or closing bracket expected")
    }
  }
}

/// What stands in the heap for a value that was put outside.
enum JSONPlaceholder {
  static var count: Int { 8 }

  static func bytes(_ index: Int) -> [UInt8] {
    var digits: [UInt8] = [], left = index
    for _ in 0..<(count - 1) {
      digits.append(UInt8(ascii: "0") + UInt8(left % 10))
      left /= 10
    }
    return [0] + digits.reversed()
  }

  static func index(_ heap: borrowing ByteHeap, at offset: Int) -> Int? {
    var value = 0
    for i in 1..<count {
      let byte = heap[offset + i]
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
