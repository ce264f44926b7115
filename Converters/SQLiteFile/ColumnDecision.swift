internal import Bytes
internal import Conversion
internal import Records

/// What is made of a column's values on their way out of the database.
enum ColumnReading: Sendable, Equatable {
  case plain
  /// 0 and 1 are false and true.
  case boolean
  /// Floats, and texts that are numbers, are numbers by their digits.
  case digits
  /// Texts that are JSON are JSON.
  case json
  /// Texts are bytes.
  case bytes
  /// Times without a zone are UTC.
  case utc
  /// Whole numbers are lengths of time in microseconds.
  case microseconds
  /// Bytes and infinities are JSON that says so: `{"$bytes": …}`, `{"$float": …}`.
  case tagged
}

/// The type of a column, found from what was declared and what the values are.
struct ColumnDecision {
  var type: LogicalType
  var reading = ColumnReading.plain
  /// Whether values are of several storage classes, which no type but JSON holds side by side.
  var isMixed = false

  init(_ type: LogicalType, _ reading: ColumnReading = .plain) {
    self.type = type
    self.reading = reading
  }

  /// `meaning`: what the file's own writer says of the column.
  init(_ declared: DeclaredType, meaning: LogicalType?, _ p: ColumnProfile, _ digits: DecimalRange, name: Name) {
    if let meaning, let decision = Self.meant(meaning, p) {
      self = decision
      return
    }
    guard p.valueCount > 0 else {
      self.init(declared.emptyType, declared.emptyReading)
      return
    }
    self = Self.declared(declared, p, digits) ?? Self.byValues(p, name)
    if type == .int32 { type = .int64 }
  }

  /// The meaning, when the values are stored as that meaning is.
  private static func meant(_ meaning: LogicalType, _ p: ColumnProfile) -> ColumnDecision? {
    let isInteger = p.numbers.integerCount == p.valueCount, isText = p.text.count == p.valueCount
    switch meaning {
    case .boolean: return isInteger && isTruth(p) ? ColumnDecision(.boolean, .boolean) : nil
    case .int32:
      let isWithin = p.numbers.minimum >= Int64(Int32.min) && p.numbers.maximum <= Int64(Int32.max)
      return isInteger && (p.valueCount == 0 || isWithin) ? ColumnDecision(.int32) : nil
    case .int64, .float64, .text, .bytes: return nil  // their declared types say it
    case .decimal: return isText ? ColumnDecision(meaning, .digits) : nil
    case .json, .array: return isText ? ColumnDecision(meaning, .json) : nil
    case .uuid, .date, .time, .timestamp, .timestamptz, .interval, .enumeration:
      return isText ? ColumnDecision(meaning) : nil
    }
  }

  private static func isTruth(_ p: ColumnProfile) -> Bool {
    p.valueCount == 0 || p.numbers.minimum >= 0 && p.numbers.maximum <= 1
  }

  /// What was declared, when all values bear it out.
  private static func declared(
    _ declared: DeclaredType, _ p: ColumnProfile, _ digits: DecimalRange
  ) -> ColumnDecision? {
    let isInteger = p.numbers.integerCount == p.valueCount, isText = p.isText
    switch declared.kind {
    case .integer: return isInteger ? ColumnDecision(.int64) : nil
    case .boolean: return isInteger && isTruth(p) ? ColumnDecision(.boolean, .boolean) : nil
    case .real: return p.isNumber ? ColumnDecision(.float64) : nil
    case .decimal:
      guard p.isNumber else { return nil }
      guard p.numbers.specialCount == 0 else { return ColumnDecision(.float64) }
      guard let precision = declared.parameters.first, declared.parameters.count <= 2 else {
        return ColumnDecision(.decimal, .digits)
      }
      let scale = declared.parameters.count > 1 ? declared.parameters[1] : 0
      let fits = scale <= precision && digits.scale <= scale && digits.magnitude <= precision - scale
      return ColumnDecision(fits ? .decimal(precision: precision, scale: scale) : .decimal, .digits)
    case .text: return isText ? ColumnDecision(.text) : nil
    case .date, .time, .timestamp:
      guard isText else { return nil }
      switch (p.text.emptyCount == 0 ? p.text.shape : .text) {
      case .date: return ColumnDecision(.date)
      case .time: return ColumnDecision(.time)
      case .timestamp: return ColumnDecision(.timestamp)
      case .timestamptz: return ColumnDecision(.timestamptz)
      default: return ColumnDecision(.text)
      }
    case .uuid: return isText ? ColumnDecision(p.text.shape == .uuid && p.text.emptyCount == 0 ? .uuid : .text) : nil
    case .json:
      guard isText else { return nil }
      return p.text.shape == .json && p.text.emptyCount == 0 ? ColumnDecision(.json, .json) : ColumnDecision(.text)
    case .bytes:
      if p.bytesCount > 0, p.bytesCount + p.text.count == p.valueCount { return ColumnDecision(.bytes, .bytes) }
      return isText ? ColumnDecision(.text) : nil
    case .unknown: return nil
    }
  }

  private static func byValues(_ p: ColumnProfile, _ name: Name) -> ColumnDecision {
    if p.bytesCount == p.valueCount { return ColumnDecision(.bytes) }
    if p.bytesCount > 0 || !p.isText && !p.isNumber {
      var decision = ColumnDecision(.json, .tagged)
      decision.isMixed = true
      return decision
    }
    let type = p.inferredType(from: .json, name: name).type
    if case .decimal = type { return ColumnDecision(type, .digits) }
    return ColumnDecision(type)
  }
}

/// How many digits the numbers of a column have.
struct DecimalRange: Sendable, Equatable {
  /// Greatest number of digits behind and before the point.
  private(set) var scale = 0
  private(set) var magnitude = 0

  /// Takes a column's integers and floats.
  mutating func add(_ batch: borrowing RecordBatch, column: Int) {
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      switch cell.kind {
      case .integer: add(DecimalText(cell.integer))
      case .double: if let digits = DecimalText(shortest: cell.double) { add(digits) }
      default: break
      }
    }
  }

  private mutating func add(_ number: DecimalText) {
    guard !number.isZero else { return }
    scale = max(scale, number.scale)
    magnitude = max(magnitude, number.magnitude)
  }
}
