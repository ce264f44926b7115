package import Bytes
internal import CBytes
internal import CSQLitePages
internal import Glibc
package import Records

/// What a column of a table does to what is stored of it.
package struct StoredColumn: OptionSet, Sendable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  /// It is the number of the row, of which nothing is stored.
  package static var key: StoredColumn { StoredColumn(rawValue: UInt8(CR_KEY)) }
  /// Whole numbers are stored as such and are doubles.
  package static var real: StoredColumn { StoredColumn(rawValue: UInt8(CR_REAL)) }
  /// Rows from before it was added have a value that is not stored.
  package static var defaulted: StoredColumn { StoredColumn(rawValue: UInt8(CR_DEFAULTED)) }
}

/// Reads the rows of one table from the pages of a database in UTF-8 that nobody changes, in the order of their numbers.
///
/// It is faster than asking SQLite and gives the same cells. What it does not understand it leaves to SQLite, which says in its own
/// words what is wrong.
package final class TableReader {
  /// Why reading stopped.
  package enum Stop: Sendable {
    /// The batch is full.
    case full
    case end
    /// The next row is too large to be held.
    case long
    /// The next row lacks a value that stands in the schema.
    case unstored
    /// The next row does not come after the one before it.
    case disorder
    /// A page or row is not as it should be.
    case damaged
  }
  /// As SQLite has it: no sound tree is deeper.
  private static let depthLimit = 20

  private var walk: TreeWalk
  private var overflow: PageReader
  private let columns: [UInt8]
  /// Rows of which the cells are made at once.
  private let rowsAtOnce: Int
  private let cells: UnsafeMutableBufferPointer<cb_cell>
  private var last = cr_last()
  /// The payload of a row that stands on several pages.
  private var payload: [UInt8] = []
  /// Most bytes of a row that is held.
  private let rowLimit: Int

  /// `root`: the first page of the table's tree.
  package init(_ file: SharedFile, _ layout: PageLayout, root: UInt32, columns: [StoredColumn], rowLimit: Int) {
    walk = TreeWalk(PageReader(file, layout), root: root, depthLimit: Self.depthLimit)
    overflow = PageReader(file, layout)
    self.columns = columns.map(\.rawValue)
    self.rowLimit = rowLimit
    rowsAtOnce = max(1, min(1024, (1 << 16) / max(columns.count, 1)))
    cells = .allocate(capacity: rowsAtOnce * max(columns.count, 1))
  }
  deinit { cells.deallocate() }

  /// The number of the row read last; nil before the first.
  package var lastKey: Int64? { last.is_begun != 0 ? last.key : nil }
  /// The number of the next row, where the reading has stopped before one.
  package var nextKey: Int64? { walk.row.map(\.key) }

  /// Passes over the next row, which was read by other means.
  package func skip() {
    guard let row = walk.row else { return }
    last = cr_last(key: row.key, is_begun: 1)
    walk.advance(by: 1)
  }

  /// Appends rows to a batch of the table's columns until it has so many of them or so many bytes; counts by column the texts that
  /// are not UTF-8 and became bytes.
  package func read(
    into batch: inout RecordBatch, rowLimit: Int, heapLimit: Int, invalidTexts: inout [Int]
  ) throws(IOError) -> Stop {
    precondition(batch.columnCount == columns.count && invalidTexts.count == columns.count)
    while batch.rowCount < rowLimit && batch.heap.count < heapLimit {
      if walk.row == nil {
        switch try walk.nextLeaf() {
        case .leaf: break
        case .end: return .end
        case .damaged: return .damaged
        }
      }
      let count = min(walk.rowsLeft, rowsAtOnce, rowLimit - batch.rowCount)
      switch try take(count, &batch, &invalidTexts) {
      case CR_DONE: continue
      case CR_UNSTORED: return .unstored
      case CR_DISORDER: return .disorder
      case CR_OVERFLOW: return .long
      default: return .damaged
      }
    }
    return .full
  }

  /// Takes up to `count` rows of the leaf at hand; why not all, as the kernels say it.
  private func take(_ count: Int, _ batch: inout RecordBatch, _ invalid: inout [Int]) throws(IOError) -> Int {
    let width = columns.count
    var why: Int32 = 0, taken = 0
    append(to: &batch, room: walk.layout.usableSize, &invalid) { output, columns in
      taken = cr_read_rows(walk.page, walk.rows, count, columns, width, &last, &output, &why)
      return taken
    }
    walk.advance(by: taken)
    guard Int(why) == CR_OVERFLOW, let row = walk.row, row.total <= rowLimit else { return Int(why) }
    guard try gather(row) else { return CR_DAMAGED }
    append(to: &batch, room: payload.count, &invalid) { output, columns in
      why = payload.withUnsafeBufferPointer {
        cr_read_payload($0.baseAddress!, row, columns, width, &last, &output)
      }
      return Int(why) == CR_DONE ? 1 : 0
    }
    if Int(why) == CR_DONE { walk.advance(by: 1) }
    return Int(why)
  }

  /// Lets `body` put the bytes of rows behind those of the batch, and appends as many rows of cells as it returns.
  private func append(
    to batch: inout RecordBatch, room: Int, _ invalid: inout [Int],
    _ body: (inout cr_batch, UnsafePointer<UInt8>) -> Int
  ) {
    let start = batch.heap.count
    var rows = 0
    batch.heap.append(atMost: room + Int(CR_PADDING)) { free in
      free.withUnsafeMutableBufferPointer { buffer, added in
        invalid.withUnsafeMutableBufferPointer { invalid in
          invalid.withMemoryRebound(to: Int64.self) { invalid in
            var output = cr_batch(
              heap: buffer.baseAddress! - start, used: start, cells: cells.baseAddress!, invalid: invalid.baseAddress!)
            rows = columns.withUnsafeBufferPointer { body(&output, $0.baseAddress!) }
            added = output.used - start
          }
        }
      }
    }
    // A cell has the same layout in C; a test says so.
    UnsafeBufferPointer(rebasing: cells[..<(rows * columns.count)]).withMemoryRebound(to: Cell.self) {
      batch.cells.append(contentsOf: $0)
    }
    batch.rowCount += rows
  }

  /// Gathers a row's payload from the leaf and its overflow pages; false when these do not hold it.
  private func gather(_ row: cr_row) throws(IOError) -> Bool {
    let total = Int(row.total), local = Int(row.local), room = walk.layout.usableSize - 4
    payload.removeAll(keepingCapacity: true)
    payload.reserveCapacity(total + Int(CR_PADDING))
    let start = walk.page + Int(row.start)
    payload.append(contentsOf: UnsafeBufferPointer(start: start, count: local))
    var number = cb_big32(start + local)
    while payload.count < total {
      guard let page = try overflow.page(number) else { return false }
      payload.append(contentsOf: UnsafeBufferPointer(start: page + 4, count: min(room, total - payload.count)))
      number = cb_big32(page)
    }
    payload.append(contentsOf: repeatElement(0, count: Int(CR_PADDING)))
    return true
  }
}
