internal import Bytes

/// Walks over lz4 frames as their bytes pass by and refuses anything between them.
///
/// libarchive checks what is inside a frame but takes any four bytes behind one for its end.
///
///     magic 4 │ flags 1 │ block size 1 │ [content size 8] │ [dictionary 4] │ header check 1
///     { block size 4 │ data │ [check 4] } … 0 (4 bytes) │ [content check 4]
struct LZ4Frames {
  private enum Part { case magic, descriptor, header, blockSize, content, skippableSize }
  private var part = Part.magic
  /// Bytes of the current part still to come, and those that have come.
  private var missing = 4
  private var held: [UInt8] = []
  /// Bytes of data to step over before the next part.
  private var skipped: UInt64 = 0
  private var flags: UInt8 = 0

  /// Takes the next bytes of the stream.
  mutating func take(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
    var at = 0
    while at < bytes.count {
      if skipped > 0 {
        let step = Int(min(skipped, UInt64(bytes.count - at)))
        skipped -= UInt64(step)
        at += step
        continue
      }
      held.append(bytes[at])
      at += 1
      missing -= 1
      if missing == 0 { try finishPart() }
    }
  }

  private mutating func finishPart() throws(IOError) {
    let number = held.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let last = held[held.count - 1]
    held.removeAll(keepingCapacity: true)
    switch part {
    case .magic where number == 0x184D_2204: begin(.descriptor, 1)
    case .magic where number & 0xFFFF_FFF0 == 0x184D_2A50: begin(.skippableSize, 4)
    case .magic:
      throw IOError("decompress", detail: "bytes that are no lz4 data follow the data", advice: trailingAdvice)
    case .skippableSize:
      skipped = UInt64(number)
      begin(.magic, 4)
    case .descriptor:
      flags = last
      begin(.header, 2 + (flags & 8 != 0 ? 8 : 0) + (flags & 1 != 0 ? 4 : 0))
    case .blockSize where number == 0:
      if flags & 4 != 0 { begin(.content, 4) } else { begin(.magic, 4) }
    case .blockSize:
      skipped = UInt64(number & 0x7FFF_FFFF) + (flags & 16 != 0 ? 4 : 0)
      begin(.blockSize, 4)
    case .header: begin(.blockSize, 4)
    case .content: begin(.magic, 4)
    }
  }

  private mutating func begin(_ part: Part, _ count: Int) {
    self.part = part
    missing = count
  }
}
