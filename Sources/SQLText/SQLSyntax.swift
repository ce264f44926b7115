/// What differs between dialects for a tokenizer.
package struct SQLSyntax: Sendable, Equatable {
  package enum Family: Sendable { case postgres, mysql, sqlite }
  package var family: Family
  /// Whether a backslash escapes in plain strings: PostgreSQL with `standard_conforming_strings` off, MySQL unless
  /// `NO_BACKSLASH_ESCAPES`.
  package var backslashEscapes: Bool
  /// Whether MySQL takes `"…"` for an identifier.
  package var ansiQuotes: Bool

  package init(_ family: Family, backslashEscapes: Bool? = nil, ansiQuotes: Bool = false) {
    self.family = family
    self.backslashEscapes = backslashEscapes ?? (family == .mysql)
    self.ansiQuotes = ansiQuotes
  }
  package static var postgres: SQLSyntax { SQLSyntax(.postgres) }
  package static var mysql: SQLSyntax { SQLSyntax(.mysql) }
  package static var sqlite: SQLSyntax { SQLSyntax(.sqlite) }

  /// Whether `"…"` is an identifier.
  var doubleQuotesName: Bool { family != .mysql || ansiQuotes }
}

/// A token of a statement: 12 bytes, however many there are.
package struct SQLToken: Sendable, Equatable {
  package enum Kind: UInt8, Sendable {
    /// A keyword or a name without quotes.
    case word
    /// `"…"`, `` `…` `` or `[…]`.
    case quotedIdentifier
    /// PostgreSQL's `U&"…"`.
    case unicodeIdentifier
    /// `'…'`, also `N'…'`; MySQL's `"…"`.
    case string
    /// PostgreSQL's `E'…'`.
    case escapeString
    /// PostgreSQL's `U&'…'`.
    case unicodeString
    /// `B'…'`, MySQL's `0b01`.
    case bitString
    /// `X'…'`, MySQL's `0x1F`.
    case hexString
    case dollarString
    case number
    /// `$1`, `?1`, `:name`, `@name`, `@@name`.
    case parameter
    /// One of `( ) [ ] { } , ; . :`.
    case punctuation
    case `operator`
    /// A byte that no statement holds outside of quotes.
    case unknown
  }
  package var kind: Kind
  /// Whether its closing quote is there.
  package var isClosed: Bool
  var start: UInt32
  var count: UInt32

  init(_ kind: Kind, _ range: Range<Int>, isClosed: Bool = true) {
    self.kind = kind
    self.isClosed = isClosed
    start = UInt32(truncatingIfNeeded: range.lowerBound)
    count = UInt32(truncatingIfNeeded: range.count)
  }
  /// Where it stands, quotes included.
  package var range: Range<Int> { Int(start)..<(Int(start) + Int(count)) }

  /// Whether it is a name or can be one.
  package var isIdentifier: Bool { kind == .word || kind == .quotedIdentifier || kind == .unicodeIdentifier }
  /// Whether it is a literal of characters.
  package var isString: Bool {
    kind == .string || kind == .escapeString || kind == .unicodeString || kind == .dollarString
  }
}
