internal import Bytes

/// Numbers and moments as cells hold them.
enum SheetNumber {
  /// Integers up to here are floats without a loss.
  private static let exactLimit: UInt64 = 1 << 53
  /// Digits that every float keeps.
  private static let safeDigits = 15

  /// Whether a float holds an integer.
  static func holds(_ value: Int64) -> Bool { value.magnitude <= exactLimit }

  /// A number by its digits as a cell holds it; nil when a float would change it.
  static func text(_ digits: Span<UInt8>) -> [UInt8]? {
    guard SpecialNumber(digits) == nil, let number = DecimalText(digits) else { return nil }
    let nearest = number.nearestDouble(in: digits)
    guard nearest.isFinite, number.isZero || nearest.isNormal else { return nil }
    if number.digitCount > safeDigits {
      guard let shortest = DecimalText(shortest: nearest), number.digitCount <= 17,
        shortest.coefficient == number.coefficient && shortest.exponent == number.exponent
          || number.int64.map(holds) == true
      else { return nil }
    }
    return isJSONNumber(digits) ? Array(digits) : Array(nearest.description.utf8)
  }
}

/// A date or time as a cell holds it: days since the end of 1899, and how they are shown.
struct SheetMoment {
  let serial: Double
  let style: SheetStyle
  /// Whether the moment was given with an offset.
  let isMoved: Bool

  /// From here on, the first of March 1900, spreadsheets agree about days; up to the end of 9999.
  private static let days = -25_508...2_932_896
  private static let epoch = 25_569
  private static let dayLength: Int64 = 86_400_000_000

  /// Nil for what is none, is too early or too late, or is finer than a millisecond.
  init?(_ text: Span<UInt8>, _ kind: SheetColumn.Form) {
    guard let date = DateText(text), date.nanosecond % 1_000_000 == 0 else { return nil }
    let isFine = date.nanosecond != 0
    var day = date.days, rest = Int64(date.secondOfDay) * 1_000_000 + Int64(date.nanosecond / 1000)
    switch (kind, date.kind) {
    case (.date, .date): style = .date
    case (.timestamp, .date), (.timestamp, .timestamp): style = isFine ? .fineTimestamp : .timestamp
    case (.instant, .date), (.instant, .timestamp): style = isFine ? .fineInstant : .instant
    case (.instant, .timestamptz):
      style = isFine ? .fineInstant : .instant
      rest = date.microseconds % Self.dayLength
      if rest < 0 { rest += Self.dayLength }
      day = Int((date.microseconds - rest) / Self.dayLength)
    case (.time, .time) where date.zoneOffset == 0:
      serial = Double(rest) / Double(Self.dayLength)
      style = isFine ? .fineTime : .time
      isMoved = false
      return
    default: return nil
    }
    guard Self.days.contains(day) else { return nil }
    serial = Double(day + Self.epoch) + Double(rest / 1000) / 86_400_000
    isMoved = date.kind == .timestamptz && date.zoneOffset != 0
  }
}

/// How cells are shown: positions in the workbook's list of styles.
enum SheetStyle: Int, CaseIterable {
  case general, header, date, timestamp, fineTimestamp, instant, fineInstant, time, fineTime

  /// The style of numbers with so many digits behind the point.
  static func decimals(_ scale: Int) -> Int { allCases.count + min(max(scale, 1), decimalLimit) - 1 }
  static let decimalLimit = 15

  /// How Excel names the form; nil: as it likes.
  var code: String? {
    switch self {
    case .general, .header: nil
    case .date: "yyyy\\-mm\\-dd"
    case .timestamp: "yyyy\\-mm\\-dd\\ hh:mm:ss"
    case .fineTimestamp: "yyyy\\-mm\\-dd\\ hh:mm:ss.000"
    case .instant: "yyyy\\-mm\\-dd\\ hh:mm:ss\\Z"
    case .fineInstant: "yyyy\\-mm\\-dd\\ hh:mm:ss.000\\Z"
    case .time: "hh:mm:ss"
    case .fineTime: "hh:mm:ss.000"
    }
  }
}
