package import Bytes
package import Records

extension SQLForm {
  /// Whether values are written as digits without quotes.
  package var isNumeric: Bool { self == .int32 || self == .int64 || self == .decimal || self == .float }

  /// Whether bare digits would be read as another type on their way into the column: MySQL takes an exponent for a float,
  /// PostgreSQL takes every point for a decimal, which knows no -0.0.
  func isQuotedNumber(_ dialect: SQLDialect) -> Bool {
    self == .decimal && dialect == .mysql || self == .float && dialect == .postgres
  }
}

// Literals that mean the same in every mode of their dialect, and that command-line clients do not change on the way.
extension OutputBuffer {
  /// Appends a value, checked by a `SQLRowConformer`, as a literal.
  package mutating func appendLiteral(
    _ cell: Cell, of batch: borrowing RecordBatch, _ form: SQLForm, _ dialect: SQLDialect
  ) throws(IOError) {
    switch cell.kind {
    case .null, .missing: try append("NULL")
    case .integer: try append(decimal: cell.integer)
    case .boolean where dialect == .postgres: try append(cell.boolean ? "TRUE" : "FALSE")
    case .boolean: try append(cell.boolean ? "1" : "0")
    case .double: try appendFloat(cell.double, dialect)
    case .text, .number, .json:
      if form.isNumeric && !form.isQuotedNumber(dialect) {
        return try append(from: batch.heap, at: cell.offset, count: cell.count)
      }
      let traits = batch.heap.sqlTraits(at: cell.offset, count: cell.count)
      guard traits.isEmpty else { return try appendText(batch.bytes(of: cell), traits, dialect) }
      try append(UInt8(ascii: "'"))
      try append(from: batch.heap, at: cell.offset, count: cell.count)
      try append(UInt8(ascii: "'"))
    case .bytes:
      try append(dialect == .postgres ? "'\\x" : "X'")
      try appendHex(batch.bytes(of: cell))
      try append(UInt8(ascii: "'"))
    case .external: try appendExternal(batch.externals[cell.offset], form, dialect)
    }
  }

  private mutating func appendFloat(_ value: Double, _ dialect: SQLDialect) throws(IOError) {
    guard value.isFinite || dialect == .postgres else { return try append(value < 0 ? "-9e999" : "9e999") }
    guard dialect == .postgres else { return try append(shortest: value) }
    try append(UInt8(ascii: "'"))
    try append(floatWord(value) ?? Array(value.description.utf8))
    try append(UInt8(ascii: "'"))
  }

  /// Appends a text literal.
  package mutating func appendText(_ text: Span<UInt8>, _ traits: SQLTextTraits, _ dialect: SQLDialect) throws(IOError)
  {
    let quoting = TextQuoting(traits, dialect)
    try append(quoting.before)
    try appendInside(text, quoting)
    try append(quoting.after)
  }

  /// Appends a piece of a text literal.
  private mutating func appendInside(_ text: Span<UInt8>, _ quoting: TextQuoting) throws(IOError) {
    switch quoting {
    case .plain: try append(text, doubling: UInt8(ascii: "'"))
    case .hexSQLite, .hexMySQL: try appendHex(text)
    case .escaped:
      for i in text.indices {
        let byte = text[i]
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"):
          try append(byte)
          try append(byte)
        case UInt8(ascii: "\n"), UInt8(ascii: "\t"): try append(byte)
        case 0..<0x20:
          try append("\\x")
          try append(hexDigit(byte >> 4))
          try append(hexDigit(byte & 15))
        default: try append(byte)
        }
      }
    }
  }

  /// Appends a value that is kept outside the heap; it is read twice.
  private mutating func appendExternal(
    _ value: ExternalValue, _ form: SQLForm, _ dialect: SQLDialect
  ) throws(IOError) {
    guard form != .bytes else {
      try append(dialect == .postgres ? "'\\x" : "X'")
      try value.forEachPiece(as: form) { (piece) throws(IOError) in try appendHex(piece) }
      return try append(UInt8(ascii: "'"))
    }
    var traits: SQLTextTraits = []
    try value.forEachPiece(as: form) { (piece) throws(IOError) in traits.formUnion(SQLTextTraits(piece)) }
    let quoting = TextQuoting(traits, dialect)
    try append(quoting.before)
    try value.forEachPiece(as: form) { (piece) throws(IOError) in try appendInside(piece, quoting) }
    try append(quoting.after)
  }
}

/// How a text literal is quoted.
private enum TextQuoting {
  /// Quotes doubled, all else as it is.
  case plain
  /// PostgreSQL's `E'…'`.
  case escaped
  case hexSQLite
  case hexMySQL

  init(_ traits: SQLTextTraits, _ dialect: SQLDialect) {
    let hasControl = traits.contains(.control)
    self =
      switch dialect {
      case .postgres: hasControl ? .escaped : .plain
      case .sqlite: hasControl ? .hexSQLite : .plain
      // Whether a backslash escapes depends on `sql_mode`, and so does what a tool takes for the end of the literal.
      case .mysql: hasControl || traits.contains(.backslash) ? .hexMySQL : .plain
      }
  }

  var before: StaticString {
    switch self {
    case .plain: "'"
    case .escaped: "E'"
    case .hexSQLite: "CAST(X'"
    case .hexMySQL: "_utf8mb4 X'"
    }
  }
  var after: StaticString { self == .hexSQLite ? "' AS TEXT)" : "'" }
}
