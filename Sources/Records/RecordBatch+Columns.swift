public import Bytes
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

  /// Looks at the plain values of a column in up to `rowsAtOnce` rows. `texts`: those that take no more than a look.
  public func look(column: Int, _ rows: Range<Int>, texts: PlainTexts) -> ColumnLook {
    var look = cb_look()
    look.shortest = .max
    (look.least, look.greatest) = (.max, .min)
    (look.fractions.least_scale, look.text_fractions.least_scale) = (.max, .max)
    let left = unsafe withCells(column: column, rows) { cells in
      unsafe heap.look(cells, stride: columnCount, rows: rows.count, texts: texts, &look)
    }
    return ColumnLook(look, left: left)
  }

  /// Sets the bits of a column's number cells in up to `rowsAtOnce` rows that are whole, not negative and of 16 digits at
  /// most, where a chunk of 1,024 words is there for them: `slots` tells which by `value >> 16`, below zero for none. A bit
  /// for each row taken, from the first on; `added` grows by the bits that were not set.
  public func setBits(
    column: Int, _ rows: Range<Int>, in words: inout [UInt64], slots: [Int32], added: inout Int
  ) -> UInt64 {
    unsafe withCells(column: column, rows) { cells in
      unsafe heap.setBits(
        cells, stride: columnCount, rows: rows.count, in: &words, slots: slots, added: &added)
    }
  }
}

extension RecordBatch {
  /// Appends rows from `row` on as lines of CSV as long as they hold plain cells; returns how many. See
  /// `OutputBuffer.appendCSVRows`.
  public func appendCSV(
    from row: Int, delimiter: UInt8, to output: inout OutputBuffer, hasNulls: inout [UInt8]
  ) throws(IOError) -> Int {
    precondition(row >= 0 && row <= rowCount && columnCount > 0 && rowCount &* columnCount <= cells.count)
    var rows = 0, failure: IOError?
    unsafe cells.withUnsafeBytes { cells in
      guard let base = cells.baseAddress, row < rowCount else { return }
      // A cell has the same layout in C; a test says so.
      let first = unsafe base + row &* columnCount &* MemoryLayout<cb_cell>.stride
      do throws(IOError) {
        rows = unsafe try output.appendCSVRows(
          first.assumingMemoryBound(to: cb_cell.self), width: columnCount, rows: rowCount - row, from: heap,
          delimiter: delimiter, hasNulls: &hasNulls)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return rows
  }

  /// Appends rows from `row` on as JSON objects as long as they hold plain cells; returns how many. See
  /// `OutputBuffer.appendJSONRows`.
  public func appendJSON(
    from row: Int, _ frame: JSONRowFrame, to output: inout OutputBuffer
  ) throws(IOError) -> Int {
    precondition(row >= 0 && row <= rowCount && rowCount &* columnCount <= cells.count)
    precondition(columnCount > 0 && frame.width == columnCount)
    var rows = 0, failure: IOError?
    unsafe cells.withUnsafeBytes { cells in
      guard let base = cells.baseAddress, row < rowCount else { return }
      // A cell has the same layout in C; a test says so.
      let first = unsafe base + row &* columnCount &* MemoryLayout<cb_cell>.stride
      do throws(IOError) {
        rows = unsafe try output.appendJSONRows(
          first.assumingMemoryBound(to: cb_cell.self), rows: rowCount - row, from: heap, frame)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return rows
  }
}

/// What a look at a few cells of a column tells.
public struct ColumnLook: Sendable {
  public let nulls: Int
  public let missing: Int
  public let booleans: Int
  /// Texts that take no more than a look, empty ones among them.
  public let texts: Int
  public let emptyTexts: Int
  /// Whole numbers of up to 16 digits without a sign, and their range.
  public let integers: Int
  public let range: ClosedRange<Int64>?
  /// Numbers with a point among the numbers, and among the texts that are plain because of it.
  public let fractions: PlainFractions?
  public let textFractions: PlainFractions?
  /// Least and greatest number of bytes of those texts and numbers.
  public let lengths: ClosedRange<Int>?
  /// A bit for each row, from the first on, whose value takes more than a look.
  public let left: UInt64

  init(_ look: cb_look, left: UInt64) {
    nulls = Int(look.nulls)
    missing = Int(look.missing)
    booleans = Int(look.booleans)
    texts = Int(look.texts)
    emptyTexts = Int(look.empty_texts)
    integers = Int(look.integers)
    range = look.least <= look.greatest ? look.least...look.greatest : nil
    fractions = PlainFractions(look.fractions)
    textFractions = PlainFractions(look.text_fractions)
    lengths = look.shortest <= look.longest ? Int(look.shortest)...Int(look.longest) : nil
    self.left = left
  }
}

/// Some numbers of digits, a point and digits, 15 digits in all at most.
public struct PlainFractions: Sendable {
  public let count: Int
  /// Greatest number of digits before the point.
  public let digits: Int
  /// Least and greatest number of digits behind it.
  public let scales: ClosedRange<Int>
  /// How many have a single zero behind the point, and how many end in another zero.
  public let pointZeros: Int
  public let endZeros: Int

  init?(_ all: cb_fractions) {
    guard all.count > 0 else { return nil }
    count = Int(all.count)
    digits = Int(all.digits)
    scales = Int(all.least_scale)...Int(all.greatest_scale)
    pointZeros = Int(all.point_zeros)
    endZeros = Int(all.end_zeros)
  }
}
