internal import Bytes
internal import Records

/// A built-in type of PostgreSQL that a source's own spelling names, put together anew from known words: nothing of the
/// source's text goes into a statement.
struct PostgresType {
  let type: SQLType

  /// Whether values have an order, as keys and indexes need one.
  var isOrdered: Bool {
    type.values != .geometry && type.values != .markup && !(type.form == .json && type.word == "json")
      && !["point", "line", "lseg", "box", "path", "polygon", "circle", "xml", "json"].contains {
        type.word == $0 + "[]"
      }
  }

  /// How many numbers may stand in parentheses, and their range.
  private enum Parameters { case none, length, digits, precision }

  /// The known words. `forms`: of the logical types that go with them, the first is what values are checked by.
  private static let words: [(word: String, form: SQLForm, values: SQLValueSyntax?, parameters: Parameters)] = [
    ("smallint", .int32, .int16, .none), ("integer", .int32, nil, .none), ("bigint", .int64, nil, .none),
    ("real", .float, .float32, .none), ("double precision", .float, nil, .none), ("numeric", .decimal, nil, .digits),
    ("boolean", .boolean, nil, .none), ("text", .text, nil, .none), ("character varying", .text, nil, .length),
    ("character", .text, .padded, .length), ("bpchar", .text, .padded, .none), ("name", .text, .name, .none),
    ("\"char\"", .text, .character, .none),
    ("date", .date, nil, .none), ("interval", .interval, nil, .none), ("uuid", .uuid, nil, .none),
    ("bytea", .bytes, nil, .none), ("json", .json, nil, .none), ("jsonb", .json, nil, .none),
    ("timestamp without time zone", .timestamp, nil, .precision),
    ("timestamp with time zone", .timestamptz, nil, .precision), ("time without time zone", .time, nil, .precision),
    ("time with time zone", .text, .timetz, .precision), ("money", .text, .money, .none),
    ("inet", .text, .network, .none),
    ("cidr", .text, .network, .none), ("macaddr", .text, .hardware, .none), ("macaddr8", .text, .hardware, .none),
    ("bit", .text, .bits, .length), ("bit varying", .text, .bits, .length), ("point", .text, .geometry, .none),
    ("line", .text, .geometry, .none), ("lseg", .text, .geometry, .none), ("box", .text, .geometry, .none),
    ("path", .text, .geometry, .none), ("polygon", .text, .geometry, .none), ("circle", .text, .geometry, .none),
    ("tsvector", .text, .lexemes, .none), ("tsquery", .text, .lexemes, .none), ("xml", .text, .markup, .none),
    ("int4range", .text, .numberRange, .none), ("int8range", .text, .numberRange, .none),
    ("numrange", .text, .numberRange, .none), ("tsrange", .text, .timeRange, .none),
    ("tstzrange", .text, .timeRange, .none), ("daterange", .text, .timeRange, .none),
    ("pg_lsn", .text, .position, .none),
    ("oid", .text, .unsigned32, .none),
  ]
  /// Other spellings of them.
  private static let synonyms = [
    "int2": "smallint", "int4": "integer", "int": "integer", "int8": "bigint", "float4": "real",
    "float8": "double precision", "decimal": "numeric", "bool": "boolean", "varchar": "character varying",
    "char": "character", "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone", "time": "time without time zone", "timetz": "time with time zone",
    "varbit": "bit varying",
  ]

  /// The type that a spelling names, when values of the logical type can be kept in it; nil for every other text.
  init?(_ spelling: [UInt8], for logical: LogicalType) {
    guard spelling.count <= 64, spelling.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
    var text = String(decoding: spelling.map(asciiLower), as: UTF8.self)
    if text.hasPrefix("pg_catalog.") { text.removeFirst("pg_catalog.".count) }
    var element = logical
    if text.hasSuffix("[]") {
      text.removeLast(2)
      guard case .array(let inner) = logical else { return nil }
      element = inner
    } else if case .array = logical {
      return nil
    }
    guard var type = Self.scalar(text, for: element) else { return nil }
    if element != logical {
      var array = SQLType(type.word + "[]", .array)
      array.element = type.form
      array.precision = type.precision
      array.scale = type.scale
      type = array
    }
    self.type = type
  }

  private static func scalar(_ text: String, for logical: LogicalType) -> SQLType? {
    // Numbers in parentheses stand behind the first word or at the end.
    var word = text, numbers: [Int] = []
    if let open = text.firstIndex(of: "("), let close = text.firstIndex(of: ")"), open < close {
      word.removeSubrange(open...close)
      for part in text[text.index(after: open)..<close].split(separator: ",", omittingEmptySubsequences: false) {
        let digits = part.drop { $0 == " " }
        guard let number = Int(digits), number >= 0, digits.first?.isNumber == true else { return nil }
        numbers.append(number)
      }
    }
    word = word.split(separator: " ").joined(separator: " ")
    let name = synonyms[word] ?? word
    guard let row = words.first(where: { $0.word == name }), goesWith(row.form, row.values, logical) else { return nil }
    var type = SQLType(name, row.form)
    type.values = row.values
    switch row.parameters {
    case .none: guard numbers.isEmpty else { return nil }
    case .length:
      guard numbers.count <= 1, numbers.allSatisfy({ $0 >= 1 && $0 <= 10_485_760 }) else { return nil }
      if numbers.isEmpty, name == "character" || name == "bit" { numbers = [1] }
      if let length = numbers.first {
        type.word += "(\(length))"
        type.maximumLength = length
      }
    case .digits:
      guard numbers.count <= 2 else { return nil }
      if let precision = numbers.first {
        let scale = numbers.count > 1 ? numbers[1] : 0
        guard precision >= 1, precision <= 1000, scale <= precision else { return nil }
        type.word += "(\(precision),\(scale))"
        type.precision = precision
        type.scale = scale
      }
    case .precision:
      guard numbers.count <= 1, numbers.allSatisfy({ $0 <= 6 }) else { return nil }
      if let precision = numbers.first {
        let space = name.firstIndex(of: " ") ?? name.endIndex
        type.word = "\(name[..<space])(\(precision))\(name[space...])"
      }
    }
    return type
  }

  /// Whether values that mean the logical type are checked by the form as they should.
  private static func goesWith(_ form: SQLForm, _ values: SQLValueSyntax?, _ logical: LogicalType) -> Bool {
    switch (form, logical) {
    case (.int32, .int32), (.int64, .int64), (.int64, .int32), (.float, .float64), (.decimal, .decimal): true
    case (.boolean, .boolean), (.date, .date), (.time, .time), (.timestamp, .timestamp), (.interval, .interval): true
    case (.timestamptz, .timestamptz), (.uuid, .uuid), (.bytes, .bytes), (.json, .json), (.text, .text): true
    case (.int32, .int64): values == nil
    case (.text, .time): values == .timetz
    case (.text, .int64): values == .unsigned32
    case (.text, .decimal): values == .money
    default: false
    }
  }
}

/// What the texts of a type without a form of its own look like. The checks are wide: they keep out what is certainly none.
package enum SQLValueSyntax: UInt8, Sendable {
  case int16, float32
  /// Text that ends with no blank, or is filled with them.
  case padded
  case name, character, timetz, money, network, hardware, bits, geometry, lexemes, markup, numberRange, timeRange
  case position, unsigned32

  /// Whether a text may be a value.
  func takes(_ text: Span<UInt8>, length: Int) -> Bool {
    switch self {
    case .int16: Int64(digits: text).flatMap { Int16(exactly: $0) } != nil
    case .float32: DecimalText(text).map { $0.isZero || $0.magnitude <= 38 && $0.magnitude > -37 } ?? false
    case .padded, .markup: true
    case .name: text.count <= 63
    case .character: text.count <= 1
    case .timetz: text.count >= 9 && text.count <= 24 && all(text, digits: true, "+-:.") && text[2] == UInt8(ascii: ":")
    case .money: text.count > 0 && text.count <= 40 && all(text, digits: true, "$-.,") && hasDigit(text)
    case .network: text.count >= 2 && text.count <= 49 && all(text, digits: true, ".:/abcdefABCDEF") && isNetwork(text)
    case .hardware: text.count >= 12 && text.count <= 23 && all(text, digits: true, ":-.abcdefABCDEF")
    case .bits: all(text, digits: false, "01") && (length == 0 || text.count <= length)
    case .geometry: text.count > 2 && all(text, digits: true, "()[]{}<>,.+-eE") && hasDigit(text)
    case .lexemes: isBalanced(text)
    case .numberRange: isRange(text) && all(text, digits: true, "[](),.-+eEmpty")
    case .timeRange: isRange(text) && all(text, digits: true, "[](),.-+:\"\\ emptyBCinf")
    case .position: text.count >= 3 && text.count <= 17 && all(text, digits: true, "/abcdefABCDEF") && has(text, "/")
    case .unsigned32: Int64(digits: text).map { $0 >= 0 && $0 <= Int64(UInt32.max) } ?? false
    }
  }

  private func all(_ text: Span<UInt8>, digits: Bool, _ others: StaticString) -> Bool {
    for i in text.indices where !(digits && isDigit(text[i])) {
      let byte = text[i]
      guard others.withUTF8Buffer({ unsafe $0.contains(byte) }) else { return false }
    }
    return true
  }

  private func has(_ text: Span<UInt8>, _ byte: Unicode.Scalar) -> Bool {
    for i in text.indices where text[i] == UInt8(ascii: byte) { return true }
    return false
  }

  private func hasDigit(_ text: Span<UInt8>) -> Bool {
    for i in text.indices where isDigit(text[i]) { return true }
    return false
  }

  /// Four numbers up to 255, or groups of hexadecimal digits with colons.
  private func isNetwork(_ text: Span<UInt8>) -> Bool {
    if has(text, ":") { return true }
    var number = 0, digits = 0, dots = 0, slash = false
    for i in text.indices {
      switch text[i] {
      case UInt8(ascii: ".") where !slash && digits > 0: (dots, number, digits) = (dots + 1, 0, 0)
      case UInt8(ascii: "/") where !slash && digits > 0: (slash, number, digits) = (true, 0, 0)
      case let byte where isDigit(byte) && digits < 3:
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
        guard number <= (slash ? 32 : 255) else { return false }
      default: return false
      }
    }
    return digits > 0 && dots == 3
  }

  /// Whether apostrophes come in pairs.
  private func isBalanced(_ text: Span<UInt8>) -> Bool {
    var count = 0
    for i in text.indices where text[i] == UInt8(ascii: "'") { count += 1 }
    return count % 2 == 0
  }

  private func isRange(_ text: Span<UInt8>) -> Bool {
    if Array(text) == Array("empty".utf8) { return true }
    guard text.count >= 3, has(text, ",") else { return false }
    let first = text[0], last = text[text.count - 1]
    return (first == UInt8(ascii: "[") || first == UInt8(ascii: "("))
      && (last == UInt8(ascii: "]") || last == UInt8(ascii: ")"))
  }
}
