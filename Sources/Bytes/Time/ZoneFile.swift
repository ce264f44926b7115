/// Reads a zone file (TZif, RFC 9636).
///
///     header: "TZif" version … counts        44 bytes, then a block with times of 32 bits that is skipped
///     header again                           versions 2 and later only
///     times      8 bytes each                when the offset changed
///     types      1 byte each                 which type holds from then on
///     types      4 offset, 1 is summer, 1 designation
///     designations, leap seconds, …
///     "\n" rule "\n"                         for the time after the last change
struct ZoneFile {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The zone; nil when the bytes are no zone file, or one that counts leap seconds.
  mutating func zone() -> TimeZone? {
    guard let first = header() else { return nil }
    guard first.version >= UInt8(ascii: "2") else { return block(first, timeSize: 4, hasRule: false) }
    at += size(first, timeSize: 4)
    guard let second = header() else { return nil }
    return block(second, timeSize: 8, hasRule: true)
  }

  private struct Header {
    var version: UInt8
    var isUTCount = 0, isStandardCount = 0, leapCount = 0, timeCount = 0, typeCount = 0, charCount = 0
  }

  private mutating func header() -> Header? {
    guard bytes.count - at >= 44, bytes[at...].starts(with: "TZif".utf8) else { return nil }
    var header = Header(version: bytes[at + 4])
    let counts = (0..<6).map { Int(big(at + 20 + 4 * $0, 4)) }
    // No zone has more; a product of these cannot overflow.
    guard counts.allSatisfy({ $0 >= 0 && $0 <= 65_536 }) else { return nil }
    (header.isUTCount, header.isStandardCount, header.leapCount) = (counts[0], counts[1], counts[2])
    (header.timeCount, header.typeCount, header.charCount) = (counts[3], counts[4], counts[5])
    guard header.typeCount > 0, header.leapCount == 0 else { return nil }
    at += 44
    return header
  }

  private func size(_ header: Header, timeSize: Int) -> Int {
    header.timeCount * (timeSize + 1) + header.typeCount * 6 + header.charCount + header.isStandardCount
      + header.isUTCount
  }

  private mutating func block(_ header: Header, timeSize: Int, hasRule: Bool) -> TimeZone? {
    let end = at + size(header, timeSize: timeSize)
    guard end <= bytes.count else { return nil }
    let indexes = at + header.timeCount * timeSize
    let types = indexes + header.timeCount
    var changes: [Int64] = [], offsets: [Int32] = []
    for i in 0..<header.timeCount {
      let time = big(at + i * timeSize, timeSize), type = Int(bytes[indexes + i])
      guard type < header.typeCount, changes.last.map({ $0 < time }) ?? true else { return nil }
      changes.append(time)
      offsets.append(Int32(truncatingIfNeeded: big(types + 6 * type, 4)))
    }
    let first = Int32(truncatingIfNeeded: big(types, 4))
    // An offset of days would be damage.
    guard (offsets + [first]).allSatisfy({ $0.magnitude < 100_000 }) else { return nil }
    at = end
    guard hasRule else { return TimeZone(changes: changes, offsets: offsets, first: first, rule: nil) }
    let tail = bytes[at...]
    guard tail.first == UInt8(ascii: "\n"), let close = tail.dropFirst().firstIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    let text = Array(tail[(at + 1)..<close])
    let rule = ZoneRule(text)
    guard rule != nil || text.isEmpty else { return nil }
    return TimeZone(changes: changes, offsets: offsets, first: first, rule: rule)
  }

  /// A signed number of 4 or 8 bytes, the most significant first.
  private func big(_ offset: Int, _ count: Int) -> Int64 {
    var value: UInt64 = 0
    for byte in bytes[offset..<(offset + count)] { value = value << 8 | UInt64(byte) }
    return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
  }
}
