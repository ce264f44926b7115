package import Bytes
internal import Diagnostics
package import Records

/// Turns the records of one table into JSON objects, each on a line of its own.
///
/// Missing values have no key, numbers keep their digits, JSON text goes through as it is except for line breaks, bytes become
/// base64. NaN and the infinities, which JSON lacks, become null and are counted.
package struct JSONRecordEncoder: Sendable {
  /// What stands between records.
  package enum Form: Sendable {
    /// Every record ends with a line feed.
    case lines
    /// Records are elements of an array: a comma between two, each on a new line.
    case array
  }

  /// Number of values of each column that became null because JSON has no such number.
  package private(set) var specialCounts: [Int]
  /// Number of values of each column that are JSON's own null, which reads like an absent value.
  package private(set) var nullCounts: [Int]
  /// Whether a record has been written.
  package private(set) var hasRecords = false
  private let form: Form
  /// `,"name":` of all columns, one after the other, and where each ends.
  private let keys: [UInt8]
  private let keyEnds: [Int]
  /// The same for rows of plain values.
  private let frame: JSONRowFrame
  /// Whether such rows are written many at a time; only tests ask for less.
  var usesFrame = true
  /// After so many rows in a row that are not plain the rest of a batch is taken for the same.
  private static let missLimit = 8

  /// Refuses columns whose names are not text.
  package init(_ table: TableSchema, form: Form) throws(WriteError) {
    let store = MemoryStore()
    var output = OutputBuffer(MemorySink(store), capacity: 4096), ends: [Int] = []
    for column in table.columns {
      guard column.name.isWTF8 else {
        throw WriteError(.unsupported("name of column '\(displayed(column.name))' is not text"), table: table.name)
      }
      do throws(IOError) {
        try output.append(",\"")
        try output.appendJSONEscaped(wtf8: column.name.bytes.span)
        try output.append("\":")
        try output.flush()
      } catch { throw WriteError(error) }
      ends.append(output.byteCount)
    }
    keys = store.bytes
    keyEnds = ends
    specialCounts = Array(repeating: 0, count: ends.count)
    nullCounts = specialCounts
    self.form = form
    frame = JSONRowFrame(
      keys: keys, ends: ends, lead: form == .array ? ",\n" : "", tail: form == .array ? "" : "\n")
  }

  /// Appends the records of a batch.
  package mutating func write(_ batch: borrowing RecordBatch, to output: inout OutputBuffer) throws(IOError) {
    // On a heap of their own, keys are copied like values.
    var keys = ByteHeap(capacity: self.keys.count)
    keys.append(self.keys.span)
    var row = 0, misses = usesFrame && batch.columnCount > 0 && batch.columnCount == frame.width ? 0 : Self.missLimit
    while row < batch.rowCount {
      // The first element of an array has no comma before it.
      if misses < Self.missLimit, form == .lines || hasRecords {
        let plain = try batch.appendJSON(from: row, frame, to: &output)
        misses = plain > 0 ? 0 : misses + 1
        row += plain
        if row == batch.rowCount { break }
      }
      try write(row: row, of: batch, keys, to: &output)
      row += 1
    }
    if batch.rowCount > 0 { hasRecords = true }
  }

  private mutating func write(
    row: Int, of batch: borrowing RecordBatch, _ keys: borrowing ByteHeap, to output: inout OutputBuffer
  ) throws(IOError) {
    if form == .array {
      try output.append(hasRecords ? ",\n{" : "\n{")
      hasRecords = true
    } else {
      try output.append(UInt8(ascii: "{"))
    }
    var isFirst = true, keyStart = 0
    for column in 0..<batch.columnCount {
      let cell = batch[row, column], keyEnd = keyEnds[column]
      if cell.kind != .missing {
        // The first key goes without its comma.
        if isFirst { keyStart &+= 1 }
        isFirst = false
        try output.append(from: keys, at: keyStart, count: keyEnd &- keyStart)
        try write(cell, column: column, of: batch, to: &output)
      }
      keyStart = keyEnd
    }
    if form == .array { try output.append(UInt8(ascii: "}")) } else { try output.append("}\n") }
  }

  @inline(__always)
  private mutating func write(
    _ cell: Cell, column: Int, of batch: borrowing RecordBatch, to output: inout OutputBuffer
  ) throws(IOError) {
    switch cell.kind {
    case .text:
      if cell.flags.contains(.plainJSON) {
        try output.appendPlainJSONString(from: batch.heap, at: cell.offset, count: cell.count)
      } else if cell.flags.contains(.surrogates) {
        try output.append(UInt8(ascii: "\""))
        try output.appendJSONEscaped(wtf8: batch.bytes(of: cell))
        try output.append(UInt8(ascii: "\""))
      } else {
        try output.appendJSONString(from: batch.heap, at: cell.offset, count: cell.count)
      }
    case .number:
      if Self.isSpecial(cell, batch) { return try writeSpecial(column, to: &output) }
      try output.append(from: batch.heap, at: cell.offset, count: cell.count)
    case .null, .missing: try output.append("null")
    case .boolean: try output.append(cell.boolean ? "true" : "false")
    case .integer: try output.append(decimal: cell.integer)
    case .double:
      guard cell.double.isFinite else { return try writeSpecial(column, to: &output) }
      try output.append(shortest: cell.double)
    case .json where cell.flags.contains(.specials):
      var compactor = JSONCompactor()
      try compactor.append(batch.bytes(of: cell), to: &output)
      specialCounts[column] += compactor.specials
    case .json:
      if cell.count == 4, batch.heap[cell.offset] == UInt8(ascii: "n") { nullCounts[column] += 1 }
      try writeJSON(cell, of: batch, to: &output)
    case .bytes:
      try output.append(UInt8(ascii: "\""))
      try output.appendBase64(batch.bytes(of: cell))
      try output.append(UInt8(ascii: "\""))
    case .external: specialCounts[column] += try batch.externals[cell.offset].writeJSON(to: &output)
    }
  }

  /// Whether a number has a word instead of digits.
  private static func isSpecial(_ cell: Cell, _ batch: borrowing RecordBatch) -> Bool {
    guard cell.count > 0 else { return true }
    let first = batch.heap[cell.offset]
    let digit = first == UInt8(ascii: "-") && cell.count > 1 ? batch.heap[cell.offset &+ 1] : first
    return !isDigit(digit)
  }

  @inline(never)
  private mutating func writeSpecial(_ column: Int, to output: inout OutputBuffer) throws(IOError) {
    specialCounts[column] += 1
    try output.append("null")
  }

  private func writeJSON(
    _ cell: Cell, of batch: borrowing RecordBatch, to output: inout OutputBuffer
  ) throws(IOError) {
    let newline = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
    let isOneLine =
      batch.heap.firstOffset(of: newline, at: cell.offset, count: cell.count) == nil
      && batch.heap.firstOffset(of: carriageReturn, at: cell.offset, count: cell.count) == nil
    if isOneLine { return try output.append(from: batch.heap, at: cell.offset, count: cell.count) }
    var compactor = JSONCompactor()
    try compactor.append(batch.bytes(of: cell), to: &output)
  }
}

extension ExternalValue {
  /// Appends the value as JSON, piece by piece; returns how many NaN and infinities became null.
  package func writeJSON(to output: inout OutputBuffer) throws(IOError) -> Int {
    var base64 = Base64Encoder(), compactor = JSONCompactor(), surrogates = WTF8Joiner()
    if kind != .json { try output.append(UInt8(ascii: "\"")) }
    try file.forEachPiece(at: offset, count: byteCount) { (piece) throws(IOError) in
      switch kind {
      case .json: try compactor.append(piece, to: &output)
      case .bytes: try base64.append(piece, to: &output)
      default:
        if flags.contains(.surrogates) {
          try surrogates.append(piece, to: &output)
        } else {
          try output.appendJSONEscaped(piece)
        }
      }
    } failed: {
      $0
    }
    try base64.finish(to: &output)
    try surrogates.finish(to: &output)
    if kind != .json { try output.append(UInt8(ascii: "\"")) }
    return compactor.specials
  }
}

/// Takes the white space between the tokens of a JSON text away and puts null in the place of `NaN` and the infinities,
/// wherever its pieces are cut.
package struct JSONCompactor: Sendable {
  private var isInString = false
  private var isEscaped = false
  /// Whether a minus sign waits for what follows it.
  private var holdsMinus = false
  /// Bytes of a special number that are still to be left out.
  private var skipped = 0
  /// Special numbers that became null.
  package private(set) var specials = 0

  package init() {}

  /// Appends what remains of a piece.
  package mutating func append(_ piece: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    var start = 0
    for i in piece.indices {
      let byte = piece[i]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      if skipped > 0 {
        skipped -= 1
        start = i + 1
        continue
      }
      let isSpecial = byte == UInt8(ascii: "N") || byte == UInt8(ascii: "I")
      if holdsMinus {
        if !isSpecial { try output.append(UInt8(ascii: "-")) }
        holdsMinus = false
      }
      if byte == UInt8(ascii: "\"") {
        isInString = true
      } else if byte <= 0x20 || byte == UInt8(ascii: "-") || isSpecial {
        try output.append(piece.extracting(start..<i))
        start = i + 1
        holdsMinus = byte == UInt8(ascii: "-")
        if isSpecial {
          try output.append("null")
          skipped = byte == UInt8(ascii: "N") ? 2 : 7
          specials += 1
        }
      }
    }
    try output.append(piece.extracting(start..<piece.count))
  }
}

/// Escapes text with lone surrogates whose pieces may be cut inside one.
struct WTF8Joiner: Sendable {
  /// The beginning of what may be a surrogate: `ED`, or `ED A0…BF`.
  private var held: [UInt8] = []

  /// Appends a piece, except for what the next one has to complete.
  mutating func append(_ piece: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    var from = 0
    if !held.isEmpty {
      while held.count < 3 && from < piece.count {
        held.append(piece[from])
        from += 1
      }
      guard held.count == 3 else { return }
      try output.appendJSONEscaped(wtf8: held.span)
      held = []
    }
    var end = piece.count
    if end > from, piece[end - 1] == 0xED {
      end -= 1
    } else if end > from + 1, piece[end - 2] == 0xED, piece[end - 1] >= 0xA0 {
      end -= 2
    }
    try output.appendJSONEscaped(wtf8: piece.extracting(from..<end))
    for i in end..<piece.count { held.append(piece[i]) }
  }

  /// Appends what was held back; called once, at the end.
  mutating func finish(to output: inout OutputBuffer) throws(IOError) {
    if !held.isEmpty { try output.appendJSONEscaped(wtf8: held.span) }
    held = []
  }
}
