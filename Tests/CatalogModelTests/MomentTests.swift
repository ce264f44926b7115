import Bytes
import CatalogModel
import TestSupport
import Testing

@Suite struct MomentTests {
  static func range(_ text: String) -> ClosedRange<Moment>? { Moment.range(parsing: Array(text.utf8)) }

  @Test(arguments: [
    ("2026-02-05", "2026-02-05T00:00:00Z", "2026-02-05T23:59:59.999999Z"),
    ("2026-02-05T07", "2026-02-05T07:00:00Z", "2026-02-05T07:59:59.999999Z"),
    ("2026-02-05 07:54", "2026-02-05T07:54:00Z", "2026-02-05T07:54:59.999999Z"),
    ("2026-02-05T07:54:39Z", "2026-02-05T07:54:39Z", "2026-02-05T07:54:39.999999Z"),
    ("2026-02-05T07:54:39.688Z", "2026-02-05T07:54:39.688Z", "2026-02-05T07:54:39.688999Z"),
    ("2026-02-05T07:54:39.123456+02:00", "2026-02-05T05:54:39.123456Z", "2026-02-05T05:54:39.123456Z"),
    ("2026-02-05T00:30-0130", "2026-02-05T02:00:00Z", "2026-02-05T02:00:59.999999Z"),
    ("2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999999Z"),
    ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59.599999Z"),
  ])
  func textStandsForARange(_ text: String, _ first: String, _ last: String) throws {
    let range = try #require(Self.range(text))
    #expect(range.lowerBound.description == first)
    #expect(range.upperBound.description == last)
  }

  /// Days on which clocks are changed have 23 and 25 hours; an offset in the text goes before the zone.
  @Test(arguments: [
    ("2026-02-05", "2026-02-04T23:00:00Z", "2026-02-05T22:59:59.999999Z"),
    ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999Z"),
    ("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999999Z"),
    ("2026-07-05T12", "2026-07-05T10:00:00Z", "2026-07-05T10:59:59.999999Z"),
    ("2026-07-05T12:00Z", "2026-07-05T12:00:00Z", "2026-07-05T12:00:59.999999Z"),
    ("2026-07-05T12:00+05:00", "2026-07-05T07:00:00Z", "2026-07-05T07:00:59.999999Z"),
    ("2026-03-29T02:30:00.5", "2026-03-29T01:30:00.500Z", "2026-03-29T01:30:00.599999Z"),
  ])
  func textStandsForARangeInItsZone(_ text: String, _ first: String, _ last: String) throws {
    let zone = try #require(TimeZone(named: Array("Europe/Berlin".utf8)))
    let range = try #require(Moment.range(parsing: Array(text.utf8), in: zone))
    #expect(range.lowerBound.description == first)
    #expect(range.upperBound.description == last)
  }

  @Test(arguments: [
    "", "2026", "2026-2-5", "2026-13-01", "2026-00-10", "2026-02-29", "2026-02-30", "2026-04-31", "2026-02-05T",
    "2026-02-05T24", "2026-02-05T07:60", "2026-02-05T07:54:60", "2026-02-05T07:54:39.", "2026-02-05T07:54:39.1234567",
    "2026-02-05x", "2026-02-05T07Zx", "2026-02-05T07+25:00", "latest",
  ])
  func otherTextIsRefused(_ text: String) {
    #expect(Self.range(text) == nil)
  }

  @Test func pythonWritesTheSame() throws {
    let seconds: [Int64] = [-62_135_596_800, -1, 0, 951_782_400, 4_107_542_399, 253_402_300_799, 1_709_164_799]
    let script = """
      import datetime
      for s in [\(seconds.map { String($0) }.joined(separator: ","))]:
          print((datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=s)).isoformat() + "Z")
      """
    let expected = try run(["python3", "-c", script]).text
    #expect(seconds.map { Moment(microseconds: $0 * 1_000_000).description + "\n" }.joined() == expected)
  }
}
