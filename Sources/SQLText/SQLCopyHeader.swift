internal import Bytes
internal import Diagnostics
internal import Records

/// A statement `COPY … FROM stdin`.
struct SQLCopyHeader {
  /// Columns that an option is for.
  enum Columns: Equatable {
    case none, all
    case some([Name])
  }

  var table: [Name]
  var columns: [Name]?
  var delimiter: UInt8?
  var null: [UInt8]?
  /// What stands for a column's default.
  var defaultMark: [UInt8]?
  var isCSV = false
  var hasHeader = false
  /// Of CSV.
  var quote: UInt8?
  var escape: UInt8?
  /// Columns in which what stands for NULL is a text, and those in which it is NULL in quotes too.
  var textColumns = Columns.none, nullColumns = Columns.none
  var encoding: [UInt8]?
  /// Whether only rows are kept for which a condition holds.
  var hasCondition = false
  /// The option because of which the rows are not read.
  private(set) var refused: [UInt8]?

  /// Nil when the statement is another one.
  init?(_ statement: [UInt8]) {
    guard let first = statement.first, asciiLower(first) == UInt8(ascii: "c") else { return nil }
    var cursor = SQLRowCursor(statement, StatementRule(family: .postgres))
    guard cursor.take("copy") else { return nil }
    if cursor.take("binary") { return nil }
    guard let table = cursor.path() else { return nil }
    self.table = table
    cursor.skipSpace()
    if cursor.peek(0) == UInt8(ascii: "(") {
      guard let columns = cursor.list() else { return nil }
      self.columns = columns
    }
    var hasIDs = false
    if cursor.take("with") {
      guard cursor.take("oids") else { return nil }
      hasIDs = true
    }
    // The server takes both words for the same.
    guard cursor.take("from"), cursor.take("stdin") || cursor.take("stdout") else { return nil }
    if cursor.take("using"), cursor.take("delimiters") { delimiter = byte(&cursor, "delimiters") }
    _ = cursor.take("with")
    while cursor.at < statement.count {
      let word = cursor.word()
      guard word.isEmpty else {
        if word.elementsEqual("oids".utf8) { hasIDs = true }
        guard !word.elementsEqual("binary".utf8), take(word, &cursor) else { return nil }
        if hasCondition { break }
        continue
      }
      guard cursor.at < statement.count else { break }
      if !"(),".utf8.contains(statement[cursor.at]) { refuse([statement[cursor.at]]) }
      cursor.at += 1
    }
    check()
    if hasIDs, let listed = columns { columns = ["oid"] + listed }
  }

  /// Takes one option; false when the rows are no text.
  private mutating func take(_ word: [UInt8], _ cursor: inout SQLRowCursor) -> Bool {
    switch String(decoding: word.prefix(32), as: UTF8.self) {
    case "csv": isCSV = true
    case "oids": break
    case "format":
      let format = value(&cursor)
      if format.elementsEqual("binary".utf8) { return false }
      isCSV = format.elementsEqual("csv".utf8)
      if !isCSV, !format.elementsEqual("text".utf8) { refuse(format) }
    case "null": null = text(&cursor) ?? null
    case "default": defaultMark = text(&cursor)
    case "delimiter", "delimiters": delimiter = byte(&cursor, "delimiter")
    case "quote": quote = byte(&cursor, "quote")
    case "escape": escape = byte(&cursor, "escape")
    case "encoding": encoding = text(&cursor)
    case "header": hasHeader = isTrue(&cursor, orElse: "match")
    case "freeze": _ = isTrue(&cursor)
    // How the server treats rows that it does not take.
    case "on_error", "log_verbosity", "reject_limit": _ = value(&cursor)
    case "force_not_null": textColumns = listed(&cursor)
    case "force_null": nullColumns = listed(&cursor)
    case "force":
      if cursor.take("not"), cursor.take("null") {
        textColumns = listed(&cursor)
      } else if cursor.take("null") {
        nullColumns = listed(&cursor)
      } else {
        refuse(word)
      }
    case "where": hasCondition = true
    default: refuse(word)
    }
    return true
  }

  private mutating func refuse(_ option: [UInt8]) { refused = refused ?? option.map(asciiLower) }

  /// Refuses what the server refuses.
  private mutating func check() {
    let ends = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    let separator = delimiter ?? UInt8(ascii: isCSV ? "," : "\t")
    for mark in [null, defaultMark] {
      if let mark, mark.contains(where: { ends.contains($0) || $0 == separator }) { refuse(Array("null".utf8)) }
    }
    if ends.contains(separator) { refuse(Array("delimiter".utf8)) }
    if isCSV {
      if separator == quote ?? UInt8(ascii: "\"") || null?.contains(quote ?? UInt8(ascii: "\"")) == true {
        refuse(Array("quote".utf8))
      }
    } else {
      if "\\.abcdefghijklmnopqrstuvwxyz0123456789".utf8.contains(separator) { refuse(Array("delimiter".utf8)) }
      if quote != nil { refuse(Array("quote".utf8)) }
      if escape != nil { refuse(Array("escape".utf8)) }
      if textColumns != .none || nullColumns != .none { refuse(Array("force".utf8)) }
      if defaultMark != nil { refuse(Array("default".utf8)) }
    }
  }
}

// What options say.
extension SQLCopyHeader {
  /// The string of an option.
  private func text(_ cursor: inout SQLRowCursor) -> [UInt8]? {
    _ = cursor.take("as")
    cursor.skipSpace()
    if asciiLower(cursor.peek(0) ?? 0) == UInt8(ascii: "e"), cursor.peek(1) == UInt8(ascii: "'") {
      cursor.at += 1
      return cursor.string(backslashes: true)
    }
    guard cursor.peek(0) == UInt8(ascii: "'") else { return nil }
    return cursor.string(backslashes: false)
  }

  /// The byte that an option names.
  private mutating func byte(_ cursor: inout SQLRowCursor, _ option: StaticString) -> UInt8? {
    let found = text(&cursor)
    if found?.count != 1 { refuse(Array("\(option)".utf8)) }
    return found?.first
  }

  /// A word or string in lower case.
  private func value(_ cursor: inout SQLRowCursor) -> [UInt8] { text(&cursor)?.map(asciiLower) ?? cursor.word() }

  /// Whether an option is on, as it is when nothing is said.
  private mutating func isTrue(_ cursor: inout SQLRowCursor, orElse other: StaticString = "true") -> Bool {
    let start = cursor.at, found = String(decoding: value(&cursor).prefix(8), as: UTF8.self)
    if ["true", "on", "1", "\(other)"].contains(found) { return true }
    if ["false", "off", "0"].contains(found) { return false }
    // The next option.
    cursor.at = start
    return true
  }

  /// The columns of an option, in parentheses or not.
  private mutating func listed(_ cursor: inout SQLRowCursor) -> Columns {
    cursor.skipSpace()
    if cursor.peek(0) == UInt8(ascii: "*") {
      cursor.at += 1
      return .all
    }
    if cursor.peek(0) == UInt8(ascii: "(") {
      let start = cursor.at
      if let names = cursor.list() { return .some(names) }
      // PostgreSQL 17 takes an asterisk in parentheses, too.
      cursor.at = start + 1
      cursor.skipSpace()
      if cursor.peek(0) == UInt8(ascii: "*") { cursor.at += 1 } else { refuse(Array("force".utf8)) }
      return .all
    }
    var names: [Name] = []
    while names.count < TableSchema.columnLimit, let name = cursor.name() {
      names.append(name)
      cursor.skipSpace()
      guard cursor.peek(0) == UInt8(ascii: ",") else { break }
      cursor.at += 1
    }
    return .some(names)
  }
}

extension SQLCopyHeader.Columns {
  /// Which of the columns are meant; nil when one is none of these.
  func flags(of columns: [Name]) -> [Bool]? {
    switch self {
    case .none: return Array(repeating: false, count: columns.count)
    case .all: return Array(repeating: true, count: columns.count)
    case .some(let names):
      let wanted = Set(names)
      return wanted.isSubset(of: columns) ? columns.map(wanted.contains) : nil
    }
  }
}
