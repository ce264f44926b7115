internal import Bytes
internal import Diagnostics

/// Rows on their way into aligned columns: widths come from the first ones, then stay.
struct TableLayout {
  private var columns: [ReportColumn] = []
  private var isRecord = false
  private var limit: Int?
  private var widths: [Int] = []
  /// Columns that are shown: on a terminal those that hold something, as far as there is room.
  private var visible: [Int] = []
  private var isCut = false
  private var areWidthsFixed = false
  private(set) var rows: [[String]] = []
  private var row: [String] = []

  /// Rows that are looked at before the first is written.
  private static let sample = 500
  /// Columns are not made wider than this on behalf of single long values.
  private static let widest = 100

  init() {}
  init(_ section: Section, _ terminal: Terminal) {
    columns = section.columns.filter { !section.hides($0) }
    isRecord = section.layout == .record
    limit = terminal.width
  }

  mutating func append(_ value: Value) { row.append(value.humanText) }
  mutating func append(text: String) { row.append(text) }
  mutating func endRow() {
    rows.append(row)
    row = []
  }

  /// Whether the rows should be written now.
  var isFull: Bool { rows.count >= (areWidthsFixed ? 1 : Self.sample) }
  /// Whether the header has been written.
  var isBegun: Bool { areWidthsFixed }

  /// The lines of the rows so far, the header first; they are forgotten.
  mutating func takeLines(_ terminal: Terminal, isLast: Bool) -> [String] {
    if isRecord { return takeRecord(terminal) }
    var lines: [String] = []
    if !areWidthsFixed {
      fixWidths(areAllKnown: isLast)
      var header = line(columns.map { $0.title.uppercased() })
      // Dots say that there are more columns.
      if isCut, let limit { header = truncated(header, to: limit - 2) + " …" }
      lines.append(terminal.styled(header, .bold))
    }
    for row in rows { lines.append(line(row)) }
    rows = []
    return lines
  }

  /// A line per field that has a value.
  private mutating func takeRecord(_ terminal: Terminal) -> [String] {
    defer { rows = [] }
    let width = columns.map { displayWidth($0.title) }.max() ?? 0
    return rows.flatMap { row in
      zip(columns, row).filter { !$1.isEmpty }.map { column, value in
        let title = terminal.styled(padded(column.title, to: width), .faint)
        return title + "  " + (limit.map { truncated(value, to: max(20, $0 - width - 2)) } ?? value)
      }
    }
  }

  private mutating func fixWidths(areAllKnown: Bool) {
    areWidthsFixed = true
    widths = columns.indices.map { i in
      let longest = rows.map { displayWidth($0[i]) }.max() ?? 0
      return max(displayWidth(columns[i].title), min(longest, limit == nil ? Self.widest : .max))
    }
    visible = Array(columns.indices)
    guard let limit, !widths.isEmpty else { return }
    if areAllKnown, !rows.isEmpty { visible.removeAll { i in rows.allSatisfy { $0[i].isEmpty } } }
    shrink(to: limit)
    while totalWidth > limit, visible.count > 1 {
      visible.removeLast()
      isCut = true
    }
  }

  private var totalWidth: Int { visible.reduce(0) { $0 + widths[$1] } + 2 * max(0, visible.count - 1) }

  /// Makes columns narrower, the widest first.
  private mutating func shrink(to limit: Int) {
    var excess = totalWidth - limit
    while excess > 0 {
      let shrinkable = visible.filter { !columns[$0].isNumeric && !columns[$0].isFixed && widths[$0] > 8 }
      guard let i = shrinkable.max(by: { widths[$0] < widths[$1] }) else { return }
      let next = shrinkable.filter { $0 != i }.map { widths[$0] }.max() ?? 8
      let cut = min(excess, max(1, widths[i] - max(next, 8)))
      widths[i] -= cut
      excess -= cut
    }
  }

  private func line(_ row: [String]) -> String {
    var line = ""
    for i in visible {
      let text = limit == nil ? row[i] : truncated(row[i], to: widths[i])
      let isLast = i == visible.last
      if isLast && !columns[i].isNumeric {
        line += text
      } else {
        line += padded(text, to: widths[i], onTheLeft: columns[i].isNumeric)
      }
      if !isLast { line += "  " }
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}

extension Report {
  /// Writes the rows that the table holds back.
  mutating func flushTable(isLast: Bool) throws(IOError) {
    // A list without rows says so by its absence, except that one list alone shows its columns.
    if isLast, table.rows.isEmpty, !table.isBegun, !isSingle || rowCount > 0 { return }
    if !table.isBegun, !isSingle {
      if hasTableOutput { try output.append("\n") }
      if !section.name.isEmpty { try output.append(Array((terminal.styled(heading, .bold) + "\n").utf8)) }
    }
    hasTableOutput = true
    for line in table.takeLines(terminal, isLast: isLast) {
      try output.append(Array(line.utf8))
      try output.append("\n")
    }
  }
}

extension Value {
  /// The value for people: one line, safe on a terminal.
  var humanText: String {
    switch self {
    case .null: "NULL"
    case .absent, .missing: ""
    case .size(let count): humanSize(count)
    case .bytes(let bytes), .json(let bytes), .number(let bytes): displayed(bytes)
    case .text(let text): displayed(Array(text.utf8))
    case .list(let values): values.map(\.humanText).joined(separator: ", ")
    case .object(let fields): fields.map { "\($0.name)=\($0.value.humanText)" }.joined(separator: " ")
    default: ownText
    }
  }

  /// The value as exact text, for files.
  var plainBytes: [UInt8] {
    switch self {
    case .number(let bytes), .bytes(let bytes), .json(let bytes): bytes
    case .list(let values): Array(values.map(\.plainBytes).joined(separator: Array(", ".utf8)))
    case .object(let fields):
      Array(fields.map { Array("\($0.name)=".utf8) + $0.value.plainBytes }.joined(separator: Array(" ".utf8)))
    default: Array(ownText.utf8)
    }
  }

  /// Values that we have words for.
  private var ownText: String {
    switch self {
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number), .size(let number): String(number)
    case .time(let time): rfc3339(microseconds: time)
    case .text(let text): text
    case .absent, .null, .missing, .number, .bytes, .json, .list, .object: ""
    }
  }
}
