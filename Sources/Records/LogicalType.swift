/// What a value means, independent of any system.
public indirect enum LogicalType: Hashable, Sendable {
  case boolean
  case int32
  case int64
  /// Exact digits; `precision` and `scale` when they are known.
  case decimal(precision: Int?, scale: Int?)
  case float64
  case text
  case uuid
  case date
  case time
  /// Date and time without a zone.
  case timestamp
  /// A point in time.
  case timestamptz
  case interval
  case json
  case bytes
  case array(LogicalType)
  case enumeration([String])

  /// A decimal of any size.
  public static var decimal: LogicalType { .decimal(precision: nil, scale: nil) }

  /// The word used in output and in the catalog, such as `timestamptz`, `decimal(10,6)`, `text[]`.
  public var word: String {
    switch self {
    case .boolean: "boolean"
    case .int32: "int32"
    case .int64: "int64"
    case .decimal(let precision?, let scale): "decimal(\(precision),\(scale ?? 0))"
    case .decimal: "decimal"
    case .float64: "float64"
    case .text: "text"
    case .uuid: "uuid"
    case .date: "date"
    case .time: "time"
    case .timestamp: "timestamp"
    case .timestamptz: "timestamptz"
    case .interval: "interval"
    case .json: "json"
    case .bytes: "bytes"
    case .array(let element): element.word + "[]"
    case .enumeration: "enum"
    }
  }

  /// Whether values are numbers.
  public var isNumeric: Bool {
    switch self {
    case .int32, .int64, .decimal, .float64: true
    default: false
    }
  }
}
