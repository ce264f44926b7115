internal import Bytes
internal import Records

extension CSVScanner {
  /// Number of whole rows that end before the byte at `offset`, which lies in a field of one of the rows.
  func rows(before offset: Int) -> Int {
    let width = columnCount ?? 1
    var row = 0
    while row < rowCount {
      // The row's last field that holds bytes ends behind the offset when the row does.
      let fields = cells[row * width..<(row + 1) * width]
      if let last = fields.last(where: { $0.kind == .text }), last.offset + last.count > offset { return row }
      row += 1
    }
    return rowCount
  }

  /// Forgets all rows but the first `count`.
  mutating func keepRows(_ count: Int) {
    rowCount = count
    cells.removeLast(cells.count - count * (columnCount ?? 0))
    while let last = doubled.last, last >= cells.count { doubled.removeLast() }
  }
}

/// Makes one quote of every two in place; returns how many bytes remain.
func undoubleQuotes(_ bytes: inout MutableSpan<UInt8>) -> Int {
  var from = 0, to = 0
  while from < bytes.count {
    let byte = bytes[from]
    bytes[to] = byte
    to += 1
    from += byte == UInt8(ascii: "\"") ? 2 : 1
  }
  return to
}
