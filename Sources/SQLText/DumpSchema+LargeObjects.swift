internal import Bytes
internal import Records

/// What a statement does to the content of large objects.
enum LargeObjectStep: Sendable {
  case open(Name)
  /// nil: a text that stands for no bytes.
  case write([UInt8]?)
  case close
  case whole(Name, [UInt8]?)
}

// Large objects: `lo_create('5')`, then `lo_open('5', 131072)`, `lowrite(0, '\x…')` again and again, `lo_close(0)`.
extension DumpSchema {
  /// A call of one of their functions; the cursor stands behind its opening bracket.
  mutating func callLargeObject(_ function: Name, _ cursor: inout SQLCursor) {
    switch function {
    case "lo_create", "lo_open", "lo_from_bytea":
      // Before PostgreSQL 9.0 they were made when they were opened.
      var made = cursor
      if made.qualifiedName()?.last == "lo_create", made.acceptSymbol("(") { cursor = made }
      guard let number = largeObjectNumber(&cursor) else { return }
      let key = ObjectKey(kind: "large-object", name: number, table: nil)
      if objectNumbers[key] == nil {
        addObject(
          key.kind, number, definition: Array("SELECT pg_catalog.lo_create('".utf8) + number.bytes + Array("')".utf8))
      }
      if function == "lo_open" { largeObjectStep = .open(number) }
      if function == "lo_from_bytea" { largeObjectStep = .whole(number, content(&cursor)) }
    case "lowrite": largeObjectStep = .write(content(&cursor))
    case "lo_close": largeObjectStep = .close
    default: break
    }
  }

  /// The number that comes next, as a text or not.
  func largeObjectNumber(_ cursor: inout SQLCursor) -> Name? {
    guard let token = cursor.peek() else { return nil }
    let text = token.isString ? cursor.lexer.value(token) : cursor.lexer.text(token)
    guard let value = Int64(digits: text.span), let number = UInt32(exactly: value) else { return nil }
    cursor.skip()
    return Name("\(number)")
  }

  /// The bytes that the next text but one argument stands for, in either of the forms of `bytea`; nil when it stands for none.
  private func content(_ cursor: inout SQLCursor) -> [UInt8]? {
    guard followsLargeObjects else { return nil }
    cursor.skip(to: [])
    guard cursor.acceptSymbol(","), let text = cursor.string() else { return nil }
    var bytes: [UInt8] = []
    if text.starts(with: "\\x".utf8) { return decodeHexBytes(text.span, into: &bytes) ? bytes : nil }
    bytes = text
    var span = bytes.mutableSpan
    let count = escapedBytes(&span)
    return count >= 0 ? Array(bytes.prefix(count)) : nil
  }
}
