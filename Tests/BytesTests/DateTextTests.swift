import Bytes
import TestSupport
import Testing

@Suite struct DateTextTests {
  private func read(_ text: String) -> DateText? {
    let bytes = text.bytes
    return DateText(bytes.span)
  }

  @Test(arguments: [
    ("1970-01-01", DateText.Kind.date), ("0001-01-01", .date), ("9999-12-31", .date), ("2024-02-29", .date),
    ("00:00", .time), ("23:59:59.999999999", .time), ("2024-02-29 13:14", .timestamp),
    ("2024-02-29T13:14:15", .timestamp), ("2024-02-29 13:14:15.1", .timestamp), ("2024-02-29T13:14:15Z", .timestamptz),
    ("2024-02-29 13:14:15.123456+00", .timestamptz), ("2024-02-29 13:14:15-0330", .timestamptz),
    ("2024-02-29T13:14:15+05:30", .timestamptz), ("1890-01-01 00:00:00+00:19:32", .timestamptz),
  ]) func kinds(_ text: String, _ kind: DateText.Kind) {
    #expect(read(text)?.kind == kind)
  }

  @Test(arguments: [
    "", "2024", "2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00", "0000-01-01",
    "2024-1-1", "24:00", "23:60", "23:59:60", "1:02:03", "12:30:", "12:30:15.", "12:30:15.1234567890", "12:30Z",
    "12:30+02", "2024-02-29x13:14", "2024-02-29 ", "2024-02-29T", "2024-02-29T13", "2024-02-29T13:14:15ZZ",
    "2024-02-29T13:14:15+", "2024-02-29T13:14:15+5", "2024-02-29T13:14:15+24", "2024-02-29T13:14:15+05:60",
    "2024-02-29T13:14:15+05:3", "2024-02-29T13:14:15+05:30:", "2024-02-29T13:14:15 +05:30", "2024-02-29Z",
    " 2024-02-29", "12345", "2024-02-29T13:14:15.123456789+05:30:000",
  ]) func notADate(_ text: String) {
    #expect(read(text) == nil)
  }

  @Test func microsecondsAndNanoseconds() throws {
    let exact = try #require(read("2024-02-29T13:14:15.123456789+01:00"))
    #expect(exact.microseconds == 1_709_208_855_123_456 && exact.nanosecondRest == 789)
    #expect(read("1969-12-31T23:59:59.999999Z")?.microseconds == -1)
    #expect(read("2024-02-29T13:14:15.120")?.nanosecond == 120_000_000)
    #expect(read("01:00:00")?.microseconds == 3_600_000_000)
    #expect(read("0001-01-01")?.days == -719_162)
  }

  @Test func agreesWithPython() throws {
    var dice = Dice(4)
    var texts: [String] = []
    func digits(_ range: ClosedRange<Int>, _ width: Int) -> String {
      let text = String(Int.random(in: range, using: &dice))
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    for _ in 0..<8000 {
      var text = digits(1...9999, 4) + "-" + digits(1...12, 2) + "-" + digits(1...31, 2)
      text += dice.one(of: [" ", "T"]) + digits(0...24, 2) + ":" + digits(0...60, 2) + ":" + digits(0...60, 2)
      text += dice.one(of: ["", ".5", ".123", ".123456", ".000001"])
      text += dice.one(of: ["", "Z", "+00", "+05:30", "-0930", "-11:00", "+00:19:32"])
      texts.append(text)
    }
    let answers = try python(
      """
      t = b.decode()
      d = datetime.datetime.fromisoformat(t)
      e = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
      naive = d.tzinfo is None
      if naive: d = d.replace(tzinfo=datetime.timezone.utc)
      return ('naive ' if naive else '') + str((d - e) // datetime.timedelta(microseconds=1))
      """, about: texts.map(\.bytes))
    for (text, answer) in zip(texts, answers) {
      let mine = read(text).map { ($0.kind == .timestamp ? "naive " : "") + "\($0.microseconds)" } ?? "nil"
      #expect(mine == answer, "\(text)")
    }
  }

  @Test func everyDayGoesThereAndBack() {
    var expected = daysSince1970(year: 1, month: 1, day: 1)!
    for year in 1...9999 {
      for month in 1...12 {
        for day in 1...31 {
          guard let days = daysSince1970(year: year, month: month, day: day) else { continue }
          guard days == expected, civilDate(daysSince1970: days) == (year, month, day) else {
            Issue.record("\(year)-\(month)-\(day)")
            return
          }
          expected += 1
        }
      }
    }
    #expect(expected == daysSince1970(year: 9999, month: 12, day: 31)! + 1)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1_770_277_179_688_000, "2026-02-05T07:39:39.688Z"),
    (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"), (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
    (Int64.max, "294247-01-10T04:00:54.775807Z"),
  ]) func rfc3339Text(_ microseconds: Int64, _ text: String) {
    #expect(rfc3339(microseconds: microseconds) == text)
  }
}
