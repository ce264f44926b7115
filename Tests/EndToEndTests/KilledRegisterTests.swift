import Bytes
import TestSupport
import Testing

/// SAFETY F1: `register`, killed at any moment, loses no backup that it has said was added and leaves none by half.
@Suite(.serialized) struct KilledRegisterTests {
  /// Backups in the folder.
  private static let backups = 8
  private let place: TemporaryDirectory
  private var folder: String { place.path + "/backups" }

  init() throws {
    place = try TemporaryDirectory()
    try createDirectory(place.file("backups"))
    try createDirectory(place.file("tmp"))
    for number in 1...Self.backups {
      let rows = (1...(60 * number)).map { row in
        """
        {"model":"shop.item","pk":\(row),"fields":{"name":"item \(row) of only\(number)","price":"\(row).50","stock":\(row * 7)}}
        """
      }
      let text = "[\(rows.joined(separator: ",\n"))]\n"
      try writeFile(folder + "/shop_2026010\(number)_120000.json", Array(text.utf8))
    }
  }

  /// When the program is killed.
  private enum Moment {
    /// When it has computed for so long: that depends less on what else goes on than the time that passes.
    case computed(nanoseconds: Int)
    /// When the catalog's files have been seen to change so often, which they do while a backup is being committed; 0 is never.
    case grown(times: Int)
  }

  /// Registers the folder. When the program may be killed, the last line of standard error is how often the catalog's files were
  /// seen to change, and for how many nanoseconds the program computed.
  private func register(_ catalog: String, killed moment: Moment? = nil) throws -> ProcessResult {
    let command = [binaryFolder + "/coffer", "register", "--catalog", catalog, "--project", "shop", folder]
    let environment = ["TMPDIR": place.path + "/tmp", "HOME": place.path]
    guard let moment else { return try run(command, environment: environment) }
    let (times, limit) =
      switch moment {
      case .computed(let nanoseconds): (0, nanoseconds)
      case .grown(let times): (times, 0)
      }
    let script = """
      import os, resource, subprocess, sys, time
      catalog, times, limit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
      process = subprocess.Popen(sys.argv[4:])
      clock = ~process.pid << 3 | 2  # the processor time of another process, see clock_getcpuclockid(3)
      size, seen = None, 0
      while process.poll() is None:
          if limit:
              if time.clock_gettime_ns(clock) >= limit:
                  process.kill()
                  break
              time.sleep(0.0005)
          for _ in range(0 if limit else 500):
              try: now = [(f.st_size, f.st_mtime_ns) for f in map(os.stat, [catalog, catalog[:-3] + ".pages.db"])]
              except FileNotFoundError: continue
              if now != size:
                  size, seen = now, seen + 1
                  if seen == times:
                      process.kill()
                      break
      code = process.wait()
      usage = resource.getrusage(resource.RUSAGE_CHILDREN)
      print(seen, int((usage.ru_utime + usage.ru_stime) * 1e9), file=sys.stderr)
      sys.exit(137 if code == -9 else code)
      """
    return try run(
      ["python3", "-c", script, catalog, "\(times)", "\(limit)"] + command, environment: environment)
  }

  /// The backups that the program has said were added: the beginnings of their ids.
  private func acknowledged(_ result: ProcessResult) -> Set<String> {
    // A line that was cut is no acknowledgement.
    let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return Set(lines.filter { $0.hasPrefix("added  ") }.map { String($0.dropFirst(7).prefix(8)) })
  }

  /// Everything that the catalog holds of each backup, by the beginning of its id, as another program reads it.
  private func contents(_ catalog: String) throws -> [String: String] {
    let result = try run([
      "sqlite3", "-bail", catalog,
      """
      PRAGMA integrity_check; PRAGMA foreign_key_check;
      SELECT substr(b.backup_id, 1, 8), b.backup_id, b.taken_at, b.artifact_count, b.table_count, b.record_count,
        b.byte_count, b.finding_count, b.lineage,
        (SELECT group_concat(a.path || hex(a.sha256)) FROM artifacts a WHERE a.backup = b.id),
        (SELECT count(*) FROM artifacts a JOIN locations l ON l.artifact = a.id WHERE a.backup = b.id),
        (SELECT group_concat(t.name || t.record_count || t.digest) FROM tables t WHERE t.backup = b.id),
        (SELECT count(*) FROM tables t JOIN columns c ON c.table_id = t.id WHERE t.backup = b.id),
        (SELECT count(*) FROM findings f WHERE f.backup = b.id),
        (SELECT count(*) FROM events e WHERE e.backup_id = b.backup_id)
      FROM backups b;
      """,
    ])
    #expect(result.exitCode == 0, "\(result.errorText)")
    var lines = result.text.split(separator: "\n").map(String.init)
    #expect(lines.first == "ok")
    lines = Array(lines.dropFirst())
    return Dictionary(lines.map { (String($0.prefix(8)), $0) }) { a, b in "\(a) twice: \(b)" }
  }

  /// What a run to the end makes, how often it makes the catalog grow, and how long it computes.
  private func wholeRun() throws -> (contents: [String: String], changes: Int, nanoseconds: Int) {
    let catalog = place.path + "/whole.db"
    let result = try register(catalog, killed: .grown(times: 0))
    #expect(result.exitCode == 0 && acknowledged(result).count == Self.backups, "\(result.text)\(result.errorText)")
    let figures = (result.errorText.split(separator: "\n").last ?? "").split(separator: " ").compactMap { Int($0) }
    try #require(figures.count == 2)
    let contents = try contents(catalog)
    #expect(contents.count == Self.backups)
    return (contents, figures[0], figures[1])
  }

  /// Checks what a killed run has left, and that the next one completes it; returns the number of backups that were left.
  private func expectSound(_ catalog: String, after killed: ProcessResult, _ whole: [String: String]) throws -> Int {
    let acknowledged = acknowledged(killed)
    var held = 0
    #expect(try directoryNames(place.file("tmp")).isEmpty)
    if try fileStatus(Array(catalog.utf8)) != nil {
      let opened = try run([binaryFolder + "/coffer", "list", "--catalog", catalog, "--format", "jsonl"])
      // A catalog that was only begun is an empty file, which is none yet.
      #expect(opened.exitCode == 0 || opened.exitCode == 10 && acknowledged.isEmpty, "\(opened.errorText)")
      if opened.exitCode == 0 {
        let found = try contents(catalog)
        #expect(acknowledged.isSubset(of: found.keys))
        #expect(found.allSatisfy { whole[$0] == $1 }, "half a backup")
        #expect(opened.text.split(separator: "\n").count == found.count)
        held = found.count
        // Every row of every backup that is there is found, and no other.
        let rows = found.values.map { Int($0.split(separator: "|", omittingEmptySubsequences: false)[5]) ?? -1 }
        let counted = try run(
          [binaryFolder + "/coffer", "search", "--catalog", catalog, "item", "--count", "--format", "tsv"],
          environment: ["HOME": place.path])
        #expect(counted.text == "count\n\(rows.reduce(0, +))\n", "\(counted.errorText)")
      }
    } else {
      #expect(acknowledged.isEmpty)
    }
    let second = try register(catalog)
    #expect(second.exitCode == 0, "\(second.errorText)")
    #expect(try contents(catalog) == whole)
    return held
  }

  @Test func killedAtAnyMomentNothingAcknowledgedIsLost() throws {
    let (whole, _, duration) = try wholeRun()
    let wanted = 26
    var kills = 0
    var held = Set<Int>(), told = Set<Int>()
    for moment in 0..<(3 * wanted) where kills < wanted {
      let catalog = place.path + "/killed\(moment).db"
      // Steps of the golden section fall everywhere, however many there are.
      let share = (Double(moment) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
      let killed = try register(catalog, killed: .computed(nanoseconds: 1 + Int(share * Double(duration))))
      if killed.exitCode == 137 { kills += 1 }
      told.insert(acknowledged(killed).count)
      held.insert(try expectSound(catalog, after: killed, whole))
    }
    #expect(kills == wanted, "only \(kills) runs were killed before their end")
    // The kills fell between the backups, too, and what was added before had been told.
    #expect(
      held.count >= 4 && told.count >= 4, "backups held after the kills: \(held.sorted()), told: \(told.sorted())")
  }

  @Test func killedWhileItCommitsNothingAcknowledgedIsLost() throws {
    let (whole, changes, _) = try wholeRun()
    #expect(changes >= Self.backups, "\(changes) changes of the catalog's files were seen")
    let wanted = 14
    var kills = 0
    // How many changes are seen depends on what else the machine does, so that some runs end before they are killed.
    for moment in 0..<(4 * wanted) where kills < wanted {
      let catalog = place.path + "/killed\(moment).db"
      let killed = try register(catalog, killed: .grown(times: 1 + changes * (moment % wanted) / wanted))
      if killed.exitCode == 137 { kills += 1 }
      _ = try expectSound(catalog, after: killed, whole)
    }
    #expect(kills >= wanted / 2, "only \(kills) runs were killed before their end")
  }
}
