internal import Bytes
internal import CSQLite
internal import Glibc
package import Records

/// What became of a row handed to `Statement.insert`.
package enum InsertOutcome: Sendable, Equatable {
  case inserted
  /// The cell in this column cannot be bound as it is; nothing was inserted.
  case unfit(column: Int)
}

// The fast path of bulk loading: bytes are bound where they lie in the batch's heap and never copied. That is safe because the
// statement runs inside the call, while the batch is borrowed, and is only ever run again after every parameter is bound anew.
extension Statement {
  /// Binds a row's cells to the parameters from 1 on, each for a column of the storage class given, and runs the statement.
  ///
  /// Bound as they are: null and missing as NULL; boolean and integer for integer; double (not NaN) and integer for real; text,
  /// json and number for text; bytes for blob. A number, or a text that spells one, for integer when it is the canonical
  /// spelling of a 64-bit integer, for real when it is finite. Any other cell, or text with lone surrogates, is `unfit`.
  package mutating func insert(
    row: Int, of batch: borrowing RecordBatch, as classes: Span<StorageClass>
  ) throws(SQLiteError) -> InsertOutcome {
    precondition(classes.count == batch.columnCount && row >= 0 && row < batch.rowCount)
    let first = row &* batch.columnCount
    let count = batch.columnCount
    let handle = handle
    let unfit = batch.heap.span.withUnsafeBufferPointer { heap in
      batch.cells.withUnsafeBufferPointer { cells in
        for column in 0..<count {
          let cell = cells[first &+ column]
          let code = bindCell(
            cell, in: heap, as: classes[unchecked: column], handle, Int32(truncatingIfNeeded: column &+ 1))
          if code != SQLITE_OK { return column }
        }
        return -1
      }
    }
    if unfit >= 0 { return .unfit(column: unfit) }
    let code = sqlite3_step(handle)
    if code != SQLITE_DONE {
      let error = SQLiteError(code, on: database, quotesValues: true)
      sqlite3_reset(handle)
      throw error
    }
    sqlite3_reset(handle)
    return .inserted
  }
}

/// Binds one cell without copying; anything but `SQLITE_OK` when it does not fit its storage class.
@inline(__always)
private func bindCell(
  _ cell: Cell, in heap: UnsafeBufferPointer<UInt8>, as storage: StorageClass, _ handle: OpaquePointer, _ index: Int32
) -> Int32 {
  switch (cell.kind, storage) {
  case (.null, _), (.missing, _):
    return sqlite3_bind_null(handle, index)
  case (.integer, .integer):
    return sqlite3_bind_int64(handle, index, cell.integer)
  case (.boolean, .integer):
    return sqlite3_bind_int64(handle, index, cell.boolean ? 1 : 0)
  case (.text, .text), (.json, .text), (.number, .text):
    guard !cell.flags.contains(.surrogates) else { return SQLITE_MISMATCH }
    return sqlite3_bind_text64(
      handle, index, start(of: cell, in: heap), UInt64(cell.count), coffer_sqlite_static(), UInt8(SQLITE_UTF8))
  case (.bytes, .blob):
    return sqlite3_bind_blob64(handle, index, start(of: cell, in: heap), UInt64(cell.count), coffer_sqlite_static())
  case (.double, .real):
    guard !cell.double.isNaN else { return SQLITE_MISMATCH }
    return sqlite3_bind_double(handle, index, cell.double)
  case (.number, .integer), (.text, .integer):
    guard let value = canonicalInteger(cell, in: heap) else { return SQLITE_MISMATCH }
    return sqlite3_bind_int64(handle, index, value)
  case (.integer, .real):
    return sqlite3_bind_double(handle, index, Double(cell.integer))
  case (.number, .real), (.text, .real):
    guard let value = finiteDouble(cell, in: heap) else { return SQLITE_MISMATCH }
    return sqlite3_bind_double(handle, index, value)
  default:
    return SQLITE_MISMATCH
  }
}

/// Address of a cell's bytes, checked to lie within the heap.
@inline(__always)
private func start(of cell: Cell, in heap: UnsafeBufferPointer<UInt8>) -> UnsafePointer<CChar> {
  let offset = cell.offset, count = cell.count
  precondition(offset >= 0 && count >= 0 && offset <= heap.count && count <= heap.count - offset)
  // A nil address would be NULL, not the empty text.
  guard count > 0, let base = heap.baseAddress else { return UnsafePointer(bitPattern: 64)! }
  return UnsafeRawPointer(base + offset).assumingMemoryBound(to: CChar.self)
}

/// The value of digits that print back as they are: no plus sign, leading zero, fraction or exponent.
private func canonicalInteger(_ cell: Cell, in heap: UnsafeBufferPointer<UInt8>) -> Int64? {
  let text = UnsafeRawPointer(start(of: cell, in: heap)).assumingMemoryBound(to: UInt8.self)
  let count = cell.count
  let isNegative = count > 1 && text[0] == UInt8(ascii: "-")
  var at = isNegative ? 1 : 0
  guard at < count, count - at == 1 && !isNegative || text[at] != UInt8(ascii: "0") else { return nil }
  var value: Int64 = 0
  while at < count {
    let digit = text[at] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    let (shifted, overflow1) = value.multipliedReportingOverflow(by: 10)
    let (sum, overflow2) = shifted.addingReportingOverflow(isNegative ? -Int64(digit) : Int64(digit))
    guard !overflow1, !overflow2 else { return nil }
    value = sum
    at += 1
  }
  return value
}

/// The nearest double of a number's digits; nil when it is infinite, NaN or no number.
private func finiteDouble(_ cell: Cell, in heap: UnsafeBufferPointer<UInt8>) -> Double? {
  let text = start(of: cell, in: heap)
  let bytes = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
  guard let number = DecimalText(Span(_unsafeStart: bytes, count: cell.count)) else { return nil }
  // Both factors are exact, so that one rounding gives the nearest double.
  if number.digitCount <= 15, number.exponent >= -22, number.exponent <= 22 {
    let digits = Double(number.isNegative ? -Int64(number.coefficient) : Int64(number.coefficient))
    if number.isZero { return bytes[0] == UInt8(ascii: "-") ? -0.0 : 0 }
    return number.exponent < 0 ? digits / powersOfTen[-number.exponent] : digits * powersOfTen[number.exponent]
  }
  // The byte behind the number belongs to something else: strtod must see an end there.
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: cell.count + 1) { copy in
    copy.baseAddress!.initialize(from: text, count: cell.count)
    copy[cell.count] = 0
    let value = strtod(copy.baseAddress!, nil)
    return value.isFinite ? value : nil
  }
}

/// The powers of ten that a double holds exactly.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]
