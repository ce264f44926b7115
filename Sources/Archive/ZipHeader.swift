/// One record of a zip's central directory.
struct ZipHeader {
  var name: [UInt8]
  var flags: Int
  var method: Int
  var checksum: UInt32
  var storedCount: Int64
  var byteCount: Int64
  var localOffset: Int64
  var kind: ArchiveEntry.Kind
  var mode: UInt32?
  var modified: Int64?
  /// Where the next record begins.
  var end: Int

  /// Reads the record at `at`; nil when there is none or it does not hold together.
  init?(_ bytes: LittleEndian, at: Int) {
    guard at + 46 <= bytes.bytes.count, bytes.u32(at) == 0x0201_4B50 else { return nil }
    let nameEnd = at + 46 + bytes.u16(at + 28)
    let extraEnd = nameEnd + bytes.u16(at + 30)
    end = extraEnd + bytes.u16(at + 32)
    guard end <= bytes.bytes.count else { return nil }
    name = Array(bytes.bytes[(at + 46)..<nameEnd])
    flags = bytes.u16(at + 8)
    method = bytes.u16(at + 10)
    checksum = bytes.u32(at + 16)
    let extra = ZipExtra(bytes, nameEnd..<extraEnd)
    // A zip64 value counts only where the short field says so: saved-again archives carry stale ones.
    var large = extra.zip64[...]
    func size(_ short: UInt32) -> Int64? {
      guard short == 0xFFFF_FFFF else { return Int64(short) }
      return large.popFirst().flatMap { Int64(exactly: $0) }
    }
    guard let byteCount = size(bytes.u32(at + 24)), let storedCount = size(bytes.u32(at + 20)),
      let localOffset = size(bytes.u32(at + 42)), bytes.u16(at + 34) == 0 || bytes.u16(at + 34) == 0xFFFF
    else { return nil }
    self.byteCount = byteCount
    self.storedCount = storedCount
    self.localOffset = localOffset
    let attributes = bytes.u32(at + 38), madeBy = bytes.u16(at + 4) >> 8
    let unix = madeBy == 3 || madeBy == 19 ? attributes >> 16 : 0
    mode = unix == 0 ? nil : unix & 0o7777
    kind = Self.kind(unix: unix, isDirectory: name.last == UInt8(ascii: "/") || unix == 0 && attributes & 0x10 != 0)
    modified = extra.modified ?? Self.time(dos: bytes.u32(at + 12))
  }

  private static func kind(unix: UInt32, isDirectory: Bool) -> ArchiveEntry.Kind {
    switch unix & 0o170000 {
    case 0, 0o100000: isDirectory ? .directory : .regular
    case 0o040000: .directory
    case 0o120000: .symbolicLink
    default: .special
    }
  }

  /// The time of a DOS stamp; nil for the zeros of tools that write none, and for dates that do not exist.
  private static func time(dos stamp: UInt32) -> Int64? {
    let year = Int(stamp >> 25) + 1980, month = Int(stamp >> 21 & 15), day = Int(stamp >> 16 & 31)
    let hour = Int(stamp >> 11 & 31), minute = Int(stamp >> 5 & 63), second = Int(stamp & 31) * 2
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60 else { return nil }
    // Days since 1970 by the calendar of years that begin in March.
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return ArchiveEntry.time(seconds: Int64(((days * 24 + hour) * 60 + minute) * 60 + second))
  }
}

/// What the extra fields of a record say.
private struct ZipExtra {
  var zip64: [UInt64] = []
  var modified: Int64?

  init(_ bytes: LittleEndian, _ range: Range<Int>) {
    var at = range.lowerBound
    while at + 4 <= range.upperBound {
      let id = bytes.u16(at), start = at + 4, end = start + bytes.u16(at + 2)
      guard end <= range.upperBound else { return }
      if id == 1 { zip64 = stride(from: start, through: end - 8, by: 8).map { bytes.u64($0) } }
      if id == 0x5455, end - start >= 5, bytes.bytes[start] & 1 != 0 {
        modified = ArchiveEntry.time(seconds: Int64(Int32(bitPattern: bytes.u32(start + 1))))
      }
      at = end
    }
  }
}
