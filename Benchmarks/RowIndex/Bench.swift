// Times the row index beside FTS5 on the same rows, in one run and one thread, and prints the table. CPU time, for the machine
// may be shared.
//
// usage: row-index-benchmark [MEGABYTES [PAGES]]
//
// From 1000 MB on only what matters then: registering, the memory it takes, and queries; pages go into a SQLite file, which is kept
// where its name is given. If it is there, only queries are run.

internal import Bytes
internal import CIndex
internal import Glibc
internal import Records
internal import RowIndex
internal import SQLiteClient
internal import TextSearch

let megabytes = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 50 : 50
let shop = Shop()

/// Seconds of this process's CPU.
func cpu() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
func rounded(_ value: Double, _ digits: Int = 1) -> String {
  let unit = digits == 0 ? 1.0 : digits == 1 ? 10 : 1000
  let number = (value * unit).rounded() / unit
  return digits == 0 ? "\(Int(number))" : "\(number)"
}
/// Prints a figure, and beside it what is asked for.
func line(_ name: String, _ value: String, bar: String = "") {
  let start = name + String(repeating: " ", count: max(1, 46 - name.count)) + value
  print(bar.isEmpty ? start : start + String(repeating: " ", count: max(1, 74 - start.count)) + "(" + bar + ")")
}
/// Greatest memory of this process so far, in MB.
func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss / 1000
}

/// MB/s of `openssl dgst -sha256` over the text, by its own CPU; nil when it is not there.
func opensslSpeed() throws -> Double? {
  guard let pipe = popen("openssl dgst -sha256 >/dev/null 2>&1", "w") else { return nil }
  signal(SIGPIPE, SIG_IGN)
  let text = try forEachBatch { batch, _ in
    batch.heap.span.withUnsafeBytes { _ = fwrite($0.baseAddress!, 1, $0.count, pipe) }
  }
  guard pclose(pipe) == 0 else { return nil }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
  // What the pipe takes is not counted.
  let micros = usage.ru_utime.tv_sec * 1_000_000 + usage.ru_utime.tv_usec
  return Double(text) / Double(micros)
}

/// Calls `body` with every batch of the data set.
func forEachBatch(version: Int = 0, _ body: (borrowing RecordBatch, TableSchema) throws -> Void) throws -> Int {
  var batch = RecordBatch(capacity: 1 << 20), total = 0, number = 0
  while total < megabytes << 20 {
    for table in [0, 1, 2, 2] {
      shop.fill(&batch, table: table, number: number, version: version)
      number += 1
      total += batch.heap.count
      try body(batch, Shop.tables[table])
    }
  }
  return total
}

/// The terms of all rows, sorted and laid out, without rows, hashes and keys.
func timeTerms() throws -> (seconds: Double, bytes: Int, counts: (Int, Int)) {
  var termCounts = (0, 0)
  var builder = ci_builder(), text = ByteHeap(capacity: 4096), seconds = 0.0, bytes = 0, held = 0
  func flush() {
    let start = cpu()
    termCounts.0 += Int(builder.term_count)
    termCounts.1 += builder.pair_count
    ci_builder_sort(&builder)
    let writer = TermSizes()
    bytes += writer.size(&builder)
    ci_builder_clear(&builder)
    held = 0
    seconds += cpu() - start
  }
  func add(_ batch: borrowing RecordBatch) {
    for row in 0..<batch.rowCount {
      text.removeAll()
      for column in 0..<batch.columnCount {
        Folding.appendIndexed(batch.bytes(of: batch[row, column]), to: &text)
        text.append(0x0A)
      }
      text.span.withUnsafeBufferPointer { _ = ci_builder_add(&builder, $0.baseAddress!, $0.count) }
    }
    held += batch.heap.count
  }
  ci_builder_start(&builder, 1)
  _ = try forEachBatch { batch, _ in
    let start = cpu()
    add(batch)
    seconds += cpu() - start
    if held >= 64 << 20 { flush() }
  }
  flush()
  ci_builder_free(&builder)
  return (seconds, bytes, termCounts)
}

/// FTS5 over the text of the rows, contentless.
func timeFTS5(_ connection: borrowing Connection) throws -> (seconds: Double, bytes: Int) {
  try connection.execute("CREATE VIRTUAL TABLE f USING fts5(t, content='', tokenize='unicode61')")
  try connection.execute("INSERT INTO f(f, rank) VALUES('automerge', 0)")
  var insert = try connection.prepare("INSERT INTO f(rowid, t) VALUES(?1, ?2)"), row: Int64 = 0, seconds = 0.0
  var text = ByteHeap(capacity: 4096)
  try connection.execute("BEGIN")
  _ = try forEachBatch { batch, _ in
    let start = cpu()
    for i in 0..<batch.rowCount {
      text.removeAll()
      for column in 0..<batch.columnCount {
        text.append(batch.bytes(of: batch[i, column]))
        text.append(0x20)
      }
      try insert.bind(row, at: 1)
      try insert.bind(text: text.span, at: 2)
      try insert.run()
      row += 1
    }
    seconds += cpu() - start
  }
  let start = cpu()
  try connection.execute("COMMIT")
  try connection.execute("INSERT INTO f(f) VALUES('optimize')")
  seconds += cpu() - start
  let bytes = try connection.integer("SELECT sum(length(block)) FROM f_data") ?? 0
  return (seconds, Int(bytes))
}

func register(_ index: RowIndex, backup: UInt64, version: Int) throws -> (seconds: Double, text: Int, new: Int) {
  let begin = cpu()
  let registration = try index.register(backup, time: Int64(backup))
  var seconds = cpu() - begin
  let text = try forEachBatch(version: version) { batch, table in
    let start = cpu()
    try registration.add(batch, of: table)
    seconds += cpu() - start
  }
  let start = cpu()
  try registration.finish()
  seconds += cpu() - start
  return (seconds, text, registration.newCount)
}

/// Seconds that hashing the rows takes.
func timeHashes() throws -> Double {
  var digesters = Shop.tables.map { RowDigester($0, countsValues: false) }, seconds = 0.0
  _ = try forEachBatch { batch, table in
    let start = cpu(), number = Shop.tables.firstIndex { $0.name == table.name }!
    try digesters[number].add(batch)
    seconds += cpu() - start
  }
  return seconds
}

func median(_ times: [Double]) -> String {
  let sorted = times.sorted()
  return "\(rounded(sorted[sorted.count / 2] * 1000, 2)) / \(rounded(sorted[sorted.count * 99 / 100] * 1000, 2)) ms"
}

/// What is asked of queries, by name.
let queryBars = [
  "e-mail": "3 / 25 ms", "uuid": "3 / 25 ms", "word": "3 / 25 ms", "prefix of four letters": "3 / 25 ms",
  "phrase of three words": "25 / 300 ms", "substring of six bytes": "25 / 300 ms", "regex with a literal": "10 / 60 ms",
]

/// Queries: words out of the rows, the first fifty rows with their text; beside them those of FTS5, if it was filled.
func timeQueries(_ index: RowIndex, _ fts5: ([UInt8]) throws -> Double? = { _ in nil }) throws {
  for (name, terms) in Samples().make() {
    var own: [Double] = [], other: [Double] = []
    for term in terms {
      let plan = try SearchPlan(term), start = cpu()
      _ = try index.search(RowQuery(plan))
      own.append(cpu() - start)
      guard case .words(let words) = term[0] else { continue }
      if let seconds = try fts5(words) { other.append(seconds) }
    }
    let beside = other.isEmpty ? "" : "; FTS5, row numbers only: " + median(other)
    line(name + ", p50 / p99", median(own) + beside, bar: megabytes < 1000 ? queryBars[name] ?? "" : "p50 10 ms")
  }
}

private func timeFTS5(query words: [UInt8], _ connection: borrowing Connection) throws -> Double {
  let quoted = words.filter { $0 != 0x2A }.map { $0 == 0x22 ? 0x20 : $0 }
  let match = [0x22] + quoted + [0x22] + (words.last == 0x2A ? [0x2A] : [])
  let start = cpu()
  var select = try connection.prepare("SELECT rowid FROM f WHERE f MATCH ?1 ORDER BY rowid DESC LIMIT 50")
  try select.bind(text: match.span, at: 1)
  while try select.step() {}
  return cpu() - start
}

/// Runs everything in turn.
func run() throws {
  if megabytes >= 1000 { return try runLarge() }
  let store = MemoryPageStore(), index = try RowIndex(store, lineage: 0)
  let first = try register(index, backup: 1, version: 0)
  let mib = Double(first.text) / 1e6
  line("text", "\(rounded(mib, 0)) MB, \(first.new) rows")
  let terms = try timeTerms()
  line("terms alone", "\(rounded(mib / terms.seconds, 0)) MB/s, \(rounded(Double(terms.bytes) / 1e4 / mib)) %")
  line("first backup: hashes, rows, terms, keys", "\(rounded(mib / first.seconds, 0)) MB/s", bar: "80 MB/s")
  line("  terms, and pairs of a term and a row", "\(terms.counts.0), \(terms.counts.1)")
  var total = 0
  for (kind, count) in store.byteCounts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
    line("  \(kind)", "\(rounded(Double(count) / 1e4 / mib)) %")
    total += count
  }
  let searched = [PageKind.dictionary, .lists, .header].reduce(0) { $0 + (store.byteCounts[$1] ?? 0) }
  line("  index", "\(rounded(Double(searched) / 1e4 / mib)) %", bar: "22 %")
  line("  all", "\(rounded(Double(total) / 1e4 / mib)) %", bar: "75 %")
  let connection = try Connection(inMemory: ConnectionOptions(.create))
  let fts5 = try timeFTS5(connection)
  line("FTS5", "\(rounded(mib / fts5.seconds, 0)) MB/s, \(rounded(Double(fts5.bytes) / 1e4 / mib)) %")
  line("terms : FTS5", rounded(fts5.seconds / terms.seconds), bar: "5")
  line("first backup : FTS5", rounded(fts5.seconds / first.seconds), bar: "3")
  try timeQueries(index) { try timeFTS5(query: $0, connection) }
  try runDaily(index, store, mib)
}

/// What a second backup takes, and what is asked of two.
func runDaily(_ index: RowIndex, _ store: MemoryPageStore, _ mib: Double) throws {
  let before = store.byteCounts.values.reduce(0, +)
  let second = try register(index, backup: 2, version: 1), hashing = try timeHashes()
  line("next backup, \(second.new) new rows", "\(rounded(mib / second.seconds, 0)) MB/s")
  line("  of it hashes of rows", "\(rounded(hashing / second.seconds * 100, 0)) %")
  if let openssl = try opensslSpeed() {
    line("openssl dgst -sha256", "\(rounded(openssl, 0)) MB/s")
    line("  next backup takes", "\(rounded(openssl * second.seconds / mib)) times that", bar: "3")
    line("  without hashes of rows", "\(rounded(openssl * (second.seconds - hashing) / mib)) times that", bar: "1.25")
  }
  line("  grows by", "\(rounded(Double(store.byteCounts.values.reduce(0, +) - before) / 1e4 / mib, 3)) %", bar: "1.5 %")
  var start = cpu()
  let changes = try index.differences(from: 1, to: 2)
  line("differences, \(changes.count) rows", "\(rounded((cpu() - start) * 1000)) ms", bar: "10 ms")
  start = cpu()
  for i in 0..<200 { _ = try index.history(of: "orders", key: [Array("\(2000 + i)".utf8)]) }
  line("history of a key", "\(rounded((cpu() - start) * 5, 3)) ms", bar: "5 ms")
  for backup in UInt64(3)...30 { _ = try register(index, backup: backup, version: Int(backup)) }
  start = cpu()
  let far = try index.differences(from: 1, to: 30)
  line("differences after 29 days, \(far.count) rows", "\(rounded((cpu() - start) * 1000)) ms", bar: "100 ms")
  start = cpu()
  let merges = try index.mergeSegments()
  line("merges: \(merges), segments left: \(index.segmentCount)", "\(rounded(cpu() - start, 3)) s")
  let all = Double(store.byteCounts.values.reduce(0, +)) / 1e4 / mib / 30
  line("30 backups, of all their text", "\(rounded(all, 3)) %", bar: "4 %")
  start = cpu()
  let erased = try index.erase("orders", key: [Array("2001".utf8)])
  line("erasing a row of \(erased) versions", "\(rounded((cpu() - start) * 1000)) ms")
}

/// Registering and queries with pages in a file; only queries when the file is there.
func runLarge() throws {
  let isGiven = CommandLine.arguments.count > 2
  let name = isGiven ? CommandLine.arguments[2] : "row-index-benchmark.\(getpid()).db", path = Array(name.utf8)
  defer { if !isGiven { unlink(name) } }
  if access(name, F_OK) != 0 {
    let start = peakMemory()
    let index = try RowIndex(SQLitePageStore(path), lineage: 0), first = try register(index, backup: 1, version: 0)
    let mib = Double(first.text) / 1e6
    line("text", "\(rounded(mib, 0)) MB, \(first.new) rows, \(index.segmentCount) segments")
    line("first backup, with a file of pages", "\(rounded(mib / first.seconds, 0)) MB/s", bar: "80 MB/s")
    // The tables come by turns, so that all of them are held.
    line("memory of registering", "\(peakMemory() - start) MB", bar: "\(200 + first.new * 27 / 1_000_000) MB")
  }
  let start = peakMemory()
  try timeQueries(RowIndex(SQLitePageStore(path), lineage: 0))
  line("memory of queries beyond that before", "\(peakMemory() - start) MB", bar: "64 MB")
}
