import Bytes
import Testing

@Suite struct FileStampTests {
  @Test(arguments: [
    ("2026-02-05_07-54-39-688Z", "2026-02-05T07:54:39.688Z", true),
    ("users_2026-02-05_07-54-39-688Z.csv", "2026-02-05T07:54:39.688Z", true),
    ("user_data_backup_20251209_161259.json", "2025-12-09T16:12:59Z", false),
    ("20250902_152354", "2025-09-02T15:23:54Z", false),
    ("dump-2026-08-14_01-48-44.sql", "2026-08-14T01:48:44Z", false),
    ("backup-20250102-2025-01-03T04:05:06Z", "2025-01-03T04:05:06Z", true),
    ("2025-01-03T04-05-06.123456.tar", "2025-01-03T04:05:06.123456Z", false),
    ("20200101T000000Z_20210101T000000Z", "2021-01-01T00:00:00Z", true),
  ]) func timed(_ name: String, _ time: String, _ hasZone: Bool) throws {
    let stamp = try #require(reading(name) { FileStamp(in: $0) })
    #expect(rfc3339(microseconds: stamp.microseconds) == time)
    #expect(stamp.hasZone == hasZone && stamp.hasTime)
  }

  @Test(arguments: [
    ("backup-2025-09-02.sql", "2025-09-02T00:00:00Z"), ("20250902.dump", "2025-09-02T00:00:00Z"),
    ("2025-09-02_99-99-99", "2025-09-02T00:00:00Z"), ("v3_2025-09-02-1", "2025-09-02T00:00:00Z"),
  ]) func dated(_ name: String, _ time: String) throws {
    let stamp = try #require(reading(name) { FileStamp(in: $0) })
    #expect(rfc3339(microseconds: stamp.microseconds) == time)
    #expect(!stamp.hasTime && !stamp.hasZone)
  }

  @Test(arguments: [
    "", "users.csv", "20251301_000000", "2025-02-30", "120251209_161259", "202512091", "1699999999999999999",
    "19691231",
    "2025-1209", "2025-12",
  ]) func none(_ name: String) {
    #expect(reading(name) { FileStamp(in: $0) } == nil)
  }

  @Test func rangeOfTheStamp() throws {
    #expect(reading("a_20251209_161259.json") { FileStamp(in: $0) }?.range == 2..<17)
  }
}
