internal import Bytes
internal import Diagnostics

/// Text that was UTF-8, was taken for Windows-1252 and written as UTF-8 again: `âœ…` for `✅`.
struct Mojibake: Equatable {
  /// Where the first of it stands, how it is spelt there, and how it was meant.
  private(set) var offset = 0
  private(set) var spelling: [UInt8] = []
  private(set) var meant: [UInt8] = []
  private(set) var count = 0

  /// Looks through a text; nil when there is none of it.
  init?(in text: [UInt8]) {
    var at = 0
    while at < text.count {
      guard text[at] >= 0xC3, let found = Self.sequence(text.span, at: at) else {
        at += 1
        continue
      }
      if count == 0 {
        offset = at
        spelling = Array(text[at..<found.end])
        meant = found.meant
      }
      count += 1
      at = found.end
    }
    if count == 0 { return nil }
  }

  /// One character's bytes at a place, each of which stands there as a character of Windows-1252.
  private static func sequence(_ text: Span<UInt8>, at start: Int) -> (meant: [UInt8], end: Int)? {
    guard let (first, length) = unicodeScalar(text, at: start), let lead = byte(of: first) else { return nil }
    // A pair is too often text that means itself (`Ã©` does not, but who knows): it takes C2 or C3 before a sign.
    let wanted =
      lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead == 0xC2 || lead == 0xC3 ? 2 : 0
    guard wanted > 0 else { return nil }
    var meant = [lead], at = start + length
    while meant.count < wanted {
      guard at < text.count, let (scalar, length) = unicodeScalar(text, at: at), let next = byte(of: scalar),
        next & 0xC0 == 0x80
      else { return nil }
      meant.append(next)
      at += length
    }
    return Name(meant).isUTF8 ? (meant, at) : nil
  }

  /// The byte that Windows-1252 has for a character; those it leaves undefined stand for themselves.
  private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    if scalar.value >= 0x80, scalar.value <= 0xFF { return UInt8(scalar.value) }
    return high.firstIndex(of: scalar.value).map { UInt8(0x80 + $0) }
  }
  private static let high: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0,
    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  func finding(artifact: [UInt8]) -> Finding {
    Finding(
      "mojibake", .warning, "text in UTF-8 was read as Windows-1252 and written again; its bytes are kept as they are",
      advice: "'\(displayed(spelling))' was '\(displayed(meant))'; read it as UTF-8 written by a program set to cp1252",
      artifact: artifact, offset: offset, count: count)
  }
}
