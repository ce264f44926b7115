internal import CIndex

/// The rows of a table that are known, by identity.
final class KnownRows {
  private var table = ci_known()
  /// How often rows came that are equal, of those that came more than once.
  private var repeats = ci_known()
  private var others: [UInt32] = []

  init(capacity: Int) {
    let seed = UInt64.random(in: .min ... .max)
    ci_known_start(&table, capacity, seed)
    ci_known_start(&repeats, 0, seed)
  }
  deinit {
    ci_known_free(&table)
    ci_known_free(&repeats)
  }

  /// Adds those row versions of a page of identities that are in `wanted`; the first of an identity stays.
  func insert(_ page: IdentityPage, in wanted: RowSet) {
    precondition(Int(page.firstRow) + page.rowCount <= wanted.limit)
    page.withIdentities { identities in
      wanted.words.withUnsafeBufferPointer {
        ci_known_fill(&table, identities, page.rowCount, page.firstRow, $0.baseAddress!)
      }
    }
  }

  /// Puts the row versions of rows that are known into `seen`; returns the others, and of each whether it came before.
  func meet(_ rows: [RowIdentity], _ seen: inout RowSet) -> [(row: Int, isRepeated: Bool)] {
    if others.count < rows.count { others = [UInt32](repeating: 0, count: rows.count) }
    let count = others.withUnsafeMutableBufferPointer { $0.baseAddress.map { look(up: rows, &seen, $0) } ?? 0 }
    return others[..<count].map { (Int($0 >> 1), $0 & 1 != 0) }
  }

  /// Puts the row version of a row into `seen`; false when it is not known or came before.
  func meet(_ row: RowIdentity, _ seen: inout RowSet) -> Bool {
    var other: UInt32 = 0
    return look(up: [row], &seen, &other) == 0
  }

  private func look(up rows: [RowIdentity], _ seen: inout RowSet, _ others: UnsafeMutablePointer<UInt32>) -> Int {
    // A set of no rows has no words, and then no row is known.
    var none: UInt64 = 0
    return withUnsafeMutablePointer(to: &none) { none in
      seen.words.withUnsafeMutableBufferPointer { seen in
        rows.withUnsafeBufferPointer {
          ci_known_meet(&table, $0.baseAddress!, $0.count, seen.baseAddress ?? none, others)
        }
      }
    }
  }

  /// What tells a row that came before from those: by it, the row may be known.
  func identity(repeating row: RowIdentity) -> RowIdentity { row.repeated(ci_known_count(&repeats, row)) }
}
