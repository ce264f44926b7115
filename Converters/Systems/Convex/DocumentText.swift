internal import Bytes
internal import Conversion

/// One thing that a README or summary says.
enum Statement: Equatable {
  case date([UInt8])
  case deployment([UInt8])
  case total([UInt8])
  /// A table is said to be in the backup.
  case table(Name)
  case records(table: Name, [UInt8])
  case keyField(table: Name, Name)
  case description(table: Name, [UInt8])
  /// A file is said to belong to the backup.
  case file([UInt8])
  /// A function that writes a table's rows back, as `table:function`.
  case mutation(table: Name, [UInt8])
  case script([UInt8], about: [UInt8])
  /// A command that checks the backup.
  case verification([UInt8])
  case contact([UInt8])
  /// Who made the backup, and that nobody had to ask.
  case automatic(by: [UInt8])
  /// Files of a format are said to hold, or not to hold, `_id` and `_creationTime`.
  case internals(format: String, included: Bool, [UInt8])
  /// The table is said to hold password hashes; nil when none is named.
  case passwordHashes(table: Name?, [UInt8])
  /// Restoring is explained.
  case restoration
}

/// Reads what documents of Convex scripts say, line by line: Markdown, or text with headings in capitals.
struct DocumentText {
  private let tables: [Name]
  private(set) var statements: [Statement] = []
  /// Words of the last heading, in small letters.
  private var section: [UInt8] = []
  /// The table that the lines are about.
  private var table: Name?
  private var isCode = false

  /// `tables` are the names of the backup's tables.
  init(_ text: [UInt8], tables: [Name]) {
    self.tables = tables
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) { read(line) }
  }

  private mutating func read(_ whole: ArraySlice<UInt8>) {
    let line = trimmed(whole)
    if line.starts(with: "```".utf8) {
      isCode.toggle()
      return
    }
    readAnywhere(line)
    if line.isEmpty || isCode { return }
    if let heading = heading(line) { return begin(heading) }
    if let numbered = afterNumber(line), section.starts(with: "tables backed up".utf8) { return beginTable(numbered) }
    readField(line)
    readSentence(line)
  }

  // MARK: Headings

  /// The text of a heading: behind `#`, or a line in capitals that ends in a colon.
  private func heading(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if line.first == UInt8(ascii: "#") { return trimmed(line.drop { $0 == UInt8(ascii: "#") }) }
    guard line.last == UInt8(ascii: ":"), line.contains(where: isCapital), !line.contains(where: isSmall) else {
      return nil
    }
    return line.dropLast()
  }

  private mutating func begin(_ heading: ArraySlice<UInt8>) {
    if let numbered = afterNumber(heading), section.starts(with: "tables backed up".utf8) {
      return beginTable(numbered)
    }
    section = heading.map(asciiLower)
    table = nil
    if contains(section, "restor") { statements.append(.restoration) }
  }

  private mutating func beginTable(_ heading: ArraySlice<UInt8>) {
    var words = heading
    if words.count > 6, words.suffix(6).map(asciiLower).elementsEqual(" table".utf8) { words = words.dropLast(6) }
    let said = Name(Array(trimmed(words)))
    let name = tables.first { $0 == said } ?? tables.first { $0.lowercased == said.lowercased } ?? said
    table = name
    statements.append(.table(name))
  }

  /// What follows `1. `; nil when the line does not begin so.
  private func afterNumber(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let rest = line.drop { isDigit($0) }
    guard rest.count < line.count, rest.starts(with: ". ".utf8) else { return nil }
    return trimmed(rest.dropFirst(2))
  }

  // MARK: Fields

  /// `- **Key:** value` and the like.
  private mutating func readField(_ line: ArraySlice<UInt8>) {
    let plain = line.filter { $0 != UInt8(ascii: "*") }[...]
    let bare = trimmed(plain.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") })
    guard let colon = bare.firstIndex(of: UInt8(ascii: ":")) else { return }
    let key = bare[..<colon].map(asciiLower), value = Array(trimmed(bare[(colon + 1)...]))
    guard !value.isEmpty else { return }
    switch Name(key) {
    case "backup date", "date", "created at": statements.append(.date(value))
    case "convex deployment", "deployment": statements.append(.deployment(value))
    case "total records backed up", "total records": statements.append(.total(value))
    case "records", "record count": if let table { statements.append(.records(table: table, value)) }
    case "description": if let table { statements.append(.description(table: table, value)) }
    case "key fields", "fields":
      guard let table else { return }
      for field in value.split(separator: UInt8(ascii: ",")) {
        statements.append(.keyField(table: table, Name(Array(trimmed(field)))))
      }
    default: break
    }
  }

  private mutating func readSentence(_ line: ArraySlice<UInt8>) {
    let small = line.map(asciiLower), text = Array(line)
    // A rule ends what is said under the heading, unless it underlines the heading.
    if line.count == 3, line.allSatisfy({ $0 == UInt8(ascii: "-") }) { return section = [] }
    if let start = firstOffset(of: Array("created automatically by ".utf8).span, in: small.span) {
      let by = text[(start + 25)...].filter { $0 != UInt8(ascii: "*") }
      return statements.append(.automatic(by: Array(trimmed(by[...]))))
    }
    if section.elementsEqual("contact".utf8) { statements.append(.contact(text)) }
    if contains(small, "password hash") {
      let named = tables.first { contains(small, Name($0.bytes).lowercased.bytes) }
      statements.append(.passwordHashes(table: named, Array(trimmed(line.drop { $0 == UInt8(ascii: "-") }))))
    }
    for (word, included) in [("includes convex internal", true), ("excludes convex internal", false)]
    where contains(small, word) {
      for format in ["json", "csv"] where section.starts(with: format.utf8) || contains(section, format + " files") {
        statements.append(.internals(format: format, included: included, Array(trimmed(line.drop { $0 == 0x2D }))))
      }
    }
    if line.starts(with: "- `".utf8), let close = line.dropFirst(3).firstIndex(of: UInt8(ascii: "`")) {
      let script = Array(line[(line.startIndex + 3)..<close])
      guard [".js", ".ts", ".mjs", ".py", ".sh"].contains(where: { Name(script).hasSuffix($0) }) else { return }
      let about = line[(close + 1)...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
      statements.append(.script(script, about: Array(about)))
    }
  }

  // MARK: Anywhere, code included

  private mutating func readAnywhere(_ line: ArraySlice<UInt8>) {
    let text = Array(line)
    if let start = firstOffset(of: Array("mutation(".utf8).span, in: text.span), text.count > start + 10 {
      let quoted = text[(start + 10)...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
      let parts = quoted.split(separator: UInt8(ascii: ":"), maxSplits: 1)
      if parts.count == 2 { statements.append(.mutation(table: Name(Array(parts[0])), Array(quoted))) }
    }
    if isCode, contains(text.map(asciiLower), "verify") { statements.append(.verification(text)) }
    for word in text.split(whereSeparator: { !isNamePart($0) }) {
      let name = Array(word)
      guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot + 1 < name.count,
        FileStamp(in: name.span)?.hasTime == true
      else { continue }
      let statement = Statement.file(name)
      if !statements.contains(statement) { statements.append(statement) }
    }
  }

  private func isNamePart(_ byte: UInt8) -> Bool {
    isSmall(byte) || isCapital(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".")
  }
  private func isSmall(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
  private func isCapital(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
  private func contains(_ text: [UInt8], _ word: String) -> Bool { contains(text, Array(word.utf8)) }
  private func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    !word.isEmpty && firstOffset(of: word.span, in: text.span) != nil
  }
}

/// The number that a text states: digits, perhaps in groups of three; nil for anything else, such as `40+` or `~1000`.
func statedCount(_ text: [UInt8]) -> Int? {
  let groups = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
  guard groups.allSatisfy({ group in !group.isEmpty && group.allSatisfy { digit in isDigit(digit) } }),
    groups.count == 1 || groups[0].count <= 3 && groups.dropFirst().allSatisfy({ $0.count == 3 })
  else { return nil }
  var value = 0
  for digit in groups.joined() {
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
    guard !overflow, !carry else { return nil }
    value = sum
  }
  return value
}

/// The day that a text states, in days since 1970: `February 5, 2026`, `5 February 2026`, or a date in digits.
func statedDay(_ text: [UInt8]) -> Int? {
  if let stamp = FileStamp(in: text.span) { return Int(stamp.microseconds / 86_400_000_000) }
  let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]
  var month: Int?, day: Int?, year: Int?
  for word in text.map(asciiLower).split(whereSeparator: { $0 == 0x20 || $0 == UInt8(ascii: ",") }) {
    if let i = months.firstIndex(where: { $0.utf8.elementsEqual(word) || $0.utf8.prefix(3).elementsEqual(word) }) {
      month = i + 1
    } else if let number = statedCount(Array(word)) {
      if number > 31 { year = number } else { day = number }
    }
  }
  guard let month, let day, let year, year < 10_000 else { return nil }
  return daysSince1970(year: year, month: month, day: day)
}
