internal import Bytes

/// Where a zip's central directory lies.
///
///     entries … │ central directory │ [zip64 end │ zip64 locator] │ end │ comment
///
/// Every part must begin exactly where the one before it ends: a stub in front, a second archive behind or a lie in an
/// offset shows as a gap, and a gap is refused, because readers disagree about what such a file holds.
struct ZipDirectory {
  var offset: Int64
  var byteCount: Int64
  var entryCount: Int

  private static let endSignature: UInt32 = 0x0605_4B50
  private static let endCount = 22
  static let advice = "make the archive again from the original files"

  /// Whether the last bytes are an end record without a comment; tells a zip that has something in front of it.
  static func endsFile(_ file: SharedFile) throws(IOError) -> Bool {
    guard file.byteCount >= endCount else { return false }
    let end = LittleEndian(bytes: try file.bytes(at: file.byteCount - Int64(endCount), count: endCount))
    return end.bytes.count == endCount && end.u32(0) == endSignature && end.u16(20) == 0
  }

  init(_ file: SharedFile) throws(IOError) {
    let tailCount = min(file.byteCount, Int64(Self.endCount + 0xFFFF))
    let tailOffset = file.byteCount - tailCount
    let tail = LittleEndian(bytes: try file.bytes(at: tailOffset, count: Int(tailCount)))
    var found: [ZipDirectory] = []
    var last = tail.bytes.count - Self.endCount
    var signatures = 0
    while last >= 0 {
      if tail.u32(last) == Self.endSignature, last + Self.endCount + tail.u16(last + 20) == tail.bytes.count {
        signatures += 1
        if let one = try Self.directory(endingAt: tailOffset + Int64(last), tail, last, file) { found.append(one) }
      }
      last -= 1
    }
    guard signatures > 0 else { throw Self.refused("zip has no end record: it is cut off") }
    guard found.count == 1 else {
      throw Self.refused("zip's end record does not lead to its directory, or leads to several")
    }
    self = found[0]
  }

  private init(offset: Int64, byteCount: Int64, entryCount: Int) {
    self.offset = offset
    self.byteCount = byteCount
    self.entryCount = entryCount
  }

  /// The directory that the end record at `at` names; nil unless it ends where the end records begin.
  private static func directory(
    endingAt position: Int64, _ tail: LittleEndian, _ at: Int, _ file: SharedFile
  ) throws(IOError) -> ZipDirectory? {
    // Archives in several parts are refused with the rest of what does not fit.
    guard tail.u16(at + 4) == 0 || tail.u16(at + 4) == 0xFFFF, tail.u16(at + 8) == tail.u16(at + 10) else { return nil }
    var count = UInt64(tail.u16(at + 10))
    var size = UInt64(tail.u32(at + 12)), offset = UInt64(tail.u32(at + 16))
    var end = position
    if let (recordOffset, record) = try zip64Record(before: position, file) {
      if count == 0xFFFF { count = record.u64(32) }
      if size == 0xFFFF_FFFF { size = record.u64(40) }
      if offset == 0xFFFF_FFFF { offset = record.u64(48) }
      end = recordOffset
    }
    guard let size = Int64(exactly: size), let offset = Int64(exactly: offset), let count = Int(exactly: count),
      offset <= end, size == end - offset
    else { return nil }
    return ZipDirectory(offset: offset, byteCount: size, entryCount: count)
  }

  /// The zip64 end record whose locator stands right before the end record.
  private static func zip64Record(before position: Int64, _ file: SharedFile) throws(IOError) -> (Int64, LittleEndian)?
  {
    guard position >= 76 else { return nil }
    let locator = LittleEndian(bytes: try file.bytes(at: position - 20, count: 20))
    guard locator.bytes.count == 20, locator.u32(0) == 0x0706_4B50, let offset = Int64(exactly: locator.u64(8)),
      offset <= position - 76
    else { return nil }
    let record = LittleEndian(bytes: try file.bytes(at: offset, count: 56))
    guard record.bytes.count == 56, record.u32(0) == 0x0606_4B50, record.u64(4) == UInt64(position - 20 - offset - 12)
    else { return nil }
    return (offset, record)
  }

  /// A zip that readers could disagree about.
  static func refused(_ detail: String) -> IOError { IOError("read archive", detail: detail, advice: advice) }
}
