package import Bytes

/// One value of a report.
package indirect enum Value: Sendable, Equatable {
  /// There is no such thing: null for programs, nothing for people.
  case absent
  /// A value of the data that says "none".
  case null
  /// No value was given: left out of JSON objects.
  case missing
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
  /// A name of unknown origin.
  package static func name(_ name: Name) -> Value { .bytes(name.bytes) }
  /// Names of unknown origin.
  package static func names(_ names: [Name]) -> Value { names.isEmpty ? .absent : .list(names.map(Value.name)) }

  /// Our own words; absent when there are none.
  package init(_ text: String?) { self = text.map { .text($0) } ?? .absent }
  /// Text of unknown origin; absent when there is none.
  package init(_ bytes: [UInt8]?) { self = bytes.map { .bytes($0) } ?? .absent }
  /// A name; absent when there is none.
  package init(_ name: Name?) { self = name.map(Value.name) ?? .absent }
  /// An integer; absent when there is none.
  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .absent }
  /// An integer; absent when there is none.
  package init(_ value: Int64?) { self = value.map { .integer($0) } ?? .absent }
  /// A time in microseconds since 1970 UTC; absent when there is none.
  package init(time: Int64?) { self = time.map { .time($0) } ?? .absent }
}

extension Value {
  /// The value with its times as text in a zone.
  package func shown(in zone: TimeZone) -> Value { replacingTimes { .text(rfc3339(microseconds: $0, in: zone)) } }

  /// The same for people, for whom whole seconds will do.
  func shownToPeople(in zone: TimeZone) -> Value {
    replacingTimes { time in .text(rfc3339(microseconds: time - (time % 1_000_000 + 1_000_000) % 1_000_000, in: zone)) }
  }

  private func replacingTimes(_ shown: (Int64) -> Value) -> Value {
    switch self {
    case .time(let time): shown(time)
    case .list(let values): .list(values.map { $0.replacingTimes(shown) })
    case .object(let fields): .object(fields.map { Field($0.name, $0.value.replacingTimes(shown)) })
    default: self
    }
  }
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
