import Bytes
import Records
import TestSupport
import Testing

@Suite struct RowDigesterTests {
  private let columns = [
    Column("id", .int64), Column("name", .text), Column("price", .decimal), Column("at", .timestamptz),
    Column("data", .json), Column("flag", .boolean),
  ]

  /// Rows with every value different from its neighbours.
  private func rows(_ count: Int) -> [[Value]] {
    var rows: [[Value]] = []
    for i in 0..<count {
      let name: Value = i % 7 == 0 ? .null : i % 11 == 0 ? .missing : .text("name \(i * i)")
      let instant = "2024-01-0\(i % 9 + 1)T00:00:\(i % 50 + 10)Z"
      rows.append([
        .integer(Int64(i)), name, .number("\(i).\(i % 10)0"), .text(instant), .json("{\"k\":[\(i),\"\(i)\"]}"),
        .boolean(i % 2 == 0),
      ])
    }
    return rows
  }

  @Test func orderOfRowsAndColumnsDoesNotMatter() throws {
    let rows = rows(500)
    let digest = try digest(columns, rows)
    #expect(digest.count == 500)
    #expect(try RecordsTests.digest(columns, rows.reversed()) == digest)
    #expect(try RecordsTests.digest(columns.reversed(), rows.map { $0.reversed() }) == digest)
  }

  @Test(arguments: [1, 2, 255, 256, 257, 300]) func batchesNeverShow(_ size: Int) throws {
    let rows = rows(600)
    #expect(try digest(columns, rows, batchSize: size) == digest(columns, rows))
  }

  @Test func valuesCannotMoveUnnoticed() throws {
    let columns = [Column("a", .text), Column("b", .text)]
    func digest(_ rows: [[String]]) throws -> TableDigest {
      try RecordsTests.digest(columns, rows.map { $0.map { .text($0) } })
    }
    let original = try digest([["1", "2"], ["3", "4"]])
    #expect(try digest([["2", "1"], ["3", "4"]]) != original)
    #expect(try digest([["1", "4"], ["3", "2"]]) != original)
    #expect(try digest([["3", "2"], ["1", "4"]]) != original)
    #expect(try digest([["1", "2"], ["3", "4"], ["3", "4"]]) != original)
    #expect(try digest([["1", "2"], ["1", "2"]]) != digest([["3", "4"], ["3", "4"]]))
    #expect(try digest([["12", ""]]) != digest([["1", "2"]]))
  }

  @Test func aColumnThatIsMissingEverywhereIsNoColumn() throws {
    let one = [Column("a", .text)], two = one + [Column("b", .text)]
    #expect(try digest(one, [[.text("x")]]) == digest(two, [[.text("x"), .missing]]))
    #expect(try digest(one, [[.text("x")]]) != digest(two, [[.text("x"), .null]]))
    #expect(try digest([Column("b", .text)], [[.text("x")]]) != digest(one, [[.text("x")]]))
  }

  @Test func digestsAddUp() throws {
    let rows = rows(100)
    let parts = try digest(columns, Array(rows[..<33])) + digest(columns, Array(rows[33...]))
    #expect(try parts == digest(columns, rows))
    #expect(TableDigest() + parts == parts)
  }

  @Test func textFormGoesThereAndBack() throws {
    let digest = try digest(columns, rows(9))
    #expect(digest.description.hasPrefix("1:9:"))
    #expect(TableDigest(digest.description) == digest)
    for text in [
      "", "1:9", "2:9:\(digest.sum)", "1:-9:\(digest.sum)", "1:09:\(digest.sum)", "1:9:\(digest.sum)0",
      "1:9:\(digest.sum):",
    ] {
      #expect(TableDigest(text) == nil)
    }
  }

  @Test func rowHashesAndTallies() throws {
    let rows = rows(600)
    var digester = RowDigester(TableSchema("t", columns))
    var batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: columns.count)
    for row in rows + rows {
      var cells: [Cell] = []
      for value in row { cells.append(try value.cell(in: &batch)) }
      batch.append(row: cells)
    }
    try digester.add(batch)
    #expect(Set(digester.rowHashes).count == 600)
    #expect(Array(digester.rowHashes[..<600]) == Array(digester.rowHashes[600...]))
    #expect(try digester.hash(of: 17, in: batch) == digester.rowHashes[17])
    var sum = Hash128()
    for hash in digester.rowHashes { sum += hash }
    #expect(sum == digester.digest.sum)
    #expect(abs(digester.tallies[0].distinct.count - 600) < 48 && digester.tallies[5].distinct.count == 2)
  }

  /// Rows dealt to two digesters and merged come to the same as one digester's.
  @Test(arguments: [0, 1, 40, 599, 600]) func mergedDigestersAreOne(_ count: Int) throws {
    var one = RowDigester(TableSchema("t", columns)), parts = [one, one]
    for (i, row) in rows(600).enumerated() {
      var batch = RecordBatch(capacity: 64), cells: [Cell] = []
      batch.removeAll(columnCount: columns.count)
      for value in row { cells.append(try value.cell(in: &batch)) }
      batch.append(row: cells)
      try one.add(batch)
      try parts[i < count ? 0 : 1].add(batch)
    }
    parts[0].merge(parts[1])
    #expect(parts[0].digest == one.digest)
    for (merged, whole) in zip(parts[0].tallies, one.tallies) {
      #expect(merged.distinct.count == whole.distinct.count && merged.lengths == whole.lengths)
      for kind: Cell.Kind in [.null, .missing, .boolean, .integer, .number, .text, .bytes, .json] {
        #expect(merged.count(of: kind) == whole.count(of: kind))
      }
    }
  }

  /// Each spelling of each type hashed by the kernels and in the general way.
  @Test func kernelsAgreeWithTheGeneralWay() throws {
    let types: [LogicalType] = [
      .boolean, .int64, .float64, .decimal(precision: nil, scale: nil), .text, .uuid, .date, .time, .timestamp,
      .timestamptz, .json, .array(.int64),
    ]
    let texts = [
      "", "1", "-7", "007", "12.50", "-0.5", "0.0", "1234567890123456", "99999999999999999999", "1e3", "true", "f",
      "2024-02-29", "2023-02-29", "2024-02-29T13:14:15.123Z", "2024-02-29 13:14:15", "2024-02-29T00:00:00Z",
      "1960-05-06T07:08:09.123456+00:00", "2024-02-29T13:14:15.1234567Z", "13:14:15", "2024-02-29T13:14:15-03:00",
      "0123abcd-4567-89ef-8000-00000000ffff", "0123ABCD456789EF800000000000FFFF", "[1, 2]", "a text that is longer",
    ]
    var values: [Value] = [.null, .missing, .boolean(true), .boolean(false), .integer(-7), .integer(12), .double(0.5)]
    for text in texts { values += [.text(text), .number(text), .json(text), .bytes(Array(text.utf8))] }
    let columns = types.enumerated().map { Column(Name("c\($0.offset)"), $0.element) }
    var digester = RowDigester(TableSchema("t", columns))
    var batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: columns.count)
    for value in values {
      let cell = try value.cell(in: &batch)
      batch.append(row: columns.map { _ in cell })
    }
    try digester.add(batch)
    for row in values.indices {
      #expect(try digester.hash(of: row, in: batch) == digester.rowHashes[row], "\(values[row])")
    }
  }

  /// A heap may end with any byte, in the middle of anything.
  @Test(arguments: ["", "[", "[0", "[-", "[t", "{\"a\":", "[\"", "[\"\\", "[\"\\u", "{\"a\":1"])
  func textMayEndAnywhere(_ start: String) throws {
    for byte in UInt8.min ... .max {
      let value = Value.raw(Array(start.utf8) + [byte])
      for type in [LogicalType.json, .array(.int64), .array(.text), .bytes] {
        #expect(try digest(type, value) == digest(type, .external(value)))
      }
      for type in [LogicalType.interval, .timestamptz, .uuid, .float64, .decimal, .boolean] {
        #expect(try digest(type, value).count == 1)
      }
    }
  }

  /// Digests of this version are kept in catalogs: they may never change.
  @Test func digestsAreAsTheyHaveAlwaysBeen() throws {
    let text = try digest(columns, rows(30)).description
    #expect(text == "1:30:6a0af2574e1a40604df89ffe8c7e2c48")
  }

  /// A second implementation of the hash and of the rules for integers, texts and nulls.
  @Test func agreesWithPython() throws {
    let columns = [Column("id", .int64), Column("ma\u{F1}ana", .text)]
    var rows: [[Value]] = []
    for i in 0..<50 {
      let text = String(repeating: "text \(i) ", count: i % 9)
      rows.append([.integer(Int64(i) * 1_000_003 - 7), i % 10 == 3 ? .null : i % 10 == 4 ? .missing : .text(text)])
    }
    let script = """
      M, N = 2**64 - 1, 2**128 - 1
      K = [0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3, 0x589965cc75374cc3]
      def fold(a, b): p = (a & M) * (b & M); return (p & M) ^ (p >> 64)
      def words(b): b = b.ljust(16, b'\\0'); return int.from_bytes(b[:8], 'little'), int.from_bytes(b[8:16], 'little')
      def hash(data, seed):
        seed &= M; a, b, n, rest = seed ^ K[0], seed * K[2] & M ^ K[3], len(data), data
        while len(rest) > 16:
          x, y = words(rest[:16]); a, b = fold(x ^ K[1], y ^ a), fold(y ^ K[2], x ^ b); rest = rest[16:]
        x, y = words(rest)
        c, d = fold(x ^ K[1] ^ n, y ^ a ^ K[2]), fold(y ^ K[3] ^ n, x ^ b ^ K[0])
        return fold(d ^ K[0] ^ n, c + K[3]) << 64 | fold(c ^ K[2], d ^ K[1])
      def pair(x, y):
        k = [0x2d358dccaa6c78a5, 0x8bb84b93962eacc9, 0x4b33a62ed433d4a3, 0x4d5a2da51de1aa47]
        xl, xh, yl, yh = x & M, x >> 64, y & M, y >> 64
        a, b = fold(xl ^ k[0], yl ^ k[1]), fold(xh ^ k[2], yh ^ k[3])
        return (fold(b ^ k[1], xl + yh + k[0]) + a & M) << 64 | (fold(a ^ k[3], xh + yl) + b & M)
      def seed(name, tag): return (hash(name.encode(), 0x636F6C756D6E) & M) + tag * 0x9E3779B97F4A7C15
      def integer(v, s): return hash((v & M).to_bytes(8, 'little') + bytes(8), s)
      total = 0
      for i in range(50):
        row = integer(i * 1000003 - 7, seed('id', 3))
        if i % 10 == 3: row += integer(0, seed('ma\u{F1}ana', 1))
        elif i % 10 != 4: row += hash((f'text {i} ' * (i % 9)).encode(), seed('ma\u{F1}ana', 6))
        total += pair(row & N, 0x7461626C65 << 64 | 0x726F77206F66)
      print(f'1:50:{total & N:032x}')
      """
    let answer = try run(["python3", "-c", script])
    #expect(try digest(columns, rows).description + "\n" == answer.text, "\(answer.errorText)")
  }
}
