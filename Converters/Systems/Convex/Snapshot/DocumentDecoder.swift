internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Records

/// Gives the values of documents their kinds, batch by batch.
///
/// In the uniform generation a number's token tells its kind, and bytes and special numbers are objects with one key that
/// begins with `$`. In the legacy generation these and integers are texts: the table's shape and the document's overrides tell
/// what they stand for. Nested values come out as the uniform generation writes them, whichever they were in.
struct DocumentDecoder: Sendable {
  enum Generation: String, Sendable { case uniform, legacy, schemaless }

  let generation: Generation
  let states: ShapeStates?
  let overrides: ConvexOverrides?
  /// How many values are not what the shape, the override or their own tag says.
  private(set) var unfitCount = 0
  private var columns: [Column] = []
  private var idColumn = -1
  private var nested = LegacyNested()
  /// Whether some column has tagged values to be undone.
  private var undoesTags = true

  private struct Column: Sendable {
    var name: Name
    /// In the shape; -1 when nothing is known.
    var state = -1
    var isPlain = true
    /// Whether values stay in their tags, because those of the column are of several kinds.
    var keepsTags = false
  }

  init(_ generation: Generation, states: ShapeStates? = nil, overrides: ConvexOverrides? = nil) {
    self.generation = generation
    self.states = states
    self.overrides = overrides
  }

  /// Whether no value of a column can be an integer, however its numbers are written.
  func readsNoIntegers(_ column: Name) -> Bool {
    guard let states, overrides == nil else { return false }
    let state = states.field(column.bytes.span, of: 0)
    return state < 0 || states.states[state].meaning != .int64
  }

  /// Takes note of a run's columns. With `isFinal` their types are known, otherwise nothing is.
  mutating func begin(_ table: TableSchema, isFinal: Bool) {
    idColumn = table.index(of: "_id") ?? -1
    columns = table.columns.map { column in
      var known = Column(name: column.name)
      if let states {
        known.state = states.field(column.name.bytes.span, of: 0)
        known.isPlain = known.state < 0 || states.states[known.state].isPlain
      }
      known.keepsTags = isFinal && column.type == .json
      return known
    }
    undoesTags =
      !isFinal || table.columns.contains { [.bytes, .float64, .int64].contains($0.type) && $0.name != "_creationTime" }
  }

  mutating func decode(_ batch: inout RecordBatch) {
    if overrides != nil {
      decodeWithOverrides(&batch)
    } else if states != nil {
      for column in columns.indices where !columns[column].isPlain {
        for row in 0..<batch.rowCount { decode(&batch, row, column, .infer) }
      }
    }
    if undoesTags { undoTags(&batch) }
  }

  private mutating func decodeWithOverrides(_ batch: inout RecordBatch) {
    for row in 0..<batch.rowCount {
      var document: ConvexOverride?
      if idColumn >= 0, batch[row, idColumn].kind == .text {
        let id = batch[row, idColumn]
        document = overrides?.documents[batch.heap.hash(at: id.offset, count: id.count, seed: 0)]
      }
      for column in columns.indices {
        var override = ConvexOverride.infer
        if let document {
          let name = columns[column].name.bytes
          override = document.field(name.span)
        }
        if !columns[column].isPlain || override != .infer { decode(&batch, row, column, override) }
      }
    }
  }

  // MARK: Legacy

  private mutating func decode(
    _ batch: inout RecordBatch, _ row: Int, _ column: Int, _ override: ConvexOverride
  ) {
    let at = row &* batch.columnCount &+ column, cell = batch.cells[at]
    guard cell.kind == .text || cell.kind == .json else { return }
    if cell.kind == .json {
      guard let states else { return }
      if override == .infer, columns[column].isPlain { return }
      guard let count = nested.rewrite(batch.heap, cell, columns[column].state, override, states) else {
        unfitCount += 1
        return
      }
      unfitCount += nested.takeUnfit()
      batch.cells[at] = Cell(.json, offset: nested.append(to: &batch.heap), count: count)
      return
    }
    let meaning = LegacyMeaning(override, columns[column].state, states)
    guard let made = meaning.cell(cell, in: &batch, keepsTag: columns[column].keepsTags) else {
      unfitCount += 1
      return
    }
    batch.cells[at] = made
  }

  // MARK: Tags

  /// Undoes the tags of values that are one as a whole.
  private mutating func undoTags(_ batch: inout RecordBatch) {
    guard batch.columnCount > 0, columns.count >= batch.columnCount else { return }
    for at in batch.cells.indices where batch.cells[at].kind == .json {
      let cell = batch.cells[at]
      guard batch.heap.matches("{", at: cell.offset) else { continue }
      let key = batch.heap.jsonSpace(from: cell.offset &+ 1)
      guard key < batch.heap.count, batch.heap.matches("\"$", at: key), !columns[at % batch.columnCount].keepsTags
      else {
        continue
      }
      if let made = TaggedValue.undone(cell, in: &batch) {
        batch.cells[at] = made
      } else {
        unfitCount += 1
      }
    }
  }
}

/// What a text of the legacy generation stands for.
enum LegacyMeaning {
  case text, int64, infinity, bytes
  case notANumber(UInt64)

  init(_ override: ConvexOverride, _ state: Int, _ states: ShapeStates?) {
    switch override {
    case .int64: self = .int64
    case .infinity: self = .infinity
    case .bytes: self = .bytes
    case .notANumber(let bits): self = .notANumber(bits)
    case .infer, .array, .object:
      guard let states, state >= 0 else {
        self = .text
        return
      }
      switch states.states[state].meaning {
      case .text: self = .text
      case .int64: self = .int64
      case .infinity: self = .infinity
      case .bytes: self = .bytes
      }
    }
  }

  /// The cell of what a text stands for; nil when it cannot stand for it.
  func cell(_ cell: Cell, in batch: inout RecordBatch, keepsTag: Bool) -> Cell? {
    switch self {
    case .text: return cell
    case .int64:
      let text = batch.bytes(of: cell)
      guard isCanonicalInteger(text), Int64(digits: text) != nil else { return nil }
      return Cell(.number, offset: cell.offset, count: cell.count)
    case .infinity:
      let isNegative = isWord(batch.bytes(of: cell), "-Infinity")
      guard isNegative || isWord(batch.bytes(of: cell), "Infinity") else { return nil }
      return Self.special(isNegative ? -Double.infinity : .infinity, in: &batch, keepsTag)
    case .notANumber(let bits):
      guard isWord(batch.bytes(of: cell), "NaN"), Double(bitPattern: bits).isNaN else { return nil }
      return Self.special(Double(bitPattern: bits), in: &batch, keepsTag)
    case .bytes:
      if keepsTag {
        guard decodeBase64(batch.bytes(of: cell)) != nil else { return nil }
        let text = Array("{\"$bytes\":\"".utf8) + Array(batch.bytes(of: cell)) + Array("\"}".utf8)
        defer { batch.heap.clearPadding() }
        return batch.cell(.json, text.span)
      }
      return TaggedValue.bytes(at: cell.offset, count: cell.count, in: &batch)
    }
  }

  private static func special(_ value: Double, in batch: inout RecordBatch, _ keepsTag: Bool) -> Cell {
    guard keepsTag else { return .double(value) }
    let text = taggedFloat(value)
    defer { batch.heap.clearPadding() }
    return batch.cell(.json, text.span)
  }
}

/// Values that JSON has no literals for: `{"$bytes":"…"}`, `{"$float":"…"}`, `{"$integer":"…"}`.
enum TaggedValue {
  /// The cell of what a tagged value stands for; nil when it is none.
  static func undone(_ cell: Cell, in batch: inout RecordBatch) -> Cell? {
    let end = cell.offset + cell.count
    var flags: UInt32 = 0
    let key = batch.heap.jsonSpace(from: cell.offset + 1) + 1
    let keyEnd = batch.heap.jsonStringEnd(at: key, flags: &flags)
    guard flags == 0, keyEnd < end else { return nil }
    var at = batch.heap.jsonSpace(from: keyEnd + 1)
    guard at < end, batch.heap[at] == UInt8(ascii: ":") else { return nil }
    at = batch.heap.jsonSpace(from: at + 1) + 1
    guard at < end, batch.heap[at - 1] == UInt8(ascii: "\"") else { return nil }
    let close = batch.heap.jsonStringEnd(at: at, flags: &flags)
    guard flags == 0, close < end, batch.heap.jsonSpace(from: close + 1) == end - 1 else { return nil }
    if batch.heap.equals(Array("$bytes".utf8), at: key, count: keyEnd - key) {
      return bytes(at: at, count: close - at, in: &batch)
    }
    guard let bits = doubleBits(batch.heap.span(at: at, count: close - at)) else { return nil }
    if batch.heap.equals(Array("$float".utf8), at: key, count: keyEnd - key) {
      return .double(Double(bitPattern: bits))
    }
    guard batch.heap.equals(Array("$integer".utf8), at: key, count: keyEnd - key) else { return nil }
    return .integer(Int64(bitPattern: bits))
  }

  /// The cell of bytes that stand in base64, undone in place.
  static func bytes(at offset: Int, count: Int, in batch: inout RecordBatch) -> Cell? {
    guard base64IsWhole(batch.heap.span(at: offset, count: count)) else { return nil }
    var isGood = true
    let made = batch.heap.rewrite(at: offset, count: count) { text in
      guard let count = decodeBase64(&text) else {
        isGood = false
        return 0
      }
      return count
    }
    return isGood ? Cell(.bytes, offset: offset, count: made) : nil
  }

  /// Whether a text is base64 that can be undone in place: what is not must stay as it is.
  private static func base64IsWhole(_ text: Span<UInt8>) -> Bool {
    guard text.count % 4 == 0 else { return false }
    let letters = base64LetterCount(text)
    guard text.count - letters <= 2 else { return false }
    for i in letters..<text.count where text[i] != UInt8(ascii: "=") { return false }
    guard text.count > 0 else { return true }
    let group = text.extracting((text.count - 4)..<text.count)
    return decodeBase64(group) != nil
  }
}
