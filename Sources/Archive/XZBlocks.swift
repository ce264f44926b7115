internal import Bytes

/// Walks over the blocks of an xz file as their bytes pass by and refuses dictionaries that would take too much memory.
///
/// liblzma takes as much memory as the dictionary that a block names, up to 1 GiB of them, and libarchive gives it leave.
///
///     magic and flags 12 │ block header │ chunks, an empty one last │ padding to 4 │ check │ … │ index │ footer 12
///
///     block header   size/4 - 1 │ flags │ [sizes] │ filters: id, length, properties │ padding │ CRC 4
///     chunk          control 1 │ sizes 2 or 4 │ [properties 1] │ data
///     index          0 │ count │ two sizes of each block │ padding to 4 │ CRC 4
struct XZBlocks {
  private enum Part { case magic, start, header, control, sizes, check, index, footer, over }
  private var part = Part.magic
  /// Bytes of the current part still to come, and those that have come.
  private var missing = 12
  private var held: [UInt8] = []
  /// Bytes to step over before the next part, and bytes since the block or index began.
  private var skipped = 0
  private var position = 0
  private var checkCount = 0
  private var isPacked = false
  /// Numbers of the index still to come; nil before the first.
  private var numbers: UInt64?

  /// Takes the next bytes of the stream.
  mutating func take(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
    var at = 0
    while at < bytes.count && part != .over {
      if skipped > 0 {
        let step = min(skipped, bytes.count - at)
        skipped -= step
        position += step
        at += step
        continue
      }
      held.append(bytes[at])
      at += 1
      position += 1
      missing -= 1
      if missing == 0 { try finishPart() }
    }
  }

  private mutating func finishPart() throws(IOError) {
    let bytes = held
    held.removeAll(keepingCapacity: true)
    switch part {
    case .magic:
      // Zeros may stand between two files in one; for what else stands there the library has words.
      guard bytes.contains(where: { $0 != 0 }) else { return begin(.magic, 4) }
      if bytes.count < 12 {
        held = bytes
        return begin(.magic, 12 - bytes.count)
      }
      guard bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) else { return part = .over }
      let type = Int(bytes[7] & 15)
      checkCount = type == 0 ? 0 : 4 << ((type - 1) / 3)
      begin(.start, 1)
    case .start:
      position = 1
      numbers = nil
      guard bytes[0] > 0 else { return begin(.index, 1) }
      begin(.header, Int(bytes[0]) * 4 + 3)
    case .header:
      try check(header: bytes)
      position = 0
      begin(.control, 1)
    case .control where bytes[0] == 0:
      // The data is padded, then comes its check.
      let rest = (4 - position % 4) % 4 + checkCount
      if rest == 0 { begin(.start, 1) } else { begin(.check, rest) }
    case .control:
      isPacked = bytes[0] >= 0x80
      // New properties are one byte more.
      begin(.sizes, !isPacked ? 2 : bytes[0] >= 0xC0 ? 5 : 4)
    case .sizes:
      skipped = Int(bytes[isPacked ? 2 : 0]) << 8 + Int(bytes[isPacked ? 3 : 1]) + 1
      begin(.control, 1)
    case .check: begin(.start, 1)
    case .index: takeNumber(bytes)
    case .footer: begin(.magic, 4)
    case .over: break
    }
  }

  private mutating func begin(_ part: Part, _ count: Int) {
    self.part = part
    missing = count
  }

  /// Takes the bytes of a number of the index so far.
  private mutating func takeNumber(_ bytes: [UInt8]) {
    if let last = bytes.last, last >= 0x80, bytes.count < 9 {
      held = bytes
      return begin(.index, 1)
    }
    let left = numbers.map { $0 - 1 } ?? Self.number(bytes, at: 0).value &* 2
    numbers = left
    if left > 0 { return begin(.index, 1) }
    begin(.footer, (4 - position % 4) % 4 + 4 + 12)
  }

  /// The number of variable length at a place, and where it ends.
  private static func number(_ bytes: [UInt8], at offset: Int) -> (value: UInt64, end: Int) {
    var value: UInt64 = 0, at = offset
    while at < bytes.count, at - offset < 9 {
      value |= UInt64(bytes[at] & 0x7F) << UInt64(7 * (at - offset))
      at += 1
      if bytes[at - 1] < 0x80 { break }
    }
    return (value, at)
  }

  /// Looks for the dictionary among a block's filters; `header` begins behind its size.
  private func check(header: [UInt8]) throws(IOError) {
    var at = 1
    for bit in [0x40, 0x80] as [UInt8] where header[0] & bit != 0 { at = Self.number(header, at: at).end }
    for _ in 0...(header[0] & 3) {
      let (id, idEnd) = Self.number(header, at: at)
      let (length, start) = Self.number(header, at: idEnd)
      guard let length = Int(exactly: length), length <= header.count - start else { return }
      if id == 0x21, length == 1 {
        let bits = UInt64(header[start])
        try limitDictionary(bits >= 40 ? 1 << 32 : (2 | bits & 1) << (bits / 2 + 11))
      }
      at = start + length
    }
  }
}

/// Refuses what would take more memory to decompress than the whole program otherwise.
func limitDictionary(_ byteCount: UInt64) throws(IOError) {
  guard byteCount <= ExpansionLimits.dictionary else {
    throw IOError(
      "decompress", detail: "it was compressed with a dictionary of \(byteCount >> 20) MiB; the limit is 128 MiB",
      advice: ExpansionLimits.advice)
  }
}
