package import Bytes
package import Conversion
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

  /// A log of what a plan does.
  package convenience init(_ plan: MappingPlan) { self.init(plan.notes) }

  init(_ notes: [RuleNote]) {
    self.notes = notes
    tallies = Mutex(Array(repeating: Tally(), count: notes.count))
  }

  /// Forgets what was counted, when the rows are read from the beginning.
  func begin() { tallies.withLock { $0 = Array(repeating: Tally(), count: notes.count) } }

  func add(_ tally: Tally, to rule: Int) { tallies.withLock { $0[rule] += tally } }

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
}
