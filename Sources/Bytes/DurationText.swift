/// A length of time found in text: months, and microseconds with the day taken as 24 hours.
public struct DurationText: BitwiseCopyable, Hashable, Sendable {
  public var months: Int64 = 0
  public var microseconds: Int64 = 0

  /// The length that the whole of `text` spells; nil for anything else, on overflow, and beyond microseconds.
  ///
  /// Understood are Django's `[-]D HH:MM:SS[.F]`, Python's `D days, H:MM:SS[.F]`, PostgreSQL's
  /// `1 year 2 mons -3 days +04:05:06.789` and ISO 8601's `[-]P1Y2M3W4DT5H6M7.8S`. A sign belongs to the number it stands
  /// before; before `P` to all.
  public init?(_ text: Span<UInt8>) {
    guard text.count >= 2 && text.count <= 200 else { return nil }
    var cursor = Cursor()
    if asciiLower(text[0]) == UInt8(ascii: "p") || asciiLower(text[1]) == UInt8(ascii: "p") {
      guard readISO(text, &cursor) else { return nil }
    } else {
      guard readWords(text, &cursor) else { return nil }
    }
  }

  public init(months: Int64, microseconds: Int64) {
    self.months = months
    self.microseconds = microseconds
  }

  /// Where the reading stands.
  private struct Cursor {
    var at = 0
    func isAtEnd(_ text: Span<UInt8>) -> Bool { at >= text.count }
    /// Steps over `byte` when it comes next.
    mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
      guard at < text.count && text[at] == byte else { return false }
      at &+= 1
      return true
    }
    /// Steps over a sign: -1 for a minus, 1 for a plus or none.
    mutating func sign(_ text: Span<UInt8>) -> Int64 {
      if take(UInt8(ascii: "-"), text) { return -1 }
      _ = take(UInt8(ascii: "+"), text)
      return 1
    }
    /// Steps over an integer of up to 18 digits without a sign.
    mutating func integer(_ text: Span<UInt8>) -> Int64? {
      let start = at
      var value: Int64 = 0
      while at < text.count && isDigit(text[at]) {
        guard at &- start < 18 else { return nil }
        value = value &* 10 &+ Int64(text[at] &- UInt8(ascii: "0"))
        at &+= 1
      }
      return at > start ? value : nil
    }
    /// Steps over a point and one to nine digits, when a point comes next; nil when microseconds cannot hold them.
    mutating func fraction(_ text: Span<UInt8>) -> Int64? {
      guard take(UInt8(ascii: "."), text) else { return 0 }
      guard let fraction = DateText.fraction(text, at: at), fraction.nanoseconds % 1000 == 0 else { return nil }
      at = fraction.end
      return Int64(fraction.nanoseconds / 1000)
    }
  }

  private static var day: Int64 { 86_400_000_000 }

  /// Adds `count` times `unit` months.
  private mutating func add(months count: Int64, times unit: Int64) -> Bool {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    let (sum, carry) = months.addingReportingOverflow(product)
    months = sum
    return !overflow && !carry
  }
  /// Adds `count` times `unit` microseconds.
  private mutating func add(_ count: Int64, times unit: Int64) -> Bool {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    let (sum, carry) = microseconds.addingReportingOverflow(product)
    microseconds = sum
    return !overflow && !carry
  }

  /// Reads `H:MM:SS[.F]` at the cursor, the hours being read already.
  private mutating func readClock(_ text: Span<UInt8>, _ cursor: inout Cursor, hours: Int64, sign: Int64) -> Bool {
    guard cursor.take(UInt8(ascii: ":"), text), let minutes = twoDigits(text, at: cursor.at), minutes < 60 else {
      return false
    }
    cursor.at &+= 2
    guard cursor.take(UInt8(ascii: ":"), text), let seconds = twoDigits(text, at: cursor.at), seconds < 60 else {
      return false
    }
    cursor.at &+= 2
    guard let fraction = cursor.fraction(text), cursor.isAtEnd(text) else { return false }
    return add(sign &* hours, times: 3_600_000_000)
      && add(sign, times: Int64(minutes &* 60 &+ seconds) &* 1_000_000 &+ fraction)
  }

  /// Reads counted units and a clock: the forms of Django, Python and PostgreSQL.
  private mutating func readWords(_ text: Span<UInt8>, _ cursor: inout Cursor) -> Bool {
    var hasUnit = false
    while true {
      let sign = cursor.sign(text)
      guard let value = cursor.integer(text) else { return false }
      if cursor.at < text.count && text[cursor.at] == UInt8(ascii: ":") {
        return readClock(text, &cursor, hours: value, sign: sign)
      }
      guard cursor.take(UInt8(ascii: " "), text) else { return false }
      let count = sign &* value
      let start = cursor.at
      while cursor.at < text.count && text[cursor.at] | 0x20 >= UInt8(ascii: "a") { cursor.at &+= 1 }
      let isKnown: Bool
      switch cursor.at - start {
      case 0:  // Django: days without a word, only before the clock
        guard !hasUnit, add(count, times: Self.day) else { return false }
        let sign = cursor.sign(text)
        guard let hours = cursor.integer(text) else { return false }
        return readClock(text, &cursor, hours: hours, sign: sign)
      case 3 where hasWord(text, at: start, "day"), 4 where hasWord(text, at: start, "days"):
        isKnown = add(count, times: Self.day)
      case 3 where hasWord(text, at: start, "mon"), 4 where hasWord(text, at: start, "mons"),
        5 where hasWord(text, at: start, "month"), 6 where hasWord(text, at: start, "months"):
        isKnown = add(months: count, times: 1)
      case 4 where hasWord(text, at: start, "year"), 5 where hasWord(text, at: start, "years"):
        isKnown = add(months: count, times: 12)
      case 4 where hasWord(text, at: start, "week"), 5 where hasWord(text, at: start, "weeks"):
        isKnown = add(count, times: 7 * Self.day)
      default: isKnown = false
      }
      guard isKnown else { return false }
      hasUnit = true
      if cursor.isAtEnd(text) { return true }
      _ = cursor.take(UInt8(ascii: ","), text)
      guard cursor.take(UInt8(ascii: " "), text) else { return false }
    }
  }

  /// Reads `[-]P…`; each designator at most once and in order.
  private mutating func readISO(_ text: Span<UInt8>, _ cursor: inout Cursor) -> Bool {
    let all = cursor.sign(text)
    guard !cursor.isAtEnd(text), asciiLower(text[cursor.at]) == UInt8(ascii: "p") else { return false }
    cursor.at &+= 1
    var isTime = false
    var previous = 0  // rank of the last designator; time designators come after 10
    while !cursor.isAtEnd(text) {
      if asciiLower(text[cursor.at]) == UInt8(ascii: "t") {
        guard !isTime else { return false }
        isTime = true
        previous = 10
        cursor.at &+= 1
        continue
      }
      let sign = all &* cursor.sign(text)
      guard let value = cursor.integer(text) else { return false }
      let hasFraction = cursor.at < text.count && text[cursor.at] == UInt8(ascii: ".")
      guard let fraction = cursor.fraction(text), !cursor.isAtEnd(text) else { return false }
      let count = sign &* value
      let rank: Int
      let fits: Bool
      switch (isTime, asciiLower(text[cursor.at])) {
      case (false, UInt8(ascii: "y")): (rank, fits) = (1, add(months: count, times: 12))
      case (false, UInt8(ascii: "m")): (rank, fits) = (2, add(months: count, times: 1))
      case (false, UInt8(ascii: "w")): (rank, fits) = (3, add(count, times: 7 * Self.day))
      case (false, UInt8(ascii: "d")): (rank, fits) = (4, add(count, times: Self.day))
      case (true, UInt8(ascii: "h")): (rank, fits) = (11, add(count, times: 3_600_000_000))
      case (true, UInt8(ascii: "m")): (rank, fits) = (12, add(count, times: 60_000_000))
      case (true, UInt8(ascii: "s")):
        (rank, fits) = (13, add(count, times: 1_000_000) && add(sign, times: fraction))
      default: return false
      }
      guard fits, rank > previous, !hasFraction || rank == 13 else { return false }
      previous = rank
      cursor.at &+= 1
    }
    return previous > 0 && previous != 10
  }
}
