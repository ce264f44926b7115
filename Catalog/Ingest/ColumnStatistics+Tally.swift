internal import CatalogModel
internal import Records

extension ColumnStatistics {
  /// What the catalog keeps of a tally. Numbers are one kind, however they are held.
  init(_ tally: ColumnTally) {
    self.init()
    kinds = Cell.Kind.allCases.filter { kind in
      switch kind {
      case .integer, .double: false
      case .number: tally.count(of: .number) + tally.count(of: .integer) + tally.count(of: .double) > 0
      default: tally.count(of: kind) > 0
      }
    }
    nullCount = Int64(tally.count(of: .null))
    missingCount = Int64(tally.count(of: .missing))
    shortest = tally.lengths.map { Int64($0.lowerBound) }
    longest = tally.lengths.map { Int64($0.upperBound) }
    distinctEstimate = Int64(tally.distinct.count)
  }
}
