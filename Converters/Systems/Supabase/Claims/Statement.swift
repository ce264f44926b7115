internal import Bytes

/// What one line of a manifest, summary, checklist or README says, before anything is known of the backup.
struct Statement: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    /// A figure with the words before and after it.
    case figure(Figure, label: [[UInt8]], noun: [[UInt8]])
    /// `**Label:** value`.
    case labelled([[UInt8]], value: [UInt8])
    /// `- [x] text`.
    case check(isDone: Bool)
    case command(DocumentCommand)
    /// A file or folder that the text names.
    case reference([UInt8])
    /// A function that the text names.
    case function(Name)
    /// A table named in a list.
    case table(Name)
  }
  var content: Content
  /// The line as it stands, without list marks.
  var line: [UInt8]
  /// Titles of the sections that the line is in, the innermost last, in small letters.
  var sections: [[[UInt8]]]
  /// The file that lines before it in the same section speak of.
  var file: [UInt8]?
  /// Whether the line belongs to another item.
  var isNested: Bool
  var offset: Int

  /// Words of all titles.
  var sectionWords: Set<[UInt8]> { Set(sections.flatMap { $0 }) }
}

/// Takes a document in Markdown apart.
struct StatementReader {
  private(set) var statements: [Statement] = []
  private var sections: [(level: Int, words: [[UInt8]])] = []
  private var file: [UInt8]?
  private var isCode = false
  /// A command whose line goes on.
  private var pending: (text: [UInt8], offset: Int)?

  /// Statements of one document; what comes after so many is not looked at.
  private static let limit = 10_000
  private static let longestLine = 4096

  init(_ text: [UInt8]) {
    for line in lines(of: text) {
      guard statements.count < Self.limit else { break }
      take(line.prefix(Self.longestLine))
    }
    finishCommand()
  }

  private mutating func take(_ raw: ArraySlice<UInt8>) {
    let line = trimmed(raw)
    if line.starts(with: "```".utf8) {
      finishCommand()
      isCode.toggle()
      return
    }
    if isCode, takeCommand(line) { return }
    guard !line.isEmpty else { return }
    if !isCode, line.first == UInt8(ascii: "#") { return beginSection(line) }
    let isNested = !isCode && raw.first.map { $0 <= 0x20 } ?? false && Self.item(line) != nil
    read(Self.item(line) ?? line, isNested: isNested)
  }

  private mutating func beginSection(_ line: ArraySlice<UInt8>) {
    let level = line.prefix { $0 == UInt8(ascii: "#") }.count
    sections.removeAll { $0.level >= level }
    sections.append((level, words(line.dropFirst(level))))
    file = nil
  }

  /// The text of a list item, a quoted or a checked line; nil for other lines.
  private static func item(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for mark in ["- ", "* ", "+ ", "> "] where line.starts(with: mark.utf8) { return trimmed(line.dropFirst(2)) }
    let digits = line.prefix { isDigit($0) }
    guard !digits.isEmpty, digits.count < 4, line.dropFirst(digits.count).starts(with: ". ".utf8) else { return nil }
    return trimmed(line.dropFirst(digits.count + 2))
  }

  // MARK: Commands

  /// Takes a line of code that is a command or goes on with one.
  private mutating func takeCommand(_ line: ArraySlice<UInt8>) -> Bool {
    var text = Array(line)
    let offset = pending?.offset ?? line.startIndex
    if let pending { text = pending.text + [UInt8(ascii: " ")] + text }
    if text.last == UInt8(ascii: "\\"), text.count < Self.longestLine {
      pending = (text.dropLast(), offset)
      return true
    }
    let isContinued = pending != nil
    pending = nil
    guard let command = DocumentCommand(text, offset: offset) else {
      return isContinued || text.first == UInt8(ascii: "#")
    }
    add(.command(command), text[...], isNested: false, offset: offset)
    return true
  }

  private mutating func finishCommand() {
    guard let pending else { return }
    self.pending = nil
    if let command = DocumentCommand(pending.text, offset: pending.offset) {
      add(.command(command), pending.text[...], isNested: false, offset: pending.offset)
    }
  }

  // MARK: Lines

  private mutating func read(_ line: ArraySlice<UInt8>, isNested: Bool) {
    if line.starts(with: "[x] ".utf8) || line.starts(with: "[X] ".utf8) || line.starts(with: "[ ] ".utf8) {
      let isDone = line.dropFirst().first != UInt8(ascii: " ")
      let text = trimmed(line.dropFirst(4))
      add(.check(isDone: isDone), text, isNested: isNested)
      return readFigures(text, label: [], isNested: isNested)
    }
    let spans = Self.codeSpans(line)
    if let (label, value) = Self.labelled(line) {
      takeFile(label, spans)
      add(.labelled(label, value: Array(trimmed(value))), line, isNested: isNested)
      readFigures(value, label: label, isNested: isNested)
    } else {
      readFigures(line, label: [], isNested: isNested)
    }
    for span in spans { readSpan(span, line, isNested) }
    // A tree of files: `├── name   # remark`.
    if isCode, let name = Self.treeName(line) { add(.reference(name), line, isNested: true) }
  }

  /// Remembers the file that a section is about.
  private mutating func takeFile(_ label: [[UInt8]], _ spans: [ArraySlice<UInt8>]) {
    guard label.contains(where: { $0.elementsEqual("file".utf8) }), let name = spans.first else { return }
    file = Array(name)
  }

  private mutating func readSpan(_ span: ArraySlice<UInt8>, _ line: ArraySlice<UInt8>, _ isNested: Bool) {
    if span.count > 2, span.suffix(2).elementsEqual("()".utf8) {
      return add(.function(Name(Array(span.dropLast(2)))), line, isNested: isNested)
    }
    if Self.isFileName(span) { return add(.reference(Array(span)), line, isNested: isNested) }
    if let command = DocumentCommand(Array(span), offset: span.startIndex), !command.arguments.isEmpty {
      return add(.command(command), line, isNested: isNested)
    }
    // `messages` table
    let behind = words(line[span.endIndex...])
    if behind.first.map({ $0.elementsEqual("table".utf8) }) == true {
      add(.table(Name(Array(span))), line, isNested: true)
    }
  }

  /// Finds the figures outside code with the words that say what they count.
  private mutating func readFigures(_ text: ArraySlice<UInt8>, label: [[UInt8]], isNested: Bool) {
    var plain = Array(text)
    for span in Self.codeSpans(text) {
      for i in span.indices { plain[i - text.startIndex] = UInt8(ascii: "`") }
    }
    let figures = Figure.all(in: plain[...])
    for (i, figure) in figures.enumerated() {
      let end = i + 1 < figures.count ? figures[i + 1].range.lowerBound : plain.count
      let noun = Self.noun(plain[figure.range.upperBound..<end])
      add(.figure(figure, label: label, noun: noun), text, isNested: isNested)
    }
  }

  private static let stops = ["with", "for", "across", "in", "from", "to", "are", "is", "of", "and", "by"].map {
    Array($0.utf8)
  }

  /// The words that a figure counts.
  private static func noun(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
    let part = text.prefix { !"(,+:;|`".utf8.contains($0) }
    return Array(words(part).prefix { !stops.contains($0) }.prefix(5))
  }

  /// The label of a line before its colon, when it has one.
  private static func labelled(_ line: ArraySlice<UInt8>) -> ([[UInt8]], ArraySlice<UInt8>)? {
    var end: Int?
    for i in line.indices.prefix(64) where line[i] == UInt8(ascii: ":") {
      let next = i + 1 < line.endIndex ? line[i + 1] : UInt8(ascii: " ")
      if next == UInt8(ascii: " ") || next == UInt8(ascii: "*") {
        end = i
        break
      }
    }
    guard let end, !line[..<end].contains(UInt8(ascii: "`")) else { return nil }
    let label = words(line[..<end])
    guard (1...5).contains(label.count) else { return nil }
    return (label, line[(end + 1)...].drop { $0 == UInt8(ascii: "*") || $0 <= 0x20 })
  }

  private static func codeSpans(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var spans: [ArraySlice<UInt8>] = [], open: Int?
    for i in line.indices where line[i] == UInt8(ascii: "`") {
      if let start = open {
        if i > start { spans.append(line[start..<i]) }
        open = nil
      } else {
        open = i + 1
      }
    }
    return spans
  }

  private static func treeName(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    guard line.starts(with: "├── ".utf8) || line.starts(with: "└── ".utf8) || line.starts(with: "│".utf8),
      let last = line.split(separator: UInt8(ascii: "#")).first
    else { return nil }
    let name = last.split(whereSeparator: { $0 <= 0x20 }).first { $0.first.map { $0 < 0x80 } ?? false }
    return name.flatMap { isFileName($0) ? Array($0) : nil }
  }

  /// Whether a word looks like the path of a file or folder.
  static func isFileName(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count > 2, word.count < 256, !word.contains(where: { $0 <= 0x20 || "\"'()<>=:,;|".utf8.contains($0) }),
      let first = word.first, first != UInt8(ascii: "-")
    else { return false }
    if word.last == UInt8(ascii: "/") { return true }
    guard let dot = word.lastIndex(of: UInt8(ascii: ".")), dot > word.startIndex, word.first != UInt8(ascii: "*") else {
      return false
    }
    let ending = word[(dot + 1)...]
    // `.gitignore` and `auth.users` are no files of the backup.
    return endings.contains { ending.elementsEqual($0.utf8) }
  }
  private static let endings = [
    "sql", "dump", "backup", "csv", "md", "txt", "sh", "json", "toml", "gz", "zip", "tar", "ts", "log", "yml", "yaml",
  ]

  private mutating func add(
    _ content: Statement.Content, _ line: ArraySlice<UInt8>, isNested: Bool, offset: Int? = nil
  ) {
    statements.append(
      Statement(
        content: content, line: Array(line.prefix(512)), sections: sections.map(\.words), file: file,
        isNested: isNested,
        offset: offset ?? line.startIndex))
  }
}
