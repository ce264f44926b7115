import Bytes
import CatalogModel
import CatalogPostgres
import CatalogSQLite
import CatalogStore
import Diagnostics
import Glibc
import Records
import TextSearch

/// What the tests run as a process of its own:
///
///     write PATH FIRST COUNT       registers backups FIRST, FIRST + 1, … and says `ack N` when each is durable
///     limited PATH FIRST COUNT BYTES  the same with a limit on the size of files
///     open PATH FIRST COUNT        the same under umask 0
///     share URL FIRST COUNT        the same in a catalog on a server, in four projects and until it succeeds; says `again` for
///                                  each error
///     bench PATH ROWS              measures the index
@main struct Probe {
  static func main() {
    let words = CommandLine.arguments
    guard words.count >= 3 else { exit(2) }
    let path = Array(words[2].utf8)
    let numbers = words.dropFirst(3).map { Int($0) ?? 0 }
    do throws(CatalogError) {
      switch words[1] {
      case "write": try write(path, numbers[0], numbers[1])
      case "limited":
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(numbers[2]), rlim_max: rlim_t(numbers[2]))
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        try write(path, numbers[0], numbers[1])
      case "open":
        umask(0)
        try write(path, numbers[0], numbers[1])
      case "share": try share(path, numbers[0], numbers[1])
      case "bench": try bench(path, numbers[0])
      default: exit(2)
      }
    } catch {
      say("error \(error.message)")
      exit(error.code == .locked ? 11 : 1)
    }
  }

  /// Writes a line at once.
  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress, $0.count) }
  }

  static func write(_ path: [UInt8], _ first: Int, _ count: Int) throws(CatalogError) {
    let store = try SQLiteCatalog.create(path)
    for number in first..<(first + count) {
      try add(number, to: store)
      say("ack \(number)")
    }
  }

  static func share(_ place: [UInt8], _ first: Int, _ count: Int) throws(CatalogError) {
    var store: PostgresCatalog?
    var number = first, tries = 0
    while number < first + count {
      do throws(CatalogError) {
        let open: PostgresCatalog = if let store { store } else { try PostgresCatalog.create(place) }
        store = open
        try add(number, to: open, project: Name("probe \(number % 4)"))
        say("ack \(number)")
        number += 1
        tries = 0
      } catch {
        say("again \(number): \(error.message)")
        tries += 1
        guard tries < 500 else { throw error }
      }
    }
  }

  /// A backup of 300 records, in two tables, that can be told by its number.
  static func add(_ number: Int, to store: any CatalogStore, project: Name = "probe") throws(CatalogError) {
    var checksum = [UInt8](repeating: 0, count: 32)
    for i in 0..<8 { checksum[i] = UInt8(truncatingIfNeeded: number >> (i * 8)) }
    var registration = Registration(
      project: project, content: contentIdentity(ofChecksums: [checksum]), system: "django", kind: "fixture",
      takenAt: BackupTime(Moment(microseconds: Int64(number) * 1_000_000), origin: .name, hasZone: true),
      registeredAt: Moment(microseconds: 0),
      artifacts: [Artifact(role: "data", format: "json", path: [0x61], checksum: checksum, byteCount: 10)])
    registration.label = Array("\(number)".utf8)
    registration.findings = [Finding("probe", .info, "found")]
    try store.write { (tx) throws(CatalogError) in
      guard case .added(let key) = try tx.register(registration) else { return }
      for name in ["first", "second"] {
        var table = CatalogTable(
          name: Name(name),
          columns: [CatalogColumn(name: "id", type: "int64"), CatalogColumn(name: "text", type: "text")],
          primaryKey: ["id"])
        table.statistics.recordCount = 150
        let tableKey = try tx.add(table, to: key)
        var batch = RecordBatch(capacity: 1 << 14)
        batch.removeAll(columnCount: 2)
        for row in 0..<150 {
          batch.append(row: [.integer(Int64(row)), batch.text("backup\(number) row\(row) of \(name)")])
        }
        try tx.index(batch, of: tableKey)
      }
      try tx.finish(key)
    }
  }

  // MARK: Measuring

  static func bench(_ path: [UInt8], _ rows: Int) throws(CatalogError) {
    let store = try SQLiteCatalog.create(path)
    let columns: [Name] = ["id", "email", "name", "created", "ref", "amount", "note"]
    var generator = Generator(state: 88172645463325252)
    let table = CatalogTable(
      name: "events", columns: columns.map { CatalogColumn(name: $0, type: "text") }, primaryKey: ["id"])
    var checksum = [UInt8](repeating: 1, count: 32)
    checksum[0] = UInt8(truncatingIfNeeded: monotonicNanoseconds())
    let registration = Registration(
      project: "bench", content: contentIdentity(ofChecksums: [checksum]), system: "django", kind: "fixture",
      takenAt: BackupTime(Moment(microseconds: 1), origin: .name, hasZone: true), registeredAt: Moment(microseconds: 0),
      artifacts: [])
    var bytes = 0
    var making: Int64 = 0
    let start = processorNanoseconds()
    try store.write { (tx) throws(CatalogError) in
      guard case .added(let key) = try tx.register(registration) else { return }
      let tableKey = try tx.add(table, to: key)
      var batch = RecordBatch(capacity: 1 << 20)
      var made = 0
      while made < rows {
        let begun = processorNanoseconds()
        batch.removeAll(columnCount: columns.count)
        while batch.rowCount < 4096, made < rows {
          generator.append(row: made, to: &batch)
          made += 1
        }
        bytes += batch.heap.count
        making += processorNanoseconds() - begun
        try tx.index(batch, of: tableKey)
      }
      try tx.finish(key)
    }
    let indexed = processorNanoseconds() - start - making
    let mega = Double(bytes) / 1e6
    say(
      "indexed \(rows) rows, \(Int(mega)) MB in \(indexed / 1_000_000) ms of CPU: \(Int(mega / (Double(indexed) / 1e9))) MB/s"
    )
    for (name, terms) in [
      ("e-mail", [SearchTerm.words(Array("user\(rows / 2)@example.org".utf8))]),
      ("common word", [.words(Array("lorem".utf8))]), ("prefix", [.words(Array("user12*".utf8))]),
      ("phrase", [.words(Array("lorem ipsum".utf8))]), ("nothing", [.words(Array("zzzzz".utf8))]),
      ("two words", [.words(Array("dolor".utf8)), .words(Array("user77".utf8))]),
      ("substring", [.substring(Array("ser\(rows / 2)@exam".utf8))]),
      ("regex", [.regex(Array("user\(rows / 2)@[a-z]+\\.org".utf8))]),
      ("regex without literal", [.regex(Array("[xyz]{3}[0-9]q".utf8))]),
    ] {
      let begun = processorNanoseconds()
      let result = try store.read { (tx) throws(CatalogError) in try tx.search(SearchQuery(terms)) }
      say(
        "\(name): \(result.hits.count) hits, \(result.examined) examined, \((processorNanoseconds() - begun) / 1000) µs"
      )
    }
    let begun = processorNanoseconds()
    try store.write { (tx) throws(CatalogError) in
      if let backup = try tx.backup(content: registration.content, project: "bench") {
        try tx.forget(backup.key, at: Moment(microseconds: 1))
      }
    }
    say("forgotten in \((processorNanoseconds() - begun) / 1_000_000) ms of CPU")
  }
}

/// Nanoseconds of processor time of this process.
private func processorNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Invented rows.
private struct Generator {
  var state: UInt64
  static let words = [
    "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod", "tempor",
    "incididunt", "ut", "labore", "et", "dolore", "magna", "aliqua", "Straße", "café",
  ]
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
  mutating func append(row: Int, to batch: inout RecordBatch) {
    func hex(_ value: UInt64) -> String { String(value, radix: 16) }
    let a = next(), b = next()
    var note = ""
    for _ in 0..<(8 + Int(a % 12)) { note += Self.words[Int(next() >> 20) % Self.words.count] + " " }
    let values = [
      "\(row)", "user\(row)@example.org", "User \(a % 5000) Name\(b % 9000)",
      "2026-0\(1 + a % 9)-\(10 + b % 19)T07:54:\(10 + a % 50).\(b % 1_000_000)Z",
      "\(hex(a))-\(hex(b % 65536))-4\(hex(a % 4096))-\(hex(b))", "\(a % 100000).\(b % 100)", note,
    ]
    var cells: [Cell] = []
    for value in values { cells.append(batch.text(value)) }
    batch.append(row: cells)
  }
}
