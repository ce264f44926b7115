import Records
import SQLitePages
import TestSupport
import Testing

private let columns: [TestColumn] = [.integer("i"), .real("r"), .text("t"), .blob("b"), .text("u"), .integer("j")]

/// Rows of all kinds of values and sizes.
private func randomRows(
  _ count: Int, _ dice: inout Dice, key: (Int, inout Dice) -> Int64, longest: Int
) -> [[TestValue]] {
  let integers: [Int64] = [0, 1, -1, 127, 128, -129, 1 << 40, .max, .min, 1 << 20]
  let numbers = ["0.5", "1e300", "-7", "123456789012345678", "0.1", "1e-320", "12345678.25", "-0.000001"]
  func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &dice) }
  return (0..<count).map { row in
    let size = number(below: 40) == 0 ? number(below: longest) : number(below: 30)
    let text = Array(repeating: UInt8(97 + number(below: 26)), count: size) + [0, 255, UInt8(row & 127)]
    let reals: [TestValue] = [
      .null, .double(1.5), .double(3.0), .number(numbers[number(below: numbers.count)]), .double(.infinity),
    ]
    let real = reals[number(below: reals.count)]
    let integer = integers[number(below: integers.count)]
    let isAbsent = number(below: 9)
    return [
      .integer(key(row, &dice)), real, isAbsent == 0 ? nil : .text(text),
      isAbsent < 3 ? .missing : .bytes(Array(repeating: 0, count: size / 2)),
      .text(Array("common beginning of all keys \(number(below: 2 * count))".utf8)),
      isAbsent % 4 == 0 ? nil : .integer(integer),
    ]
  }
}

extension Array {
  fileprivate func pieces(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}

private let indexes = [
  TestIndex(columns: [4]), TestIndex(columns: [2, 5]), TestIndex(columns: [5]), TestIndex(columns: [5, 4, 2]),
]

/// What is written page by page is what SQLite itself stores, and SQLite finds nothing wrong with it.
@Suite struct TableFillTests {
  @Test(arguments: [0, 1, 2, 3, 30, 500, 6000], [40, 20_000])
  func rowsWithoutKey(_ count: Int, _ longest: Int) throws {
    var dice = Dice(UInt64(count + longest))
    let rows = randomRows(count, &dice, key: { row, _ in Int64(row) }, longest: longest)
    let database = try TestDatabase(columns, indexes: indexes, batches: rows.pieces(of: 97))
    try database.check(columns, rows: rows)
    #expect(database.built == [true, true, true, true])
  }

  @Test(arguments: [1, 2, 300, 5000]) func ascendingKeys(_ count: Int) throws {
    var dice = Dice(UInt64(count))
    let rows = randomRows(count, &dice, key: { row, _ in Int64(row * row) - 1000 }, longest: 300)
    let database = try TestDatabase(columns, key: 0, indexes: indexes, batches: rows.pieces(of: 61))
    try database.check(columns, key: 0, rows: rows)
    #expect(database.duplicates == 0 && database.built == [true, true, true, true])
  }

  /// Rows whose numbers come in any order are merged in; of several with one number the first stays.
  @Test(arguments: [2, 40, 700, 6000], [1 << 12, 1 << 24])
  func keysInAnyOrder(_ count: Int, _ sortBytes: Int) throws {
    for (round, longest) in [30, 30_000].enumerated() {
      var dice = Dice(UInt64(count + longest))
      let range = round == 0 ? 3 * count : 1 << 40
      let rows = randomRows(
        count, &dice, key: { _, dice in Int64(Int.random(in: 0..<(range), using: &dice)) - Int64(count) },
        longest: longest)
      let database = try TestDatabase(columns, key: 0, batches: rows.pieces(of: 50), sortBytes: sortBytes)
      try database.check(columns, key: 0, rows: rows)
      var numbers: Set<TestValue> = []
      #expect(database.duplicates == rows.count { !numbers.insert($0[0]).inserted })
    }
  }

  /// Keys come out sorted however little memory there is for them.
  @Test(arguments: [1 << 12, 1 << 19, 1 << 26]) func sortingInLittleMemory(_ bytes: Int) throws {
    var dice = Dice(5)
    let rows = randomRows(20_000, &dice, key: { row, _ in Int64(row) }, longest: 100)
    let database = try TestDatabase(columns, key: 0, indexes: indexes, batches: rows.pieces(of: 1000), sortBytes: bytes)
    try database.check(columns, key: 0, rows: rows)
  }

  @Test(arguments: [2, 100, 5000], [false, true]) func uniqueKeys(_ count: Int, _ hasDuplicate: Bool) throws {
    let columns: [TestColumn] = [.text("a"), .integer("b")]
    func value(_ i: Int) -> TestValue { i % 3 == 0 ? nil : .text(Array("key \(i)".utf8)) }
    var rows: [[TestValue]] = (0..<count).map { [value($0), .integer(1)] }
    if hasDuplicate { rows.append([.text(Array("key 1".utf8)), .integer(1)]) }
    let database = try TestDatabase(
      columns, indexes: [TestIndex(columns: [0, 1], isUnique: true)], batches: rows.pieces(of: 64))
    #expect(database.built == [!hasDuplicate])
    if !hasDuplicate { try database.check(columns, rows: rows) }
  }

  /// Every length around the bounds where rows and keys begin to overflow.
  @Test func lengthsAroundPageSizes() throws {
    let columns: [TestColumn] = [.text("t"), .integer("i")]
    let lengths = [2020...2050, 4080...4100, 8120...8200, 16_360...16_400].flatMap { $0 }
    let rows: [[TestValue]] = lengths.map { [.text(Array(repeating: 120, count: $0)), .integer(Int64($0))] }
    let database = try TestDatabase(
      columns, indexes: [TestIndex(columns: [0]), TestIndex(columns: [1, 0])], batches: [rows])
    try database.check(columns, rows: rows)
  }

  @Test(arguments: [300, 9000, 200_000]) func externalValues(_ size: Int) throws {
    let columns: [TestColumn] = [.integer("i"), .text("t"), .blob("b")]
    let rows: [[TestValue]] = (0..<30).map { row in
      [
        .integer(Int64((row * 7) % 30)), .text(Array(repeating: 65, count: size + row)),
        .bytes(Array(repeating: 1, count: 300 * row)),
      ]
    }
    let database = try TestDatabase(columns, key: 0, batches: rows.pieces(of: 4), externalAbove: 256)
    try database.check(columns, key: 0, rows: rows)
  }

  /// A table of very many columns, and one of a single column that is null.
  @Test func widths() throws {
    let wide = (0..<120).map { TestColumn.text("c\($0)") }
    let rows: [[TestValue]] = (0..<20).map { row in
      wide.indices.map { $0 % 7 == row % 7 ? nil : .text([UInt8($0 & 127)]) }
    }
    try TestDatabase(wide, batches: [rows]).check(wide, rows: rows)
    let nulls: [[TestValue]] = Array(repeating: [nil], count: 5000)
    try TestDatabase([.text("c")], indexes: [TestIndex(columns: [0])], batches: [nulls]).check(
      [.text("c")], rows: nulls)
  }
}
