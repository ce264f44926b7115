internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Types of the columns of a table of a snapshot export: Convex says what each value is, so nothing is narrowed.
struct SnapshotTypes {
  private let facts: TableFacts
  private let decoder: DocumentDecoder
  private(set) var columns: [Column] = []
  private(set) var findings: [Finding] = []

  init(_ facts: TableFacts, _ decoder: DocumentDecoder) {
    self.facts = facts
    self.decoder = decoder
    let profile = facts.profile
    guard facts.rowCount > 0 else {
      columns = [Column("_creationTime", .float64, isNullable: false), Column("_id", .text, isNullable: false)]
      return
    }
    let inferred = profile.inferredColumns(from: .json)
    let integersAreFloats = areIntegersFloats()
    for (column, values) in zip(inferred, profile.columns) {
      var column = column
      column.type = type(column, values, integersAreFloats)
      if column.name == "_id" || column.name == "_creationTime", values.absentCount == 0 { column.isNullable = false }
      columns.append(column)
    }
  }

  /// Whether numbers without a point are floats all the same: always where nothing else could say so, and in files that a
  /// program without integers has written again, which the time of creation gives away.
  private mutating func areIntegersFloats() -> Bool {
    guard decoder.generation == .uniform else { return decoder.generation == .schemaless }
    guard let times = facts.profile["_creationTime"], times.numbers.integerCount > 0 else { return false }
    findings.append(
      Finding(
        "numbers-without-kinds", .warning,
        "documents of '\(displayed(facts.name))' were written again by a program that knows no integers; all numbers are read as floats",
        advice: "Convex would take whole numbers in them for integers: export again",
        artifact: facts.artifact.entry.path,
        table: facts.name, column: "_creationTime", count: times.numbers.integerCount))
    return true
  }

  private func type(_ column: Column, _ values: ColumnProfile, _ integersAreFloats: Bool) -> LogicalType {
    if values.valueCount == 0 { return column.type }
    if column.name == "_creationTime", values.isNumber { return .float64 }
    if values.bytesCount > 0 { return values.bytesCount == values.valueCount ? .bytes : .json }
    guard values.isNumber else { return column.type }
    let numbers = values.numbers
    if integersAreFloats || decoder.readsNoIntegers(column.name) { return .float64 }
    // Beyond 64 bits the server reads an integer as a float, too.
    let integers = numbers.integerCount - numbers.longCount
    return integers == numbers.count ? .int64 : integers == 0 ? .float64 : .json
  }
}
