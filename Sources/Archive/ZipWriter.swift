package import Bytes
internal import CZlib

/// Writes a zip, entry after entry, all deflated.
///
///     ( header │ name │ deflated bytes )… │ directory │ [zip64 end │ locator] │ end
///
/// Sizes and checksum stand in front of an entry's bytes, so that it can also be read from front to end; until they are known,
/// its deflated bytes are kept aside. Times are zero, which means none: the same entries always give the same file, as far as they are
/// deflated by the same library.
package final class ZipWriter {  // a class for identity only: sinks of its entries write to it
  private struct Entry {
    var name: [UInt8]
    var offset: UInt64
    var checksum: UInt32 = 0
    var byteCount: UInt64 = 0
    var storedCount: UInt64 = 0
  }
  /// Deflated bytes of an entry that are held in memory.
  private static let heldLimit = 1 << 20

  private var output: OutputBuffer
  private let deflater: Deflater
  private var entries: [Entry] = []
  private var current: Entry?
  private var held: [UInt8] = []
  private var spill: SpillFile?
  /// Sizes and offsets from here on are written as 64-bit numbers, and so many entries counted so.
  private let sizeLimit: UInt64
  private let entryLimit: Int

  /// A zip into a sink. The limits are those of the format unless a test wants lower ones.
  package init(
    _ sink: consuming any ByteSink & ~Copyable, sizeLimit: UInt64 = 0xFFFF_FFFF, entryLimit: Int = 0xFFFF,
    usesIsal: Bool = true
  ) throws(IOError) {
    deflater = try Deflater(usesIsal: usesIsal)
    output = OutputBuffer(sink)
    self.sizeLimit = sizeLimit
    self.entryLimit = entryLimit
  }

  /// Begins an entry of a name of at most 65,535 bytes.
  package func begin(_ name: [UInt8]) throws(IOError) {
    precondition(current == nil && name.count <= 0xFFFF)
    current = Entry(name: name, offset: UInt64(output.byteCount))
  }

  /// Appends bytes to the entry begun.
  package func append(_ bytes: Span<UInt8>) throws(IOError) {
    guard var entry = current, bytes.count > 0 else { return }
    entry.byteCount += UInt64(bytes.count)
    entry.checksum = bytes.withUnsafeBytes {
      IsalCodec.checksum(entry.checksum, $0) ?? zlibChecksum(entry.checksum, $0)
    }
    current = entry
    try deflater.deflate(bytes, isLast: false) { (piece) throws(IOError) in try keep(piece) }
  }

  /// Completes the entry begun.
  package func end() throws(IOError) {
    let none: [0 of UInt8] = []
    try deflater.deflate(none.span, isLast: true) { (piece) throws(IOError) in try keep(piece) }
    guard let entry = current else { return }
    current = nil
    try appendHeader(entry)
    if let spill {
      try spill.forEachPiece(at: 0, count: Int64(entry.storedCount) - Int64(held.count)) { (piece) throws(IOError) in
        try output.append(piece)
      } failed: {
        $0
      }
    }
    try output.append(held)
    held.removeAll(keepingCapacity: true)
    spill = nil
    entries.append(entry)
  }

  /// Appends an entry that is held as a whole.
  package func add(_ name: [UInt8], _ content: [UInt8]) throws(IOError) {
    try begin(name)
    try append(content.span)
    try end()
  }

  private func keep(_ piece: Span<UInt8>) throws(IOError) {
    piece.withUnsafeBufferPointer { held.append(contentsOf: $0) }
    current?.storedCount += UInt64(piece.count)
    guard held.count > Self.heldLimit else { return }
    let file: SpillFile
    if let spill { file = spill } else { file = try SpillFile() }
    spill = file
    let bytes = held
    try file.append(bytes.span)
    held.removeAll(keepingCapacity: true)
  }

  // MARK: Headers

  /// Names are UTF-8.
  private static let flags = 0x0800, method = 8
  /// Unix, version 6.3 of the format's description; regular files that anyone may read.
  private static let madeBy = 0x033F
  private static let attributes: UInt32 = 0o644 << 16

  private func isLarge(_ entry: Entry) -> Bool { entry.byteCount >= sizeLimit || entry.storedCount >= sizeLimit }

  private func appendHeader(_ entry: Entry) throws(IOError) {
    let isLarge = isLarge(entry)
    var header = LittleEndianBytes()
    header.u32(0x0403_4B50)
    appendCommon(entry, isLarge: isLarge, needs64: isLarge, to: &header)
    header.u16(isLarge ? 20 : 0)
    header.bytes += entry.name
    if isLarge {
      header.u16(1)
      header.u16(16)
      header.u64(entry.byteCount)
      header.u64(entry.storedCount)
    }
    try output.append(header.bytes)
  }

  /// What local headers and the directory have in common, up to the length of the name.
  private func appendCommon(_ entry: Entry, isLarge: Bool, needs64: Bool, to header: inout LittleEndianBytes) {
    header.u16(needs64 ? 45 : 20)
    for value in [Self.flags, Self.method, 0, 0] { header.u16(value) }
    header.u32(entry.checksum)
    header.u32(isLarge ? .max : UInt32(entry.storedCount))
    header.u32(isLarge ? .max : UInt32(entry.byteCount))
    header.u16(entry.name.count)
  }

  private func appendRecord(_ entry: Entry, to directory: inout LittleEndianBytes) {
    let isLarge = isLarge(entry), isFar = entry.offset >= sizeLimit
    let extra = (isLarge ? 16 : 0) + (isFar ? 8 : 0)
    directory.u32(0x0201_4B50)
    directory.u16(Self.madeBy)
    appendCommon(entry, isLarge: isLarge, needs64: extra > 0, to: &directory)
    directory.u16(extra > 0 ? extra + 4 : 0)
    // No comment, the first disk, no text.
    for _ in 0..<3 { directory.u16(0) }
    directory.u32(Self.attributes)
    directory.u32(isFar ? .max : UInt32(entry.offset))
    directory.bytes += entry.name
    guard extra > 0 else { return }
    directory.u16(1)
    directory.u16(extra)
    if isLarge {
      directory.u64(entry.byteCount)
      directory.u64(entry.storedCount)
    }
    if isFar { directory.u64(entry.offset) }
  }

  /// Writes the directory and finishes the sink.
  package func finish() throws(IOError) {
    let offset = UInt64(output.byteCount)
    var directory = LittleEndianBytes()
    for entry in entries {
      appendRecord(entry, to: &directory)
      try output.append(directory.bytes)
      directory.bytes.removeAll(keepingCapacity: true)
    }
    let size = UInt64(output.byteCount) - offset, count = entries.count
    if count >= entryLimit || size >= sizeLimit || offset >= sizeLimit {
      let end = UInt64(output.byteCount)
      directory.u32(0x0606_4B50)
      directory.u64(44)
      directory.u16(Self.madeBy)
      directory.u16(45)
      for disk: UInt32 in [0, 0] { directory.u32(disk) }
      for value in [UInt64(count), UInt64(count), size, offset] { directory.u64(value) }
      directory.u32(0x0706_4B50)
      directory.u32(0)
      directory.u64(end)
      directory.u32(1)
    }
    directory.u32(0x0605_4B50)
    for _ in 0..<2 { directory.u16(0) }
    for _ in 0..<2 { directory.u16(count >= entryLimit ? 0xFFFF : count) }
    directory.u32(size >= sizeLimit ? .max : UInt32(size))
    directory.u32(offset >= sizeLimit ? .max : UInt32(offset))
    directory.u16(0)
    try output.append(directory.bytes)
    try output.finish()
  }
}

/// Numbers of fixed width, the lowest byte first.
private struct LittleEndianBytes {
  var bytes: [UInt8] = []

  mutating func u16(_ value: Int) { for i in 0..<2 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) } }
  mutating func u32(_ value: UInt32) {
    for i: UInt32 in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
  mutating func u64(_ value: UInt64) {
    for i: UInt64 in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}

/// The CRC-32 of more bytes behind those that have `sum`.
func zlibChecksum(_ sum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
  UInt32(truncatingIfNeeded: crc32_z(UInt(sum), bytes.bindMemory(to: UInt8.self).baseAddress, z_size_t(bytes.count)))
}
