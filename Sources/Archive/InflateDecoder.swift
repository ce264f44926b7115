internal import Bytes
internal import CZlib

/// Inflates gzip files and bare deflate data with zlib.
///
/// libarchive's gzip filter checks neither CRC nor length and passes over what follows the last member, so it is not used.
final class InflateDecoder: StreamDecoder {
  enum Framing { case gzip, zlib, bare }

  private let framing: Framing
  private let feed: Feed
  private let stream: UnsafeMutablePointer<z_stream>
  private var isWithinMember = true
  private var members = 0
  private var isOver = false
  /// Whether there was no room for all that is known, so that there may be more without input.
  private var hasMore = false

  init(_ feed: Feed, _ framing: Framing) throws(IOError) {
    self.feed = feed
    self.framing = framing
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard cz_inflate_begin(stream, framing.bits) == Z_OK else {
      throw IOError("decompress", detail: "no memory to decompress")
    }
  }
  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var inputCount: Int64 { feed.total - Int64(stream.pointee.avail_in) }
  private var name: String { framing.name }

  func decode(into output: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
    if isOver { return 0 }
    let room = UInt32(clamping: output.count)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room {
      if stream.pointee.avail_in == 0, !hasMore, try !refill() {
        guard !isWithinMember else { throw IOError("decompress", detail: "\(name) data is cut off") }
        isOver = true
        return 0
      }
      if !isWithinMember { try beginMember() }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END:
        isWithinMember = false
        members += 1
      case Z_MEM_ERROR: throw IOError("decompress", detail: "no memory to decompress")
      default: throw IOError("decompress", detail: damage)
      }
      hasMore = isWithinMember && stream.pointee.avail_out == 0
    }
    return Int(room - stream.pointee.avail_out)
  }

  /// Fetches compressed bytes; false when there are no more.
  private func refill() throws(IOError) -> Bool {
    let bytes = try feed.next()
    // zlib takes a mutable pointer for historical reasons; it only reads.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    return bytes.count > 0
  }

  /// Goes on behind the end of a member, where only another gzip member may stand.
  private func beginMember() throws(IOError) {
    guard framing == .gzip, stream.pointee.next_in.pointee == 0x1F else { throw trailing }
    inflateReset(stream)
    isWithinMember = true
  }

  private var trailing: IOError {
    IOError(
      "decompress", detail: "bytes that are no \(name) data follow the data that ends at byte \(inputCount)",
      advice: trailingAdvice)
  }

  private var damage: String {
    let words = stream.pointee.msg.map { String(cString: $0) } ?? "invalid data"
    return members > 0 && words == "incorrect header check"
      ? trailing.detail : "\(name) data is damaged near byte \(inputCount): \(words)"
  }
}

extension InflateDecoder.Framing {
  /// zlib's number of it.
  fileprivate var bits: CInt {
    switch self {
    case .gzip: 31
    case .zlib: 15
    case .bare: -15
    }
  }
  var name: String {
    switch self {
    case .gzip: "gzip"
    case .zlib: "zlib"
    case .bare: "deflate"
    }
  }
}
