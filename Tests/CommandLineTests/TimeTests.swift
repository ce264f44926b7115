import Bytes
import Testing

@testable import CommandLine

@Suite struct TimeTests {
  private func age(_ text: String) -> Age? { Age(parsing: Array(text.utf8)) }
  private func time(_ text: String) -> Int64? {
    TimeArgument(parsing: Array(text.utf8))?.microseconds(now: 0, in: .utc)
  }

  @Test func ages() {
    #expect(age("2y5m7d3h") == Age(years: 2, months: 5, days: 7, hours: 3))
    #expect(age("7d") == Age(days: 7))
    #expect(age("4w") == Age(days: 28))
    #expect(age("1w2d") == Age(days: 9))
    for text in ["", "7", "d", "7d7d", "3h2y", "-7d", "7 d", "12345d", "7x", "1.5d"] {
      #expect(age(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("2026-03-31T10:00:00Z", "1m", "2026-02-28T10:00:00Z"), ("2024-03-31T10:00:00Z", "1m", "2024-02-29T10:00:00Z"),
    ("2026-01-15T00:00:00Z", "1m", "2025-12-15T00:00:00Z"),
    ("2026-02-05T14:00:00Z", "2y5m7d3h", "2023-08-29T11:00:00Z"),
    ("2026-01-01T00:00:00Z", "13m", "2024-12-01T00:00:00Z"), ("2026-02-05T00:00:00Z", "9999y", "0001-01-05T00:00:00Z"),
  ])
  func agesGoBackByTheCalendar(_ now: String, _ text: String, _ expected: String) throws {
    let microseconds = try #require(age(text)).before(try #require(time(now)))
    #expect(rfc3339(microseconds: microseconds) == expected)
  }

  @Test(arguments: [
    ("1970-01-01", 0), ("2026-02-05T14:03:11Z", 1_770_300_191_000_000), ("2026-02-05 14:03", 1_770_300_180_000_000),
    ("2026-02-05T14:03:11+02:00", 1_770_292_991_000_000), ("2026-02-05T14:03:11.5-0030", 1_770_301_991_500_000),
    ("0001-01-01", -62_135_596_800_000_000), ("2000-02-29", 951_782_400_000_000),
  ])
  func times(_ text: String, _ expected: Int64) {
    #expect(time(text) == expected)
  }

  @Test(arguments: [
    "2026-02-30", "2025-02-29", "2026-13-01", "2026-2-5", "26-02-05", "2026-02-05T24:00", "2026-02-05T1:00",
    "2026-02-05x",
    "2026-02-05T14:03:60Z", "2026-02-05T14:03:11.Z", "0000-01-01", "2026-02-05T14:03:11+2", "",
  ])
  func noTimes(_ text: String) {
    #expect(time(text) == nil)
  }

  @Test(arguments: [
    ("2026-02-05", "2026-02-04T23:00:00Z"), ("2026-07-05T12:00", "2026-07-05T10:00:00Z"),
    ("2026-07-05T12:00:00Z", "2026-07-05T12:00:00Z"), ("2026-07-05 12:00-03:00", "2026-07-05T15:00:00Z"),
    ("2026-03-29T02:30", "2026-03-29T01:30:00Z"), ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
  ])
  func timesWithoutAnOffsetAreThoseOfTheZone(_ text: String, _ expected: String) throws {
    let zone = try #require(TimeZone(named: Array("Europe/Berlin".utf8)))
    let time = try #require(TimeArgument(parsing: Array(text.utf8)))
    #expect(rfc3339(microseconds: time.microseconds(now: 0, in: zone)) == expected)
  }
}
