package import Bytes
package import Conversion
internal import Diagnostics
package import Records
internal import Synchronization

/// What the rules of a mapping did to the rows, from the last time that they were read; shared by whoever reads them.
package final class MappingLog: Sendable {
  /// What became of the values of one rule.
  struct Tally: Sendable {
    var changed = 0
    var refused = 0
    /// Number of the first record with a value that was refused, from 1.
    var firstRefused = 0
    var cut = 0

    static func += (a: inout Tally, b: Tally) {
      if a.refused == 0 { a.firstRefused = b.firstRefused }
      a.changed += b.changed
      a.refused += b.refused
      a.cut += b.cut
    }
  }
  private let notes: [RuleNote]
  private let tallies: Mutex<[Tally]>
  /// What a load wants to know of the rows while they are read.
  private struct Load {
    /// What bears rows that are left out; nil: all are borne.
    var budget: RejectBudget?
    /// Where keys are noted; nil: nowhere.
    var lineage: KeyLineage?
    /// Those whose rows count.
    var tables: Set<Name> = []
  }
  private let load = Mutex(Load())
  private let keys: [KeyLineage.Table]
  private let system: String

  /// A log of what a plan does.
  package init(_ plan: MappingPlan, of system: String = "") {
    notes = plan.notes
    keys = plan.lineage
    self.system = system
    tallies = Mutex(Array(repeating: Tally(), count: notes.count))
  }

  /// Forgets what was counted, when the rows are read from the beginning.
  func begin() { tallies.withLock { $0 = Array(repeating: Tally(), count: notes.count) } }

  func add(_ tally: Tally, to rule: Int) { tallies.withLock { $0[rule] += tally } }

  /// Bears rows of some tables only as long as they are not too many, nil bears all; notes their keys.
  package func serve(_ tables: Set<Name>, _ budget: RejectBudget?, _ lineage: KeyLineage?) {
    load.withLock { $0 = Load(budget: budget, lineage: lineage, tables: tables) }
  }

  /// Something to note keys in; nil when the mapping changes none.
  package func makeLineage() throws(IOError) -> KeyLineage? {
    keys.isEmpty ? nil : try KeyLineage(of: keys, from: system)
  }

  /// Where the keys of a table are noted.
  func lineage(of table: TablePlan) -> KeyLineage? {
    guard table.key != nil else { return nil }
    return load.withLock { $0.tables.contains(table.output.name) ? $0.lineage : nil }
  }

  /// Counts rows that are left out: `rules` says by which; negative: they are not.
  func bear(_ rules: [Int], of table: TablePlan, from firstRecord: Int) throws(ReadError) {
    guard rules.contains(where: { $0 >= 0 }) else { return }
    let (found, tables) = load.withLock { ($0.budget, $0.tables) }
    guard let budget = found, tables.contains(table.output.name) else { return }
    for (row, rule) in rules.enumerated() where rule >= 0 && !budget.take(1) {
      throw ReadError(
        .rowRefused(
          "table '\(displayed(table.output.name))': " + budget.message(notes[rule].refusal.reason),
          advice: budget.limit == 0
            ? "mend the mapping or the row, or let --rejects DIR keep the rows that are refused, and load the others"
            : "mend the mapping or the rows, or raise --max-rejects"), record: firstRecord + row + 1)
    }
  }

  /// Why rows are not cast, by rule.
  var refusals: [Refusal] { notes.map(\.refusal) }
  /// Tables, as the mapping calls them, with rows that were left out.
  var tablesWithRefusals: Set<Name> {
    tallies.withLock { tallies in Set(zip(notes, tallies).filter { $0.1.refused > 0 }.map(\.0.outputTable)) }
  }

  /// The rules, and what they changed.
  package var rules: [AppliedRule] { rules(of: nil) }
  /// Those of some tables, as the mapping calls them, and those by which tables are left out.
  package func rules(of tables: Set<Name>?) -> [AppliedRule] {
    tallies.withLock { tallies in
      zip(notes, tallies).compactMap { note, tally in
        if let tables, !note.isSkip, !tables.contains(note.outputTable) { return nil }
        return AppliedRule(
          table: note.table, column: note.column, words: note.words, count: note.count ?? tally.changed)
      }
    }
  }

  /// Rows that were left out because a rule does not take a value of theirs, and values that became less exact; tables and columns
  /// as the mapping calls them.
  package var losses: [Loss] { losses(of: nil) }
  /// Those of some tables.
  package func losses(of tables: Set<Name>?) -> [Loss] {
    tallies.withLock { tallies in
      zip(notes, tallies).flatMap { note, tally -> [Loss] in
        var losses: [Loss] = []
        if let tables, !tables.contains(note.outputTable) { return losses }
        if tally.refused > 0 {
          losses.append(
            Loss(
              "cast-refused",
              "value cannot be cast as the mapping says: rows left out, the first is record \(tally.firstRefused)",
              table: note.outputTable, column: note.outputColumn, count: tally.refused, isReject: true))
        }
        if tally.cut > 0 {
          let kind = LossKind.timePrecision
          losses.append(
            Loss(kind.code, kind.message, table: note.outputTable, column: note.outputColumn, count: tally.cut))
        }
        return losses
      }
    }
  }
}

/// A rule as it is told: where it applies and what it does.
struct RuleNote: Sendable {
  /// As the source calls them.
  var table: Name
  var column: Name?
  var words: String
  /// As the mapping calls them.
  var outputTable: Name
  var outputColumn: Name?
  /// Whether the table is left out.
  var isSkip = false
  /// What is counted without the rows; nil: values that are changed or left out.
  var count: Int?

  /// What is said of a row whose value it does not take.
  var refusal: Refusal {
    let place = column.map { " in column '\(displayed($0))'" } ?? ""
    return Refusal("cast-refused", "value\(place) cannot be cast as the mapping says (\(words))", column: outputColumn)
  }
}
