/// One value of a report.
package indirect enum Value: Sendable, Equatable {
  case null
  /// No value was given: left out of JSON objects.
  case missing
  /// A secret that is not shown.
  case masked
  case boolean(Bool)
  case integer(Int64)
  /// Digits as they stand in the source.
  case number([UInt8])
  /// A number of bytes.
  case size(Int64)
  /// Microseconds since 1970 UTC.
  case time(Int64)
  /// Our own words.
  case text(String)
  /// Text of unknown origin.
  case bytes([UInt8])
  /// JSON text of unknown origin.
  case json([UInt8])
  case list([Value])
  case object([Field])

  /// A named value of an object.
  package struct Field: Sendable, Equatable {
    package var name: String
    package var value: Value
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// An integer.
  package static func integer(_ value: Int) -> Value { .integer(Int64(value)) }
  /// Null where there is no value.
  package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  /// Null where there is no value.
  package init(_ bytes: [UInt8]?) { self = bytes.map { .bytes($0) } ?? .null }
  /// Null where there is no value.
  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  /// A time; null where there is none.
  package init(time: Int64?) { self = time.map { .time($0) } ?? .null }
}

/// A number of bytes for people, such as `1.4 MB`.
package func humanSize(_ count: Int64) -> String {
  let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
  guard count.magnitude >= 1000 else { return "\(count) B" }
  var tenths = count.magnitude / 100
  var unit = 0
  while tenths >= 9995, unit < units.count - 1 {
    tenths = (tenths + 500) / 1000
    unit += 1
  }
  let number = tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 5) / 10)"
  return (count < 0 ? "-" : "") + "\(number) \(units[unit])"
}
