public import Bytes

// Cells of rows of text, as readers of delimited text find them.
extension Array where Element == Cell {
  /// Puts the fields of each row where a table of `width` columns has them: `order` tells the column of each field. Columns
  /// without a field are missing.
  public mutating func reorder(_ order: [Int], width: Int) {
    let rows = order.isEmpty ? 0 : count / order.count
    var sorted = Array(repeating: Cell.missing, count: rows * width)
    for row in 0..<rows {
      for (field, column) in order.enumerated() { sorted[row * width + column] = self[row * order.count + field] }
    }
    self = sorted
  }

  /// Flags the texts that hold U+0000.
  public mutating func markNULs(in heap: borrowing ByteHeap) {
    for i in indices where self[i].kind == .text && !self[i].flags.contains(.nul) {
      if heap.firstOffset(of: 0, at: self[i].offset, count: self[i].count) != nil { self[i].flags.insert(.nul) }
    }
  }
}
