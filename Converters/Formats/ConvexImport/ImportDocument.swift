internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Records

/// Builds the document of a row, which is written when it turns out to be one that Convex takes.
struct ImportDocument: ~Copyable {
  /// Bytes that Convex counts for a document at most.
  private static let sizeLimit = 1 << 20
  /// What follows an integer that is a float unless another one of its column is too large: this byte and the column.
  static let mark: UInt8 = 2, markCount = 4

  /// One line.
  private(set) var text = ByteHeap(capacity: 1 << 12)
  /// What was changed in which column.
  private(set) var changes: [(kind: LossKind, column: Int)] = []
  private var nested = NestedValue()
  private var size = 0
  private var fieldCount = 0
  private let marksIntegers: Bool

  /// `marksIntegers`: whether marks follow integers that may have to become floats.
  init(marksIntegers: Bool = true) { self.marksIntegers = marksIntegers }

  var isTooLarge: Bool { size > Self.sizeLimit }
  var hasTooManyFields: Bool { fieldCount > NestedValue.fieldLimit }

  /// Begins a document with its id, which is letters and digits.
  mutating func begin(id: Span<UInt8>) {
    text.removeAll()
    changes.removeAll(keepingCapacity: true)
    text.append("{\"_id\":\"")
    text.append(id)
    text.append("\"")
    // Both fields that the system adds, and the braces.
    size = 2 + 4 + id.count + 2 + 14 + 9
    fieldCount = 2
  }

  mutating func end() { text.append("}\n") }

  /// Appends the time of a document whose row has one in a cell; false when that holds none.
  mutating func addTime(_ cell: Cell, of batch: borrowing RecordBatch) -> Bool {
    let start = text.count
    text.append(",\"_creationTime\":")
    switch cell.kind {
    case .integer: NumberText.append(float: cell.integer, to: &text)
    case .double where cell.double.isFinite: NumberText.append(cell.double, to: &text)
    case .number:
      let digits = batch.bytes(of: cell)
      if let integer = Int64(digits: digits), integer != 0 {
        NumberText.append(float: integer, to: &text)
      } else if NumberText.special(digits) != nil || NumberText.append(float: digits, to: &text) == .unfit {
        text.truncate(to: start)
      }
    default: text.truncate(to: start)
    }
    return text.count > start
  }

  /// Appends a time in microseconds since 1970.
  mutating func addTime(microseconds: Int64) {
    text.append(",\"_creationTime\":")
    if microseconds < 0 { text.append("-") }
    let whole = microseconds.magnitude / 1000, rest = microseconds.magnitude % 1000
    text.append(Array(String(whole).utf8))
    text.append(".")
    // As floats are printed, without zeros at the end.
    for unit: UInt64 in [100, 10, 1] where unit == 100 || rest % (unit * 10) > 0 {
      text.append(UInt8(ascii: "0") + UInt8(rest / unit % 10))
    }
  }

  // MARK: Fields

  private mutating func begin(_ field: borrowing ImportField) {
    text.append(field.key)
    size += field.name.bytes.count + 1
    fieldCount += 1
  }

  /// Appends a field that refers to another document.
  mutating func add(_ field: ImportField, id: [UInt8]) {
    begin(field)
    text.append(UInt8(ascii: "\""))
    text.append(id)
    text.append(UInt8(ascii: "\""))
    size += id.count + 2
    changes.append((.referenceAsID, field.column))
  }

  /// Appends a field that has a value; why the row is no document otherwise.
  mutating func add(_ field: ImportField, _ cell: Cell, of batch: borrowing RecordBatch) -> LossKind? {
    begin(field)
    if field.form == .decimal, cell.kind != .null { changes.append((.decimalAsText, field.column)) }
    switch cell.kind {
    case .null, .missing:
      size += 1
      text.append("null")
    case .boolean:
      let word = Array((cell.boolean ? "true" : "false").utf8)
      if field.form == .text || field.form == .decimal { return append(text: word.span) }
      size += 1
      text.append(word)
    case .integer:
      let digits = Array(String(cell.integer).utf8)
      return append(number: digits.span, field)
    case .number: return append(number: batch.bytes(of: cell), field)
    case .double:
      if field.form == .text || field.form == .decimal {
        let word = Array(cell.double.description.utf8)
        return append(text: word.span)
      }
      size += 9
      NumberText.append(cell.double, to: &text)
    case .text:
      if cell.flags.contains(.surrogates) { return .loneSurrogate }
      if case .json = field.form, isContainer(cell, batch) { return append(json: cell, of: batch, field) }
      return append(text: batch.bytes(of: cell))
    case .bytes:
      let bytes = batch.bytes(of: cell)
      text.append("{\"$bytes\":\"")
      text.append(encodeBase64(bytes))
      text.append("\"}")
      size += bytes.count + 2
    case .json:
      return field.form == .text ? append(text: batch.bytes(of: cell)) : append(json: cell, of: batch, field)
    // No document holds a value that is too large for memory.
    case .external: size += Self.sizeLimit
    }
    return nil
  }

  private mutating func append(text value: Span<UInt8>) -> LossKind? {
    size += value.count + 2
    // What cannot be a document need not be written.
    if !isTooLarge { text.append(jsonString: value) }
    return nil
  }

  /// Appends a value of JSON; a cell that holds none is a text.
  private mutating func append(json cell: Cell, of batch: borrowing RecordBatch, _ field: ImportField) -> LossKind? {
    let end = cell.offset + cell.count
    var at = min(batch.heap.jsonSpace(from: cell.offset), end)
    guard at < end else { return append(text: batch.bytes(of: cell)) }
    let (stop, _, mayRepeatKeys) = batch.heap.jsonNested(at: &at, python: true, isLast: true)
    guard stop == .done, at <= end, batch.heap.jsonSpace(from: at) >= end else {
      return append(text: batch.bytes(of: cell))
    }
    var numbers = NestedValue.Numbers.floats
    if case .json(let given) = field.form { numbers = given }
    let json = Array(batch.bytes(of: cell))
    if json == Array("null".utf8) { changes.append((.jsonNull, field.column)) }
    if let problem = nested.append(json, numbers, mayRepeatKeys: mayRepeatKeys, to: &text) { return problem }
    size += nested.size
    for change in nested.changes { changes.append((change, field.column)) }
    return nil
  }

  private mutating func append(number digits: Span<UInt8>, _ field: ImportField) -> LossKind? {
    let integer =
      digits.isEmpty || digits[0] == UInt8(ascii: "-") && Int64(digits: digits) == 0 ? nil : Int64(digits: digits)
    switch field.form {
    case .text, .decimal: return append(text: digits)
    case .boolean where integer == 0 || integer == 1:
      size += 1
      text.append(integer == 1 ? "true" : "false")
      return nil
    case .longInteger:
      guard let integer else { break }
      size += 9
      NumberText.append(integer, to: &text)
      guard marksIntegers else { return nil }
      text.append(Self.mark)
      for shift in [12, 6, 0] { text.append(0x40 | UInt8(truncatingIfNeeded: field.column >> shift & 0x3F)) }
      return nil
    case .int64, .json(.kept):
      guard let integer else { break }
      size += 9
      NumberText.append(integer, to: &text)
      return nil
    case .json(.texts): return append(text: digits)
    case .json(.floats):
      guard let integer, integer.magnitude > NumberText.exactLimit.magnitude else { break }
      size += 9
      NumberText.append(integer, to: &text)
      return nil
    case .boolean, .integer, .float, .bytes, .reference: break
    }
    size += 9
    if let integer {
      NumberText.append(float: integer, to: &text)
      return nil
    }
    let outcome = NumberText.append(float: digits, to: &text)
    if outcome == .rounded, field.form == .json(.floats) { changes.append((.numberRounded, field.column)) }
    return outcome == .unfit ? .typeMismatch : nil
  }

  /// Whether a text begins as JSON objects and arrays do.
  private func isContainer(_ cell: Cell, _ batch: borrowing RecordBatch) -> Bool {
    guard cell.count > 0 else { return false }
    let first = batch.heap[cell.offset]
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }
}
