package import Bytes

/// A length of time in the units people use for backups, such as `2y5m7d3h`.
package struct Age: Equatable, Sendable {
  package var years = 0
  package var months = 0
  package var days = 0
  package var hours = 0

  package init(years: Int = 0, months: Int = 0, days: Int = 0, hours: Int = 0) {
    self.years = years
    self.months = months
    self.days = days
    self.hours = hours
  }

  /// `y`ears, `m`onths, `w`eeks, `d`ays and `h`ours, each at most once, in this order and below 10,000; nil for anything
  /// else.
  package init?(parsing bytes: [UInt8]) {
    let units = Array("ymwdh".utf8)
    var nextUnit = 0
    var number: Int?
    for byte in bytes {
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        let digit = Int(byte - UInt8(ascii: "0"))
        guard (number ?? 0) < 1000 else { return nil }
        number = (number ?? 0) * 10 + digit
        continue
      }
      guard let count = number, let unit = units.firstIndex(of: byte), unit >= nextUnit else { return nil }
      switch unit {
      case 0: years = count
      case 1: months = count
      case 2: days += count * 7
      case 3: days += count
      default: hours = count
      }
      nextUnit = unit + 1
      number = nil
    }
    guard number == nil, !bytes.isEmpty else { return nil }
  }

  /// The time this long before another, both in microseconds since 1970 UTC. A day that the month does not have becomes the
  /// month's last; nothing is before the year 1.
  package func before(_ microseconds: Int64) -> Int64 {
    let dayLength: Int64 = 86_400_000_000
    let timeOfDay = (microseconds % dayLength + dayLength) % dayLength
    let date = civilDate(daysSince1970: Int((microseconds - timeOfDay) / dayLength))
    let month = max(12, date.year * 12 + (date.month - 1) - years * 12 - months)
    let days = (0..<4).lazy.compactMap { shortening in
      daysSince1970(year: month / 12, month: month % 12 + 1, day: date.day - shortening)
    }.first
    let day = Int64(days ?? 0) * dayLength + timeOfDay
    return day - (Int64(self.days) * 24 + Int64(hours)) * 3_600_000_000
  }
}

/// A point in time as it is given on the command line.
package enum TimeArgument: Equatable, Sendable {
  /// Microseconds since 1970 UTC.
  case time(Int64)
  /// What clocks show, in microseconds as if they showed UTC.
  case wallClock(Int64)
  /// So long ago.
  case ago(Age)

  /// A date, a date and time, perhaps with an offset, or an age; nil for anything else.
  package init?(parsing bytes: [UInt8]) {
    if let age = Age(parsing: bytes) {
      self = .ago(age)
    } else if let time = DateText(bytes.span), time.kind != .time {
      self = time.kind == .timestamptz ? .time(time.microseconds) : .wallClock(time.microseconds)
    } else {
      return nil
    }
  }

  /// Microseconds since 1970 UTC; `zone` is where clocks are when no offset is named.
  package func microseconds(now: Int64, in zone: TimeZone) -> Int64 {
    switch self {
    case .time(let time): time
    case .wallClock(let time): zone.microseconds(ofWallClock: time)
    case .ago(let age): age.before(now)
    }
  }
}
