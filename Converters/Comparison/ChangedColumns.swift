internal import Bytes

/// Counts the rows of which each column has changed, for as many rows as there is room for.
struct ChangedColumns: Sendable {
  /// Hashes of values that are kept, of one table.
  private static let limit = 1 << 20

  /// Rows that belong together and have no equal on the other side, by what tells that they do.
  private struct Group: Sendable {
    var rows: (first: [Hash128], second: [Hash128])
    /// Hashes of the rows' values.
    var first: [[Hash128]] = []
    var second: [[Hash128]] = []
  }
  private var groups: [Hash128: Group] = [:]
  private let columnCount: Int
  private var kept = 0
  /// Whether there were more rows than are counted.
  private(set) var isAtLeast = false

  init(columnCount: Int) { self.columnCount = columnCount }

  /// Takes note of rows of one key, as many of the second side as of the first.
  mutating func note(_ key: Hash128, _ first: [RowEntry], _ second: [RowEntry]) {
    guard !first.isEmpty else { return }
    guard kept + 2 * first.count * columnCount <= Self.limit else {
      isAtLeast = true
      return
    }
    kept += 2 * first.count * columnCount
    groups[key] = Group(rows: (first.map(\.row), second.map(\.row)))
  }

  /// Whether the row's values are needed.
  func wants(_ entry: RowEntry) -> Bool { groups[entry.key] != nil }

  /// Takes the hashes of a row's values.
  mutating func take(_ entry: RowEntry, _ hashes: [Hash128]) {
    guard var group = groups.removeValue(forKey: entry.key) else { return }
    defer { groups[entry.key] = group }
    if entry.isSecond {
      guard let at = group.rows.second.firstIndex(of: entry.row) else { return }
      group.rows.second.remove(at: at)
      group.second.append(hashes)
    } else {
      guard let at = group.rows.first.firstIndex(of: entry.row) else { return }
      group.rows.first.remove(at: at)
      group.first.append(hashes)
    }
  }

  /// By column: the values of the first side that the second has not.
  var counts: [Int] {
    var counts = Array(repeating: 0, count: columnCount)
    for group in groups.values {
      for column in 0..<columnCount {
        var left: [Hash128: Int] = [:]
        for row in group.second { left[row[column], default: 0] += 1 }
        for row in group.first {
          if let count = left[row[column]], count > 0 { left[row[column]] = count - 1 } else { counts[column] += 1 }
        }
      }
    }
    return counts
  }
}
