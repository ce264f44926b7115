internal import Bytes
internal import CBytes

// Columns in runs of a few rows, by the kernels of C.
extension RecordBatch {
  /// Rows that are taken at a time.
  public static var rowsAtOnce: Int { ColumnHash.rowLimit }

  /// Calls `body` with the first of a column's cells in some rows, as C sees it; the next is `columnCount` cells further.
  func withCells<T>(column: Int, _ rows: Range<Int>, _ body: (UnsafePointer<cb_cell>) -> T) -> T {
    precondition(column >= 0 && column < columnCount && rows.lowerBound >= 0 && rows.count <= Self.rowsAtOnce)
    precondition(!rows.isEmpty && rows.upperBound &* columnCount <= cells.count)
    return unsafe cells.withUnsafeBytes { cells in
      // A cell has the same layout in C; a test says so.
      let first = unsafe cells.baseAddress! + (rows.lowerBound &* columnCount &+ column) &* MemoryLayout<cb_cell>.stride
      return unsafe body(first.assumingMemoryBound(to: cb_cell.self))
    }
  }

  /// Looks at the plain values of a column in up to `rowsAtOnce` rows. `looksAtText`: texts take more than a look.
  public func look(column: Int, _ rows: Range<Int>, looksAtText: Bool) -> ColumnLook {
    var look = cb_look()
    look.shortest = .max
    (look.least, look.greatest) = (.max, .min)
    let left = unsafe withCells(column: column, rows) { cells in
      unsafe heap.look(cells, stride: columnCount, rows: rows.count, looksAtText: looksAtText, &look)
    }
    return ColumnLook(look, left: left)
  }

  /// Sets the bits of a column's number cells in up to `rowsAtOnce` rows that are whole, not negative and of 16 digits at
  /// most, where a chunk of 1,024 words is there for them: `slots` tells which by `value >> 16`, below zero for none. A bit
  /// for each row taken, from the first on; `added` grows by the bits that were not set.
  public func setBits(
    column: Int, _ rows: Range<Int>, in words: inout [UInt64], slots: [Int32], added: inout Int
  ) -> UInt32 {
    unsafe withCells(column: column, rows) { cells in
      unsafe heap.setBits(
        cells, stride: columnCount, rows: rows.count, in: &words, slots: slots, added: &added)
    }
  }
}

/// What a look at a few cells of a column tells.
public struct ColumnLook: Sendable {
  public let nulls: Int
  public let missing: Int
  public let booleans: Int
  /// Texts that were not looked at, empty ones among them.
  public let texts: Int
  public let emptyTexts: Int
  /// Whole numbers of up to 16 digits without a sign, and their range.
  public let integers: Int
  public let range: ClosedRange<Int64>?
  /// Least and greatest number of bytes of those texts and numbers.
  public let lengths: ClosedRange<Int>?
  /// A bit for each row, from the first on, whose value takes more than a look.
  public let left: UInt32

  init(_ look: cb_look, left: UInt32) {
    nulls = Int(look.nulls)
    missing = Int(look.missing)
    booleans = Int(look.booleans)
    texts = Int(look.texts)
    emptyTexts = Int(look.empty_texts)
    integers = Int(look.integers)
    range = look.least <= look.greatest ? look.least...look.greatest : nil
    lengths = look.shortest <= look.longest ? Int(look.shortest)...Int(look.longest) : nil
    self.left = left
  }
}
