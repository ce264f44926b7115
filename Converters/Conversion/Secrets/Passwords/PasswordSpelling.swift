internal import Bytes
package import Records
internal import Synchronization

/// Writes password hashes in the form in which a system verifies them, where only something has to stand before them. They are the
/// same hashes.
struct PasswordSpelling: Transform {
  /// What was changed; shared by the copies of the transform.
  final class Counts: Sendable {
    private struct Key: Hashable {
      var table: Name
      var column: Name
    }
    private let counts = Mutex<[Key: Int]>([:])

    fileprivate func add(_ count: Int, _ table: Name, _ column: Name) {
      counts.withLock { $0[Key(table: table, column: column), default: 0] += count }
    }

    /// Values that are spelled otherwise.
    var losses: [Loss] {
      counts.withLock { $0 }.sorted { ($0.key.table, $0.key.column) < ($1.key.table, $1.key.column) }.map {
        key, count in
        let kind = LossKind.passwordSpelled
        return Loss(kind.code, kind.message, table: key.table, column: key.column, count: count)
      }
    }
  }

  /// Characters that may come before a hash.
  private static let longestPrefix = 8

  private let target: PasswordTarget
  private let kept: [(table: Name, column: Name)]
  private let counts: Counts
  private var table: Name = ""
  private var columns: [(position: Int, name: Name)] = []

  /// `kept`: columns of which a mapping says what they become.
  init(_ target: PasswordTarget, except kept: [(table: Name, column: Name)], _ counts: Counts) {
    self.target = target
    self.kept = kept
    self.counts = counts
  }

  mutating func begin(_ table: inout TableSchema) -> Bool {
    self.table = table.name
    columns = []
    for (position, column) in table.columns.enumerated() where column.type == .text {
      guard PasswordColumns.isNamed(column.name, table: table.name),
        !kept.contains(where: { $0.table == table.name && $0.column == column.name })
      else { continue }
      columns.append((position, column.name))
      if let length = column.maximumLength { table.columns[position].maximumLength = length + Self.longestPrefix }
    }
    return true
  }

  mutating func apply(to batch: inout RecordBatch) {
    for (position, name) in columns where position < batch.columnCount {
      var count = 0
      for row in 0..<batch.rowCount where batch[row, position].kind == .text {
        let cell = batch[row, position]
        guard let prefix = target.prefix(of: batch.bytes(of: cell)) else { continue }
        let value = Array(prefix.utf8) + Array(batch.bytes(of: cell))
        batch.cells[row * batch.columnCount + position] = batch.cell(.text, value.span)
        count += 1
      }
      if count > 0 { counts.add(count, table, name) }
    }
    batch.heap.clearPadding()
  }
}

extension Loss {
  /// Whether hashes of passwords are spelled otherwise.
  package var isOfPasswords: Bool { code == LossKind.passwordSpelled.code }
}

extension PasswordTarget {
  /// What has to stand before a hash; nil: nothing.
  fileprivate func prefix(of value: Span<UInt8>) -> String? {
    guard let form = PasswordForm(value, isNamed: false),
      case .worksWithPrefix(let text) = PasswordRules.outcome(form, in: self)
    else { return nil }
    return text
  }
}
