internal import Bytes
internal import Conversion
internal import Records

/// Finds the rows in which tables differ, in memory that does not grow with them: rows are counted by a part of the hash of
/// their keys first, and only those of parts that differ are kept, as many as there is room for.
struct RowComparison: Sendable {
  /// Parts of each table.
  private static let partCount = 4096
  /// Rows of both sides that are kept, of all tables.
  private static let rowLimit = 1 << 21

  private struct Part: Sendable {
    var count = 0
    var sum = Hash128()
  }

  private let pairs: [TablePair]
  /// By pair and part: the rows of the side at hand, and of the other one.
  private var parts: [[Part]]
  private var otherParts: [[Part]]
  private var isChosen: [[Bool]] = []
  private var entries: [[RowEntry]]
  private(set) var results: [RowDifferences]

  init(_ pairs: [TablePair]) {
    self.pairs = pairs
    parts = pairs.map { _ in [Part](repeating: Part(), count: Self.partCount) }
    otherParts = parts
    entries = pairs.map { _ in [] }
    results = pairs.map { RowDifferences($0) }
  }

  /// Reads one side for the sums of its parts.
  mutating func sort(_ side: ComparedBackup, _ isSecond: Bool) throws(ReadError) {
    swap(&parts, &otherParts)
    try each(side, isSecond) { comparison, number, entry in
      let part = Self.part(of: entry.key)
      comparison.parts[number][part].count += 1
      comparison.parts[number][part].sum += entry.row
    }
  }

  /// Chooses the parts whose rows are kept.
  mutating func choose() {
    var left = Self.rowLimit
    for (i, (first, second)) in zip(parts, otherParts).enumerated() {
      isChosen.append(Array(repeating: false, count: Self.partCount))
      var hasAny = false
      for (part, (a, b)) in zip(first, second).enumerated() where a.count != b.count || a.sum != b.sum {
        // One part is looked at in any case.
        guard a.count + b.count <= left || !hasAny else {
          results[i].isAtLeast = true
          continue
        }
        left -= a.count + b.count
        isChosen[i][part] = true
        hasAny = true
      }
    }
    parts = []
    otherParts = []
  }

  /// Reads one side for the rows of the chosen parts.
  mutating func collect(_ side: ComparedBackup, _ isSecond: Bool) throws(ReadError) {
    try each(side, isSecond) { comparison, number, entry in
      if comparison.isChosen[number][Self.part(of: entry.key)] { comparison.entries[number].append(entry) }
    }
  }

  /// Sets rows of one key against each other.
  mutating func match() {
    for i in pairs.indices {
      var rows: [RowEntry] = []
      swap(&rows, &entries[i])
      results[i].match(&rows)
    }
  }

  /// Reads one side for the keys of the rows that are named, and for the columns in which they differ.
  mutating func name(_ side: ComparedBackup, _ isSecond: Bool) throws(ReadError) {
    var results: [RowDifferences] = []
    swap(&results, &self.results)
    defer { swap(&results, &self.results) }
    var views = self.views(isSecond)
    try side.read(PairView.numbers(pairs, isSecond)) { (number, batch) throws(IOError) in
      try views[number].entries(&batch, isSecond) { (entry, row, batch, digester) throws(IOError) in
        guard results[number].wants(entry) else { return }
        try results[number].take(entry, row, batch, &digester)
      }
    }
  }

  private func views(_ isSecond: Bool) -> [RowView] { pairs.map { RowView($0, isSecond) } }

  private mutating func each(
    _ side: ComparedBackup, _ isSecond: Bool, _ body: (inout RowComparison, Int, RowEntry) -> Void
  ) throws(ReadError) {
    var views = self.views(isSecond)
    try side.read(PairView.numbers(pairs, isSecond)) { (number, batch) throws(IOError) in
      try views[number].entries(&batch, isSecond) { (entry, _, _, _) in body(&self, number, entry) }
    }
  }

  private static func part(of key: Hash128) -> Int { Int(truncatingIfNeeded: key.high & UInt64(partCount - 1)) }
}

/// A row of either side.
struct RowEntry: Sendable {
  /// Hash of what tells which row of the other side it belongs to: its key, or all that cannot have changed.
  var key: Hash128
  var row: Hash128
  /// Among the rows of its table, from 1.
  var number: Int
  var isSecond: Bool
}

/// One side of a pair, row by row; spelling does not count.
private struct RowView: Sendable {
  private var view: PairView
  private var keys: RowDigester?
  private let matching: [Int]
  private var count = 0
  /// Spreads hashes of keys over the parts.
  private static let mixer = Hash128(low: 0x6B65_79, high: 0x726F_7773)

  init(_ pair: TablePair, _ isSecond: Bool) {
    view = PairView(pair, isSecond: isSecond, strict: false)
    let isWhole = pair.keyCount == 0 && pair.matching.count == pair.columns.count
    keys = isWhole ? nil : RowDigester(pair.schema(strict: false), countsValues: false)
    matching = pair.matching
  }

  mutating func entries(
    _ batch: inout RecordBatch, _ isSecond: Bool,
    _ body: (RowEntry, Int, borrowing RecordBatch, inout RowDigester) throws(IOError) -> Void
  ) throws(IOError) {
    view.projection.apply(to: &batch)
    try view.projection.loosen(&batch)
    for row in 0..<batch.rowCount {
      count += 1
      let hash = try view.digester.hash(of: row, in: batch)
      var key = hash
      if keys != nil {
        key = Hash128()
        for column in matching { key += try keys?.hash(of: row, column, in: batch) ?? Hash128() }
        key = key.mixed(with: Self.mixer)
      }
      try body(RowEntry(key: key, row: hash, number: count, isSecond: isSecond), row, batch, &view.digester)
    }
  }
}
