internal import Bytes
internal import Records

/// Hashes the keys of rows: the texts of their values, whatever the types of the columns are called.
final class KeyDigester {
  private let key: [Int]
  private var digester: RowDigester?

  /// `key`: positions of the columns of the key; none when rows have none.
  init(_ key: [Int], columnCount: Int) {
    self.key = key
    guard !key.isEmpty else { return }
    var columns: [Column] = [], left = Set<Name>()
    for i in 0..<columnCount {
      if let place = key.firstIndex(of: i) {
        columns.append(Column(Name("\(place)"), .text))
      } else {
        columns.append(Column(Name("c\(i)"), .text))
        left.insert(Name("c\(i)"))
      }
    }
    digester = RowDigester(TableSchema("key", columns), without: left, countsValues: false)
  }

  /// Hashes of the keys of the batch added last, before the table is mixed in; empty when there is no key.
  var hashes: [Hash128] { digester?.rowHashes ?? [] }

  func add(_ batch: borrowing RecordBatch) throws(IndexError) {
    do throws(IOError) { try digester?.add(batch) } catch { throw IndexError(.io(error)) }
  }

  /// The rows of a batch that have no value in some column of the key.
  func incomplete(_ batch: borrowing RecordBatch) -> [Int] {
    var rows = Set<Int>()
    for column in key {
      for row in 0..<batch.rowCount {
        let cell = batch[row, column]
        if cell.isAbsent || cell.kind == .external { rows.insert(row) }
      }
    }
    return rows.sorted()
  }

  /// Hash of the key of a table's row by its values: text, or bytes where `isBytes` says so.
  static func hash(_ values: [[UInt8]], isBytes: [Bool], table: Name) throws(IndexError) -> Hash128 {
    let digester = KeyDigester(Array(values.indices), columnCount: values.count)
    var batch = RecordBatch(capacity: 256)
    batch.removeAll(columnCount: values.count)
    for (value, isBytes) in zip(values, isBytes) {
      batch.cells.append(batch.cell(isBytes ? .bytes : .text, value.span))
    }
    batch.rowCount = 1
    try digester.add(batch)
    guard let hash = digester.hashes.first else { throw IndexError(.invalid("a key has at least one value")) }
    return hash.mixed(with: RowKey.table(table))
  }
}
