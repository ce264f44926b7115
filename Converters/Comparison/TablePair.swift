package import Bytes
package import Records

/// A column of one table and the column of another that is said to hold the same values.
package struct ColumnPair: Sendable {
  /// As the first table calls it.
  package var name: Name
  /// Positions in the two tables.
  package var first: Int
  package var second: Int
  package var firstType: LogicalType
  package var secondType: LogicalType

  /// The type in which values are compared whose spelling does not count: the first's, unless that knows less.
  var commonType: LogicalType {
    switch firstType {
    case .text, .enumeration: secondType
    default: firstType
    }
  }
}

/// Two tables that are said to hold the same rows.
package struct TablePair: Sendable {
  package let first: TableSchema
  package let second: TableSchema
  /// Columns of both; those of the key come first.
  package let columns: [ColumnPair]
  /// Columns that tell a row from the others; 0: none are known.
  package let keyCount: Int
  /// Columns of the first table that the second lacks, and the other way round.
  package let missing: [Int]
  package let added: [Name]
  /// Whether just those columns of the first table are compared that are not left out on purpose.
  let isWhole: Bool

  init(_ first: TableSchema, _ second: TableSchema, without left: [Name]) {
    self.first = first
    self.second = second
    let names = SimilarNames(second.columns.map(\.name))
    var columns: [ColumnPair] = [], missing: [Int] = [], taken: Set<Int> = []
    for (i, column) in first.columns.enumerated() {
      guard let j = names.position(of: column.name), taken.insert(j).inserted else {
        if !left.contains(column.name) { missing.append(i) }
        continue
      }
      columns.append(
        ColumnPair(
          name: column.name, first: i, second: j, firstType: column.type, secondType: second.columns[j].type))
    }
    let keys = Self.keys(of: first, { $0.first }) + Self.keys(of: second, { $0.second })
    let key = keys.lazy.map { $0.places(columns) }.first { !$0.isEmpty } ?? []
    self.columns = key.map { columns[$0] } + columns.indices.filter { !key.contains($0) }.map { columns[$0] }
    keyCount = key.count
    self.missing = missing
    isWhole = missing.isEmpty && columns.allSatisfy { !left.contains($0.name) }
    added = second.columns.indices.filter { !taken.contains($0) }.map { second.columns[$0].name }
  }

  /// Columns of a key by their positions on one side.
  private struct KeyColumns {
    var positions: [Int]
    var side: @Sendable (ColumnPair) -> Int
    /// Where the columns of the key are among the pairs; none unless all are there.
    func places(_ columns: [ColumnPair]) -> [Int] {
      let places = positions.compactMap { position in columns.firstIndex { side($0) == position } }
      return places.count == positions.count ? places : []
    }
  }

  /// The primary key and unique keys of a table.
  private static func keys(of table: TableSchema, _ side: @escaping @Sendable (ColumnPair) -> Int) -> [KeyColumns] {
    ([table.primaryKey] + table.uniqueKeys).compactMap { names in
      let positions = names.compactMap { table.index(of: $0) }
      return names.isEmpty || positions.count < names.count ? nil : KeyColumns(positions: positions, side: side)
    }
  }

  /// What leaves the columns of a side that are compared.
  func projection(isSecond: Bool) -> Projection {
    let json = columns.indices.filter { columns[$0].firstType == .json && columns[$0].secondType != .json }
    let arrays = columns.indices.filter { if case .array = columns[$0].firstType { true } else { false } }
    return Projection(columns.map { isSecond ? $0.second : $0.first }, json: isSecond ? json : [], arrays: arrays)
  }

  /// The schema in which rows are compared: as the first table has its values, or as `columns` say that the second may spell them.
  func schema(strict: Bool) -> TableSchema {
    TableSchema(first.name, columns.map { Column($0.name, strict ? $0.firstType : $0.commonType) })
  }
}

/// Names among which one is looked for: as it is, else without regard to case, else without what stands in front of its last dot.
struct SimilarNames {
  private var exact: [Name: Int] = [:]
  /// Nil: several.
  private var lowercased: [[UInt8]: Int?] = [:]
  private var last: [[UInt8]: Int?] = [:]

  init(_ names: [Name]) {
    for (i, name) in names.enumerated() {
      exact[name] = i
      let small = name.bytes.map(asciiLower)
      lowercased[small] = lowercased[small] == nil ? .some(i) : .some(nil)
      let short = Self.last(small)
      last[short] = last[short] == nil ? .some(i) : .some(nil)
    }
  }

  func position(of name: Name) -> Int? {
    if let found = exact[name] { return found }
    let small = name.bytes.map(asciiLower)
    if let found = lowercased[small] { return found }
    return last[Self.last(small)] ?? nil
  }

  private static func last(_ name: [UInt8]) -> [UInt8] {
    Array(name[(name.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0)...])
  }
}
