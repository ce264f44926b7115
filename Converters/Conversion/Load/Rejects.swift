package import Bytes
internal import Diagnostics
package import Records

/// Why a target refused a row.
package struct Refusal: Hashable, Sendable {
  /// One line, without a value.
  package var reason: String
  /// A stable word: PostgreSQL's SQLSTATE, else a loss's code.
  package var code: String
  package var column: Name?
  package var constraint: Name?

  package init(_ code: String, _ reason: String, column: Name? = nil, constraint: Name? = nil) {
    self.code = code
    self.reason = reason
    self.column = column
    self.constraint = constraint
  }

  /// A row that was not even sent.
  package init(_ kind: LossKind, column: Name) {
    let words = kind.message.replacing(": rows left out", with: "")
    self.init(kind.code, "\(words), in column '\(displayed(column))'", column: column)
  }
}

/// The rows of a load that its target refuses, which are left out and kept in files; used by the thread that writes.
///
/// Only their numbers are noted while rows are loaded. Before the load becomes visible, its source is read again for what they
/// hold, so that they are kept as they were there.
package final class Rejects: @unchecked Sendable {
  /// Counts them, and those that are not even cast.
  package let budget: RejectBudget
  /// The directory that gets a file for each table.
  package let path: [UInt8]
  /// Nil: rows are only counted.
  let format: (any ExportFormat)?
  /// By table: the numbers of the rows among all that were read of it, from 0, and places of the reasons among `reasons`.
  private var rows: [Name: [Int: Int]] = [:]
  private var reasons: [Refusal] = []
  /// By table and place of the reason: rows that are only counted, and the number of the first.
  private var counts: [Name: [Int: (count: Int, first: Int)]] = [:]
  private var places: [Refusal: Int] = [:]
  package var count: Int { budget.count }
  /// Reads the rows of the source again.
  var source: RejectSource?
  /// What is left of rows that are loaded again.
  var stage: RejectStage?
  /// Where they are written down before the load is over: those that nobody has written down yet; nil: nowhere.
  private var news: [(row: Int, table: Name, refusal: Refusal)]?
  /// Whether the rows come from the directory itself, which they leave when they are loaded.
  package let isReplay: Bool

  /// Numbers of so many rows are kept at most.
  private static let bound = 4_000_000

  /// `format` has to give back what it is given.
  package init(in path: [UInt8], as format: any ExportFormat, limit: Int?, isReplay: Bool = false) {
    self.path = path
    self.isReplay = isReplay
    self.format = format
    budget = RejectBudget(limit: min(limit ?? Self.bound, Self.bound))
  }

  /// Counts the rows that a load would leave out, and keeps nothing.
  package init() {
    path = []
    isReplay = false
    format = nil
    budget = RejectBudget(limit: .max)
  }

  /// Counts rows that would be left out; `first` is the number of the first of them, from 0.
  package func count(_ rows: Int, first: Int? = nil, of table: Name, _ refusal: Refusal) {
    _ = budget.take(rows)
    let place = place(of: refusal), old = counts[table]?[place] ?? (0, .max)
    counts[table, default: [:]][place] = (old.count + rows, min(old.first, first ?? .max))
  }

  private func place(of refusal: Refusal) -> Int {
    if let place = places[refusal] { return place }
    places[refusal] = reasons.count
    reasons.append(refusal)
    return reasons.count - 1
  }

  /// Notes that a row is left out; ends the load when that is one too many.
  package func add(_ row: Int, of table: Name, _ refusal: Refusal) throws(WriteError) {
    guard format != nil else { return count(1, first: row, of: table, refusal) }
    guard budget.take(1) else {
      throw WriteError(
        .target(budget.message(refusal.reason)), table: table, record: row + 1,
        advice: "mend the rows or the target, or raise --max-rejects")
    }
    rows[table, default: [:]][row] = place(of: refusal)
    news?.append((row, table, refusal))
  }

  /// Begins to tell which rows are new, but for those that are known by now.
  package func tellNews() { news = [] }
  /// Rows that were added since the last call.
  package func takeNews() -> [(row: Int, table: Name, refusal: Refusal)] {
    defer { news = news.map { _ in [] } }
    return news ?? []
  }

  /// Forgets everything: the load begins anew.
  package func removeAll() {
    rows = [:]
    counts = [:]
    budget.removeAll()
    stage = nil
    news = nil
  }

  /// Why a row was refused; nil when it was not.
  package func refusal(of row: Int, _ table: Name) -> Refusal? { rows[table]?[row].map { reasons[$0] } }
  /// Tables with rows that the target itself refused.
  var tables: Set<Name> { Set(rows.filter { !$0.value.isEmpty }.keys) }

  /// Rows that the target itself refused, by table and reason; what its conformers reject is counted by them.
  package var losses: [Loss] {
    var losses: [Loss] = []
    for (table, numbers) in rows.sorted(by: { $0.key < $1.key }) {
      var counts: [Int: Int] = [:]
      for place in numbers.values { counts[place, default: 0] += 1 }
      for (place, count) in counts.sorted(by: { $0.key < $1.key })
      where !LossKind.allCases.contains(where: { $0.code == reasons[place].code }) {
        losses.append(
          Loss(
            "rejected", reasons[place].reason + ": rows left out", table: table, column: reasons[place].column,
            count: count, isReject: true))
      }
    }
    for (table, counts) in counts.sorted(by: { $0.key < $1.key }) {
      for (place, found) in counts.sorted(by: { $0.key < $1.key })
      where !LossKind.allCases.contains(where: { $0.code == reasons[place].code }) {
        let first = found.first == .max ? "" : ", the first is row \(found.first + 1) of those sent"
        let reason = "\(reasons[place].reason): rows would be refused\(first)"
        losses.append(
          Loss(
            "rejected", reason, table: table, column: reasons[place].column, count: found.count, isReject: true))
      }
    }
    return losses
  }
}

/// Which rows of a table a target took, in the order in which it did.
package struct TakenRows: Sendable {
  /// Where a run of rows with consecutive numbers begins, and with which number.
  private var runs: [(start: Int, number: Int)] = []
  package private(set) var count = 0

  package init() {}

  package mutating func append(_ number: Int) {
    let goesOn = runs.last.map { $0.number + count - $0.start == number } ?? false
    if !goesOn { runs.append((count, number)) }
    count += 1
  }

  /// The number of the row at a position.
  package func number(at position: Int) -> Int {
    var low = 0, high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= position { low = middle } else { high = middle }
    }
    return runs[low].number + position - runs[low].start
  }

  /// Takes away rows at some positions, which ascend.
  package mutating func remove(at positions: [Int]) {
    var left = TakenRows(), next = 0
    for (i, run) in runs.enumerated() {
      let end = i + 1 < runs.count ? runs[i + 1].start : count
      var start = run.start
      while next < positions.count, positions[next] < end {
        left.append(start..<positions[next], from: run)
        start = positions[next] + 1
        next += 1
      }
      left.append(start..<end, from: run)
    }
    self = left
  }

  private mutating func append(_ positions: Range<Int>, from run: (start: Int, number: Int)) {
    guard !positions.isEmpty else { return }
    runs.append((count, run.number + positions.lowerBound - run.start))
    count += positions.count
  }
}
