internal import CBytes

/// A date, a time of day or both, found in text; exact to the nanosecond.
public struct DateText: BitwiseCopyable, Hashable, Sendable {
  public enum Kind: UInt8, BitwiseCopyable, Sendable {
    case date, time
    /// Date and time without a zone.
    case timestamp
    /// Date, time and zone.
    case timestamptz
  }
  public var kind: Kind
  /// Days since 1970-01-01 as the text has them, before any zone; 0 for a time.
  public var days: Int
  /// Seconds since midnight as the text has them; 0 for a date.
  public var secondOfDay: Int
  public var nanosecond: Int
  /// Seconds east of UTC; 0 without a zone.
  public var zoneOffset: Int

  /// The date or time that the whole of `text` spells; nil for anything else.
  ///
  /// Dates are `YYYY-MM-DD` of the years 0001 to 9999, times `HH:MM[:SS[.F]]` with one to nine digits in F; between them
  /// stands `T` or a space; zones are `Z`, `±HH`, `±HHMM`, `±HH:MM`, `±HH:MM:SS` below 24 hours.
  public init?(_ text: Span<UInt8>) {
    let count = text.count
    guard count >= 5 && count <= 38, isDigit(text[0]) else { return nil }
    (kind, days, secondOfDay, nanosecond, zoneOffset) = (.date, 0, 0, 0, 0)
    var at = 0
    if text[4] == UInt8(ascii: "-") {
      guard let days = Self.days(text) else { return nil }
      self.days = days
      if count == 10 { return }
      guard text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " ") else { return nil }
      kind = .timestamp
      at = 11
    } else {
      kind = .time
    }
    guard let clock = Self.clock(text, at: at) else { return nil }
    secondOfDay = clock.seconds
    at = clock.end
    if at < count && text[at] == UInt8(ascii: ".") && clock.hasSeconds {
      guard let fraction = Self.fraction(text, at: at &+ 1) else { return nil }
      nanosecond = fraction.nanoseconds
      at = fraction.end
    }
    if at == count { return }
    guard kind == .timestamp, let offset = Self.zone(text, at: at) else { return nil }
    kind = .timestamptz
    zoneOffset = offset
  }

  /// Microseconds since 1970: of the instant in UTC with a zone, of the wall clock without; of the day for a time.
  public var microseconds: Int64 {
    (Int64(days) &* 86_400 &+ Int64(secondOfDay &- zoneOffset)) &* 1_000_000 &+ Int64(nanosecond / 1000)
  }
  /// Nanoseconds beyond `microseconds`, 0…999.
  public var nanosecondRest: Int { nanosecond % 1000 }

  /// The kind of date or time that the whole of `text` spells; nil for anything else.
  public static func kind(of text: Span<UInt8>) -> Kind? { DateText(text)?.kind }

  /// Days since 1970-01-01 of the date `YYYY-MM-DD` at the start of `text`.
  @inline(__always)
  private static func days(_ text: Span<UInt8>) -> Int? {
    guard text.count >= 10, let day = twoDigits(text, at: 8) else { return nil }
    var fields = cb_date_fields()
    let isDate = text.withUnsafeBufferPointer { p in cb_read_date(p.baseAddress!, &fields) != 0 }
    guard isDate else { return nil }
    return daysSince1970(year: Int(fields.year), month: Int(fields.month), day: day)
  }

  /// The seconds since midnight of `HH:MM[:SS]` at a place, and where it ends.
  @inline(__always)
  private static func clock(_ text: Span<UInt8>, at offset: Int) -> (seconds: Int, end: Int, hasSeconds: Bool)? {
    if text.count &- offset >= 8 && text[offset &+ 5] == UInt8(ascii: ":") {
      let seconds = text.withUnsafeBufferPointer { p in Int(cb_read_clock(p.baseAddress! + offset)) }
      return seconds < 0 ? nil : (seconds, offset &+ 8, true)
    }
    guard let hour = twoDigits(text, at: offset), let minute = twoDigits(text, at: offset &+ 3),
      text[offset &+ 2] == UInt8(ascii: ":"), hour < 24, minute < 60,
      offset &+ 5 == text.count || text[offset &+ 5] != UInt8(ascii: ":")
    else { return nil }
    return (hour &* 3600 &+ minute &* 60, offset &+ 5, false)
  }

  /// One to nine digits as nanoseconds, and where they end; more digits are nil.
  @inline(__always) static func fraction(_ text: Span<UInt8>, at offset: Int) -> (nanoseconds: Int, end: Int)? {
    var at = offset
    var value = 0
    while at < text.count && isDigit(text[at]) {
      guard at &- offset < 9 else { return nil }
      value = value &* 10 &+ Int(text[at] &- UInt8(ascii: "0"))
      at &+= 1
    }
    guard at > offset else { return nil }
    return (value &* nanosecondUnits[at &- offset], at)
  }

  /// Seconds east of UTC of the zone that the rest of `text` spells.
  @inline(__always) static func zone(_ text: Span<UInt8>, at offset: Int) -> Int? {
    let count = text.count &- offset
    let sign = text[offset]
    if sign | 0x20 == UInt8(ascii: "z") { return count == 1 ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = twoDigits(text, at: offset &+ 1),
      hours < 24
    else { return nil }
    var seconds = hours &* 3600
    switch count {
    case 3: break
    case 5:
      guard let minutes = twoDigits(text, at: offset &+ 3), minutes < 60 else { return nil }
      seconds &+= minutes &* 60
    case 6, 9:
      guard text[offset &+ 3] == UInt8(ascii: ":"), let minutes = twoDigits(text, at: offset &+ 4), minutes < 60
      else { return nil }
      seconds &+= minutes &* 60
      guard count == 9 else { break }
      guard text[offset &+ 6] == UInt8(ascii: ":"), let rest = twoDigits(text, at: offset &+ 7), rest < 60
      else { return nil }
      seconds &+= rest
    default: return nil
    }
    return sign == UInt8(ascii: "-") ? 0 &- seconds : seconds
  }
}

/// Nanoseconds of one unit of the last of so many digits.
private let nanosecondUnits: [10 of Int] = [
  1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1,
]

/// Days from 1970-01-01 to a date of the Gregorian calendar; nil when the years 1 to 9999 have no such date.
public func daysSince1970(year: Int, month: Int, day: Int) -> Int? {
  guard year >= 1 && year <= 9999, month >= 1 && month <= 12, day >= 1 else { return nil }
  let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  let length = month == 2 ? (isLeap ? 29 : 28) : 30 &+ ((month &+ month / 8) & 1)
  guard day <= length else { return nil }
  // Years begin in March here, so that the leap day comes last.
  let y = month > 2 ? year : year &- 1
  let dayOfYear = (153 &* (month &+ (month > 2 ? -3 : 9)) &+ 2) / 5 &+ day &- 1
  return y &* 365 &+ y / 4 &- y / 100 &+ y / 400 &+ dayOfYear &- 719_468
}

/// The date so many days after 1970-01-01, in the Gregorian calendar without limits.
public func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

/// A point in time as RFC 3339 text in UTC: `2026-02-05T07:54:39Z`, with three or six digits of fraction where needed.
public func rfc3339(microseconds: Int64) -> String {
  let seconds = microseconds.flooredQuotient(1_000_000)
  let fraction = Int(microseconds &- seconds &* 1_000_000)
  let days = seconds.flooredQuotient(86_400)
  let second = Int(seconds &- days &* 86_400)
  let date = civilDate(daysSince1970: Int(days))
  var text = padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
  text += padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
  if fraction % 1000 != 0 {
    text += "." + padded(fraction, 6)
  } else if fraction != 0 {
    text += "." + padded(fraction / 1000, 3)
  }
  return text + "Z"
}

/// Decimal digits with leading zeros up to a width.
func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value.magnitude)
  return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Int64 {
  /// Quotient rounded down.
  func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
