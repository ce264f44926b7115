internal import Bytes
internal import Records

/// One side of a pair whose rows differ, in which the spelling of values does not count.
struct SpellingView: Sendable {
  private let pair: TablePair
  private var projection: Projection
  private var strict: RowDigester
  private var common: RowDigester
  /// By column: the sum of the hashes of its values as the first side spells them, and its values and gaps.
  private var strictSums: [Hash128]
  private var values: [Int]
  private var gaps: [Int]

  init(_ pair: TablePair, isSecond: Bool) {
    self.pair = pair
    let count = pair.columns.count
    projection = pair.projection(isSecond: isSecond)
    strict = RowDigester(pair.schema(strict: true), countsValues: false)
    common = RowDigester(pair.schema(strict: false), countsValues: false)
    strictSums = Array(repeating: Hash128(), count: count)
    values = Array(repeating: 0, count: count)
    gaps = values
  }

  /// The digest of all rows when spelling does not count.
  var digest: TableDigest { common.digest }

  mutating func add(_ batch: inout RecordBatch) throws(IOError) {
    projection.apply(to: &batch)
    for row in 0..<batch.rowCount {
      for column in pair.columns.indices {
        strictSums[column] += try strict.hash(of: row, column, in: batch)
        switch batch[row, column].kind {
        case .missing: gaps[column] += 1
        case .null: break
        default: values[column] += 1
        }
      }
    }
    try projection.loosen(&batch)
    try common.add(batch)
  }

  /// How the spellings of two sides differ whose rows are the same.
  static func coercions(_ first: SpellingView, _ second: SpellingView) -> [Coercion] {
    var coercions: [Coercion] = []
    for (i, column) in first.pair.columns.enumerated() where first.strictSums[i] != second.strictSums[i] {
      if first.gaps[i] != second.gaps[i] {
        let isFilled = first.gaps[i] > second.gaps[i]
        coercions.append(
          Coercion(
            kind: .absence, column: column.name, from: isFilled ? "missing" : "null", to: isFilled ? "null" : "missing",
            count: abs(first.gaps[i] - second.gaps[i])))
      }
      if column.reference != nil {
        coercions.append(
          Coercion(
            kind: .reference, column: column.name, from: column.firstType.word, to: "id", count: first.values[i]))
      } else if column.secondType != column.firstType {
        coercions.append(
          Coercion(
            kind: .type, column: column.name, from: column.firstType.word, to: column.secondType.word,
            count: first.values[i]))
      }
    }
    return coercions
  }
}
