package import Bytes
internal import Conversion
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
  /// How values of the first become those of the second, where these are ids.
  var reference: ReferenceID?

  /// The type in which values are compared whose spelling does not count: the first's, unless that knows less.
  var commonType: LogicalType {
    if reference != nil { return .text }
    return switch firstType {
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
  /// Columns, among those of both, that tell which rows belong together when no key is known: those of which nothing was lost.
  let matching: [Int]

  /// `left`: columns that are no matter when the second lacks them. `changed`: columns of which values were changed.
  init(
    _ first: TableSchema, _ second: TableSchema, without left: [Name], lineage: Lineage.Table? = nil,
    changed: Set<Name> = []
  ) {
    self.first = first
    self.second = second
    let places = SimilarNames(second.columns.map(\.name)).positions(
      of: first.columns.map(\.name), known: lineage?.columns ?? [:])
    var columns: [ColumnPair] = [], missing: [Int] = []
    for (i, column) in first.columns.enumerated() {
      guard let j = places[i] else {
        if !left.contains(column.name) { missing.append(i) }
        continue
      }
      columns.append(
        ColumnPair(
          name: column.name, first: i, second: j, firstType: column.type, secondType: second.columns[j].type,
          reference: lineage?.references[column.name]))
    }
    let taken = Set(columns.map(\.second))
    let keys = Self.keys(of: first, { $0.first }) + Self.keys(of: second, { $0.second })
    let key = keys.lazy.map { $0.places(columns) }.first { !$0.isEmpty } ?? []
    let ordered = key.map { columns[$0] } + columns.indices.filter { !key.contains($0) }.map { columns[$0] }
    self.columns = ordered
    keyCount = key.count
    let unchanged = ordered.indices.filter { !changed.contains(ordered[$0].name) }
    matching = key.isEmpty ? unchanged : Array(key.indices)
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
    return Projection(
      columns.map { isSecond ? $0.second : $0.first }, json: isSecond ? json : [], arrays: arrays,
      references: isSecond ? [] : columns.map(\.reference))
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

  /// Where each of some names is, none of them twice: under one that is known for it, as it is, or as a similar one, in this order.
  func positions(of names: [Name], known: [Name: [Name]]) -> [Int?] {
    var taken: Set<Int> = []
    func take(_ place: Int?) -> Int? { place.flatMap { taken.insert($0).inserted ? $0 : nil } }
    var places = names.map { name in take(known[name]?.lazy.compactMap { exact[$0] }.first) }
    for (i, name) in names.enumerated() where places[i] == nil && known[name]?.isEmpty != true {
      places[i] = take(exact[name])
    }
    for (i, name) in names.enumerated() where places[i] == nil && known[name]?.isEmpty != true {
      places[i] = take(position(of: name))
    }
    return places
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
