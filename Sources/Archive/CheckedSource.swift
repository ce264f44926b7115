internal import Bytes

/// Passes bytes on and checks at the end that size and CRC-32 are what was promised.
struct CheckedSource: ByteSource, ~Copyable {
  private var source: any ByteSource & ~Copyable
  private let byteCount: Int64
  private let checksum: UInt32
  private var sum: UInt32 = 0
  private var count: Int64 = 0

  init(_ source: consuming any ByteSource & ~Copyable, byteCount: Int64, checksum: UInt32) {
    self.source = source
    self.byteCount = byteCount
    self.checksum = checksum
  }

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    guard buffer.freeCapacity > 0 else { return }
    let before = buffer.byteCount
    try source.read(into: &buffer)
    let added = buffer.byteCount - before
    guard added > 0 else {
      guard count == byteCount, sum == checksum else {
        throw IOError("decompress", detail: "entry is damaged: its size or checksum is not what the archive says")
      }
      return
    }
    count += Int64(added)
    guard count <= byteCount else {
      throw IOError("decompress", detail: "entry is larger than the archive says")
    }
    buffer.withUnsafeMutableBytes { raw, _ in
      let bytes = UnsafeRawBufferPointer(rebasing: raw[before..<(before + added)])
      sum = IsalCodec.checksum(sum, bytes) ?? zlibChecksum(sum, bytes)
    }
  }
}
