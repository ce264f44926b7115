internal import Bytes
internal import Records

/// Rows of one table that stand within rows of others, each once, collected into a private file.
struct NestedRows: Sendable {
  /// Name of the raw table they are read as.
  let name: Name
  /// Position of their table among those of the schema.
  let table: Int
  private(set) var rowCount = 0
  private let file: SpillFile
  private var byteCount: Int64 = 0

  init(_ name: Name, table: Int) throws(IOError) {
    self.name = name
    self.table = table
    file = try SpillFile()
  }

  /// Adds the JSON text of a row.
  mutating func add(_ row: Span<UInt8>) throws(IOError) {
    let separator = [rowCount == 0 ? UInt8(ascii: "[") : UInt8(ascii: ",")]
    try file.append(separator.span)
    try file.append(row)
    byteCount += Int64(row.count) + 1
    rowCount += 1
  }

  /// Ends the array; called once, before it is opened.
  mutating func close() throws(IOError) {
    let end = Array((rowCount == 0 ? "[]" : "]").utf8)
    try file.append(end.span)
    byteCount += Int64(end.count)
  }

  /// The rows as an array.
  func open() -> any ByteSource & ~Copyable { SpillSource(file, count: byteCount) }
}

/// Walks over the elements of JSON arrays in cells.
enum NestedElements {
  /// Calls `body` with where each object of an array, or a lone object, lies in the heap; false when other things are there.
  static func forEach(
    _ cell: Cell, in batch: borrowing RecordBatch, _ body: (Range<Int>) throws(ReadError) -> Void
  ) throws(ReadError) -> Bool {
    let end = cell.offset + cell.count
    guard cell.count > 1 else { return false }
    if batch.heap[cell.offset] == UInt8(ascii: "{") {
      try body(cell.offset..<end)
      return true
    }
    var at = batch.heap.jsonSpace(from: cell.offset + 1)
    while at < end, batch.heap[at] != UInt8(ascii: "]") {
      guard batch.heap[at] == UInt8(ascii: "{") else { return false }
      var walk = JSONWalk(python: false), stop = at
      guard batch.heap.jsonWalk(&walk, at: &stop, isLast: true) == .done, stop <= end else { return false }
      try body(at..<stop)
      at = batch.heap.jsonSpace(from: stop)
      if at < end, batch.heap[at] == UInt8(ascii: ",") { at = batch.heap.jsonSpace(from: at + 1) }
    }
    return true
  }
}
