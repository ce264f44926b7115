import TestSupport
import Testing

@testable import Bytes

/// Zones against Python's `zoneinfo`, which reads the same files with code of its own.
@Suite struct TimeZoneTests {
  /// Summer north and south, half and quarter hours, negative summer time, rules with times beyond a day, islands that jumped
  /// over the date line, no summer time, a fixed zone.
  static let names = [
    "Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu",
    "America/Nuuk", "Asia/Jerusalem", "Asia/Gaza", "America/Santiago", "Pacific/Apia", "Africa/Casablanca",
    "Asia/Kolkata",
    "Africa/Monrovia", "Antarctica/Troll", "Etc/GMT+5", "EST5EDT", "UTC",
  ]

  private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(named: name.bytes), "\(name)") }

  @Test(arguments: names) func offsetsAreThoseOfPython(_ name: String) throws {
    let zone = try zone(name)
    var dice = Dice(7)
    // All of history, then more of the present and of what only the rule knows.
    var moments = (0..<400).map { _ in Int64.random(in: -4_000_000_000...4_000_000_000, using: &dice) }
    moments += (0..<300).map { _ in Int64.random(in: 4_000_000_000...250_000_000_000, using: &dice) }
    for change in zone.changes { moments += [change - 1, change, change + 1] }
    moments += (2024...2100).flatMap { year in
      [zone.rule?.start, zone.rule?.end].compactMap { $0?.seconds(in: year) }.flatMap { [$0 - 3600, $0, $0 + 7200] }
    }
    moments = moments.filter { $0 > -50_000_000_000 }
    let answers = try python(
      """
      import zoneinfo
      z, s = b.decode().split()
      t = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=int(s))
      return int(t.astimezone(zoneinfo.ZoneInfo(z)).utcoffset().total_seconds())
      """, about: moments.map { "\(name) \($0)".bytes })
    let wrong = zip(moments, answers).filter { "\(zone.offset(at: $0))" != $1 }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    #expect(answers.count == moments.count)
  }

  @Test(arguments: names) func wallClocksAreThoseOfPython(_ name: String) throws {
    let zone = try zone(name)
    var dice = Dice(11)
    var clocks = (0..<200).map { _ in Int64.random(in: -2_000_000_000...9_000_000_000, using: &dice) }
    // Around the changes, where clocks show a time twice or never.
    for change in zone.changes where change > -2_000_000_000 {
      for offset in [zone.offset(at: change - 1), zone.offset(at: change)] {
        clocks += [-1, 0, 1, 1799, 3601].map { change + Int64(offset) + $0 }
      }
    }
    let answers = try python(
      """
      import zoneinfo
      z, s = b.decode().split()
      t = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(s))
      t = t.replace(tzinfo=zoneinfo.ZoneInfo(z))
      return int((t - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds())
      """, about: clocks.map { "\(name) \($0)".bytes })
    let wrong = zip(clocks, answers).filter { clock, answer in
      "\((zone.microseconds(ofWallClock: clock * 1_000_000 + 5) - 5) / 1_000_000)" != answer
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    #expect(answers.count == clocks.count)
  }

  @Test func everyZoneOfTheSystemIsUnderstood() throws {
    let names = TimeZone.names
    #expect(names.count > 400)
    let unknown = names.filter { TimeZone(named: $0) == nil }.map { String(decoding: $0, as: UTF8.self) }
    #expect(unknown == [])
  }

  @Test(arguments: [
    ("UTC", 0), ("Z", 0), ("+02:00", 7200), ("-0530", -19800), ("+14", 50400), ("+00:00", 0), ("-23:59:59", -86399),
  ]) func offsets(_ name: String, _ seconds: Int) throws {
    #expect(try zone(name) == TimeZone(secondsEast: seconds))
  }

  @Test(arguments: [
    "", "Europe/Berlln", "europe/berlin", "/etc/passwd", "../../../etc/localtime", "Europe/../Europe/Berlin", "Europe",
    "Europe/", "/Europe/Berlin", "Europe//Berlin", "./UTC", "tzdata.zi", "posixrules\u{0}", "+2", "+25:00", "+02:60",
    "--", "+",
    "\u{1B}[2J", "right/Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3",
  ]) func noZones(_ name: String) {
    #expect(TimeZone(named: name.bytes) == nil)
  }

  @Test(arguments: [
    ("Europe/Berlin", 1_770_278_079_688_000, "2026-02-05T08:54:39.688+01:00"),
    ("Europe/Berlin", 1_783_238_400_000_000, "2026-07-05T10:00:00+02:00"),
    ("UTC", 0, "1970-01-01T00:00:00Z"), ("Etc/UTC", 0, "1970-01-01T00:00:00Z"), ("+00:00", 0, "1970-01-01T00:00:00Z"),
    ("Europe/London", 0, "1970-01-01T01:00:00+01:00"),
    ("-03:30", 0, "1969-12-31T20:30:00-03:30"),
    ("Asia/Kathmandu", 1_770_278_079_000_001, "2026-02-05T13:39:39.000001+05:45"),
    // Local mean time, 53 minutes and 28 seconds: the text keeps the moment.
    ("Europe/Berlin", -3_000_000_000_000_000, "1874-12-07T19:33:00+00:53"),
    ("Africa/Monrovia", 0, "1969-12-31T23:16:00-00:44"),
  ]) func texts(_ name: String, _ microseconds: Int64, _ text: String) throws {
    #expect(rfc3339(microseconds: microseconds, in: try zone(name)) == text)
    #expect(reading(text) { DateText($0)?.microseconds } == microseconds)
  }

  @Test func nothingOverflows() throws {
    for zone in try Self.names.map(zone) {
      for time in [Int64.min, .min + 1, -1, .max - 1, .max] {
        _ = zone.offset(at: time)
        _ = zone.microseconds(ofWallClock: time)
      }
    }
  }
}

@Suite struct ZoneRuleTests {
  @Test(arguments: [
    ("CET-1", 3600, 3600), ("<+0330>-3:30", 12600, 12600), ("EST5EDT,M3.2.0,M11.1.0", -18000, -14400),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0), ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, -3600),
    ("XXX3YYY,J60,J365/23", -10800, -7200),
    ("XXX3YYY2:30:15,0/0,364", -10800, -9015),
  ]) func rules(_ text: String, _ standard: Int, _ summer: Int) throws {
    let rule = try #require(ZoneRule(text.bytes))
    #expect(rule.standard == standard)
    #expect(rule.summer == summer)
  }

  @Test(arguments: [
    "", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
    "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,J366,J1", "CET-1CEST,366,1", "CET-200", "CET-1:60",
    "<+1-1", "<>1",
    "CET-1 ", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1CEST,M3.5.0/,M10.5.0",
  ]) func noRules(_ text: String) {
    #expect(ZoneRule(text.bytes) == nil)
  }

  /// The C library reads the same rules from `TZ`. (Python 3.11 counts the days of `J` and plain numbers differently.)
  @Test(arguments: [
    "AAA3BBB,J59/2,J60/4", "AAA3BBB,J60,J300", "AAA3BBB,58,59/5", "AAA3BBB,59,300", "AAA-5BBB,M2.5.4/26,M3.1.4/30",
    "AAA3BBB,M10.1.6/2,M2.5.0/2", "AAA-3BBB-4:30,M1.2.1,M12.4.5", "AAA3:30:15",
  ])
  func rulesMeanWhatTheCLibraryTakesThemFor(_ text: String) throws {
    let rule = try #require(ZoneRule(text.bytes))
    let zone = TimeZone(changes: [], offsets: [], first: Int32(rule.standard), rule: rule)
    var moments: [Int64] = [0, 1_700_000_000]
    for year in [1999, 2000, 2023, 2024, 2025, 2100] {
      for change in [rule.start, rule.end].compactMap({ $0?.seconds(in: year) }) {
        moments += [-90_000, -3601, -1, 0, 1, 3601, 12_600, 90_000].map { change + $0 - Int64(rule.standard) }
      }
    }
    let input = moments.map { "@\($0)\n" }.joined()
    let result = try run(["date", "-f", "-", "+%::z"], input: input.bytes, environment: ["TZ": text])
    let answers = result.text.split(separator: "\n").map(String.init)
    #expect(answers.count == moments.count, "\(result.errorText)")
    let wrong = zip(moments, answers).filter { moment, answer in
      zone.offset(at: moment) != reading("2000-01-01T00:00:00" + answer) { DateText($0)?.zoneOffset }
    }
    #expect(wrong.isEmpty, "\(text): \(wrong.prefix(3))")
  }

  /// RFC 9636 writes summer time all year like this; the C library sees gaps at the ends of the years.
  @Test func summerTimeMayLastAllYear() throws {
    let rule = try #require(ZoneRule("XXX3EDT4,0/0,J365/23".bytes))
    for year in [1999, 2000, 2023, 2024] {
      let end = try #require(rule.end?.seconds(in: year)) + 4 * 3600
      for moment in [end - 7201, end - 1, end, end + 1, end + 7201, end + 15_000_000] {
        #expect(rule.offset(at: moment) == -4 * 3600)
      }
    }
  }

  @Test func damagedFilesAreRefusedQuietly() throws {
    let whole = try readFile("/usr/share/zoneinfo/Europe/Berlin")
    var file = ZoneFile(whole)
    #expect(file.zone() != nil)
    for count in whole.indices {
      var file = ZoneFile(Array(whole.prefix(count)))
      #expect(file.zone() == nil, "\(count) bytes")
    }
    var dice = Dice(3)
    for _ in 0..<3000 {
      var copy = whole
      for _ in 0..<Int.random(in: 1...4, using: &dice) {
        copy[Int.random(in: copy.indices, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      var file = ZoneFile(copy)
      _ = file.zone()?.offset(at: 2_000_000_000)
    }
  }
}
