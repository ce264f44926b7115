package import Bytes

/// What a dialect allows, in one place.
package struct SQLDialectFacts: Sendable {
  /// Such as `PostgreSQL`.
  package var title: String
  /// The byte around identifiers, doubled within.
  package var quote: UInt8
  /// Greatest number of bytes of an identifier.
  var nameByteLimit: Int
  /// Greatest number of characters of an identifier.
  var nameCharacterLimit: Int
  /// Greatest number of columns of a table.
  var columnLimit: Int
  /// Names in lower case that no column may have.
  var reservedColumns: [String]
  /// Beginning in lower case that no table's name may have.
  var reservedTablePrefix: String?
  /// Whether identifiers are the same when only their ASCII letters' case differs.
  var foldsCase: Bool
  /// Whether a text may hold U+0000.
  package var carriesNUL: Bool
  /// Whether a float may be NaN.
  package var carriesNaN: Bool
  /// Whether a float may be infinite.
  package var carriesInfinity: Bool
  /// Whether a float may be -0.0: SQLite stores floats without fraction as integers, MySQL reads the digits as a decimal.
  var carriesNegativeZero: Bool
  /// Whether JSON is checked by the target, which knows no `NaN` in it.
  var checksJSON: Bool
}

extension SQLDialect {
  package var facts: SQLDialectFacts {
    switch self {
    case .postgres:
      SQLDialectFacts(
        title: "PostgreSQL", quote: UInt8(ascii: "\""), nameByteLimit: 63, nameCharacterLimit: 63, columnLimit: 1600,
        reservedColumns: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"], reservedTablePrefix: nil,
        foldsCase: false, carriesNUL: false, carriesNaN: true, carriesInfinity: true,
        carriesNegativeZero: true, checksJSON: true)
    case .sqlite:
      SQLDialectFacts(
        title: "SQLite", quote: UInt8(ascii: "\""), nameByteLimit: .max, nameCharacterLimit: .max, columnLimit: 2000,
        reservedColumns: [], reservedTablePrefix: "sqlite_", foldsCase: true, carriesNUL: true, carriesNaN: false,
        carriesInfinity: true, carriesNegativeZero: false, checksJSON: false)
    case .mysql:
      SQLDialectFacts(
        title: "MySQL", quote: UInt8(ascii: "`"), nameByteLimit: .max, nameCharacterLimit: 64, columnLimit: 1017,
        reservedColumns: [], reservedTablePrefix: nil, foldsCase: true, carriesNUL: true, carriesNaN: false,
        carriesInfinity: false, carriesNegativeZero: false, checksJSON: false)
    }
  }

  /// The one place where identifiers are quoted. The name holds no NUL: see `SQLNames`.
  package func quoted(_ name: Name) -> [UInt8] {
    let quote = facts.quote
    var text = [quote]
    for byte in name.bytes {
      if byte == quote { text.append(quote) }
      text.append(byte)
    }
    text.append(quote)
    return text
  }

  /// A text of our own making or a name as a literal, safe in every mode of the dialect.
  package func literal(_ text: [UInt8]) -> [UInt8] {
    let apostrophe = UInt8(ascii: "'")
    if self == .mysql, !SQLTextTraits(text.span).isDisjoint(with: [.backslash, .control]) {
      return Array("_utf8mb4 X'".utf8) + text.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] } + [apostrophe]
    }
    return [apostrophe] + text.flatMap { $0 == apostrophe ? [$0, $0] : [$0] } + [apostrophe]
  }
}
