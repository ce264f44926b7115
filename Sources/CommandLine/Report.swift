package import Bytes
internal import Diagnostics

/// The answer of a reading verb, in any format: sections of rows, written while they are found.
///
/// `begin`, then for every row one value per column and `endRow`; at last `finish`. JSON is one document whose keys are the
/// names of the sections.
package struct Report: ~Copyable {
  var output: OutputBuffer
  package let format: OutputFormat
  let terminal: Terminal
  /// The zone that times are shown in.
  let zone: TimeZone
  /// Whether there is one section only, so that it needs no heading.
  let isSingle: Bool
  var section = Section("", [])
  var isOpen = false
  var sectionCount = 0
  /// Rows of the present section, and values of the present row.
  var rowCount = 0
  var column = 0
  /// Whether nothing was written into the present JSON object, and Markdown row.
  var isObjectEmpty = true
  var isRowEmpty = true
  var isDocumentEmpty = true
  var table = TableLayout()
  /// Whether a table was written, so that the next one keeps a distance.
  var hasTableOutput = false

  /// A report to a sink; `isSingle` says that there will be one section. Formats that hold one table take no more.
  package init(
    to sink: consuming any ByteSink & ~Copyable, _ format: OutputFormat, _ terminal: Terminal, zone: TimeZone = .utc,
    isSingle: Bool = true
  ) throws(Failure) {
    if !isSingle && (format == .csv || format == .tsv) {
      throw .usage("\(format.rawValue) holds one table", advice: "ask for one part, or take --format jsonl")
    }
    output = OutputBuffer(sink)
    self.format = format
    self.terminal = terminal
    self.zone = zone
    self.isSingle = isSingle
  }

  /// Begins a section; the one before is over.
  package mutating func begin(_ section: Section) throws(Failure) {
    do throws(IOError) {
      try endSection()
      self.section = section
      isOpen = true
      rowCount = 0
      column = 0
      try beginSection()
      sectionCount += 1
    } catch { throw Failure(writing: error) }
  }

  /// The next value of the row.
  package mutating func append(_ value: Value) throws(Failure) {
    do throws(IOError) { try write(value) } catch { throw Failure(writing: error) }
  }

  /// The next value of the row: text of unknown origin.
  package mutating func append(text bytes: Span<UInt8>) throws(Failure) {
    do throws(IOError) { try write(text: bytes) } catch { throw Failure(writing: error) }
  }

  /// A whole row.
  package mutating func row(_ values: [Value]) throws(Failure) {
    for value in values { try append(value) }
    try endRow()
  }

  /// Ends a row, which has a value for every column.
  package mutating func endRow() throws(Failure) {
    precondition(column == section.columns.count, "a row has a value for every column")
    do throws(IOError) { try finishRow() } catch { throw Failure(writing: error) }
    column = 0
    rowCount += 1
  }

  /// Completes the report and hands everything on. Called exactly once.
  package mutating func finish() throws(Failure) {
    do throws(IOError) {
      try endSection()
      if format == .json {
        if isDocumentEmpty { try output.append("{") }
        try output.append("}\n")
      }
      try output.finish()
    } catch { throw Failure(writing: error) }
  }
}

// What each format does at the joints.
extension Report {
  private mutating func beginSection() throws(IOError) {
    switch format {
    case .table: table = TableLayout(section, terminal)
    case .json:
      guard !section.name.isEmpty else { return }
      try output.append(isDocumentEmpty ? "{" : ",\n")
      isDocumentEmpty = false
      try output.append(Array("\(jsonString(section.name)):".utf8))
      if section.layout == .rows { try output.append("[") }
    case .jsonl: break
    case .csv, .tsv:
      for (i, column) in section.columns.enumerated() {
        if i > 0 { try output.append(format == .csv ? "," : "\t") }
        let name = column.name
        try writeField(name.span)
      }
      try output.append(format == .csv ? "\r\n" : "\n")
    case .md:
      if sectionCount > 0 { try output.append("\n") }
      if !isSingle, !section.name.isEmpty { try output.append(Array("## \(heading)\n\n".utf8)) }
      if section.layout == .rows { try writeMarkdownHeader(section.columns.filter { !section.hides($0) }) }
      if section.layout == .record { try writeMarkdownHeader([ReportColumn("field"), ReportColumn("value")]) }
    }
  }

  private mutating func endSection() throws(IOError) {
    guard isOpen else { return }
    isOpen = false
    switch format {
    case .table: try flushTable(isLast: true)
    case .json:
      guard !section.name.isEmpty else { return }
      if section.layout == .rows { return try output.append(rowCount > 0 ? "\n]" : "]") }
      if rowCount == 0 { try output.append("null") }
    case .jsonl, .csv, .tsv, .md: break
    }
  }

  private mutating func finishRow() throws(IOError) {
    switch format {
    case .table:
      table.endRow()
      if table.isFull { try flushTable(isLast: false) }
    case .json:
      // The fields of the document itself go on into its other keys.
      if !section.name.isEmpty { try output.append(isObjectEmpty ? "{}" : "}") }
    case .jsonl: try output.append(isObjectEmpty ? "{}\n" : "}\n")
    case .csv: try output.append("\r\n")
    case .tsv: try output.append("\n")
    case .md: if section.layout == .rows { try output.append("\n") }
    }
    isRowEmpty = true
    isObjectEmpty = true
  }

  /// Whether the next value is not for people.
  private var isHidden: Bool {
    (format == .table || format == .md) && section.hides(section.columns[column])
  }

  /// Writes what stands before the next value.
  private mutating func beginValue(isMissing: Bool) throws(IOError) {
    switch format {
    case .table: break
    case .json, .jsonl:
      if isMissing { return }
      if format == .json && section.name.isEmpty {
        try output.append(isDocumentEmpty ? "{" : ",")
        isDocumentEmpty = false
      } else if isObjectEmpty {
        if format == .json && section.layout == .rows { try output.append(rowCount > 0 ? ",\n" : "\n") }
        try output.append("{")
        if format == .jsonl && !isSingle {
          try output.append(Array("\"section\":\(jsonString(section.name)),".utf8))
        }
      } else {
        try output.append(",")
      }
      isObjectEmpty = false
      let name = section.columns[column].name
      try output.appendJSON(text: name.span)
      try output.append(":")
    case .csv: if column > 0 { try output.append(",") }
    case .tsv: if column > 0 { try output.append("\t") }
    case .md:
      if section.layout == .record {
        try output.append("| ")
        try writeMarkdown(section.columns[column].title)
        try output.append(" | ")
      } else {
        try output.append(isRowEmpty ? "| " : " ")
        isRowEmpty = false
      }
    }
  }

  private mutating func write(_ value: Value) throws(IOError) {
    precondition(column < section.columns.count, "a row has a value for every column")
    defer { column += 1 }
    if isHidden { return }
    let isForPeople = format == .table || format == .md
    let value = isForPeople ? value.shownToPeople(in: zone) : value.shown(in: zone)
    try beginValue(isMissing: value == .missing)
    switch format {
    case .table: table.append(value)
    case .json, .jsonl: if value != .missing { try output.appendJSON(value) }
    case .csv, .tsv:
      switch value {
      case .null where format == .tsv, .absent where format == .tsv: try output.append("\\N")
      case .absent, .null, .missing: break
      default:
        let bytes = value.plainBytes
        try writeField(bytes.span)
      }
    case .md:
      try writeMarkdown(value.humanText)
      try output.append(section.layout == .record ? " |\n" : " |")
    }
  }

  private mutating func write(text bytes: Span<UInt8>) throws(IOError) {
    precondition(column < section.columns.count, "a row has a value for every column")
    defer { column += 1 }
    if isHidden { return }
    try beginValue(isMissing: false)
    switch format {
    case .table: table.append(text: displayed(bytes))
    case .json, .jsonl: try output.appendJSON(text: bytes)
    case .csv, .tsv: try writeField(bytes)
    case .md:
      try writeMarkdown(displayed(bytes))
      try output.append(section.layout == .record ? " |\n" : " |")
    }
  }

  /// The section's name for people.
  var heading: String { section.name.split(separator: "_").joined(separator: " ") }
}

// Fields of CSV and TSV. They are exact, so that they can be read back, except on a terminal.
extension Report {
  private mutating func writeField(_ bytes: Span<UInt8>) throws(IOError) {
    if terminal.isInteractive {
      let safe = Array(displayed(bytes).utf8)
      return try format == .csv ? writeCSV(safe.span) : writeTSV(safe.span)
    }
    try format == .csv ? writeCSV(bytes) : writeTSV(bytes)
  }

  private mutating func writeCSV(_ bytes: Span<UInt8>) throws(IOError) {
    var needsQuotes = bytes.isEmpty
    for i in bytes.indices {
      switch bytes[i] {
      case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): needsQuotes = true
      default: break
      }
    }
    guard needsQuotes else { return try output.append(bytes) }
    try output.append("\"")
    try output.append(bytes, doubling: UInt8(ascii: "\""))
    try output.append("\"")
  }

  private mutating func writeTSV(_ bytes: Span<UInt8>) throws(IOError) {
    for i in bytes.indices {
      switch bytes[i] {
      case UInt8(ascii: "\t"): try output.append("\\t")
      case UInt8(ascii: "\n"): try output.append("\\n")
      case UInt8(ascii: "\r"): try output.append("\\r")
      case UInt8(ascii: "\\"): try output.append("\\\\")
      default: try output.append(bytes[i])
      }
    }
  }
}

// Markdown.
extension Report {
  private mutating func writeMarkdownHeader(_ columns: [ReportColumn]) throws(IOError) {
    for column in columns {
      try output.append("| ")
      try writeMarkdown(column.title)
      try output.append(" ")
    }
    try output.append("|\n")
    for column in columns { try output.append(column.isNumeric ? "| ---: " : "| --- ") }
    try output.append("|\n")
  }

  /// Text in which Markdown sees no marks of its own.
  private mutating func writeMarkdown(_ text: String) throws(IOError) {
    for byte in text.utf8 {
      if "\\`*_{}[]<>#|~!&".utf8.contains(byte) { try output.append("\\") }
      try output.append(byte)
    }
  }
}

extension Failure {
  /// Standard output cannot be written. A reader that has seen enough is no failure.
  package init(writing error: IOError) {
    if error.isBrokenPipe {
      self.init(.success, "")
    } else {
      self.init(.failure, "cannot write the output: \(error.reason)")
    }
  }
}
