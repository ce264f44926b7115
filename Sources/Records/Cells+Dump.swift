public import Bytes
internal import CBytes

extension Array where Element == Cell {
  /// Appends up to `rows` rows of the cells of COPY text, escapes undone; moves `offset` behind the last.
  public mutating func append(
    rows: Int, ofCopy rule: inout CopyRule, from heap: inout ByteHeap, at offset: inout Int
  ) -> DumpRead {
    var read = DumpRead()
    let width = rule.width
    unsafe append(cells: rows * width) { cells in
      read = unsafe heap.copyRows(at: &offset, &rule, into: cells)
      return read.rows * width
    }
    return read
  }

  /// Appends up to `rows` rows of the literals of INSERT statements, escapes undone; moves `offset` behind the last.
  public mutating func append(
    rows: Int, ofValues rule: ValuesRule, from heap: inout ByteHeap, at offset: inout Int
  ) -> DumpRead {
    var read = DumpRead()
    unsafe append(cells: rows * rule.width) { cells in
      read = unsafe heap.valuesRows(at: &offset, rule, into: cells)
      return read.rows * rule.width
    }
    return read
  }

  /// Lets `body` write up to `capacity` cells behind those there are; it returns how many.
  private mutating func append(cells capacity: Int, _ body: (UnsafeMutableBufferPointer<cb_cell>) -> Int) {
    append(addingCapacity: capacity) { output in
      unsafe output.withUnsafeMutableBufferPointer { cells, count in
        // A cell has the same layout in C; a test says so.
        let free = UnsafeMutableRawBufferPointer(cells)
        count = unsafe body(free.assumingMemoryBound(to: cb_cell.self))
      }
    }
  }
}
