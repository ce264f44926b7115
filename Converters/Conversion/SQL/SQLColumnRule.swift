internal import Bytes
internal import Records

/// What a column of a dialect takes as it is.
struct SQLColumnRule {
  let form: SQLForm
  let element: SQLForm
  /// Digits of a decimal; 0 for no limit.
  let precision: Int
  let scale: Int
  /// Characters of a text or bytes; 0 for no limit.
  let maximumLength: Int
  let requiresValue: Bool
  /// Flags of text that the dialect refuses.
  let refused: Cell.Flags
  let carriesNaN: Bool
  let carriesInfinity: Bool
  let carriesNegativeZero: Bool
  let checksJSON: Bool
  /// What values look like besides what their form says.
  let values: SQLValueSyntax?
  /// The only texts there are; nil: any.
  let labels: Set<[UInt8]>?
  let dialect: SQLDialect

  init(_ column: SQLColumn, _ dialect: SQLDialect) {
    let facts = dialect.facts
    form = column.type.form
    element = column.type.element ?? .text
    precision = column.type.precision
    scale = column.type.scale
    maximumLength = column.type.maximumLength
    requiresValue = column.requiresValue && !column.isComputed
    refused = facts.carriesNUL ? .surrogates : [.surrogates, .nul]
    carriesNaN = facts.carriesNaN
    carriesInfinity = facts.carriesInfinity
    carriesNegativeZero = facts.carriesNegativeZero
    checksJSON = facts.checksJSON
    values = column.type.values
    labels = column.type.labels.map { Set($0) }
    self.dialect = dialect
  }

  /// Whether a value (not an absent one) can be written as it is.
  @inline(__always)
  func takes(_ cell: Cell, _ batch: borrowing RecordBatch) throws(WriteError) -> Bool {
    if isSpecial { return try takesSyntax(cell, batch) }
    return try takesForm(cell, batch)
  }

  /// Whether the form does not say all about the values.
  var isSpecial: Bool { values != nil || labels != nil }

  /// Whether a value of a type with a syntax of its own can be written as it is.
  private func takesSyntax(_ cell: Cell, _ batch: borrowing RecordBatch) throws(WriteError) -> Bool {
    guard try takesForm(cell, batch) else { return false }
    if let labels { return cell.kind != .external && labels.contains(Array(batch.bytes(of: cell))) }
    switch cell.kind {
    case .text, .number, .json: return values?.takes(batch.bytes(of: cell), length: maximumLength) ?? true
    case .integer: return values?.takes(Array(String(cell.integer).utf8).span, length: maximumLength) ?? true
    case .double: return values != .float32 || isSingle(cell.double)
    // None of these types is for values so long.
    case .external: return values == .markup || values == .padded || values == .lexemes
    default: return true
    }
  }

  /// Whether `real` holds a float of that size.
  private func isSingle(_ value: Double) -> Bool {
    !value.isFinite || value == 0 || Float(value).isFinite && Float(value) != 0
  }

  @inline(__always)
  private func takesForm(_ cell: Cell, _ batch: borrowing RecordBatch) throws(WriteError) -> Bool {
    switch form {
    case .text:
      switch cell.kind {
      case .text, .number, .json:
        return cell.flags.isDisjoint(with: refused) && (maximumLength == 0 || cell.count <= maximumLength)
      case .external: return takesText(batch.externals[cell.offset])
      default: return false
      }
    case .int32, .int64:
      switch cell.kind {
      case .integer: return form == .int64 || Int32(exactly: cell.integer) != nil
      case .number, .text: return isInteger(batch.bytes(of: cell))
      default: return false
      }
    case .boolean: return cell.kind == .boolean
    default: return try takesOther(cell, batch)
    }
  }

  /// The forms that take a closer look.
  private func takesOther(_ cell: Cell, _ batch: borrowing RecordBatch) throws(WriteError) -> Bool {
    switch form {
    case .float:
      switch cell.kind {
      case .double: return takesFloat(cell.double)
      case .integer: return true
      case .number, .text: return isPlainFloat(batch.bytes(of: cell))
      default: return false
      }
    case .decimal:
      switch cell.kind {
      case .integer: return precision == 0 || cell.integer.magnitude < powerOfTen(precision - scale)
      case .number, .text: return isDecimal(batch.bytes(of: cell))
      default: return false
      }
    case .json:
      switch cell.kind {
      case .json: return !checksJSON || !mayHoldSpecials(cell, batch)
      case .external: return try takesJSON(batch.externals[cell.offset])
      default: return false
      }
    case .bytes:
      switch cell.kind {
      case .bytes: return maximumLength == 0 || cell.count <= maximumLength
      case .external: return try takesBytes(batch.externals[cell.offset])
      default: return false
      }
    case .uuid: return cell.kind == .text && cell.count <= 36 && UUIDText(batch.bytes(of: cell)) != nil
    case .date, .time, .timestamp, .timestamptz: return cell.kind == .text && isTemporal(batch.bytes(of: cell))
    case .interval:
      guard cell.kind == .text, cell.count > 0, isPlainInterval(batch.bytes(of: cell)) else { return false }
      return DurationText(batch.bytes(of: cell)) != nil
    case .text, .int32, .int64, .boolean, .utc, .array: return false
    }
  }

  // MARK: Numbers

  /// Whether the text is an integer of the form's width that prints back as it stands.
  @inline(__always)
  private func isInteger(_ text: Span<UInt8>) -> Bool {
    guard let value = Int64(digits: text) else { return false }
    let first = text[0]
    if first == UInt8(ascii: "0") { return text.count == 1 }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") && text[1] == UInt8(ascii: "0") { return false }
    return form == .int64 || Int32(exactly: value) != nil
  }

  /// Whether the text is a number that is certainly within the range of a 64-bit float.
  private func isPlainFloat(_ text: Span<UInt8>) -> Bool {
    guard let number = DecimalText(text) else { return false }
    if number.isZero { return carriesNegativeZero || text[0] != UInt8(ascii: "-") }
    return number.magnitude <= 308 && number.magnitude > -307
  }

  private func takesFloat(_ value: Double) -> Bool {
    if value.isFinite { return carriesNegativeZero || value != 0 || value.sign == .plus }
    return value.isNaN ? carriesNaN : carriesInfinity
  }

  /// Whether the text is a number that the type holds to the last digit.
  private func isDecimal(_ text: Span<UInt8>) -> Bool {
    guard let number = DecimalText(text) else { return false }
    // What `numeric` of PostgreSQL holds when it is not told otherwise.
    if precision == 0 { return number.magnitude <= 131_072 && number.scale <= 16_383 }
    return number.isZero || number.scale <= scale && number.magnitude <= precision - scale
  }

  private func powerOfTen(_ exponent: Int) -> UInt64 {
    guard exponent < 20 else { return .max }
    return (0..<max(exponent, 0)).reduce(1) { power, _ in power &* 10 }
  }

  // MARK: Text

  private func isTemporal(_ text: Span<UInt8>) -> Bool {
    guard let time = DateText(text) else {
      guard dialect == .postgres else { return false }
      // The end of a day is a time of its own there.
      if form == .time { return Array(text) == Array("24:00:00".utf8) }
      return isInfinity(text) || isFarTemporal(text)
    }
    guard time.nanosecondRest == 0 else { return false }
    switch form {
    case .date: return time.kind == .date
    case .time: return time.kind == .time
    case .timestamp: return time.kind == .timestamp || time.kind == .date
    default: return time.kind != .time  // without a zone it is UTC, as the script says
    }
  }

  /// Whether a date is one before our era or behind the year 9999, as PostgreSQL writes them.
  private func isFarTemporal(_ text: Span<UInt8>) -> Bool {
    var bytes = Array(text)
    let isBefore = bytes.count > 3 && bytes.suffix(3).elementsEqual(" BC".utf8)
    if isBefore { bytes.removeLast(3) }
    let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
    guard digits >= 4, digits <= 6, digits < bytes.count, bytes[digits] == UInt8(ascii: "-"), isBefore || digits > 4
    else { return false }
    // Month, day and time are judged in a leap year.
    bytes.replaceSubrange(0..<digits, with: "2000".utf8)
    return DateText(bytes.span) != nil && isTemporal(bytes.span)
  }

  private func isInfinity(_ text: Span<UInt8>) -> Bool {
    switch SpecialNumber(text) {
    case .infinity, .negativeInfinity: text.count >= 8  // the whole word
    default: false
    }
  }

  /// Whether PostgreSQL reads the text as we do: it knows no sign before the `P` of ISO 8601.
  private func isPlainInterval(_ text: Span<UInt8>) -> Bool {
    let second = text.count > 1 ? text[1] | 0x20 : 0
    return !((text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+")) && second == UInt8(ascii: "p"))
  }

  /// Whether JSON holds a letter that only `NaN` and `Infinity` begin with, inside a string or not.
  private func mayHoldSpecials(_ cell: Cell, _ batch: borrowing RecordBatch) -> Bool {
    batch.heap.firstOffset(of: UInt8(ascii: "N"), at: cell.offset, count: cell.count) != nil
      || batch.heap.firstOffset(of: UInt8(ascii: "I"), at: cell.offset, count: cell.count) != nil
  }

  // MARK: External values

  private func takesText(_ value: ExternalValue) -> Bool {
    // No limit we declare is as long as a value that is kept outside the heap.
    value.kind != .bytes && value.flags.isDisjoint(with: refused) && maximumLength == 0
  }

  private func takesJSON(_ value: ExternalValue) throws(WriteError) -> Bool {
    switch value.kind {
    case .text: return true
    case .json where checksJSON:
      var scanner = JSONSpecialScanner()
      try eachPiece(of: value) { scanner.scan($0) }
      return !scanner.found
    default: return value.kind == .json
    }
  }

  private func takesBytes(_ value: ExternalValue) throws(WriteError) -> Bool {
    guard maximumLength == 0 else { return false }
    guard value.kind == .text else { return value.kind == .bytes }
    var decoder = Base64Decoder(), output: [UInt8] = [], isBase64 = true
    try eachPiece(of: value) {
      output.removeAll(keepingCapacity: true)
      isBase64 = isBase64 && decoder.decode($0, into: &output)
    }
    return isBase64 && decoder.finish(into: &output)
  }

  private func eachPiece(of value: ExternalValue, _ body: (Span<UInt8>) -> Void) throws(WriteError) {
    try value.file.forEachPiece(
      at: value.offset, count: value.byteCount, { (piece) throws(WriteError) in body(piece) },
      failed: { WriteError($0) })
  }
}

/// Looks for `NaN` and infinities outside the strings of JSON, piece by piece.
struct JSONSpecialScanner {
  private(set) var found = false
  private var isInString = false
  private var isEscaped = false

  mutating func scan(_ piece: Span<UInt8>) {
    for i in piece.indices {
      let byte = piece[i]
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      } else if isInString {
        isEscaped = byte == UInt8(ascii: "\\")
      } else if byte == UInt8(ascii: "N") || byte == UInt8(ascii: "I") {
        found = true
      }
    }
  }
}
