public import Bytes

/// A value too large to be held: a range of a private spill file, escapes undone.
public struct ExternalValue: Sendable {
  public var file: SpillFile
  public var offset: Int64
  public var byteCount: Int64
  /// `text`, `json` or `bytes`: what the cell would be if it were small.
  public var kind: Cell.Kind
  public var flags: Cell.Flags
  public init(_ file: SpillFile, offset: Int64, byteCount: Int64, kind: Cell.Kind, flags: Cell.Flags = []) {
    self.file = file
    self.offset = offset
    self.byteCount = byteCount
    self.kind = kind
    self.flags = flags
  }
}

/// Records of one table in row order, with the bytes they point into.
public struct RecordBatch: ~Copyable, Sendable {
  public var heap: ByteHeap
  /// Row-major: the cells of a record stand side by side.
  public var cells: [Cell]
  public var rowCount: Int
  public var columnCount: Int
  /// Number of the first record within its artifact, counted from 0.
  public var firstRecord: Int
  public var externals: [ExternalValue]

  /// A batch whose heap holds `capacity` bytes before it has to grow.
  public init(capacity: Int = 1 << 20) {
    heap = ByteHeap(capacity: capacity)
    cells = []
    rowCount = 0
    columnCount = 0
    firstRecord = 0
    externals = []
  }

  /// Empties the batch and gives it a width.
  public mutating func removeAll(columnCount: Int) {
    cells.removeAll(keepingCapacity: true)
    externals.removeAll()
    rowCount = 0
    self.columnCount = columnCount
    heap.removeAll()
  }

  @inlinable public subscript(row: Int, column: Int) -> Cell {
    cells[row &* columnCount &+ column]
  }

  /// The bytes of a `text`, `number`, `json` or `bytes` cell.
  @inlinable @_lifetime(borrow self)
  public func bytes(of cell: Cell) -> Span<UInt8> {
    heap.span(at: cell.offset, count: cell.count)
  }

  /// Appends a row of cells that point into this batch's heap.
  public mutating func append(row: [Cell]) {
    precondition(row.count == columnCount)
    cells += row
    rowCount += 1
  }

  /// Puts bytes into the heap and returns a cell for them.
  public mutating func cell(_ kind: Cell.Kind, _ bytes: Span<UInt8>, flags: Cell.Flags = []) -> Cell {
    Cell(kind, offset: heap.append(bytes), count: bytes.count, flags: flags)
  }
  /// Puts text into the heap and returns a cell for it.
  public mutating func text(_ text: String) -> Cell {
    let bytes = Array(text.utf8)
    return cell(.text, bytes.span)
  }
}
