package import Bytes
package import Records

/// Appends a row, checked by a `SQLRowConformer`, as a line of PostgreSQL's COPY text. `forms`: those of the columns; `written`:
/// positions of the columns that are written, when not all are.
package func writeCopyRow(
  _ row: Int, of batch: borrowing RecordBatch, _ forms: [SQLForm], written: [Int], to output: inout OutputBuffer
) throws(IOError) {
  let count = written.isEmpty ? batch.columnCount : written.count
  let last = written.last ?? batch.columnCount - 1
  for i in 0..<count {
    let column = written.isEmpty ? i : written[i]
    let cell = batch[row, column]
    let end = column == last ? UInt8(ascii: "\n") : UInt8(ascii: "\t")
    switch cell.kind {
    case .text, .number, .json:
      try output.appendCopyText(from: batch.heap, at: cell.offset, count: cell.count, end: end)
      continue
    case .null, .missing: try output.append("\\N")
    case .integer: try output.append(decimal: cell.integer)
    case .boolean: try output.append(cell.boolean ? UInt8(ascii: "t") : UInt8(ascii: "f"))
    case .double: try output.append(floatWord(cell.double) ?? Array(cell.double.description.utf8))
    case .bytes:
      try output.append("\\\\x")
      try output.appendHex(batch.bytes(of: cell))
    case .external: try writeCopyValue(batch.externals[cell.offset], forms[column], to: &output)
    }
    try output.append(end)
  }
}

/// Appends a value that is kept outside the heap.
private func writeCopyValue(
  _ value: ExternalValue, _ form: SQLForm, to output: inout OutputBuffer
) throws(IOError) {
  if form == .bytes { try output.append("\\\\x") }
  try value.forEachPiece(as: form) { (piece) throws(IOError) in
    if form == .bytes { try output.appendHex(piece) } else { try output.appendCopyText(piece) }
  }
}

/// The name of a float without digits; nil for one with digits.
package func floatWord(_ value: Double) -> [UInt8]? {
  if value.isFinite { return nil }
  return Array((value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity").utf8)
}
