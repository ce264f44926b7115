internal import Bytes
internal import TextSearch

/// Tests the rows that an index offers on their stored values.
struct RowTester: ~Copyable {
  private var verifier: RecordVerifier
  private var record = ByteHeap(capacity: 4096)
  private var scratch = ByteHeap(capacity: 4096)
  /// Rows looked at so far.
  private(set) var examined = 0

  init(_ plan: SearchPlan) { verifier = RecordVerifier(plan) }

  /// Whether every term is found in a row; `columns` tells by position which count, nil: all.
  mutating func matches(_ block: RowBlock, _ row: Int, columns: [Bool]?) -> Bool {
    examined += 1
    record.removeAll()
    block.appendPacked(row, &scratch, to: &record)
    return Self.run(&verifier, record, columns)
  }

  private static func run(_ verifier: inout RecordVerifier, _ record: borrowing ByteHeap, _ columns: [Bool]?) -> Bool {
    verifier.matches(record.span, columns: columns)
  }
}

extension SegmentReader {
  /// Calls `body` with each row of `rows` below `limit` that passes the test, the last first, and with its block and place
  /// therein, until it returns false. `isOver` is asked before each block; true stops, and the row reached is returned.
  func forEachMatch(
    in rows: RowSet, below limit: Int, _ tester: inout RowTester, columns: (Int) -> [Bool]?, isOver: () -> Bool,
    _ body: (Int, RowBlock, Int) throws(IndexError) -> Bool
  ) throws(IndexError) -> Int? {
    var next = rows.last(before: limit)
    while let row = next {
      if isOver() { return row + 1 }
      let index = header.block(of: row), place = header.blocks[index], opened = try block(index)
      let allowed = columns(Int(place.shape))
      var row = row
      while row >= Int(place.firstRow) {
        let inside = row - Int(place.firstRow)
        if tester.matches(opened, inside, columns: allowed), try !body(row, opened, inside) { return row }
        guard let previous = rows.last(before: row) else { return nil }
        row = previous
      }
      next = row
    }
    return nil
  }
}
