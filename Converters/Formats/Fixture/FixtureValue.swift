internal import Bytes
internal import Conversion
internal import Records

/// A value as Django's serializers see it; its bytes are kept from value to value.
struct FixtureValue: Sendable {
  enum Kind: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// Digits, or `NaN`, `Infinity`, `-Infinity`.
    case number
    case text
    case json
    /// A date or moment, which YAML writes without quotes.
    case moment
  }
  /// Bytes of one value that are held.
  static let limit = 256 << 20

  private(set) var kind = Kind.null
  private(set) var bytes: [UInt8] = []
  /// Whether text holds half a surrogate pair.
  private(set) var hasSurrogates = false
  /// Whether a time was finer than microseconds.
  private(set) var isCut = false
  /// Members of JSON objects that were left out, for their keys come again.
  private(set) var repeatedKeys = 0

  /// Takes a cell over.
  mutating func load(
    _ cell: Cell, _ field: FixtureField, of batch: borrowing RecordBatch, _ syntax: FixtureSyntax
  ) throws(IOError) {
    (hasSurrogates, isCut, repeatedKeys) = (false, false, 0)
    bytes.removeAll(keepingCapacity: true)
    switch cell.kind {
    case .null, .missing: kind = .null
    case .boolean where field.holdsJSON:
      kind = .json
      bytes += Array((cell.boolean ? "true" : "false").utf8)
    case .boolean: kind = .boolean(cell.boolean)
    case .integer: take(number: Array(String(cell.integer).utf8), field)
    case .double:
      let value = cell.double
      let word = value.isNaN ? "NaN" : value == .infinity ? "Infinity" : value == -.infinity ? "-Infinity" : "\(value)"
      take(number: Array(word.utf8), field)
    case .number: take(number: Array(batch.bytes(of: cell)), field)
    case .text, .json, .bytes:
      bytes.append(contentsOf: Array(batch.bytes(of: cell)))
      hasSurrogates = cell.flags.contains(.surrogates)
      try interpret(cell.kind, field, syntax)
    case .external:
      let value = batch.externals[cell.offset]
      var source: any ByteSource & ~Copyable = SpillSource(value.file, at: value.offset, count: value.byteCount)
      bytes = try readAll(&source, limit: Self.limit)
      hasSurrogates = value.flags.contains(.surrogates)
      try interpret(value.kind, field, syntax)
    }
  }

  private mutating func take(number digits: [UInt8], _ field: FixtureField) {
    bytes = digits
    kind = .number
    if field.holdsJSON { kind = .json }
    if case .decimal = field.type { kind = .text }
    if field.type == .float64 { bytes = withoutPointZero(digits) }
    if case .boolean = field.type, digits.count == 1 { kind = .boolean(digits[0] != UInt8(ascii: "0")) }
  }

  private mutating func interpret(_ held: Cell.Kind, _ field: FixtureField, _ syntax: FixtureSyntax) throws(IOError) {
    kind = .text
    switch held {
    case .bytes:
      let store = MemoryStore()
      var buffer = OutputBuffer(MemorySink(store), capacity: 256)
      try buffer.appendBase64(bytes.span)
      try buffer.finish()
      bytes = store.bytes
    case .json:
      guard JSONTokens.isValid(bytes) else { return }
      if case .array = field.type { bytes = Self.arrayText(bytes) } else if !field.isText { kind = .json }
      if syntax == .yaml, kind == .json, let (text, count) = JSONTokens.withoutRepeatedKeys(bytes) {
        (bytes, repeatedKeys) = (text, count)
      }
    case .text where field.holdsJSON:
      let text = bytes
      bytes = []
      bytes.append(jsonString: text, isASCII: false)
      (kind, hasSurrogates) = (.json, false)
    default: respell(field.type, isJSON: syntax == .json || syntax == .jsonl)
    }
  }

  /// Gives times and durations the spelling of Django's serializers; what is none stays as it is.
  private mutating func respell(_ type: LogicalType, isJSON: Bool) {
    switch type {
    case .date:
      if let date = DateText(bytes.span), date.kind == .date { kind = .moment }
    case .timestamp, .timestamptz:
      guard let date = DateText(bytes.span), date.kind == .timestamp || date.kind == .timestamptz else { return }
      kind = .moment
      isCut = date.nanosecondRest != 0
      bytes = Self.moment(date, isJSON: isJSON)
    case .time:
      guard let time = DateText(bytes.span), time.kind == .time else { return }
      isCut = time.nanosecondRest != 0
      bytes = Self.clock(time.secondOfDay, time.nanosecond / 1000, isJSON: isJSON)
    case .interval:
      if let duration = DurationText(bytes.span), duration.months == 0 { bytes = Self.duration(duration.microseconds) }
    default: break
    }
  }

  private static func moment(_ date: DateText, isJSON: Bool) -> [UInt8] {
    let day = civilDate(daysSince1970: date.days)
    var text = digits(day.year, 4) + dash + digits(day.month, 2) + dash + digits(day.day, 2) + [UInt8(ascii: "T")]
    text += clock(date.secondOfDay, date.nanosecond / 1000, isJSON: isJSON)
    guard date.kind == .timestamptz else { return text }
    if isJSON, date.zoneOffset == 0 { return text + [UInt8(ascii: "Z")] }
    let offset = Int(date.zoneOffset.magnitude)
    text.append(date.zoneOffset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    text += digits(offset / 3600, 2) + colon + digits(offset / 60 % 60, 2)
    return offset % 60 == 0 ? text : text + colon + digits(offset % 60, 2)
  }

  /// `HH:MM:SS` with a fraction where there is one: of six digits, in JSON of three where these say it all.
  private static func clock(_ second: Int, _ microsecond: Int, isJSON: Bool) -> [UInt8] {
    let text = digits(second / 3600, 2) + colon + digits(second / 60 % 60, 2) + colon + digits(second % 60, 2)
    if microsecond == 0 { return text }
    let isShort = isJSON && microsecond % 1000 == 0
    return text + [UInt8(ascii: ".")] + (isShort ? digits(microsecond / 1000, 3) : digits(microsecond, 6))
  }

  /// `[-]D HH:MM:SS[.ffffff]`: days may be below zero, the rest may not.
  private static func duration(_ microseconds: Int64) -> [UInt8] {
    let day: Int64 = 86_400_000_000
    var days = microseconds / day, rest = microseconds % day
    if rest < 0 {
      days -= 1
      rest += day
    }
    let text = clock(Int(rest / 1_000_000), Int(rest % 1_000_000), isJSON: false)
    return days == 0 ? text : Array(String(days).utf8) + [UInt8(ascii: " ")] + text
  }

  private static let dash = [UInt8(ascii: "-")], colon = [UInt8(ascii: ":")]
  private static func digits(_ value: Int, _ width: Int) -> [UInt8] {
    let digits = Array(String(value).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: max(0, width - digits.count)) + digits
  }

  /// An array as PostgreSQL's `ArrayField` serialises it: JSON whose elements are texts, or null.
  private static func arrayText(_ json: [UInt8]) -> [UInt8] {
    var tokens = JSONTokens(), levels: [[UInt8]] = []
    func add(_ element: [UInt8], isText: Bool) {
      guard !levels.isEmpty else { return }
      if levels[levels.count - 1].count > 1 { levels[levels.count - 1] += Array(", ".utf8) }
      if isText {
        levels[levels.count - 1].append(jsonString: element, isASCII: true)
      } else {
        levels[levels.count - 1] += element
      }
    }
    while let token = tokens.next(json) {
      switch token {
      // Objects and what is nested deeper than arrays are stay as they are.
      case .open(let isObject) where isObject || levels.count >= LogicalType.depthLimit: return json
      case .open: levels.append([UInt8(ascii: "[")])
      case .close:
        let whole = levels.removeLast() + [UInt8(ascii: "]")]
        if levels.isEmpty { return whole }
        add(whole, isText: true)
      case .text(let range, let isEscaped): add(JSONTokens.text(json, range, isEscaped: isEscaped), isText: true)
      case .word(let range):
        let word = Array(json[range])
        let isNull = word == Array("null".utf8)
        let truth = word == Array("true".utf8) ? "True" : word == Array("false".utf8) ? "False" : nil
        add(truth.map { Array($0.utf8) } ?? word, isText: !isNull)
      default: continue
      }
    }
    return json
  }
}
