public import Bytes
internal import CBytes

extension Array where Element == Cell {
  /// Appends up to `rows` rows of `width` cells, read from records that have a layout; returns how many, and moves `offset`
  /// behind the last. Members that a record lacks are `missing`.
  public mutating func append(
    rows: Int, width: Int, of layout: JSONLayout, from heap: inout ByteHeap, at offset: inout Int
  ) -> Int {
    precondition(layout.width == width)
    var read = 0
    append(addingCapacity: rows * width) { output in
      unsafe output.withUnsafeMutableBufferPointer { cells, count in
        let free = UnsafeMutableRawBufferPointer(cells)
        // A cell has the same layout in C; a test says so.
        read = unsafe layout.read(&heap, at: &offset, into: free.assumingMemoryBound(to: cb_cell.self))
        count = read * width
      }
    }
    return read
  }
}
