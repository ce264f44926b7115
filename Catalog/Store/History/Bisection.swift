package import Bytes
package import CatalogModel
package import Records

/// A condition of which the first backup is looked for.
package struct BisectQuery: Sendable {
  /// How a number of rows is compared.
  package enum Comparison: String, Sendable, CaseIterable {
    case atMost = "<="
    case atLeast = ">="
    case not = "!="
    case less = "<"
    case greater = ">"
    case equal = "="

    package func holds(_ count: Int64, _ limit: Int64) -> Bool {
      switch self {
      case .atMost: count <= limit
      case .atLeast: count >= limit
      case .not: count != limit
      case .less: count < limit
      case .greater: count > limit
      case .equal: count == limit
      }
    }
  }
  package enum Condition: Sendable {
    /// A row that was there is not.
    case missing(table: Name, key: [[UInt8]])
    /// A value is not what it was when it was first seen.
    case changed(table: Name, key: [[UInt8]], column: Name)
    case count(table: Name, Comparison, Int64)
    /// An object that was there is not; whether it is among some objects.
    case gone(@Sendable ([SchemaObject]) -> Bool)

    /// Whether backups before the first in which the condition does not hold tell nothing: what never was cannot go.
    var needsPresence: Bool {
      switch self {
      case .missing, .gone: true
      case .changed, .count: false
      }
    }
  }
  package var condition: Condition
  package var scope = BackupQuery()
  package init(_ condition: Condition) { self.condition = condition }
}

/// A backup in which a condition begins or ceases to hold.
package struct Flip: Hashable, Sendable {
  package var backup: Backup
  /// The backup before it in its series; nil for the first one.
  package var previous: Backup?
  package var holds: Bool
  /// What was found: a number of rows, or a value, which may be a secret.
  package var value: KeptValue?
}

/// The backups of one source in the order of their times, and where a condition changes among them.
package struct Bisection: Sendable {
  package var flips: [Flip] = []
  /// Backups that were looked at.
  package var examined = 0
  /// Backups whose rows are not kept in full, so that nothing is known of them.
  package var unknown = 0

  /// What is known of one backup; `holds` nil: nothing.
  struct Step {
    var backup: Backup
    var holds: Bool?
    var value: KeptValue?
  }

  init(_ steps: [Step], needsPresence: Bool) {
    var state = false, isBegun = !needsPresence, previous: Backup?
    for step in steps {
      guard let holds = step.holds else {
        unknown += 1
        continue
      }
      examined += 1
      defer { previous = step.backup }
      if !isBegun {
        isBegun = !holds
        continue
      }
      guard holds != state else { continue }
      state = holds
      flips.append(Flip(backup: step.backup, previous: previous, holds: holds, value: step.value))
    }
  }
}
