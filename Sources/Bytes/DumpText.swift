public import CBytes

/// A family of SQL, by how text is quoted.
public enum SQLFamily: UInt8, Sendable, CaseIterable { case postgres, mysql, sqlite }

/// Why reading the rows of a dump ended.
public enum DumpStop: Int32, Sendable {
  /// The bytes end inside a row.
  case more
  /// As many rows as were asked for.
  case full
  /// The rows are over.
  case end
  /// The next row has another number of fields.
  case fields
  /// The next row holds something else than plain literals.
  case odd
}

/// What reading rows came to.
public struct DumpRead: Sendable {
  public var rows = 0
  public var stop = DumpStop.full
  /// Whether escapes gave bytes beyond ASCII by their numbers, which may be no UTF-8.
  public var hasRawBytes = false

  public init() {}
  init(rows: Int, _ stop: Int32) {
    self.rows = rows
    self.stop = DumpStop(rawValue: stop & 0xFF) ?? .odd
    hasRawBytes = Int(stop) & CB_DUMP_RAW != 0
  }
}

/// How the lines of COPY text are read.
public struct CopyRule: Sendable {
  /// Fields of a row, at least 1.
  public var width: Int
  public var delimiter: UInt8 = 0x09
  /// Whether lines end with CR LF.
  public var hasCarriageReturns = false
  /// The field that stands for NULL, as it is written.
  public var null = Array("\\N".utf8)
  /// For each field, what its plain texts are taken for; empty: all stay texts.
  public var forms: [CopyForm] = []
  /// Fields some of whose texts were not what their form says and stayed texts, since this was last emptied.
  public var isLeft: [Bool] = []
  public init(width: Int) { self.width = width }
}

/// What a field of COPY text is taken for.
public enum CopyForm: UInt8, Sendable { case text, boolean, number }

/// How the rows of INSERT statements are read.
public struct ValuesRule: Sendable {
  public var width: Int
  public var family: SQLFamily
  /// Whether backslashes escape in `'…'`.
  public var hasBackslashes: Bool
  /// What further statements of the same kind begin with, up to their first row; empty: none is read on.
  public var header: [UInt8]
  /// What stands between a statement's last row and its semicolon.
  public var tail: [UInt8] = []
  /// Whether no bytes follow those of the heap.
  public var isFinal = false
  public init(width: Int, family: SQLFamily, hasBackslashes: Bool, header: [UInt8]) {
    self.width = width
    self.family = family
    self.hasBackslashes = hasBackslashes
    self.header = header
  }
}

/// How a script is cut into statements.
public struct StatementRule: Sendable {
  public var family: SQLFamily
  /// Whether backslashes escape in `'…'`.
  public var hasBackslashes: Bool
  /// Whether `"…"` is a name in MySQL.
  public var hasANSIQuotes: Bool
  /// What ends a statement.
  public var delimiter = [UInt8(ascii: ";")]
  public init(family: SQLFamily, hasBackslashes: Bool = false, hasANSIQuotes: Bool = false) {
    self.family = family
    self.hasBackslashes = hasBackslashes
    self.hasANSIQuotes = hasANSIQuotes
  }
}

/// Where a statement ends.
public enum StatementEnd: Equatable, Sendable {
  /// At the delimiter at an offset.
  case delimiter(Int)
  /// At the backslash of a command of psql.
  case command(Int)
  /// The bytes end before.
  case cut
}

// The kernels, fenced: they read up to 64 bytes past the end, which the padding covers, and write only below it.
extension ByteHeap {
  /// Reads lines of COPY text from `offset` on into rows of cells; returns how many, and moves `offset` behind the last.
  /// `cells` need not be initialized.
  public mutating func copyRows(
    at offset: inout Int, _ rule: inout CopyRule, into cells: UnsafeMutableBufferPointer<cb_cell>
  ) -> DumpRead {
    precondition(offset >= 0 && offset <= count && rule.width > 0 && rule.width <= Int(UInt32.max))
    precondition(rule.forms.isEmpty || rule.forms.count == rule.width && rule.isLeft.count == rule.width)
    guard let first = cells.baseAddress else { return DumpRead() }
    let width = rule.width, delimiter = rule.delimiter, crlf: UInt8 = rule.hasCarriageReturns ? 1 : 0
    var stop: Int32 = 0
    let rows = rule.null.withUnsafeBufferPointer { null in
      rule.forms.withUnsafeBytes { forms in
        rule.isLeft.withUnsafeMutableBytes { left in
          var c = cb_copy_rule(
            width: UInt32(width), delimiter: delimiter, crlf: crlf, null: null.baseAddress, null_count: null.count,
            forms: forms.isEmpty ? nil : forms.bindMemory(to: UInt8.self).baseAddress,
            left: left.bindMemory(to: UInt8.self).baseAddress)
          return cb_copy_rows(base, &offset, count, &c, first, cells.count / width, &stop)
        }
      }
    }
    return DumpRead(rows: rows, stop)
  }

  /// Decodes pairs of hexadecimal digits, `count` bytes from `offset` on, to `target`, which is not behind them; false, with nothing
  /// changed, when they are none.
  public mutating func unhex(at offset: Int, count: Int, to target: Int) -> Bool {
    precondition(target >= 0 && target <= offset && count >= 0 && count % 2 == 0 && offset &+ count <= self.count)
    return cb_unhex(base + offset, count / 2, base + target) != 0
  }

  /// Reads rows `(…)` of literals from `offset` on into rows of cells; returns how many, and moves `offset` behind the last and
  /// what follows it. `cells` need not be initialized.
  public mutating func valuesRows(
    at offset: inout Int, _ rule: ValuesRule, into cells: UnsafeMutableBufferPointer<cb_cell>
  ) -> DumpRead {
    precondition(offset >= 0 && offset <= count && rule.width > 0 && rule.width <= Int(UInt32.max))
    guard let first = cells.baseAddress else { return DumpRead() }
    var stop: Int32 = 0
    let rows = rule.header.withUnsafeBufferPointer { header in
      rule.tail.withUnsafeBufferPointer { tail in
        var c = cb_values_rule(
          width: UInt32(rule.width), family: rule.family.rawValue, backslash: rule.hasBackslashes ? 1 : 0,
          final: rule.isFinal ? 1 : 0, header: header.baseAddress, header_count: header.count,
          tail: tail.baseAddress, tail_count: tail.count)
        return cb_values_rows(base, &offset, count, &c, first, cells.count / rule.width, &stop)
      }
    }
    return DumpRead(rows: rows, stop)
  }

  /// Where the statement that begins at `offset` ends.
  public func statementEnd(from offset: Int, _ rule: StatementRule) -> StatementEnd {
    precondition(offset >= 0 && offset <= count && !rule.delimiter.isEmpty)
    var stop = 0
    let end = withRule(rule) { cb_sql_statement(base, offset, count, $0, &stop) }
    return switch Int(end) {
    case CB_SQL_STATEMENT: .delimiter(stop)
    case CB_SQL_META: .command(stop)
    default: .cut
    }
  }

  /// The first byte from `offset` on that is neither white space nor comment; `isCut`: the bytes end inside a comment, which
  /// begins there.
  public func sqlSpace(from offset: Int, _ rule: StatementRule) -> (end: Int, isCut: Bool) {
    precondition(offset >= 0 && offset <= count)
    var cut: Int32 = 0
    let end = withRule(rule) { cb_sql_space(base, offset, count, $0, &cut) }
    return (end, cut != 0)
  }

  private func withRule<T>(_ rule: StatementRule, _ body: (UnsafePointer<cb_sql_rule>) -> T) -> T {
    rule.delimiter.withUnsafeBufferPointer { delimiter in
      var c = cb_sql_rule(
        family: rule.family.rawValue, backslash: rule.hasBackslashes ? 1 : 0,
        ansi_quotes: rule.hasANSIQuotes ? 1 : 0, delimiter: delimiter.baseAddress, delimiter_count: delimiter.count)
      return body(&c)
    }
  }

  /// Undoes the doubled quotes and, with `backslashes`, escapes of a string's content in place; returns how many bytes remain.
  public mutating func sqlUnescape(at offset: Int, count: Int, _ family: SQLFamily, backslashes: Bool) -> Int {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= self.count)
    var raw: Int32 = 0
    return cb_string_unescape(base + offset, count, Int32(family.rawValue), backslashes ? 1 : 0, &raw)
  }
}
