internal import Bytes
internal import Records

/// What a column's declared type says of its values. SQLite itself takes any word and hardly minds it.
struct DeclaredType: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case integer, boolean, decimal, real, text, date, time, timestamp, uuid, json, bytes
    /// No type, or a word that says nothing.
    case unknown
  }
  var kind: Kind
  /// The numbers in parentheses.
  var parameters: [Int]

  /// Words that types begin with or hold, the first that fits decides; `isWhole`: the word is all of the type.
  private static let words: [(word: String, isWhole: Bool, kind: Kind)] = [
    ("bool", false, .boolean), ("tinyint(1)", true, .boolean),
    ("datetime", false, .timestamp), ("timestamp", false, .timestamp), ("date", true, .date), ("time", true, .time),
    ("interval", false, .text), ("point", false, .unknown),
    ("json", false, .json), ("uuid", false, .uuid), ("guid", false, .uuid), ("uniqueidentifier", false, .uuid),
    ("int", false, .integer), ("serial", false, .integer),
    ("char", false, .text), ("clob", false, .text), ("text", false, .text), ("string", false, .text),
    ("blob", false, .bytes), ("binary", false, .bytes), ("bytea", false, .bytes),
    ("real", false, .real), ("floa", false, .real), ("doub", false, .real),
    ("dec", false, .decimal), ("numeric", false, .decimal), ("number", false, .decimal), ("money", false, .decimal),
  ]

  init(_ spelling: [UInt8]) {
    let lower = Name(spelling.filter { $0 != 0x20 }.prefix(64).map(asciiLower)).bytes
    kind =
      Self.words.first { rule in
        let word = Array(rule.word.utf8)
        return rule.isWhole ? lower == word : firstOffset(of: word.span, in: lower.span) != nil
      }?.kind ?? .unknown
    parameters = []
    guard let open = lower.firstIndex(of: UInt8(ascii: "(")), let close = lower.lastIndex(of: UInt8(ascii: ")")),
      open < close
    else { return }
    let numbers = lower[(open + 1)..<close].split(separator: UInt8(ascii: ",")).map { part in
      let digits = Array(part)
      return Int64(digits: digits.span)
    }
    if numbers.allSatisfy({ $0 != nil && $0! >= 0 && $0! < 1 << 31 }) {
      parameters = numbers.compactMap { $0 }.map { Int($0) }
    }
  }

  /// The type of a column without values.
  var emptyType: LogicalType {
    switch kind {
    case .integer: .int64
    case .boolean: .boolean
    case .decimal:
      parameters.first.map { .decimal(precision: $0, scale: parameters.count > 1 ? parameters[1] : 0) } ?? .decimal
    case .real: .float64
    case .text, .unknown: .text
    case .date: .date
    case .time: .time
    case .timestamp: .timestamp
    case .uuid: .uuid
    case .json: .json
    case .bytes: .bytes
    }
  }

  /// How values of that type would be read.
  var emptyReading: ColumnReading {
    switch kind {
    case .boolean: .boolean
    case .decimal: .digits
    case .json: .json
    default: .plain
    }
  }
}
