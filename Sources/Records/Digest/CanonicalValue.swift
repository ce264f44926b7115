// When two values are equal: the rules of the row digest.
//
// A value is judged by the logical type of its column; how the cell holds it and how the source spells it does not matter.
// Values of different logical types are not equal (all numeric types count as one, enum counts as text).
//
//   missing      contributes nothing: a column that is missing in every row equals no such column
//   null         one value, different from missing and from every other value
//   boolean      true, t, yes, y, on, 1 in any case are one value; false, f, no, n, off, 0 the other
//   int32, int64, decimal
//                the exact number: 1 = 1.0 = 1e0 = 01 = +1, 1.10 = 1.1, -0 = 0, 1e2 = 100; NaN, Infinity, -Infinity
//   float64      the shortest decimal that is read back as the same double: 0.1 = 0.10000000000000001; a number beyond the
//                range of doubles is the exact number
//   text, enum   the bytes
//   uuid         the 16 bytes: case, dashes and braces do not matter
//   date         the day; midnight of a day (zone none or zero) is the day
//   time         the time of day to the nanosecond
//   timestamp    date and time of the wall clock to the nanosecond; `T` or space; a zone of zero does not matter; a date is
//                its midnight
//   timestamptz  the instant to the nanosecond whatever the zone; without a zone in UTC; a date is its midnight
//   interval     months, and microseconds with the day as 24 hours, whatever the spelling; a bare integer is microseconds
//   json         the structure: members in any order, elements in theirs, numbers as the exact number (so 1 = 1.0), strings
//                without their escapes, white space left out. Members of one name all count, in any order. A text cell is
//                JSON text when it is an object or array, otherwise a JSON string
//   bytes        the bytes; a text cell holds them as padded base64 (standard alphabet) or as `\x` and hexadecimal digits
//   array of T   a JSON array whose scalars are values of T however JSON spells them: ["1", null] = [1, null] for int64
//
// A cell of another kind in a text column counts as its text: 1 as `1`, true as `true`, a JSON value as it stands. A value
// that cannot be understood as its column's type counts as its text too, whatever the type, but differs from every value
// that can: this is never an error. So does a scalar above 1 MiB that is neither text nor bytes nor JSON.
//
// Row hash: the sum over the columns of hash(name of the column, tag of the type, canonical value), mixed once more so that
// values cannot move from row to row unnoticed. Table: number of rows and sum of the row hashes, both modulo 2^128. So
// neither the order of columns nor that of rows matters. A change of any rule is a new `TableDigest.version`.

internal import Bytes

/// What a canonical value is, so that equal bytes of different types differ.
enum CanonicalTag: UInt64 {
  case null = 1, boolean, number, specialNumber, longNumber, text, uuid, date, time, timestamp, timestamptz, interval
  case json, bytes, notUnderstood, array, object

  /// The seed for values with this tag in a place (a column, a JSON value) that has a seed of its own.
  @inline(__always) func seed(_ place: UInt64) -> UInt64 { place &+ rawValue &* 0x9E37_79B9_7F4A_7C15 }
}

/// How the scalars of a logical type are made canonical.
enum CanonicalForm: UInt8 {
  case boolean, number, float, text, uuid, date, time, timestamp, timestamptz, interval, bytes
  /// JSON's own types.
  case json

  /// The form of a type; of the innermost elements for an array.
  init(_ type: LogicalType) {
    switch type {
    case .boolean: self = .boolean
    case .int32, .int64, .decimal: self = .number
    case .float64: self = .float
    case .text, .enumeration: self = .text
    case .uuid: self = .uuid
    case .date: self = .date
    case .time: self = .time
    case .timestamp: self = .timestamp
    case .timestamptz: self = .timestamptz
    case .interval: self = .interval
    case .json: self = .json
    case .bytes: self = .bytes
    case .array(let element): self.init(element)
    }
  }
}

extension CanonicalForm {
  /// Below this, digits without an exponent are their own canonical form; nil when the form is no number.
  var plainNumberLimit: UInt64? {
    switch self {
    case .number, .json: 1_000_000_000_000_000_000
    case .float: 1_000_000_000_000_000
    default: nil
    }
  }
}

/// Largest scalar that is looked at as more than text.
let scalarLimit = 1 << 20

/// Hashes of canonical scalars at one place: in a column, or anywhere inside JSON.
struct CanonicalPlace: Sendable {
  let seed: UInt64

  /// Hash of a null.
  var null: Hash128 { .of(0, 0, seed: CanonicalTag.null.seed(seed)) }

  /// Hash of a boolean.
  @inline(__always) func boolean(_ value: Bool) -> Hash128 {
    .of(value ? 1 : 0, 0, seed: CanonicalTag.boolean.seed(seed))
  }

  /// Hash of an exact integer.
  @inline(__always) func number(_ value: Int64) -> Hash128 {
    .of(UInt64(bitPattern: value), 0, seed: CanonicalTag.number.seed(seed))
  }

  func number(_ value: SpecialNumber) -> Hash128 {
    .of(UInt64(value.rawValue), 0, seed: CanonicalTag.specialNumber.seed(seed))
  }

  /// Hash of the number of at most `limit - 1` significant digits at a place of a heap, when it is spelled plainly; nil
  /// for all others.
  @inline(__always)
  func plainNumber(_ heap: borrowing ByteHeap, at offset: Int, count: Int, limit: UInt64) -> Hash128? {
    guard count > 0 else { return nil }
    let isNegative = heap[offset] == UInt8(ascii: "-")
    let start = isNegative ? offset &+ 1 : offset, length = isNegative ? count &- 1 : count
    if let value = heap.smallNumber(at: start, count: length) {
      guard value < limit else { return nil }
      return number(isNegative ? 0 &- Int64(value) : Int64(value))
    }
    guard let (value, scale) = heap.smallDecimal(at: start, count: length), value < limit else { return nil }
    if scale == 0 { return number(isNegative ? 0 &- Int64(value) : Int64(value)) }
    return fraction(value, exponent: 0 &- scale, isNegative: isNegative)
  }

  /// Hash of a number that is no integer of 64 bits.
  @inline(__always)
  private func fraction(_ coefficient: UInt64, exponent: Int, isNegative: Bool) -> Hash128 {
    .of(coefficient, fractionWord(exponent, isNegative), seed: CanonicalTag.number.seed(seed))
  }
  /// Exponent and sign in one word; bit 0 tells it from the zero of an integer.
  @inline(__always)
  private func fractionWord(_ exponent: Int, _ isNegative: Bool) -> UInt64 {
    UInt64(bitPattern: Int64(exponent)) << 2 | (isNegative ? 2 : 0) | 1
  }

  /// Hash of the exact number found in `text`: an integer of 64 bits by its value, other numbers by digits and exponent.
  func number(_ value: DecimalText, _ text: Span<UInt8>) -> Hash128 {
    if let integer = value.int64 { return number(integer) }
    if value.digitCount <= 19 {
      return fraction(value.coefficient, exponent: value.exponent, isNegative: value.isNegative)
    }
    let digits = value.digitHash(in: text, seed: CanonicalTag.longNumber.seed(seed))
    let rest = fractionWord(value.exponent, value.isNegative)
    return digits.mixed(with: Hash128(low: rest, high: UInt64(value.digitCount)))
  }

  /// Hash of a number of a float64 column.
  func float(_ value: DecimalText, _ text: Span<UInt8>) -> Hash128 {
    // Up to 15 digits are the shortest form of their double, where doubles have their full precision.
    if value.digitCount <= 15 && value.magnitude > -290 && value.magnitude < 290 { return number(value, text) }
    let nearest = value.nearestDouble(in: text)
    guard nearest.isFinite, nearest != 0 || value.isZero, let shortest = DecimalText(shortest: nearest) else {
      return number(value, text)
    }
    return number(shortest, text)
  }

  /// Hash of a double in a column of any numeric type.
  func number(_ value: Double) -> Hash128 {
    if let shortest = DecimalText(shortest: value) {
      let none: [0 of UInt8] = []
      return number(shortest, none.span)
    }
    return number(value.isNaN ? .notANumber : value < 0 ? .negativeInfinity : .infinity)
  }

  /// Hash of a text.
  func text(_ bytes: Span<UInt8>) -> Hash128 { .of(bytes, seed: CanonicalTag.text.seed(seed)) }
  /// Hash of bytes.
  func bytes(_ bytes: Span<UInt8>) -> Hash128 { .of(bytes, seed: CanonicalTag.bytes.seed(seed)) }
  /// Hash of a text that is no value of its type.
  func notUnderstood(_ bytes: Span<UInt8>) -> Hash128 { .of(bytes, seed: CanonicalTag.notUnderstood.seed(seed)) }

  /// Hash of the scalar that `text` spells in a form other than `json`.
  func scalar(_ text: Span<UInt8>, as form: CanonicalForm) -> Hash128 {
    if form == .text { return self.text(text) }
    guard text.count <= scalarLimit, let hash = understood(text, as: form) else { return notUnderstood(text) }
    return hash
  }

  /// Hash of the scalar; nil when `text` is no value of the form.
  private func understood(_ text: Span<UInt8>, as form: CanonicalForm) -> Hash128? {
    switch form {
    case .boolean: return truth(text).map(boolean)
    case .number, .float:
      guard let value = DecimalText(text) else { return SpecialNumber(text).map { number($0) } }
      return form == .float ? float(value, text) : number(value, text)
    case .text, .json: return nil
    case .uuid: return UUIDText(text).map { .of($0.high, $0.low, seed: CanonicalTag.uuid.seed(seed)) }
    case .date, .time, .timestamp, .timestamptz: return DateText(text).flatMap { date($0, as: form) }
    case .interval:
      if let microseconds = Int64(digits: text) { return interval(DurationText(months: 0, microseconds: microseconds)) }
      return DurationText(text).map(interval)
    case .bytes:
      var digest = EncodedBytesDigest(self)
      digest.update(text)
      return digest.finish()
    }
  }

  /// Hash of a length of time.
  func interval(_ value: DurationText) -> Hash128 {
    .of(
      UInt64(bitPattern: value.microseconds), UInt64(bitPattern: value.months),
      seed: CanonicalTag.interval.seed(seed))
  }

  /// Hash of a date or time as another or the same kind of date or time; nil when it cannot be one.
  private func date(_ value: DateText, as form: CanonicalForm) -> Hash128? {
    switch form {
    case .date:
      let isMidnight = value.secondOfDay == 0 && value.nanosecond == 0 && value.zoneOffset == 0
      guard value.kind != .time && isMidnight else { return nil }
      return .of(UInt64(bitPattern: Int64(value.days)), 0, seed: CanonicalTag.date.seed(seed))
    case .time:
      return value.kind == .time ? moment(value, .time) : nil
    case .timestamp:
      return value.kind != .time && value.zoneOffset == 0 ? moment(value, .timestamp) : nil
    default:
      return value.kind != .time ? moment(value, .timestamptz) : nil
    }
  }
  private func moment(_ value: DateText, _ tag: CanonicalTag) -> Hash128 {
    .of(UInt64(bitPattern: value.microseconds), UInt64(value.nanosecondRest), seed: tag.seed(seed))
  }

  /// What a text says in a boolean column; nil when it is no boolean.
  private func truth(_ text: Span<UInt8>) -> Bool? {
    guard text.count >= 1 && text.count <= 5 else { return nil }
    var word: UInt64 = 0
    for i in text.indices { word = word << 8 | UInt64(asciiLower(text[i])) }
    return switch word {
    case 0x31, 0x74, 0x79, 0x6F6E, 0x796573, 0x7472_7565: true  // 1 t y on yes true
    case 0x30, 0x66, 0x6E, 0x6E6F, 0x6F6666, 0x66_616C_7365: false  // 0 f n no off false
    default: nil
    }
  }
}
