internal import Bytes
internal import Diagnostics

/// An archive entry's name made fit to be a path within a container.
struct EntryName {
  /// The components joined by `/`; `.` and empty components are dropped, as every unpacking tool does.
  let path: [UInt8]
  /// Why the name cannot be trusted; nil when it can.
  let refusal: String?

  init(_ stored: [UInt8]) {
    let components = stored.split(separator: UInt8(ascii: "/")).filter { $0 != [UInt8(ascii: ".")] }
    path = Array(components.joined(separator: [UInt8(ascii: "/")]))
    refusal = Self.refusal(stored, components)
  }

  private static func refusal(_ stored: [UInt8], _ components: [ArraySlice<UInt8>]) -> String? {
    if components.isEmpty { return "has no name" }
    if stored.first == UInt8(ascii: "/") { return "has an absolute path" }
    if components.contains([UInt8(ascii: "."), UInt8(ascii: ".")]) { return "leads out of the archive by '..'" }
    if stored.contains(UInt8(ascii: "\\")) { return "has a backslash in its name" }
    if stored.count > 1, stored[1] == UInt8(ascii: ":"), (0x61...0x7A).contains(stored[0] | 0x20) {
      return "has a drive letter"
    }
    if components.contains(where: { $0.count > 255 }) || stored.count > 4096 { return "has a name that is too long" }
    return hidesText(stored) ? "has a name that hides or reorders text" : nil
  }

  /// Whether the name holds control, bidirectional or invisible characters. Bytes that are not UTF-8 are no such thing.
  private static func hidesText(_ stored: [UInt8]) -> Bool {
    let bytes = stored.span
    var at = 0
    while at < bytes.count {
      guard let (scalar, count) = unicodeScalar(bytes, at: at) else {
        at += 1
        continue
      }
      if isUnsafeToShow(scalar) { return true }
      at += count
    }
    return false
  }
}
