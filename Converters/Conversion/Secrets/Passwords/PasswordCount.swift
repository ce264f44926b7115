package import Bytes
package import Records
internal import Synchronization

/// How many users of a table have passwords of one family.
package struct PasswordTally: Hashable, Sendable {
  package var table: Name
  package var column: Name
  /// Such as `bcrypt`; `plaintext`, `unusable` and `none` for what is no hash.
  package var family: String
  package var count: Int
  /// What becomes of them in each system.
  package var outcomes: [PasswordTarget: PasswordOutcome]
}

/// Counts the families of password hashes in rows that pass; no hash is kept.
package struct PasswordCount: Transform {
  /// What was counted; shared by the copies of the transform.
  package final class Counts: Sendable {
    private struct Key: Hashable {
      var table: Name
      var column: Name
      var form: PasswordForm
    }
    private let counts = Mutex<[Key: Int]>([:])

    fileprivate func add(_ table: Name, _ column: Name, _ forms: [PasswordForm: Int]) {
      counts.withLock { counts in
        for (form, count) in forms { counts[Key(table: table, column: column, form: form), default: 0] += count }
      }
    }

    /// By table and column, the most frequent family first. Columns without any password are left out.
    package var tallies: [PasswordTally] {
      let counts = counts.withLock { $0 }
      let used = Set(counts.keys.filter { $0.form != .absent }.map { [$0.table, $0.column] })
      return counts.filter { used.contains([$0.key.table, $0.key.column]) }.map { key, count in
        PasswordTally(
          table: key.table, column: key.column, family: key.form.family, count: count,
          outcomes: Dictionary(
            uniqueKeysWithValues: PasswordTarget.allCases.map { ($0, PasswordRules.outcome(key.form, in: $0)) }))
      }
      .sorted {
        ($0.table.bytes, $0.column.bytes) == ($1.table.bytes, $1.column.bytes)
          ? ($1.count, $0.family) < ($0.count, $1.family)
          : $0.table == $1.table ? $0.column < $1.column : $0.table < $1.table
      }
    }
    package init() {}
  }

  private let counts: Counts
  private var table: Name = ""
  /// Columns at hand that may hold passwords, and whether their names say so.
  private var columns: [(position: Int, name: Name, isNamed: Bool)] = []

  package init(_ counts: Counts) { self.counts = counts }

  package mutating func begin(_ table: inout TableSchema) -> Bool {
    begin(table)
    return true
  }

  /// Says which table the next batches are of.
  package mutating func begin(_ table: TableSchema) {
    self.table = table.name
    columns = table.columns.enumerated().compactMap { position, column in
      let isNamed = PasswordColumns.isNamed(column.name, table: table.name)
      guard isNamed || column.isSecret, column.type != .boolean else { return nil }
      return (position, column.name, isNamed)
    }
  }

  package mutating func apply(to batch: inout RecordBatch) { add(batch) }

  /// Counts the passwords of a batch.
  package mutating func add(_ batch: borrowing RecordBatch) {
    for (position, name, isNamed) in columns where position < batch.columnCount {
      var forms: [PasswordForm: Int] = [:]
      for row in 0..<batch.rowCount {
        let cell = batch[row, position]
        switch cell.kind {
        case .text:
          if let form = PasswordForm(batch.bytes(of: cell), isNamed: isNamed) { forms[form, default: 0] += 1 }
        case .null, .missing: forms[.absent, default: 0] += 1
        case .number, .integer: if isNamed { forms[.plain, default: 0] += 1 }
        case .boolean, .double, .json, .bytes, .external: break
        }
      }
      counts.add(table, name, forms)
    }
  }
}

/// Columns whose names say that they hold passwords or their hashes.
package enum PasswordColumns {
  package static func isNamed(_ column: Name, table: Name) -> Bool {
    guard let name = SecretName(column, table: table) else { return false }
    return name.kind == .passwordHash && name.requirement == .any
  }
}
