internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Records

/// Makes ids of rows that have none of Convex's: of the table's name and the values of the primary key, judged by what they mean, so
/// that the same row gets the same id in every run and a reference to it, however it is spelled, that id.
struct ImportIDs: Sendable {
  private let tables: [ImportTable]
  private let seeds: [Hash128]
  /// By table: hash the values of keys, and those of references as keys of the tables that they lead to.
  private var keys: [RowDigester]
  private var references: [RowDigester]

  private static let seed: UInt64 = 0x636F_6E76_6578_6964

  init(_ tables: [ImportTable]) {
    self.tables = tables
    seeds = tables.map(Self.seed)
    let primary = tables.map { table -> [Int: Int] in
      guard case .made(_, let columns, _) = table.identity else { return [:] }
      return Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
    keys = zip(tables, primary).map { table, places in
      RowDigester(
        TableSchema(
          table.schema.name,
          table.schema.columns.enumerated().map { Column(Self.name(places[$0] ?? 0), $1.type) }))
    }
    references = tables.map { table in
      var columns = table.schema.columns.map { Column(Self.name(0), $0.type) }
      for field in table.fields {
        guard case .reference(let target) = field.form, case .made(_, let key, _) = tables[target].identity,
          let first = key.first
        else { continue }
        columns[field.column].type = tables[target].schema.columns[first].type
      }
      return RowDigester(TableSchema(table.schema.name, columns))
    }
  }

  /// What a column of a key is called where its values are hashed.
  private static func name(_ place: Int) -> Name { Name("key \(place)") }

  /// The id of a row; `row` is its number in the batch, `number` that in its table.
  mutating func own(
    _ row: Int, of table: Int, number: Int, in batch: borrowing RecordBatch
  ) throws(IOError) -> [UInt8] {
    guard case .made(let tableNumber, let columns, _) = tables[table].identity else { return [] }
    var sum = seeds[table], isWhole = !columns.isEmpty
    for column in columns {
      if batch[row, column].isAbsent { isWhole = false }
      sum = sum.mixed(with: try keys[table].hash(of: row, column, in: batch))
    }
    if !isWhole { sum = seeds[table].mixed(with: Hash128.of(UInt64(number), 0, seed: Self.seed)) }
    return Self.text(tableNumber, sum)
  }

  /// The id of the row that a reference leads to.
  mutating func target(
    _ row: Int, _ column: Int, of table: Int, to target: Int, in batch: borrowing RecordBatch
  ) throws(IOError) -> [UInt8] {
    guard case .made(let tableNumber, _, _) = tables[target].identity else { return [] }
    return Self.text(
      tableNumber, seeds[target].mixed(with: try references[table].hash(of: row, column, in: batch)))
  }

  /// How values that lead to rows of a table become ids; nil when its ids are not made.
  static func reference(to target: ImportTable) -> ReferenceID? {
    guard case .made(let number, let keys, _) = target.identity, let key = keys.first else { return nil }
    return ReferenceID(
      Column(name(0), target.schema.columns[key].type), ImportRowIDs(number: number, seed: seed(of: target)))
  }

  private static func seed(of table: ImportTable) -> Hash128 { Hash128.of(table.schema.name.bytes.span, seed: seed) }

  fileprivate static func text(_ table: UInt32, _ hash: Hash128) -> [UInt8] {
    let bytes = (0..<16).map { i -> UInt8 in
      UInt8(truncatingIfNeeded: (i < 8 ? hash.low : hash.high) >> UInt64(8 * (i % 8)))
    }
    return ConvexID(tableNumber: table, internalID: bytes).text
  }
}

/// Ids of the rows of one table.
private struct ImportRowIDs: RowIDs {
  let number: UInt32
  let seed: Hash128

  func id(of hash: Hash128) -> [UInt8] { ImportIDs.text(number, seed.mixed(with: hash)) }
}
