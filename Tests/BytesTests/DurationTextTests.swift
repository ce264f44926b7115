import Bytes
import TestSupport
import Testing

@Suite struct DurationTextTests {
  private func read(_ text: String) -> DurationText? {
    let bytes = text.bytes
    return DurationText(bytes.span)
  }

  @Test(arguments: [
    ("00:00:00", 0, 0), ("04:05:06.789", 0, 14_706_789_000), ("3 04:05:06.789000", 0, 273_906_789_000),
    ("-1 00:00:01", 0, -86_399_000_000), ("-00:00:01", 0, -1_000_000), ("00:00:00.000001", 0, 1),
    ("100:00:00", 0, 360_000_000_000), ("3 days, 4:05:06", 0, 273_906_000_000), ("-1 day, 23:59:59", 0, -1_000_000),
    ("P3DT04H05M06.789S", 0, 273_906_789_000), ("P3DT04H05M06.789000S", 0, 273_906_789_000),
    ("-P1DT00H00M01S", 0, -86_401_000_000), ("P-1DT1S", 0, -86_399_000_000), ("P1Y2M", 14, 0), ("PT0S", 0, 0),
    ("P2W", 0, 1_209_600_000_000), ("PT36H", 0, 129_600_000_000), ("3 days 04:05:06.789", 0, 273_906_789_000),
    ("-1 days +00:00:01", 0, -86_399_000_000), ("1 year 2 mons", 14, 0),
    ("1 year -2 mons +3 days", 10, 259_200_000_000),
    ("1 day", 0, 86_400_000_000), ("1 day -00:00:01", 0, 86_399_000_000),
    ("2 mons 3 days 04:05:06", 2, 273_906_000_000),
  ]) func understood(_ text: String, _ months: Int64, _ microseconds: Int64) {
    #expect(read(text) == DurationText(months: months, microseconds: microseconds))
  }

  @Test(arguments: [
    "", "1", "5", "1:02", "00:60:00", "00:00:60", "00:00:00.", "00:00:00.1234567", "3 4", "3  04:05:06", "P", "PT",
    "P1",
    "P1D2", "PT1D", "P1H", "P1.5D", "P1DT", "P1D1Y", "PT1S1M", "P1D1D", "1 parsec", "1 day 2", "1 day,", "day",
    "1 day 2 04:05:06",
    "999999999999999999 years", "999999999999999 00:00:00", "999999999999999999999:00:00", "04:05:06 ", " 04:05:06",
    "--1 day", "P--1D",
  ]) func notADuration(_ text: String) {
    #expect(read(text) == nil)
  }

  @Test func agreesWithPythonOnItsOwnForms() throws {
    var dice = Dice(5)
    var amounts: [Int64] = [0, 1, -1, 86_399_999_999, 86_400_000_000, -86_400_000_000]
    for _ in 0..<500 {
      amounts.append(
        Int64.random(in: -90_000_000_000_000_000...90_000_000_000_000_000, using: &dice)
          >> Int64.random(in: 0..<50, using: &dice))
    }
    let answers = try python(
      """
      d = datetime.timedelta(microseconds=int(b))
      def fields(d):
        m, s = divmod(d.seconds, 60); h, m = divmod(m, 60)
        return d.days, h, m, s, d.microseconds
      def django(d):
        D, h, m, s, u = fields(d)
        return (f'{D} ' if D else '') + f'{h:02}:{m:02}:{s:02}' + (f'.{u:06}' if u else '')
      def iso(d):
        sign, d = ('-', -d) if d < datetime.timedelta(0) else ('', d)
        D, h, m, s, u = fields(d)
        return f'{sign}P{D}DT{h:02}H{m:02}M{s:02}' + (f'.{u:06}' if u else '') + 'S'
      return '|'.join([django(d), iso(d), str(d)])
      """, about: amounts.map { String($0).bytes })
    for (amount, answer) in zip(amounts, answers) {
      for text in answer.split(separator: "|") {
        #expect(read(String(text)) == DurationText(months: 0, microseconds: amount), "\(text)")
      }
    }
  }
}
