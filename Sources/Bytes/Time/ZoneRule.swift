/// When the offset changes in every year, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Equatable, Sendable {
  /// A day of the year and a time on it.
  struct Change: Equatable, Sendable {
    enum Day: Equatable, Sendable {
      /// Day 1 to 365, February 29 is never counted.
      case counted(Int)
      /// Day 0 to 365, February 29 is counted.
      case ordinal(Int)
      /// Weekday 0 (Sunday) to 6 of week 1 to 5 (the last) of a month.
      case weekday(month: Int, week: Int, day: Int)
    }
    var day: Day
    /// Seconds from midnight, by the clock before the change.
    var time: Int
  }
  /// Seconds east of UTC.
  var standard: Int
  var summer: Int
  /// When summer begins and ends; nil without summer time.
  var start: Change?
  var end: Change?

  /// Seconds east of UTC at a moment in seconds since 1970.
  func offset(at seconds: Int64) -> Int {
    guard let start, let end else { return standard }
    // The year by standard time.
    let year = civilDate(daysSince1970: Int((seconds &+ Int64(standard)).flooredQuotient(86_400))).year
    guard let begins = start.seconds(in: year), let ends = end.seconds(in: year) else { return standard }
    let (from, to) = (begins - Int64(standard), ends - Int64(summer))
    let isSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to
    return isSummer ? summer : standard
  }
}

extension ZoneRule.Change {
  /// Seconds from 1970 to this change in a year, by the clock; nil for years that no calendar here has.
  func seconds(in year: Int) -> Int64? {
    guard let newYear = daysSince1970(year: year, month: 1, day: 1) else { return nil }
    let date: Int
    switch day {
    case .counted(let number):
      let isLeap = daysSince1970(year: year, month: 2, day: 29) != nil
      date = newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
    case .ordinal(let number): date = newYear + number
    case .weekday(let month, let week, let day):
      guard let first = daysSince1970(year: year, month: month, day: 1) else { return nil }
      // 1970-01-01 was a Thursday, day 4.
      let weekday = ((first + 4) % 7 + 7) % 7
      var candidate = first + (day - weekday + 7) % 7 + (week - 1) * 7
      // The fifth may be in the next month; then the fourth is the last.
      if civilDate(daysSince1970: candidate).month != month { candidate -= 7 }
      date = candidate
    }
    return Int64(date) * 86_400 + Int64(time)
  }
}
