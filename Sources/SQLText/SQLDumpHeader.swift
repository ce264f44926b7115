internal import Bytes
internal import Records

/// The beginning of an INSERT statement, up to its first row.
struct SQLInsertHeader {
  var table: [Name]
  var columns: [Name]?
  /// From the statement's beginning to its first row.
  var bytes: [UInt8]
  /// Whether it inserts one row of defaults.
  var isDefaults = false
}

/// What a statement begins with.
struct SQLDumpHeader {
  enum Kind {
    case insert(SQLInsertHeader)
    /// Anything else.
    case statement
    /// The bytes end before that is known.
    case cut
  }
  /// Beginnings longer than this are no INSERT.
  private static let limit = 16 << 20
  let kind: Kind

  /// Looks at the statement that begins at a place.
  init(_ heap: borrowing ByteHeap, from start: Int, _ rule: StatementRule) {
    let first = asciiLower(heap[start])
    guard first == UInt8(ascii: "i") || first == UInt8(ascii: "r") else {
      kind = .statement
      return
    }
    var size = 1 << 10
    while true {
      let count = min(size, heap.count - start)
      var cursor = SQLRowCursor(Array(heap.span(at: start, count: count)), rule)
      let found = Self.look(&cursor)
      guard case .cut = found, start + count < heap.count, size < Self.limit else {
        kind = size >= Self.limit ? .statement : found
        return
      }
      size *= 8
    }
  }

  private static func look(_ cursor: inout SQLRowCursor) -> Kind {
    func other(_ cursor: SQLRowCursor) -> Kind { cursor.isCut ? .cut : .statement }
    let verb = cursor.word()
    guard verb.elementsEqual("insert".utf8) || verb.elementsEqual("replace".utf8) else { return other(cursor) }
    if cursor.take("or") { _ = cursor.word() }
    while cursor.take("low_priority") || cursor.take("delayed") || cursor.take("high_priority") || cursor.take("ignore")
    {}
    _ = cursor.take("into")
    _ = cursor.take("only")
    guard let table = cursor.path() else { return other(cursor) }
    var header = SQLInsertHeader(table: table, columns: nil, bytes: [])
    cursor.skipSpace()
    if cursor.next == UInt8(ascii: "(") {
      guard let columns = cursor.list() else { return other(cursor) }
      header.columns = columns
    }
    if cursor.take("overriding") {
      _ = cursor.word()
      _ = cursor.word()
    }
    if cursor.take("default") {
      guard cursor.take("values") else { return other(cursor) }
      header.isDefaults = true
    } else {
      guard cursor.take("values") || cursor.take("value") else { return other(cursor) }
      cursor.skipSpace()
      guard cursor.next == UInt8(ascii: "(") else { return other(cursor) }
    }
    header.bytes = Array(cursor.bytes[..<cursor.at])
    return .insert(header)
  }
}

/// A statement `COPY … FROM stdin`.
struct SQLCopyHeader {
  var table: [Name]
  var columns: [Name]?
  var delimiter: UInt8?
  var null: [UInt8]?
  var isCSV = false
  /// Of CSV.
  var quote: UInt8?
  var escape: UInt8?
  var hasHeader = false
  /// Whether columns have rules of their own for what is NULL.
  var forcesNulls = false

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
    _ = cursor.take("with")
    _ = cursor.take(byte: UInt8(ascii: "("))
    while cursor.at < statement.count {
      let word = cursor.word()
      guard !word.isEmpty else {
        guard cursor.at < statement.count else { break }
        cursor.at += 1
        continue
      }
      switch word {
      case Array("null".utf8): null = Self.text(&cursor) ?? null
      case Array("delimiter".utf8), Array("delimiters".utf8): delimiter = Self.text(&cursor)?.first ?? delimiter
      case Array("csv".utf8): isCSV = true
      case Array("quote".utf8): quote = Self.text(&cursor)?.first ?? quote
      case Array("escape".utf8): escape = Self.text(&cursor)?.first ?? escape
      case Array("header".utf8): hasHeader = !(cursor.take("false") || cursor.take("off"))
      case Array("force_null".utf8), Array("force_not_null".utf8), Array("force".utf8): forcesNulls = true
      case Array("binary".utf8): return nil
      case Array("oids".utf8): hasIDs = true
      default: break
      }
    }
    if hasIDs, let listed = columns { columns = ["oid"] + listed }
  }

  /// The string of an option.
  private static func text(_ cursor: inout SQLRowCursor) -> [UInt8]? {
    _ = cursor.take("as")
    cursor.skipSpace()
    if asciiLower(cursor.peek(0) ?? 0) == UInt8(ascii: "e"), cursor.peek(1) == UInt8(ascii: "'") {
      cursor.at += 1
      return cursor.string(backslashes: true)
    }
    guard cursor.peek(0) == UInt8(ascii: "'") else { return nil }
    return cursor.string(backslashes: false)
  }
}
