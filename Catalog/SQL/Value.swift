package import Bytes

/// A value bound to a parameter.
package enum Value: Sendable {
  case null
  case integer(Int64)
  /// Exactly these bytes as a text.
  case text([UInt8])
  case blob([UInt8])

  package static func integer(_ value: Int) -> Value { .integer(Int64(value)) }
  package static func integer(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
  package static func integer(_ value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
  package static func boolean(_ value: Bool) -> Value { .integer(value ? Int64(1) : 0) }
  package static func boolean(_ value: Bool?) -> Value { value.map { boolean($0) } ?? .null }
  package static func text(_ value: String) -> Value { .text(Array(value.utf8)) }
  package static func text(_ value: String?) -> Value { value.map { text($0) } ?? .null }
  package static func text(_ value: [UInt8]?) -> Value { value.map { .text($0) } ?? .null }
  package static func text(_ value: Name) -> Value { .text(value.bytes) }
  package static func text(_ value: Name?) -> Value { value.map { .text($0.bytes) } ?? .null }
}
