internal import Bytes
internal import CArchive

/// Decompresses one stream with one of libarchive's filters.
final class LibraryDecoder: StreamDecoder {
  private let compression: Compression
  private let feed: Feed
  private let functions: ca_library
  private let archive: OpaquePointer
  private var isOpen = false
  private var isOver = false
  /// Whether this decoder only finds out whether another stream is empty.
  private var isProbe = false

  init(_ feed: Feed, _ compression: Compression) throws(IOError) {
    let functions = try Library.functions()
    guard let archive = functions.archive_read_new() else { throw IOError("decompress", detail: "no memory") }
    self.feed = feed
    self.compression = compression
    self.functions = functions
    self.archive = archive
  }
  deinit { _ = functions.archive_read_free(archive) }

  var inputCount: Int64 { feed.total }

  func decode(into output: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
    if isOver { return 0 }
    if !isOpen {
      isOpen = true
      guard try open() else { return 0 }
    }
    let count = functions.archive_read_data(archive, output.baseAddress, output.count)
    if count > 0 { return count }
    return count == 0 ? try finish() : try fail()
  }

  /// Begins the stream; false when it holds nothing.
  private func open() throws(IOError) -> Bool {
    // Exactly this one filter: left to itself, libarchive would also undo what lies inside.
    guard functions.archive_read_support_format_raw(archive) == ARCHIVE_OK,
      functions.archive_read_append_filter(archive, compression.filter) == ARCHIVE_OK,
      functions.archive_read_open(archive, Unmanaged.passUnretained(feed).toOpaque(), nil, readFeed, nil) == ARCHIVE_OK
    else {
      guard try isEmptyStream() else { _ = try fail(); return false }
      isOver = true
      return false
    }
    var entry: OpaquePointer?
    if functions.archive_read_next_header(archive, &entry) != ARCHIVE_OK { _ = try fail() }
    return true
  }

  /// Whether the whole stream is well-formed and holds nothing: libarchive knows no such thing, and its "empty format" takes
  /// every stream that is damaged at its start for empty. So a member with one known byte is put behind the stream: what is
  /// cut or damaged cannot lead up to it.
  private func isEmptyStream() throws(IOError) -> Bool {
    guard !isProbe, feed.failure == nil, compression.isWritable, let start = try feed.wholeIfShort(), !start.isEmpty
    else { return false }
    let store = MemoryStore(), mark = [UInt8(ascii: "x")]
    var sink = try CompressingSink(MemorySink(store), compression)
    try sink.write(mark.span)
    try sink.finish()
    let probe = try LibraryDecoder(Feed(memory(start + store.bytes)), compression)
    probe.isProbe = true
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
    defer { output.deallocate() }
    guard let count = try? probe.decode(into: output), count == mark.count, output.prefix(count).elementsEqual(mark)
    else { return false }
    return (try? probe.decode(into: output)) == 0
  }

  /// The filter has seen the end of its data: nothing may follow.
  private func finish() throws(IOError) -> Int {
    let used = functions.archive_filter_bytes(archive, -1)
    guard feed.total > 0 else { throw IOError("decompress", detail: "\(compression.rawValue) data is cut off") }
    guard used == feed.total, try feed.next().count == 0 else {
      throw IOError(
        "decompress",
        detail: "bytes that are no \(compression.rawValue) data follow the data that ends at byte \(used)",
        advice: trailingAdvice)
    }
    isOver = true
    return 0
  }

  private func fail() throws(IOError) -> Int {
    if let failure = feed.failure { throw failure }
    let words = Library.words(functions, archive)
    throw IOError("decompress", detail: "\(compression.rawValue) data is cut off or damaged: \(words)")
  }
}

/// A source over some bytes. The optimiser of Swift 6.3 crashes where it sees through this.
@_optimize(none)
private func memory(_ bytes: [UInt8]) -> any ByteSource & ~Copyable { MemorySource(bytes) }
