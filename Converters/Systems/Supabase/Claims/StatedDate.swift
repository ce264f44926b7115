internal import Bytes

/// A date as people and programs write it into documents.
struct StatedDate: Equatable, Sendable {
  /// Days since 1970.
  var days: Int
  /// Seconds since midnight; nil for a date without a time.
  var seconds: Int?

  var microseconds: Int64 { (Int64(days) * 86_400 + Int64(seconds ?? 0)) * 1_000_000 }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  /// Reads `2025-09-02 15:23:54`, `October 12, 2025`, `12 October 2025` or `Sun Oct 12 13:52:23 CEST 2025`; nil for anything else.
  init?(_ text: [UInt8]) {
    if let stamp = FileStamp(in: text.span) {
      let seconds = stamp.microseconds / 1_000_000
      days = Int(seconds / 86_400)
      self.seconds = stamp.hasTime ? Int(seconds % 86_400) : nil
      return
    }
    var year: Int?, month: Int?, day: Int?
    seconds = nil
    for word in text.split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }) {
      let bytes = Array(word)
      if bytes.allSatisfy({ isDigit($0) }), bytes.count <= 4, let number = Int64(digits: bytes.span) {
        if bytes.count == 4 { year = Int(number) } else { day = day ?? Int(number) }
      } else if bytes.count == 8, let time = DateText(bytes.span), time.kind == .time {
        seconds = time.secondOfDay
      } else if bytes.count >= 3,
        let found = Self.months.firstIndex(where: { $0.utf8.starts(with: bytes.map(asciiLower)) })
      {
        month = found + 1
      }
    }
    guard let year, let month, let day, let days = daysSince1970(year: year, month: month, day: day) else { return nil }
    self.days = days
  }

  /// The day of a migration's version, such as 20251013000004; nil when its first digits are no date.
  static func days(ofVersion version: [UInt8]) -> Int? {
    guard version.count == 14, version.allSatisfy({ isDigit($0) }) else { return nil }
    func number(_ range: Range<Int>) -> Int { version[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
    return daysSince1970(year: number(0..<4), month: number(4..<6), day: number(6..<8))
  }
}
