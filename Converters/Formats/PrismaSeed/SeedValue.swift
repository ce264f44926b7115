internal import Bytes
internal import Conversion
internal import JSONStream
internal import Records

/// Writes values as Prisma's client would have shown them in JSON.
struct SeedValue: Sendable {
  /// What became of a value.
  enum Outcome { case exact, special, cut, moved, jsonNull, misfit }
  /// Days that JavaScript and PostgreSQL write with four digits of a year.
  private static let days = -719_162...2_932_896
  private let enums: [DraftEnum]

  init(_ enums: [DraftEnum]) { self.enums = enums }

  /// Appends the value of a cell that is there.
  func append(
    _ cell: Cell, of batch: borrowing RecordBatch, _ field: DraftField, to output: inout OutputBuffer
  ) throws(IOError) -> Outcome {
    switch cell.kind {
    case .null, .missing:
      try output.append("null")
      return .exact
    case .boolean: return try append(word: cell.boolean ? "true" : "false", isBoolean: true, field, to: &output)
    case .integer:
      let digits = Array(String(cell.integer).utf8)
      return try append(number: digits.span, field, to: &output)
    case .double:
      guard cell.double.isFinite else { return try special(to: &output) }
      let digits = Array(cell.double.description.utf8)
      return try append(number: digits.span, field, to: &output)
    case .number: return try append(number: batch.bytes(of: cell), field, to: &output)
    case .text: return try append(text: batch.bytes(of: cell), cell.flags, field, to: &output)
    case .bytes:
      try output.append(UInt8(ascii: "\""))
      try output.appendBase64(batch.bytes(of: cell))
      try output.append(UInt8(ascii: "\""))
      return field.kind == .bytes ? .exact : .misfit
    case .json: return try append(json: cell, of: batch, field, to: &output)
    case .external:
      let specials = try batch.externals[cell.offset].writeJSON(to: &output)
      return specials > 0 ? .special : .exact
    }
  }

  private func special(to output: inout OutputBuffer) throws(IOError) -> Outcome {
    try output.append("null")
    return .special
  }

  private func append(quoted text: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    try output.append(UInt8(ascii: "\""))
    try output.appendJSONEscaped(wtf8: text)
    try output.append(UInt8(ascii: "\""))
  }

  private func append(
    word: String, isBoolean: Bool, _ field: DraftField, to output: inout OutputBuffer
  ) throws(IOError) -> Outcome {
    let bytes = Array(word.utf8)
    if field.kind == .boolean || field.kind == .json {
      try output.append(bytes)
      return .exact
    }
    try append(quoted: bytes.span, to: &output)
    return field.kind == .text ? .exact : .misfit
  }

  // MARK: Numbers

  private func append(
    number digits: Span<UInt8>, _ field: DraftField, to output: inout OutputBuffer
  ) throws(IOError) -> Outcome {
    if SpecialNumber(digits) != nil, field.kind != .text { return try special(to: &output) }
    switch field.kind {
    case .text:
      try append(quoted: digits, to: &output)
      return .exact
    case .bigInt, .decimal:
      // Digits that are no number of JSON would not be taken for one.
      guard let plain = plain(digits) else { break }
      try append(quoted: plain.span, to: &output)
      return .exact
    case .int, .float, .json:
      guard let plain = plain(digits) else { break }
      try output.append(plain)
      return field.kind == .int && Int64(digits: plain.span).flatMap({ Int32(exactly: $0) }) == nil ? .misfit : .exact
    case .boolean where Int64(digits: digits) == 0 || Int64(digits: digits) == 1:
      try output.append(Int64(digits: digits) == 1 ? "true" : "false")
      return .exact
    default: break
    }
    try append(quoted: digits, to: &output)
    return .misfit
  }

  /// Digits as JSON writes numbers; nil when they are none.
  private func plain(_ digits: Span<UInt8>) -> [UInt8]? {
    if isJSONNumber(digits) { return Array(digits) }
    if let integer = Int64(digits: digits) { return Array(String(integer).utf8) }
    var text = Array(digits)
    if text.first == UInt8(ascii: "+") { text.removeFirst() }
    let sign = text.first == UInt8(ascii: "-") ? [text.removeFirst()] : []
    while text.count > 1, text[0] == UInt8(ascii: "0"), isDigit(text[1]) { text.removeFirst() }
    if text.first == UInt8(ascii: ".") { text.insert(UInt8(ascii: "0"), at: 0) }
    if text.last == UInt8(ascii: ".") { text.removeLast() }
    text = sign + text
    return isJSONNumber(text.span) ? text : nil
  }

  // MARK: Texts

  private func append(
    text: Span<UInt8>, _ flags: Cell.Flags, _ field: DraftField, to output: inout OutputBuffer
  ) throws(IOError) -> Outcome {
    switch field.kind {
    case .text, .json:
      try append(quoted: text, to: &output)
      return flags.contains(.nul) || flags.contains(.surrogates) ? .misfit : .exact
    case .bytes:
      // A text in a column of bytes is their base64.
      try append(quoted: text, to: &output)
      return decodeBase64(text) == nil ? .misfit : .exact
    case .enumeration(let place):
      let name = Name(text)
      let value = enums[place].values.first { $0.stored == name }
      let shown = (value?.name ?? name).bytes
      try append(quoted: shown.span, to: &output)
      return value == nil ? .misfit : .exact
    case .timestamp, .instant, .date, .time: return try append(time: text, field.kind, to: &output)
    case .int, .bigInt, .float, .decimal: if plain(text) != nil { return try append(number: text, field, to: &output) }
    case .boolean, .list: break
    }
    try append(quoted: text, to: &output)
    return .misfit
  }

  /// Appends a moment, day or time of day as JavaScript's dates are written, or the text as it is when it is none.
  private func append(
    time text: Span<UInt8>, _ kind: DraftField.Kind, to output: inout OutputBuffer
  ) throws(IOError) -> Outcome {
    guard let date = DateText(text), Self.days.contains(date.days) else {
      try append(quoted: text, to: &output)
      return .misfit
    }
    let day = Int64(date.days) * 86_400_000_000
    let wall = day + Int64(date.secondOfDay) * 1_000_000 + Int64(date.nanosecond / 1000)
    let microseconds: Int64
    switch (kind, date.kind) {
    case (.date, .date): microseconds = day
    case (.time, .time) where date.zoneOffset == 0: microseconds = wall - day
    case (.timestamp, .timestamp), (.timestamp, .date), (.instant, .date): microseconds = wall
    case (.timestamp, .timestamptz) where date.zoneOffset == 0: microseconds = wall
    case (.instant, .timestamp), (.instant, .timestamptz): microseconds = date.microseconds
    default:
      try append(quoted: text, to: &output)
      return .misfit
    }
    let moment = Array(rfc3339(microseconds: microseconds).utf8)
    try append(quoted: moment.span, to: &output)
    if date.nanosecondRest != 0 { return .cut }
    return kind == .instant && date.zoneOffset != 0 ? .moved : .exact
  }

  // MARK: JSON

  private func append(
    json cell: Cell, of batch: borrowing RecordBatch, _ field: DraftField, to output: inout OutputBuffer
  ) throws(IOError) -> Outcome {
    let json = batch.bytes(of: cell)
    switch field.kind {
    case .json, .list: break
    case .text:
      try append(quoted: json, to: &output)
      return .exact
    default:
      try append(quoted: json, to: &output)
      return .misfit
    }
    var compactor = JSONCompactor()
    try compactor.append(json, to: &output)
    if compactor.specials > 0 { return .special }
    return isWord(json, "null") ? .jsonNull : .exact
  }
}
