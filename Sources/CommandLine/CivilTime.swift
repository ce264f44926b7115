/// A date and time of the proleptic Gregorian calendar in UTC.
package struct CivilTime: Equatable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int
  package var microsecond: Int

  /// The date and time of a number of microseconds since 1970.
  package init(microseconds: Int64) {
    let (seconds, rest) = Self.floored(microseconds, 1_000_000)
    let (days, secondOfDay) = Self.floored(seconds, 86400)
    // Days from civil, after Howard Hinnant: years begin in March, eras have 146,097 days.
    let shifted = days + 719_468
    let (era, dayOfEra) = Self.floored(shifted, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    hour = Int(secondOfDay / 3600)
    minute = Int(secondOfDay / 60 % 60)
    second = Int(secondOfDay % 60)
    microsecond = Int(rest)
  }

  /// Microseconds since 1970.
  package var microseconds: Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let (era, yearOfEra) = Self.floored(shiftedYear, 400)
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return (days * 86400 + Int64(hour * 3600 + minute * 60 + second)) * 1_000_000 + Int64(microsecond)
  }

  /// Days of a month.
  package static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// RFC 3339 in UTC, such as `2026-02-05T14:03:11Z`; microseconds only where there are any.
  package var text: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    return "\(date)T\(time)" + (microsecond == 0 ? "" : ".\(padded(microsecond, 6))") + "Z"
  }

  /// `YYYY-MM-DD`, or that and `T` or a space, `HH:MM`, seconds, a fraction, `Z` or an offset; in microseconds since 1970
  /// UTC. Nil for anything else and for years beyond 1 to 9999.
  package static func parse(_ bytes: [UInt8]) -> Int64? {
    var at = 0
    func number(_ digits: Int) -> Int? {
      guard at + digits <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[at..<at + digits] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      at += digits
      return value
    }
    func skip(_ characters: String) -> Bool {
      guard at < bytes.count, characters.utf8.contains(bytes[at]) else { return false }
      at += 1
      return true
    }
    var time = CivilTime(microseconds: 0)
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      year >= 1, (1...12).contains(month), day >= 1, day <= days(in: month, of: year)
    else { return nil }
    (time.year, time.month, time.day) = (year, month, day)
    var offsetMinutes = 0
    if at < bytes.count {
      guard skip("T t"), let hour = number(2), skip(":"), let minute = number(2), hour < 24, minute < 60 else {
        return nil
      }
      (time.hour, time.minute) = (hour, minute)
      if skip(":") {
        guard let second = number(2), second < 60 else { return nil }
        time.second = second
        if skip(".") {
          var unit = 100_000
          let start = at
          while let digit = number(1) {
            time.microsecond += digit * unit
            unit /= 10
          }
          guard at > start else { return nil }
        }
      }
      if !skip("Zz"), at < bytes.count {
        let isWest = bytes[at] == UInt8(ascii: "-")
        guard skip("+-"), let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        offsetMinutes = (hours * 60 + minutes) * (isWest ? -1 : 1)
      }
    }
    guard at == bytes.count else { return nil }
    return time.microseconds - Int64(offsetMinutes) * 60_000_000
  }

  /// Quotient and remainder, the remainder never negative.
  private static func floored(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let remainder = value % divisor
    return remainder < 0 ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
  }
}
