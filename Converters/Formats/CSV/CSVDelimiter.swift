internal import Bytes

/// How the first records look if a certain byte separates their fields.
struct CSVShape {
  /// Fields of the header.
  var headerFields = 0
  /// Empty fields of the header.
  var emptyHeaderFields = 0
  /// Whole records after the header, and how many of them have as many fields as it.
  var records = 0
  var agreeing = 0

  /// Reads `bytes` as CSV, no further than a header of one field; mistakes are stepped over. `isWhole`: the bytes are all there are.
  init(_ bytes: Span<UInt8>, delimiter: UInt8, isWhole: Bool) {
    var fields = 1, fieldStart = 0, recordStart = 0, isQuoted = false, isHeader = true
    var at = 0
    while at <= bytes.count {
      let isEnd = at == bytes.count
      if isEnd && !(isWhole || isHeader) { break }
      let byte = isEnd ? UInt8(ascii: "\n") : bytes[at]
      at += 1
      if isQuoted && !isEnd {
        guard byte == UInt8(ascii: "\"") else { continue }
        if at < bytes.count && bytes[at] == UInt8(ascii: "\"") { at += 1 } else { isQuoted = false }
        continue
      }
      let isLineEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      if byte == UInt8(ascii: "\""), at - 1 == fieldStart {
        isQuoted = true
      } else if byte == delimiter || isLineEnd {
        if isHeader && at - 1 == fieldStart && at - 1 > recordStart { emptyHeaderFields += 1 }
        fieldStart = at
        if byte == delimiter {
          if isHeader && at - 1 == recordStart { emptyHeaderFields += 1 }
          fields += 1
          continue
        }
        if at - 1 > recordStart {
          if isHeader {
            headerFields = fields
            isHeader = false
            if fields == 1 { return }
          } else {
            records += 1
            if fields == headerFields { agreeing += 1 }
          }
        }
        fields = 1
        recordStart = at
      }
    }
  }
}

/// The delimiters that are told apart, in the order in which ties are decided.
private let candidates: [UInt8] = [
  UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
]

/// The delimiter that makes the first records agree best: of those that split the header, the one that most records bear out,
/// then the one that makes more columns; a comma when none splits it.
func detectDelimiter(_ bytes: Span<UInt8>, isWhole: Bool) -> (delimiter: UInt8, shape: CSVShape) {
  var best = (delimiter: candidates[0], shape: CSVShape(bytes, delimiter: candidates[0], isWhole: isWhole))
  for candidate in candidates.dropFirst() {
    let shape = CSVShape(bytes, delimiter: candidate, isWhole: isWhole)
    guard shape.headerFields > 1 else { continue }
    if best.shape.headerFields < 2 {
      best = (candidate, shape)
      continue
    }
    // Compares agreeing / records, where no records agree fully.
    let mine = max(shape.agreeing, shape.records == 0 ? 1 : 0) * max(best.shape.records, 1)
    let other = max(best.shape.agreeing, best.shape.records == 0 ? 1 : 0) * max(shape.records, 1)
    if mine > other || (mine == other && shape.headerFields > best.shape.headerFields) { best = (candidate, shape) }
  }
  return best
}
