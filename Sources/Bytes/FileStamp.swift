/// A date and time written into a file or directory name.
public struct FileStamp: Hashable, Sendable {
  /// Microseconds since 1970; of the wall clock when no zone is given.
  public var microseconds: Int64
  /// Whether the stamp says that it is UTC.
  public var hasZone: Bool
  /// Whether it holds a time of day; otherwise only a date.
  public var hasTime: Bool
  /// Where it stands in the name.
  public var range: Range<Int>

  /// The most exact stamp in `name`, the last of several equally exact; nil when there is none.
  ///
  /// Dates are `YYYY-MM-DD` or `YYYYMMDD` of the years 1970 to 2199, times follow behind `_`, `-`, `T` or a space as `HH-MM-SS`,
  /// `HH:MM:SS` or `HHMMSS`, then perhaps milliseconds behind `-` or `.`, then perhaps `Z`. No digit may stand next to a stamp.
  public init?(in name: Span<UInt8>) {
    var best: FileStamp?
    var at = 0
    while at &+ 8 <= name.count {
      guard isDigit(name[at]), at == 0 || !isDigit(name[at &- 1]), let stamp = Self.stamp(name, at: at) else {
        at &+= 1
        continue
      }
      at = stamp.range.upperBound
      if best == nil || stamp.hasTime || !best!.hasTime { best = stamp }
    }
    guard let best else { return nil }
    self = best
  }

  private init(days: Int, range: Range<Int>) {
    microseconds = Int64(days) * 86_400_000_000
    (hasZone, hasTime, self.range) = (false, false, range)
  }

  /// The stamp that begins at `start`.
  private static func stamp(_ name: Span<UInt8>, at start: Int) -> FileStamp? {
    guard let century = twoDigits(name, at: start), let years = twoDigits(name, at: start + 2) else { return nil }
    let dash = name[start + 4] == UInt8(ascii: "-") ? 1 : 0
    guard let month = twoDigits(name, at: start + 4 + dash), let day = twoDigits(name, at: start + 6 + 2 * dash),
      dash == 0 || name[start + 7] == UInt8(ascii: "-"),
      (1970..<2200).contains(century * 100 + years),
      let days = daysSince1970(year: century * 100 + years, month: month, day: day)
    else { return nil }
    let end = start + 8 + 2 * dash
    var stamp = FileStamp(days: days, range: start..<end)
    if !stamp.readTime(name, at: end), end < name.count && isDigit(name[end]) { return nil }
    return stamp
  }

  /// Adds the time of day that stands behind the date's `end`; false when there is none.
  private mutating func readTime(_ name: Span<UInt8>, at end: Int) -> Bool {
    guard end + 7 <= name.count else { return false }
    switch name[end] {
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "T"), UInt8(ascii: "t"): break
    default: return false
    }
    let mark = name[end + 3]
    let gap = mark == UInt8(ascii: "-") || mark == UInt8(ascii: ":") ? 1 : 0
    guard let hour = twoDigits(name, at: end + 1), let minute = twoDigits(name, at: end + 3 + gap),
      let second = twoDigits(name, at: end + 5 + 2 * gap), gap == 0 || name[end + 6] == mark,
      hour < 24, minute < 60, second < 60
    else { return false }
    var at = end + 7 + 2 * gap
    var fraction = 0
    if at < name.count, name[at] == UInt8(ascii: "-") || name[at] == UInt8(ascii: "."),
      let digits = DateText.fraction(name, at: at + 1), digits.end - at == 4 || digits.end - at == 7
    {
      fraction = digits.nanoseconds / 1000
      at = digits.end
    }
    if at < name.count && isDigit(name[at]) { return false }
    if at < name.count && name[at] | 0x20 == UInt8(ascii: "z") {
      hasZone = true
      at += 1
    }
    microseconds += Int64(hour * 3600 + minute * 60 + second) * 1_000_000 + Int64(fraction)
    hasTime = true
    range = range.lowerBound..<at
    return true
  }
}
