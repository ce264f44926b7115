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
