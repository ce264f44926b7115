package import Bytes

/// A command line that was understood.
package struct Invocation: Sendable {
  /// The innermost command; nil when none was named.
  package internal(set) var command: Command?
  /// Its name with those around it, such as `["project", "rename"]`.
  package internal(set) var path: [String] = []
  /// The words that are no flags, as bytes: they may be file names.
  package internal(set) var operands: [[UInt8]] = []
  /// The flags that may be asked for here.
  var known: [Flag] = []
  var settings: [(name: String, value: [UInt8]?)] = []

  /// Whether a switch is on: its last mention counts.
  package func isSet(_ flag: Flag) -> Bool { setting(of: flag) ?? false }

  /// Whether a switch was turned on or off; nil when it was not mentioned.
  package func setting(of flag: Flag) -> Bool? {
    assertKnown(flag)
    return settings.last { $0.name == flag.name }.map { $0.value == nil }
  }

  /// The argument of a flag as bytes; nil when it was not given.
  package func bytes(_ flag: Flag) -> [UInt8]? {
    assertKnown(flag)
    return settings.last { $0.name == flag.name }?.value
  }

  /// All arguments of a repeatable flag, in order.
  package func all(_ flag: Flag) -> [[UInt8]] {
    assertKnown(flag)
    return settings.filter { $0.name == flag.name }.compactMap(\.value)
  }

  /// The argument of a flag that takes one of some words.
  package func word(_ flag: Flag) -> String? { bytes(flag).map { String(decoding: $0, as: UTF8.self) } }

  /// The same as an enumeration whose raw values are the flag's words.
  package func choice<T: RawRepresentable<String>>(_ flag: Flag, as type: T.Type = T.self) -> T? {
    word(flag).flatMap(T.init(rawValue:))
  }

  /// The argument of a flag that takes a number.
  package func count(_ flag: Flag) -> Int? { bytes(flag).flatMap(parseCount) }

  /// The argument of a flag that takes a number of bytes.
  package func size(_ flag: Flag) -> Int64? { bytes(flag).flatMap(parseSize) }

  /// The point in time that a flag's argument means, in microseconds since 1970 UTC; `zone` is where clocks are when it names
  /// no offset.
  package func moment(_ flag: Flag, now: Int64, in zone: TimeZone) -> Int64? {
    bytes(flag).flatMap(TimeArgument.init(parsing:))?.microseconds(now: now, in: zone)
  }

  /// Whether the command takes a flag at all.
  package func takes(_ flag: Flag) -> Bool { known.contains { $0.name == flag.name } }

  private func assertKnown(_ flag: Flag) {
    assert(takes(flag), "--\(flag.name) is no flag of \(path.joined(separator: " "))")
  }
}

/// A whole number from 0 in decimal digits; nil for anything else.
package func parseCount(_ bytes: [UInt8]) -> Int? {
  guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
  return Int(String(decoding: bytes, as: UTF8.self))
}

/// A number of bytes: a whole number and perhaps a unit, of 1000 (`kB`) or of 1024 (`KiB`); nil for anything else.
func parseSize(_ bytes: [UInt8]) -> Int64? {
  let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  let unit = bytes[digits.endIndex...].drop { $0 == UInt8(ascii: " ") }.map { $0 | 0x20 }
  guard let count = parseCount(Array(digits)) else { return nil }
  let units: [(name: StaticString, factor: Int)] = [
    ("", 1), ("b", 1), ("k", 1000), ("kb", 1000), ("m", 1_000_000), ("mb", 1_000_000), ("g", 1_000_000_000),
    ("gb", 1_000_000_000), ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30),
  ]
  guard let factor = units.first(where: { $0.name.description.utf8.elementsEqual(unit) })?.factor else { return nil }
  let product = count.multipliedReportingOverflow(by: factor)
  return product.overflow ? nil : Int64(product.partialValue)
}
