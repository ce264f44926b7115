internal import Bytes
internal import Records

/// The inner loop: finds whole records in a heap and describes their fields as cells, without changing a byte.
///
///     id,name,note⏎            block masks mark  , " CR LF  64 bytes at a time
///     7,"Ada ""A""",⏎          text · text, doubled · null (empty without quotes)
///     8,"",⏎                   text · empty text (quoted) · null
///
/// A record that the heap cuts off leaves nothing behind and is scanned again with more bytes; quotes are undone later, when
/// the record is known to be whole.
struct CSVScanner {
  /// Why a scan ended before the bytes did.
  enum Stop: Equatable {
    /// Offsets of the wrong byte.
    case bareQuote(Int)
    case textAfterQuote(Int)
    /// The input ends inside the quotes that open at the offset.
    case unterminated(Int)
    case fieldCount(found: Int, at: Int)
    /// The input ends at the offset, inside a record that has to have an end.
    case noLineEnd(Int)
  }

  let delimiter: UInt8
  /// Number of fields of a record; nil while the header is read.
  let columnCount: Int?
  /// Whether short records are padded with missing cells.
  let isRagged: Bool
  /// Whether the last record must have a line end too, so that a cut shows.
  let requiresLineEnd: Bool

  /// Cells of the whole records found, row by row.
  var cells: [Cell] = []
  var rowCount = 0
  /// Offset behind the last whole record and the empty lines after it.
  var end = 0
  /// Indexes of cells whose quotes are doubled.
  var doubled: [Int] = []
  var paddedCount = 0
  var firstPadded: Int?
  var stop: Stop?

  init(delimiter: UInt8, columnCount: Int?, isRagged: Bool, requiresLineEnd: Bool) {
    self.delimiter = delimiter
    self.columnCount = columnCount
    self.isRagged = isRagged
    self.requiresLineEnd = requiresLineEnd
  }

  /// Scans from `from` until `rowLimit` records or `cellLimit` cells are found, at least one record. `isLast`: no bytes follow
  /// those of the heap. Long because it keeps its whole state in locals.
  mutating func scan(_ heap: borrowing ByteHeap, from: Int, isLast: Bool, rowLimit: Int, cellLimit: Int) {
    let quote = UInt8(ascii: "\""), newline = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
    // Of a header one field more than are taken, so that it shows.
    let delimiter = delimiter, width = columnCount ?? TableSchema.columnLimit + 1, bytes = heap.count
    var cells = cells
    self.cells = []
    // Of the current field: where it begins, where its quotes open and close (-1: not), whether quotes inside are doubled.
    var start = from, opened = -1, closed = -1, isDoubled = false
    // Of the current record: fields seen, where it begins.
    var column = 0, recordStart = from
    // The second byte of a pair, dealt with already.
    var skipped = -1
    var block = from
    end = from

    scanning: while block < bytes {
      var mask = heap.mask(at: block, matching: delimiter, quote, newline, carriageReturn)
      while mask != 0 {
        let at = block &+ mask.trailingZeroBitCount
        mask &= mask &- 1
        if at == skipped { continue }
        let byte = heap[at]
        if opened >= 0 && closed < 0 {
          guard byte == quote else { continue }
          if at &+ 1 == bytes {
            // The last byte of all, or of a record that is scanned again.
            closed = at
            continue
          }
          let next = heap[at &+ 1]
          if next == quote {
            isDoubled = true
            skipped = at &+ 1
            continue
          }
          guard next == delimiter || next == newline || next == carriageReturn else {
            stop = .textAfterQuote(at &+ 1)
            break scanning
          }
          closed = at
          continue
        }
        if byte == quote {
          guard at == start else {
            stop = .bareQuote(at)
            break scanning
          }
          opened = at
          continue
        }

        let endsRecord = byte != delimiter
        var next = at &+ 1
        if byte == carriageReturn {
          // A line feed may follow that is not there yet.
          if next == bytes && !isLast { break scanning }
          if next < bytes && heap[next] == newline {
            skipped = next
            next &+= 1
          }
        }
        if endsRecord && at == recordStart && width != 1 {
          // An empty line says nothing, unless one column makes it a record whose only field is null.
          start = next
          recordStart = next
          end = next
          continue
        }
        if column < width {
          if opened >= 0 {
            if isDoubled { doubled.append(cells.count) }
            cells.append(Cell(.text, offset: opened &+ 1, count: closed &- opened &- 1))
          } else {
            cells.append(at == start ? .null : Cell(.text, offset: start, count: at &- start))
          }
        }
        column &+= 1
        start = next
        opened = -1
        closed = -1
        isDoubled = false
        guard endsRecord else { continue }
        if column != width && columnCount != nil {
          guard pad(&cells, column: column, width: width, recordStart: recordStart) else { break scanning }
        }
        column = 0
        recordStart = next
        end = next
        rowCount &+= 1
        if rowCount == rowLimit || cells.count >= cellLimit { break scanning }
      }
      block &+= 64
    }

    let isWhole = block >= bytes && isLast && stop == nil
    if isWhole && opened >= 0 && closed < 0 {
      stop = .unterminated(opened)
    } else if isWhole && requiresLineEnd && recordStart < bytes {
      stop = .noLineEnd(bytes)
    }
    if isWhole && stop == nil && recordStart < bytes {
      // The last record ends with the input instead of a line end.
      if column < width {
        if opened >= 0 {
          if isDoubled { doubled.append(cells.count) }
          cells.append(Cell(.text, offset: opened + 1, count: closed - opened - 1))
        } else {
          cells.append(start == bytes ? .null : Cell(.text, offset: start, count: bytes - start))
        }
      }
      column += 1
      if column == width || columnCount == nil
        || pad(&cells, column: column, width: width, recordStart: recordStart)
      {
        rowCount += 1
        end = bytes
      }
    }
    // What belongs to a record that is not whole.
    if let columnCount {
      cells.removeLast(cells.count - rowCount * columnCount)
    } else if rowCount == 0 {
      cells = []
    }
    while let last = doubled.last, last >= cells.count { doubled.removeLast() }
    self.cells = cells
  }

  /// Makes a record of another number of fields fit; false with `stop` when it may not.
  @inline(never)
  private mutating func pad(_ cells: inout [Cell], column: Int, width: Int, recordStart: Int) -> Bool {
    guard isRagged && column < width else {
      stop = .fieldCount(found: column, at: recordStart)
      return false
    }
    for _ in column..<width { cells.append(.missing) }
    paddedCount += 1
    if firstPadded == nil { firstPadded = recordStart }
    return true
  }
}
