internal import Bytes
internal import Records

/// What became of a value that could not be written as it is.
enum SQLRespelling {
  /// The same value, spelled for the dialect.
  case value(Cell)
  /// A value that says less.
  case changed(Cell, LossKind)
  case rejected(LossKind)
}

// Values that are not what their column's type writes, which is rare: clarity before speed.
extension SQLRowConformer {
  /// Spells a value for the dialect, in the copy.
  func respell(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    if cell.kind == .external { return refusal(of: batch.externals[cell.offset], by: rule) }
    guard rule.isSpecial else { return respelledForm(cell, of: batch, by: rule, in: &copy) }
    let result = respelledForm(cell, of: batch, by: rule, in: &copy)
    guard case .value(let respelled) = result else { return result }
    return (try? rule.takes(respelled, copy)) == true ? result : .rejected(.typeMismatch)
  }

  private func respelledForm(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    switch rule.form {
    case .text: return text(cell, of: batch, by: rule, in: &copy)
    case .boolean: return boolean(cell, of: batch)
    case .int32, .int64: return integer(cell, of: batch, by: rule)
    case .decimal: return decimal(cell, of: batch, by: rule, in: &copy)
    case .float: return float(cell, of: batch, by: rule)
    case .json: return json(cell, of: batch, by: rule, in: &copy)
    case .bytes: return bytes(cell, of: batch, by: rule, in: &copy)
    case .uuid:
      guard cell.kind == .text, let uuid = UUIDText(batch.bytes(of: cell)) else { return .rejected(.typeMismatch) }
      return .value(copy.cell(.text, uuid.text))
    case .date, .time, .timestamp, .timestamptz, .utc: return temporal(cell, of: batch, by: rule, in: &copy)
    case .interval:
      guard cell.kind == .text, let length = DurationText(batch.bytes(of: cell)) else {
        return .rejected(.typeMismatch)
      }
      return .value(copy.cell(.text, Array("\(length.months) mons \(length.microseconds) microseconds".utf8)))
    case .array:
      guard cell.kind == .json || cell.kind == .text else { return .rejected(.typeMismatch) }
      guard cell.flags.isDisjoint(with: rule.refused) else { return flagged(cell) }
      let isText = cell.kind == .text
      guard let literal = postgresArray(batch.bytes(of: cell), of: rule.element, isText: isText) else {
        return .rejected(.typeMismatch)
      }
      return .value(copy.cell(.text, literal))
    }
  }

  /// The value as text; not for external ones.
  private func spelling(_ cell: Cell, of batch: borrowing RecordBatch) -> [UInt8] {
    switch cell.kind {
    case .text, .number, .json: Array(batch.bytes(of: cell))
    case .integer: Array(String(cell.integer).utf8)
    case .boolean: Array((cell.boolean ? "true" : "false").utf8)
    case .double:
      Array(shortest(cell.double).utf8)
    case .bytes: encodeBase64(batch.bytes(of: cell))
    case .null, .missing, .external: []
    }
  }

  private func flagged(_ cell: Cell) -> SQLRespelling {
    .rejected(cell.flags.contains(.surrogates) ? .loneSurrogate : .nulCharacter)
  }

  private func refusal(of value: ExternalValue, by rule: SQLColumnRule) -> SQLRespelling {
    guard rule.form == .text, value.kind != .bytes else { return .rejected(.typeMismatch) }
    if value.flags.contains(.surrogates) { return .rejected(.loneSurrogate) }
    if !value.flags.isDisjoint(with: rule.refused) { return .rejected(.nulCharacter) }
    return .rejected(.tooLong)
  }

  private func text(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    guard cell.flags.isDisjoint(with: rule.refused) else { return flagged(cell) }
    let text = spelling(cell, of: batch)
    // Characters, not bytes, are limited; continuation bytes count for none.
    guard rule.maximumLength == 0 || text.count(where: { $0 & 0xC0 != 0x80 }) <= rule.maximumLength else {
      return .rejected(.tooLong)
    }
    return .value(copy.cell(.text, text))
  }

  private func boolean(_ cell: Cell, of batch: borrowing RecordBatch) -> SQLRespelling {
    guard cell.kind != .json, cell.kind != .bytes, cell.kind != .double else { return .rejected(.typeMismatch) }
    return switch String(decoding: spelling(cell, of: batch).map(asciiLower), as: UTF8.self) {
    case "true", "t", "1", "yes", "y", "on": .value(.boolean(true))
    case "false", "f", "0", "no", "n", "off": .value(.boolean(false))
    default: .rejected(.typeMismatch)
    }
  }

  private func integer(_ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule) -> SQLRespelling {
    let value: Int64? =
      switch cell.kind {
      case .boolean: cell.boolean ? 1 : 0
      case .double: Int64(exactly: cell.double)
      case .number, .text: DecimalText(batch.bytes(of: cell))?.int64
      default: nil
      }
    guard let value, rule.form == .int64 || Int32(exactly: value) != nil else { return .rejected(.typeMismatch) }
    return .value(.integer(value))
  }

  private func decimal(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    guard cell.kind != .json, cell.kind != .bytes, cell.kind != .integer else { return .rejected(.typeMismatch) }
    if cell.kind == .boolean { return .value(.integer(cell.boolean ? 1 : 0)) }
    let text = spelling(cell, of: batch)
    if let special = SpecialNumber(text.span) {
      let isCarried = special == .notANumber ? rule.carriesNaN : rule.carriesInfinity && rule.precision == 0
      return isCarried ? .value(.double(special.double)) : .changed(.null, .specialFloat)
    }
    let number = copy.cell(.number, text)
    guard cell.kind == .double, (try? rule.takes(number, copy)) == true else { return .rejected(.typeMismatch) }
    return .value(number)
  }

  private func float(_ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule) -> SQLRespelling {
    guard cell.kind != .json, cell.kind != .bytes else { return .rejected(.typeMismatch) }
    if cell.kind == .boolean { return .value(.integer(cell.boolean ? 1 : 0)) }
    let text = spelling(cell, of: batch)
    if let special = SpecialNumber(text.span) {
      let isCarried = special == .notANumber ? rule.carriesNaN : rule.carriesInfinity
      return isCarried ? .value(.double(special.double)) : .changed(.null, .specialFloat)
    }
    guard let number = DecimalText(text.span), let value = Double(String(decoding: text, as: UTF8.self)) else {
      return .rejected(.typeMismatch)
    }
    // Neither beyond the greatest float nor below the least.
    guard value.isFinite, value != 0 || number.isZero else { return .rejected(.typeMismatch) }
    if value == 0 && value.sign == .minus && !rule.carriesNegativeZero { return .changed(.double(0), .negativeZero) }
    return .value(.double(value))
  }

  private func json(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    switch cell.kind {
    case .text: return .value(copy.cell(.json, jsonString(batch.bytes(of: cell))))
    case .bytes: return .value(copy.cell(.json, jsonString(encodeBase64(batch.bytes(of: cell)).span)))
    case .json:
      let (text, hadSpecials) = jsonWithoutSpecials(batch.bytes(of: cell))
      return hadSpecials ? .changed(copy.cell(.json, text), .specialFloat) : .value(copy.cell(.json, text))
    default:
      let text = spelling(cell, of: batch)
      if rule.checksJSON && SpecialNumber(text.span) != nil { return .changed(.null, .specialFloat) }
      return .value(copy.cell(.json, text))
    }
  }

  private func bytes(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    guard cell.kind == .text || cell.kind == .bytes else { return .rejected(.typeMismatch) }
    var bytes: [UInt8] = []
    if cell.kind == .bytes {
      bytes = Array(batch.bytes(of: cell))
    } else if let decoded = decodeBase64(batch.bytes(of: cell)) {
      bytes = decoded
    } else if !decodeHexBytes(batch.bytes(of: cell), into: &bytes) {
      return .rejected(.typeMismatch)
    }
    guard rule.maximumLength == 0 || bytes.count <= rule.maximumLength else { return .rejected(.tooLong) }
    return .value(copy.cell(.bytes, bytes))
  }

  private func temporal(
    _ cell: Cell, of batch: borrowing RecordBatch, by rule: SQLColumnRule, in copy: inout RecordBatch
  ) -> SQLRespelling {
    guard cell.kind == .text, let time = DateText(batch.bytes(of: cell)) else { return .rejected(.typeMismatch) }
    let isInstant = time.kind == .timestamptz
    switch (rule.form, time.kind) {
    case (.time, .time), (.timestamptz, .timestamp), (.timestamptz, .timestamptz):
      // Only finer than a microsecond: the target rounds it.
      return .changed(copy.cell(.text, Array(batch.bytes(of: cell))), .timePrecision)
    case (.timestamp, .timestamp), (.timestamp, .timestamptz), (.utc, .date), (.utc, .timestamp), (.utc, .timestamptz):
      guard let text = civilText(microseconds: time.microseconds) else { return .rejected(.typeMismatch) }
      let written = copy.cell(.text, text)
      if isInstant && (rule.form == .timestamp || time.zoneOffset != 0) { return .changed(written, .offsetAsUTC) }
      return time.nanosecondRest == 0 ? .value(written) : .changed(written, .timePrecision)
    default: return .rejected(.typeMismatch)
    }
  }
}

extension RecordBatch {
  /// Puts bytes into the heap and returns a cell for them.
  fileprivate mutating func cell(_ kind: Cell.Kind, _ bytes: [UInt8]) -> Cell { cell(kind, bytes.span) }
}

/// The shortest digits that give the float again, or its name.
private func shortest(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
  return value.description
}

extension SpecialNumber {
  fileprivate var double: Double {
    switch self {
    case .notANumber: .nan
    case .infinity: .infinity
    case .negativeInfinity: -.infinity
    }
  }
}

/// `YYYY-MM-DD HH:MM:SS.FFFFFF`; nil outside the years 1 to 9999.
private func civilText(microseconds: Int64) -> [UInt8]? {
  let day: Int64 = 86_400_000_000
  let days = microseconds >= 0 ? microseconds / day : -((-microseconds + day - 1) / day)
  let rest = Int(microseconds - days * day)
  let date = civilDate(daysSince1970: Int(days))
  guard date.year >= 1, date.year <= 9999 else { return nil }
  func digits(_ value: Int, _ width: Int) -> [UInt8] {
    let text = Array(String(value).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - text.count)) + text
  }
  let seconds = rest / 1_000_000
  let dash = [UInt8(ascii: "-")], colon = [UInt8(ascii: ":")]
  var text = digits(date.year, 4) + dash + digits(date.month, 2) + dash + digits(date.day, 2) + [0x20]
  text += digits(seconds / 3600, 2) + colon + digits(seconds / 60 % 60, 2) + colon + digits(seconds % 60, 2)
  return text + [UInt8(ascii: ".")] + digits(rest % 1_000_000, 6)
}
