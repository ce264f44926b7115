package import Bytes

/// How a user names a backup of the catalog: `latest`, `first`, `latest~2`, an id prefix, an alias, and each of them or a
/// date after `project@`.
package struct BackupAddress: Hashable, Sendable {
  package enum Selector: Hashable, Sendable {
    /// Counted back from the newest, which is 0.
    case latest(Int)
    /// Counted on from the oldest, which is 0.
    case first(Int)
    /// The newest taken not after this moment.
    case asOf(Moment)
    /// An alias or the beginning of an id.
    case named(Name)
  }
  package var project: Name?
  package var selector: Selector

  package init(project: Name? = nil, _ selector: Selector) {
    self.project = project
    self.selector = selector
  }

  /// Reads an address as the user writes it; nil when it cannot be one: empty, or a count that is no number. `zone` is where
  /// clocks are when a time names no offset.
  package init?(_ text: [UInt8], in zone: TimeZone = .utc) {
    var rest = text
    var project: Name?
    if let at = text.lastIndex(of: UInt8(ascii: "@")) {
      guard at > 0 else { return nil }
      project = Name(Array(text[..<at]))
      rest = Array(text[(at + 1)...])
    }
    guard let selector = Self.selector(rest, zone) else { return nil }
    self.init(project: project, selector)
  }

  private static func selector(_ text: [UInt8], _ zone: TimeZone) -> Selector? {
    guard !text.isEmpty else { return nil }
    if let range = Moment.range(parsing: text, in: zone) { return .asOf(range.upperBound) }
    let parts = text.split(separator: UInt8(ascii: "~"), omittingEmptySubsequences: false)
    let word = Array(parts[0])
    let isLatest = word == Array("latest".utf8)
    guard isLatest || word == Array("first".utf8) else { return parts.count == 1 ? .named(Name(text)) : nil }
    guard parts.count > 1 else { return isLatest ? .latest(0) : .first(0) }
    guard parts.count == 2, let count = Self.count(parts[1]) else { return nil }
    return isLatest ? .latest(count) : .first(count)
  }

  private static func count(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 9 else { return nil }
    var value = 0
    for byte in digits {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Whether `name` could serve as an alias: an address that means nothing else, without control characters or slashes.
  package static func isAlias(_ name: Name) -> Bool {
    guard BackupAddress(name.bytes) == BackupAddress(.named(name)), name.bytes.count <= 200 else { return false }
    if name == "last-verified" || isIDPrefix(name.bytes) { return false }
    return !name.bytes.contains { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }
  }

  /// Whether the bytes could begin a backup's id: four hexadecimal digits or more.
  package static func isIDPrefix(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && bytes.count <= 32
      && bytes.allSatisfy {
        ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
          || (asciiLower($0) >= UInt8(ascii: "a") && asciiLower($0) <= UInt8(ascii: "f"))
      }
  }
}
