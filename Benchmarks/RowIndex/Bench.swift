// Times the row index beside FTS5 on the same rows, in one run and one thread, and prints the table. CPU time, for the machine
// may be shared.
//
// usage: row-index-benchmark [MEGABYTES]

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
func line(_ name: String, _ value: String) {
  print(name + String(repeating: " ", count: max(1, 52 - name.count)) + value)
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

/// Runs everything in turn.
func run() throws {
  let store = MemoryPageStore(), index = try RowIndex(store, lineage: 0)
  let first = try register(index, backup: 1, version: 0)
  let mib = Double(first.text) / 1e6
  line("text", "\(rounded(mib, 0)) MB, \(first.new) rows")
  let terms = try timeTerms()
  line("terms alone", "\(rounded(mib / terms.seconds, 0)) MB/s, \(rounded(Double(terms.bytes) / 1e4 / mib)) %")
  line("first backup: hashes, rows, terms, keys", "\(rounded(mib / first.seconds, 0)) MB/s")
  line("  terms, and pairs of a term and a row", "\(terms.counts.0), \(terms.counts.1)")
  var total = 0
  for (kind, count) in store.byteCounts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
    line("  \(kind)", "\(rounded(Double(count) / 1e4 / mib)) %")
    total += count
  }
  line("  all", "\(rounded(Double(total) / 1e4 / mib)) %")
  let connection = try Connection(inMemory: ConnectionOptions(.create))
  let fts5 = try timeFTS5(connection)
  line("FTS5", "\(rounded(mib / fts5.seconds, 0)) MB/s, \(rounded(Double(fts5.bytes) / 1e4 / mib)) %")
  line("terms : FTS5", rounded(fts5.seconds / terms.seconds))
  line("first backup : FTS5", rounded(fts5.seconds / first.seconds))

  // Queries: words out of the rows, the first fifty rows with their text.
  let samples = Samples().make()
  for (name, terms) in samples {
    var own: [Double] = [], other: [Double] = []
    for term in terms {
      let plan = try SearchPlan(term)
      var start = cpu()
      _ = try index.search(RowQuery(plan))
      own.append(cpu() - start)
      guard case .words(let words) = term[0] else { continue }
      let quoted = words.filter { $0 != 0x2A }.map { $0 == 0x22 ? 0x20 : $0 }
      let match = [0x22] + quoted + [0x22] + (words.last == 0x2A ? [0x2A] : [])
      start = cpu()
      var select = try connection.prepare("SELECT rowid FROM f WHERE f MATCH ?1 ORDER BY rowid DESC LIMIT 50")
      try select.bind(text: match.span, at: 1)
      while try select.step() {}
      other.append(cpu() - start)
    }
    line(name + ", p50 / p99", median(own) + (other.isEmpty ? "" : "; FTS5, row numbers only: " + median(other)))
  }

  let before = store.byteCounts.values.reduce(0, +)
  let second = try register(index, backup: 2, version: 1)
  var sha256 = SHA256(), seconds = 0.0
  _ = try forEachBatch { batch, _ in
    let start = cpu()
    sha256.update(batch.heap.span)
    seconds += cpu() - start
  }
  _ = sha256.finish()
  line("SHA-256 of the text", "\(rounded(mib / seconds, 0)) MB/s")
  line("next backup, \(second.new) new rows", "\(rounded(mib / second.seconds, 0)) MB/s")
  line("  of it hashes of rows", "\(rounded(try timeHashes() / second.seconds * 100, 0)) %")
  line("  grows by", "\(rounded(Double(store.byteCounts.values.reduce(0, +) - before) / 1e4 / mib, 3)) %")
  var start = cpu()
  let changes = try index.differences(from: 1, to: 2)
  line("differences, \(changes.count) rows", "\(rounded((cpu() - start) * 1000)) ms")
  start = cpu()
  for i in 0..<200 { _ = try index.history(of: "orders", key: [Array("\(2000 + i)".utf8)]) }
  line("history of a key", "\(rounded((cpu() - start) * 5, 3)) ms")
  for backup in UInt64(3)...9 { _ = try register(index, backup: backup, version: Int(backup)) }
  start = cpu()
  let merges = try index.mergeSegments()
  line("merges: \(merges), segments left: \(index.segmentCount)", "\(rounded(cpu() - start, 3)) s")
  start = cpu()
  let erased = try index.erase("orders", key: [Array("2001".utf8)])
  line("erasing a row of \(erased) versions", "\(rounded((cpu() - start) * 1000)) ms")
}
