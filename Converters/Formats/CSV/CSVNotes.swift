internal import Bytes
internal import Diagnostics
internal import Records

/// What a reader of CSV notices in passing.
struct CSVNotes: Sendable {
  /// Columns without a name, and where the header is.
  var unnamedCount = 0
  var headerOffset = 0
  /// Records beyond those that the schema file counts.
  var surplusCount = 0
  private var paddedCount = 0
  private var firstPadded: Int?
  /// Fields that say `\N` or `\M` though there is no schema file, and where the first is.
  private var markerCount = 0
  private var firstMarker: Int?

  /// Notes short records. `base`: offset in the artifact of the first byte scanned.
  mutating func notePadding(_ scanner: borrowing CSVScanner, base: Int) {
    guard scanner.paddedCount > 0 else { return }
    paddedCount += scanner.paddedCount
    if firstPadded == nil { firstPadded = scanner.firstPadded.map { base + $0 } }
  }

  /// Notes fields that elsewhere mean null or missing.
  mutating func noteMarkers(_ cells: [Cell], _ heap: borrowing ByteHeap, end: Int, base: Int) {
    guard heap.firstOffset(of: UInt8(ascii: "\\"), at: 0, count: end) != nil else { return }
    for cell in cells where cell.kind == .text && cell.count == 2 && heap[cell.offset] == UInt8(ascii: "\\") {
      let letter = heap[cell.offset + 1]
      guard letter == UInt8(ascii: "N") || letter == UInt8(ascii: "M") else { continue }
      markerCount += 1
      if firstMarker == nil { firstMarker = base + cell.offset }
    }
  }

  func findings(table: Name?) -> [Finding] {
    var findings: [Finding] = []
    if unnamedCount > 0 {
      findings.append(
        Finding(
          "unnamed-columns", .info, "columns without a name are called after their position", table: table,
          offset: headerOffset, count: unnamedCount))
    }
    if surplusCount > 0 {
      findings.append(
        Finding(
          "record-count", .warning, "file has more records than were written", table: table, count: surplusCount))
    }
    if markerCount > 0 {
      findings.append(
        Finding(
          "null-markers", .warning, "fields that say \\N or \\M are read as text",
          advice: "lossless CSV is read by its .\(CSVSidecar.ending) file: put it beside the CSV",
          table: table, offset: firstMarker, count: markerCount))
    }
    if paddedCount > 0 {
      findings.append(
        Finding(
          "ragged-records", .warning, "records shorter than the header are padded with missing values",
          advice: "compare them with the source: fields may have been lost", table: table, offset: firstPadded,
          count: paddedCount))
    }
    return findings
  }
}
