internal import CBytes

/// What the values of a column are, counted in passing.
public struct ColumnTally: Sendable {
  var counts = cb_tally()
  /// About how many different values there are, null apart.
  public internal(set) var distinct = DistinctEstimate()

  init() { counts.shortest = .max }

  /// Number of cells of a kind.
  public func count(of kind: Cell.Kind) -> Int {
    let counts = counts.counts
    let all = [
      counts.0, counts.1, counts.2, counts.3, counts.4, counts.5, counts.6, counts.7, counts.8, counts.9,
    ]
    return Int(all[Int(kind.rawValue)])
  }

  /// Least and greatest number of bytes of the values that have bytes; nil when there is none.
  public var lengths: ClosedRange<Int>? {
    guard counts.shortest <= counts.longest else { return nil }
    return Int(clamping: counts.shortest)...Int(clamping: counts.longest)
  }

  /// Adds what another tally of the same column has seen.
  mutating func merge(_ other: ColumnTally) {
    counts = cb_sum_tallies(counts, other.counts)
    distinct.merge(other.distinct)
  }

  mutating func note(length: Int64) {
    counts.shortest = min(counts.shortest, UInt64(length))
    counts.longest = max(counts.longest, UInt64(length))
  }
}
