internal import Bytes
internal import Conversion
internal import Records
internal import Synchronization

/// What one reading of one side comes to: digests of the tables that both sides have, numbers of rows of those that only it has.
///
/// Digests are sums: tables that can be read apart are read side by side, and what each reading came to is added up.
struct DigestPass: Sendable {
  private let pairs: [TablePair]
  private let isSecond: Bool
  private var views: [PairView]
  /// By pair and column of the first that the second lacks: values.
  private(set) var values: [[Int]]
  /// By table: rows of one without a counterpart.
  private(set) var counts: [Int]

  init(_ pairs: [TablePair], _ tableCount: Int, isSecond: Bool) {
    self.pairs = pairs
    self.isSecond = isSecond
    views = pairs.map { PairView($0, isSecond: isSecond, strict: true) }
    values = pairs.map { [Int](repeating: 0, count: $0.missing.count) }
    counts = [Int](repeating: 0, count: tableCount)
  }

  /// By pair.
  var digests: [TableDigest] { views.map(\.digester.digest) }

  /// Reads the tables of a side that have numbers, from `empty` on; `weight`: about how much there is to read of one.
  static func run(
    _ side: ComparedBackup, _ numbers: [Name: Int], _ empty: DigestPass, weight: (Int) -> Int
  ) throws(ReadError) -> DigestPass {
    let shares = side.shares(2) { name in numbers[name].map(weight) }
    guard shares.count > 1 else {
      var pass = empty
      try pass.read(side, numbers)
      return pass
    }
    let others = shares.dropFirst().map { share in
      let result = Outcome()
      let worker = Worker.start {
        var pass = empty
        do throws(ReadError) {
          try pass.read(share, numbers)
          result.set(.success(pass))
        } catch { result.set(.failure(error)) }
      }
      return (worker, result)
    }
    var pass = empty, failure: ReadError?
    do throws(ReadError) { try pass.read(shares[0], numbers) } catch { failure = error }
    for (worker, result) in others {
      worker.join()
      do throws(ReadError) { pass.add(try result.get()) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
    return pass
  }

  private mutating func read(_ side: ComparedBackup, _ numbers: [Name: Int]) throws(ReadError) {
    try side.read(numbers) { (number, batch) throws(IOError) in try add(&batch, number) }
  }

  private mutating func add(_ batch: inout RecordBatch, _ number: Int) throws(IOError) {
    guard number < pairs.count else {
      counts[number - pairs.count] += batch.rowCount
      return
    }
    if !isSecond {
      for (i, column) in pairs[number].missing.enumerated() {
        values[number][i] += (0..<batch.rowCount).count { !batch[$0, column].isAbsent }
      }
    }
    views[number].projection.apply(to: &batch)
    try views[number].digester.add(batch)
  }

  /// Adds what came of other tables.
  private mutating func add(_ other: DigestPass) {
    for i in views.indices { views[i].digester.merge(other.views[i].digester) }
    for i in values.indices { for j in values[i].indices { values[i][j] += other.values[i][j] } }
    for i in counts.indices { counts[i] += other.counts[i] }
  }

  /// What a worker leaves behind.
  private final class Outcome: Sendable {
    private let result = Mutex<Result<DigestPass, ReadError>?>(nil)
    func set(_ value: Result<DigestPass, ReadError>) { result.withLock { $0 = value } }
    /// Called once the worker has ended.
    func get() throws(ReadError) -> DigestPass {
      guard let result = result.withLock({ $0 }) else { throw ReadError(.changed) }
      return try result.get()
    }
  }
}

extension ComparedBackup {
  /// Parts of a side that are read side by side, about equal in weight and at most `limit`; a table of no weight is in none of them.
  /// What cannot be read apart stays together.
  func shares(_ limit: Int, _ weight: (Name) -> Int?) -> [ComparedBackup] {
    var items: [(part: Int, tables: Set<Name>, weight: Int)] = []
    for (i, part) in parts.enumerated() {
      let tables = part.knowledge.tables.compactMap { table in weight(table.name).map { (table.name, $0) } }
      if let system = part.system as? any ApartReading, system.readsApart(part.input) {
        items += tables.map { (i, [$0.0], $0.1) }
      } else if !tables.isEmpty {
        items.append((i, Set(tables.map(\.0)), tables.reduce(0) { $0 + $1.1 }))
      }
    }
    let count = min(limit, items.count)
    guard count > 1 else { return [self] }
    var taken = [[Int: Set<Name>]](repeating: [:], count: count), weights = [Int](repeating: 0, count: count)
    for item in items.sorted(by: { $0.weight > $1.weight }) {
      let lightest = weights.indices.min { weights[$0] < weights[$1] } ?? 0
      // An empty table takes a look too.
      weights[lightest] += item.weight + 1
      taken[lightest][item.part, default: []].formUnion(item.tables)
    }
    return taken.map { share in
      ComparedBackup(
        parts.enumerated().compactMap { i, part in
          guard let tables = share[i] else { return nil }
          var part = part
          part.knowledge.tables.removeAll { !tables.contains($0.name) }
          return part
        })
    }
  }
}
