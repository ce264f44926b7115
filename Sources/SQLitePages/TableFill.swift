package import Bytes
internal import CBytes
package import Records

/// A table that is being filled, row by row.
///
/// Rows go to the pages of its tree as they come. Where a column is the number of the row and numbers do not ascend, those that
/// come late are sorted and merged in at the end.
package final class TableFill {
  /// Hands out a value that is kept outside the heap, as the table stores it.
  package typealias Reading =
    (ExternalValue, _ column: Int, (Span<UInt8>) throws(IOError) -> Void) throws(IOError) -> Void

  private let root: UInt32
  /// The column that is the number of the row.
  let key: Int?
  /// How each column stores its values, and what is worked with in a row.
  private(set) var columns: [cb_stored]
  package let indexes: [IndexFill]
  private let budget: SortBudget
  private var tree = Tree(isTable: true)
  /// Number of the last row.
  private var last: Int64
  /// Pages of full leaves; only where rows can come late.
  private var leaves: [UInt32] = []
  private var late: SortedKeys?
  /// Rows that were left out because another has their number.
  package private(set) var duplicateCount = 0

  /// The most bytes of a row, as SQLite has it.
  private static var rowLimit: Int { 1_000_000_000 }

  /// `stores`: how each column stores its values, by SQLite's number for it; `key`: the column that is the number of the row.
  package init(root: UInt32, stores: [UInt8], key: Int?, indexes: [IndexFill], budget: SortBudget) {
    self.root = root
    self.key = key
    self.indexes = indexes
    self.budget = budget
    columns = stores.map { cb_stored(store: $0, type: 0, size: 0, value: 0) }
    last = key == nil ? 0 : .min
  }

  /// Stores rows; returns how many were left out because they are too long.
  package func append(
    rows: Range<Int>, of batch: borrowing RecordBatch, to file: inout PageFile, reading: Reading
  ) throws(IOError) -> Int {
    var row = rows.lowerBound, refused = 0
    while row < rows.upperBound {
      let first = last &+ 1
      let read = fill(row..<rows.upperBound, of: batch)
      if read.rows > 0 {
        for index in indexes {
          try index.append(rows: row..<(row + read.rows), of: batch, key: key, first: first)
        }
        row += read.rows
      }
      switch Int(read.why) {
      case CB_PAGE_DONE: break
      case CB_PAGE_FULL: try closeLeaf(&file)
      case CB_PAGE_LATE:
        let stored = try storeLate(row..<rows.upperBound, of: batch)
        row += stored
        if stored == 0 { fallthrough }
      default:
        if try !store(row, of: batch, to: &file, reading) { refused += 1 }
        row += 1
      }
    }
    return refused
  }

  /// Fills the leaf at hand with rows.
  private func fill(_ rows: Range<Int>, of batch: borrowing RecordBatch) -> cb_page_read {
    batch.heap.span.withUnsafeBufferPointer { heap in
      batch.cells.withUnsafeBytes { raw in
        let cells = raw.assumingMemoryBound(to: cb_cell.self).baseAddress!
        return columns.withUnsafeMutableBufferPointer { columns in
          cb_store_rows(
            &tree.leaf.layout, heap.baseAddress ?? UnsafePointer(tree.leaf.layout.bytes), heap.count,
            cells + rows.lowerBound * columns.count, columns.count, rows.count, columns.baseAddress!, key ?? -1, &last)
        }
      }
    }
  }

  /// Stores rows whose numbers are not greater than those before; returns how many.
  private func storeLate(_ rows: Range<Int>, of batch: borrowing RecordBatch) throws(IOError) -> Int {
    guard let key else { return 0 }
    let count = try lateRows.append(lateRows: rows, of: batch, columns: &columns, key: key, last: last)
    guard count > 0 else { return 0 }
    for index in indexes {
      try index.append(rows: rows.lowerBound..<(rows.lowerBound + count), of: batch, key: key, first: 0)
    }
    return count
  }

  private var lateRows: SortedKeys {
    let rows = late ?? SortedKeys(comparing: 8, budget: budget)
    late = rows
    return rows
  }

  private func closeLeaf(_ file: inout PageFile) throws(IOError) {
    let number = try tree.closeLeaf(lastRow: last, to: &file)
    if key != nil { leaves.append(number) }
  }

  /// Stores a row that takes more than a look; false when it is too long.
  private func store(
    _ row: Int, of batch: borrowing RecordBatch, to file: inout PageFile, _ reading: Reading
  ) throws(IOError) -> Bool {
    var spelled = RecordBatch(capacity: 1 << 10)
    let sizes = try spell(row, of: batch, in: &spelled, reading)
    guard measure(spelled) else { throw IOError("store", detail: "a value has a form that its column does not hold") }
    for (column, size) in sizes {
      guard size <= Self.rowLimit else { return false }
      let isBlob = columns[column].store == UInt8(CB_STORE_BLOB)
      columns[column].type = UInt32(2 * size + (isBlob ? 12 : 13))
      columns[column].size = UInt32(size)
    }
    let types = columns.map { varint(Int64($0.type)) }.joined()
    let headerSize = types.count + (types.count < 0x7F ? 1 : types.count < 0x3FFE ? 2 : 3)
    let payload = headerSize + columns.reduce(0) { $0 + Int($1.size) }
    guard payload <= Self.rowLimit else { return false }
    var number = last &+ 1
    if let key { number = rowNumber(spelled, key) }
    let isLate = key != nil && number <= last
    let prefix = varint(Int64(payload)) + varint(number)
    var writer = CellWriter(prefix: prefix, payload: payload, limit: CellWriter.tableLimit)
    try write(varint(Int64(headerSize)) + types, to: &writer, &file)
    for column in columns.indices {
      if sizes.contains(where: { $0.column == column }) {
        let value = spelled.externals[spelled[0, column].offset]
        try reading(value, column) { (piece) throws(IOError) in
          try piece.withUnsafeBytes { (bytes) throws(IOError) in try writer.append(bytes, to: &file) }
        }
      } else {
        try writeValue(column, of: spelled, to: &writer, &file)
      }
    }
    try writer.finish(to: &file)
    for index in indexes {
      if index.holds(anyOf: sizes.map(\.column)) { index.isIncomplete = true }
      try index.append(rows: 0..<1, of: spelled, key: key, first: number)
    }
    if isLate {
      try noteLate(number, writer.cell)
    } else {
      if !add(writer.cell) {
        try closeLeaf(&file)
        let isAdded = add(writer.cell)
        precondition(isAdded, "an empty leaf has room for a row")
      }
      last = number
    }
    return true
  }

  private func add(_ cell: [UInt8]) -> Bool { cell.withUnsafeBytes { tree.leaf.add($0, child: 0) } }

  private func write(_ bytes: [UInt8], to writer: inout CellWriter, _ file: inout PageFile) throws(IOError) {
    try bytes.span.withUnsafeBytes { (bytes) throws(IOError) in try writer.append(bytes, to: &file) }
  }

  /// Writes a value of the spelled row that is not external.
  private func writeValue(
    _ column: Int, of spelled: borrowing RecordBatch, to writer: inout CellWriter, _ file: inout PageFile
  ) throws(IOError) {
    let stored = columns[column], cell = spelled[0, column]
    if stored.type >= 12 {
      try spelled.bytes(of: cell).withUnsafeBytes { (bytes) throws(IOError) in try writer.append(bytes, to: &file) }
    } else {
      let big = withUnsafeBytes(of: stored.value.bigEndian) { Array($0.suffix(Int(stored.size))) }
      try write(big, to: &writer, &file)
    }
  }

  /// Copies a row as the table stores it; returns the sizes of the values that are kept outside.
  private func spell(
    _ row: Int, of batch: borrowing RecordBatch, in spelled: inout RecordBatch, _ reading: Reading
  ) throws(IOError) -> [(column: Int, size: Int)] {
    var sizes: [(column: Int, size: Int)] = [], cells: [Cell] = []
    spelled.removeAll(columnCount: columns.count)
    for column in columns.indices {
      let cell = batch[row, column]
      switch cell.kind {
      case .external:
        let value = batch.externals[cell.offset]
        var size = 0
        try reading(value, column) { size += $0.count }
        sizes.append((column, size))
        spelled.externals.append(value)
        cells.append(.external(spelled.externals.count - 1))
      case .text, .number, .json, .bytes:
        let offset = spelled.heap.append(from: batch.heap, at: cell.offset, count: cell.count)
        // Text with lone surrogates has been refused before.
        cells.append(Cell(cell.kind, offset: offset, count: cell.count))
      case .integer where columns[column].store == UInt8(CB_STORE_TEXT):
        cells.append(spelled.text(String(cell.integer)))
      case .boolean where columns[column].store == UInt8(CB_STORE_TEXT):
        cells.append(spelled.text(cell.boolean ? "1" : "0"))
      case .double where columns[column].store == UInt8(CB_STORE_TEXT):
        cells.append(spelled.text("\(cell.double)"))
      default: cells.append(cell)
      }
    }
    spelled.append(row: cells)
    return sizes
  }

  /// Takes the spelled row apart, external values as absent.
  private func measure(_ spelled: borrowing RecordBatch) -> Bool {
    var header: UInt64 = 0, body: UInt64 = 0
    let cells = spelled.cells.map { $0.kind == .external ? Cell.null : $0 }
    return spelled.heap.span.withUnsafeBufferPointer { heap in
      cells.withUnsafeBytes { raw in
        let row = raw.assumingMemoryBound(to: cb_cell.self).baseAddress!
        return columns.withUnsafeMutableBufferPointer { columns in
          cb_measure_row(
            heap.baseAddress ?? UnsafePointer(tree.leaf.layout.bytes), heap.count, row, columns.count,
            columns.baseAddress!, key ?? -1, &header, &body)
        }
      }
    }
  }

  private func rowNumber(_ spelled: borrowing RecordBatch, _ column: Int) -> Int64 {
    let cell = spelled[0, column]
    switch cell.kind {
    case .integer: return cell.integer
    case .boolean: return cell.boolean ? 1 : 0
    default: return Int64(digits: spelled.bytes(of: cell)) ?? 0
    }
  }

  /// Keeps a row whose number is not greater than those before for the end.
  private func noteLate(_ number: Int64, _ cell: [UInt8]) throws(IOError) {
    let late = lateRows
    let sorted = withUnsafeBytes(of: (UInt64(bitPattern: number) ^ 1 << 63).bigEndian) { Array($0) } + cell
    try sorted.span.withUnsafeBytes { (bytes) throws(IOError) in try late.append(bytes) }
  }

  /// Stores what is left of the tree.
  package func finish(in file: inout PageFile) throws(IOError) {
    guard let late else { return try tree.finish(root: root, in: &file) }
    var merge = LateMerge(leaves: leaves, lastLeaf: tree.leaf, upper: tree.upper, file: &file)
    try late.forEach { (entry) throws(IOError) in
      try merge.insert(entry, in: &file)
      return true
    }
    self.late = nil
    try merge.finish(root: root, in: &file)
    duplicateCount = merge.duplicateCount
  }
}
