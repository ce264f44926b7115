package import Bytes

/// A point in time: microseconds since 1970 UTC.
package struct Moment: Hashable, Comparable, Sendable {
  package var microseconds: Int64
  package init(microseconds: Int64) { self.microseconds = microseconds }
  package static func < (a: Moment, b: Moment) -> Bool { a.microseconds < b.microseconds }

  /// The first and the last moment that can be written with a year of four digits.
  package static let earliest = Moment(microseconds: -62_167_219_200_000_000)
  package static let latest = Moment(microseconds: 253_402_300_799_999_999)
}

extension Moment: CustomStringConvertible {
  /// RFC 3339 in UTC, such as `2026-02-05T07:54:39.688Z`; the fraction has 0, 3 or 6 digits.
  package var description: String {
    let day = floorDivide(microseconds, Self.dayLength)
    let rest = microseconds - day * Self.dayLength
    let (year, month, dayOfMonth) = civilDate(daysSince1970: day)
    let seconds = rest / 1_000_000, fraction = rest % 1_000_000
    let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfMonth, 2))"
    let time = "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
    let tail =
      fraction == 0 ? "" : fraction % 1000 == 0 ? ".\(digits(fraction / 1000, 3))" : ".\(digits(fraction, 6))"
    return date + "T" + time + tail + "Z"
  }

  private static let dayLength: Int64 = 86_400_000_000
}

extension Moment {
  /// The moments that a date, or a date and time of some precision, stands for: `2026-02-05` is that whole day,
  /// `2026-02-05T07` that hour. `zone` is where clocks are when the text names no offset. Nil when it is not such a text.
  package static func range(parsing text: [UInt8], in zone: TimeZone = .utc) -> ClosedRange<Moment>? {
    var parser = MomentParser(text: text, zone: zone)
    return parser.range()
  }
}

/// Reads `YYYY-MM-DD[(T| )HH[:MM[:SS[.ffffff]]]][Z|±HH:MM]`.
private struct MomentParser {
  let text: [UInt8]
  let wallClocks: TimeZone
  var at = 0

  init(text: [UInt8], zone: TimeZone) {
    self.text = text
    wallClocks = zone
  }

  mutating func range() -> ClosedRange<Moment>? {
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year)
    else { return nil }
    var hasOffset = false
    var start = daysSince1970(year: year, month: month, day: day) * 86_400_000_000
    var length: Int64 = 86_400_000_000
    if skip("T") || skip("t") || skip(" ") {
      guard let hour = number(2), hour < 24 else { return nil }
      start += hour * 3_600_000_000
      length = 3_600_000_000
      if skip(":") {
        guard let minute = number(2), minute < 60 else { return nil }
        start += minute * 60_000_000
        length = 60_000_000
        if skip(":") {
          guard let second = number(2), second < 60, let fraction = fraction() else { return nil }
          start += second * 1_000_000 + fraction.microseconds
          length = fraction.length
        }
      }
      hasOffset = at < text.count
      guard let offset = zone() else { return nil }
      start -= offset
    }
    guard at == text.count else { return nil }
    var end = start + length
    if !hasOffset {
      // The ends by themselves: a day on which the clocks are changed is longer or shorter.
      end = wallClocks.microseconds(ofWallClock: end)
      start = wallClocks.microseconds(ofWallClock: start)
    }
    return Moment(microseconds: start)...Moment(microseconds: max(start, end - 1))
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// A number of exactly `count` digits.
  private mutating func number(_ count: Int) -> Int64? {
    guard at + count <= text.count else { return nil }
    var value: Int64 = 0
    for byte in text[at..<(at + count)] {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    at += count
    return value
  }

  /// Up to six digits after a point, and the length of the time they stand for; a whole second when there is no point.
  private mutating func fraction() -> (microseconds: Int64, length: Int64)? {
    guard skip(".") else { return (0, 1_000_000) }
    var value: Int64 = 0
    var unit: Int64 = 1_000_000
    while unit > 1, let digit = number(1) {
      unit /= 10
      value += digit * unit
    }
    return unit == 1_000_000 ? nil : (value, unit)
  }

  /// Microseconds east of UTC; nil when what follows is no zone.
  private mutating func zone() -> Int64? {
    if at == text.count || skip("Z") || skip("z") { return 0 }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = number(2), hours < 24 else { return nil }
    _ = skip(":")
    let minutes = at < text.count ? number(2) : 0
    guard let minutes, minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (isWest ? -60_000_000 : 60_000_000)
  }
}

private func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a / b - (a % b < 0 ? 1 : 0) }

private func digits(_ value: Int64, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

private func daysIn(month: Int64, year: Int64) -> Int64 {
  switch month {
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

/// Days since 1970-01-01 in the Gregorian calendar; years begin in March so that the leap day comes last.
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
  let y = month <= 2 ? year - 1 : year
  let era = floorDivide(y, 400)
  let yearOfEra = y - era * 400
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civilDate(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let era = floorDivide(shifted, 146_097)
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}
