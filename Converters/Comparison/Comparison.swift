package import Bytes
package import Conversion
package import Records

/// An error of one of the two sides.
package struct ComparisonError: Error, Sendable {
  package var error: ReadError
  /// Whether it is the second's.
  package var isSecond: Bool
}

/// Compares the rows of two backups, whatever they are written in: values by what they mean, rows in any order.
///
/// Each is read once when they are equal. Tables that differ are read again: for what the difference is, for the rows that
/// differ, and for what these rows are called.
package struct Comparison: Sendable {
  package internal(set) var tables: [ComparedTable] = []
  private let first: ComparedBackup
  private let second: ComparedBackup
  private(set) var pairs: [TablePair] = []
  /// By pair: where its result is among `tables`.
  private var places: [Int] = []
  /// Digests of the first's tables that were taken before, without `columns`.
  private let known: [Name: TableDigest]

  /// `columns` are no matter when the second lacks them. `known`: digests of the first's tables without them. `lineage` and `losses` are
  /// what a conversion from the first to the second has told of.
  package init(
    _ first: ComparedBackup, _ second: ComparedBackup, without columns: [Name] = [], known: [Name: TableDigest] = [:],
    lineage: Lineage = Lineage(), losses: [Loss] = []
  ) {
    self.known = known
    self.first = first
    self.second = second
    let changed = Dictionary(grouping: losses.filter { LossKind.countsChanges($0.code) }, by: \.table)
    let tables = first.tables, others = second.tables
    let places = SimilarNames(others.map(\.name)).positions(
      of: tables.map(\.name), known: lineage.tables.mapValues(\.names))
    for (table, place) in zip(tables, places) {
      guard let place else {
        self.tables.append(ComparedTable(name: table.name, verdict: .missing))
        continue
      }
      self.places.append(self.tables.count)
      pairs.append(
        TablePair(
          table, others[place], without: columns, lineage: lineage.tables[table.name],
          changed: Set((changed[table.name] ?? []).compactMap(\.column))))
      self.tables.append(ComparedTable(name: table.name, secondName: others[place].name, verdict: .same))
    }
    for (i, table) in others.enumerated() where !places.contains(i) {
      self.tables.append(ComparedTable(name: table.name, secondName: table.name, verdict: .added))
    }
  }

  /// Compares all rows.
  package mutating func run() throws(ComparisonError) {
    try digest()
    let suspects = pairs.indices.filter { tables[places[$0]].verdict == .different }
    guard !suspects.isEmpty else { return }
    try explain(suspects)
    let different = suspects.filter {
      tables[places[$0]].verdict == .different && !pairs[$0].columns.isEmpty
        && tables[places[$0]].changed < 0
    }
    guard !different.isEmpty else { return }
    var rows = RowComparison(different.map { pairs[$0] })
    try both { (side, isSecond) throws(ReadError) in try rows.sort(side, isSecond) }
    rows.choose()
    try both { (side, isSecond) throws(ReadError) in try rows.collect(side, isSecond) }
    rows.match()
    try both { (side, isSecond) throws(ReadError) in try rows.name(side, isSecond) }
    for (i, pair) in different.enumerated() { rows.results[i].give(to: &tables[places[pair]]) }
  }

  private func both(
    _ body: (ComparedBackup, Bool) throws(ReadError) -> Void
  ) throws(ComparisonError) {
    for (side, isSecond) in [(first, false), (second, true)] {
      do throws(ReadError) { try body(side, isSecond) } catch {
        throw ComparisonError(error: error, isSecond: isSecond)
      }
    }
  }

  /// Digests of all rows of tables that both sides have, in the types of the first; the others are counted.
  private mutating func digest() throws(ComparisonError) {
    var values = pairs.map { pair in [Int](repeating: 0, count: pair.missing.count) }
    try both { (side, isSecond) throws(ReadError) in
      var numbers = PairView.numbers(pairs, isSecond)
      for (i, table) in tables.enumerated() where table.verdict == (isSecond ? .added : .missing) {
        numbers[table.name] = pairs.count + i
      }
      if !isSecond { takeKnown(&numbers) }
      let pass = try DigestPass.run(side, numbers, DigestPass(pairs, tables.count, isSecond: isSecond)) { number in
        number < pairs.count ? tables[places[number]].first.count * pairs[number].columns.count : 0
      }
      for i in tables.indices where isSecond { tables[i].second.count += pass.counts[i] }
      for i in tables.indices where !isSecond { tables[i].first.count += pass.counts[i] }
      for (i, digest) in pass.digests.enumerated() {
        if isSecond {
          tables[places[i]].second = digest
        } else if numbers[pairs[i].first.name] != nil {
          tables[places[i]].first = digest
        }
      }
      if !isSecond { values = pass.values }
    }
    for (i, pair) in pairs.enumerated() {
      let place = places[i]
      tables[place].addedColumns = pair.added
      tables[place].missingColumns = zip(pair.missing, values[i]).filter { $1 > 0 }.map {
        (pair.first.columns[$0].name, $1)
      }
      let isEqual = tables[place].first == tables[place].second
      // Rows that have to be looked at are marked until they have been.
      if !isEqual { tables[place].changed = -1 }
      if !isEqual || !tables[place].missingColumns.isEmpty { tables[place].verdict = .different }
    }
  }

  /// Gives tables of the first side the digests that are known, where these are of the columns that are compared; they need not be read.
  private mutating func takeKnown(_ numbers: inout [Name: Int]) {
    for (i, pair) in pairs.enumerated() where pair.isWhole {
      guard let digest = known[pair.first.name] else { continue }
      tables[places[i]].first = digest
      numbers[pair.first.name] = nil
    }
    for i in tables.indices where tables[i].verdict == .missing {
      guard let digest = known[tables[i].name] else { continue }
      tables[i].first.count = digest.count
      numbers[tables[i].name] = nil
    }
  }

  /// Finds the differences that are only ones of spelling.
  private mutating func explain(_ suspects: [Int]) throws(ComparisonError) {
    let pairs = suspects.map { self.pairs[$0] }
    var sides: [[SpellingView]] = []
    try both { (side, isSecond) throws(ReadError) in
      var views = pairs.map { SpellingView($0, isSecond: isSecond) }
      try side.read(PairView.numbers(pairs, isSecond)) { (number, batch) throws(IOError) in
        try views[number].add(&batch)
      }
      sides.append(views)
    }
    for (i, suspect) in suspects.enumerated() where tables[places[suspect]].changed < 0 {
      let place = places[suspect]
      guard sides[0][i].digest == sides[1][i].digest else { continue }
      tables[place].changed = 0
      tables[place].coercions = SpellingView.coercions(sides[0][i], sides[1][i])
      if tables[place].missingColumns.isEmpty { tables[place].verdict = .explained }
    }
  }
}

extension Cell {
  var isAbsent: Bool { kind == .null || kind == .missing }
}

/// One side of a pair, as it is compared.
struct PairView: Sendable {
  var projection: Projection
  var digester: RowDigester

  init(_ pair: TablePair, isSecond: Bool, strict: Bool) {
    projection = pair.projection(isSecond: isSecond)
    digester = RowDigester(pair.schema(strict: strict), countsValues: false)
  }

  /// The numbers of the pairs by their tables' names on one side.
  static func numbers(_ pairs: [TablePair], _ isSecond: Bool) -> [Name: Int] {
    Dictionary(
      pairs.enumerated().map { (isSecond ? $1.second.name : $1.first.name, $0) }, uniquingKeysWith: { a, _ in a })
  }
}
