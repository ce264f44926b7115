package import Bytes
internal import RowIndex

/// What two versions of a row do not have alike.
package struct ColumnChange: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case changed
    /// The column itself is new, or gone.
    case added = "column-added"
    case removed = "column-removed"
    /// It is what it was, or the version is the first.
    case unchanged
  }
  package var kind: Kind
  package var column: Name
  package var from: KeptValue?
  package var to: KeptValue?
  package var isSecret: Bool

  package init(kind: Kind, column: Name, from: KeptValue?, to: KeptValue?, isSecret: Bool) {
    self.kind = kind
    self.column = column
    self.from = from
    self.to = to
    self.isSecret = isSecret
  }
}

extension KeptRow {
  /// What has changed since an earlier version, in the order of its columns. `common`: what a column is called on both sides.
  package func changes(
    since old: KeptRow, oldNames: (Name) -> Name = { $0 }, newNames: (Name) -> Name = { $0 }
  ) -> [ColumnChange] {
    var changes: [ColumnChange] = [], uncertain: [ColumnChange] = [], matched: Set<Int> = []
    let names = shape.columns.map { newNames($0.name) }
    for (i, column) in old.shape.columns.enumerated() {
      let name = oldNames(column.name)
      guard let j = names.firstIndex(of: name) else {
        changes.append(
          ColumnChange(kind: .removed, column: name, from: old.values[i], to: nil, isSecret: column.isSecret))
        continue
      }
      matched.insert(j)
      let change = ColumnChange(
        kind: .changed, column: name, from: old.values[i], to: values[j],
        isSecret: column.isSecret || shape.columns[j].isSecret)
      switch old.values[i].equals(values[j], as: column) {
      case true: break
      case false: changes.append(change)
      case nil: uncertain.append(change)
      }
    }
    for j in names.indices where !matched.contains(j) {
      changes.append(
        ColumnChange(
          kind: .added, column: names[j], from: nil, to: values[j], isSecret: shape.columns[j].isSecret))
    }
    // Versions differ in something: in what was not kept when in nothing else.
    return changes.isEmpty && self.shape == old.shape ? uncertain : changes
  }
}
