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
      guard try open() else { return try finish() }
    }
    let count = functions.archive_read_data(archive, output.baseAddress, output.count)
    if count > 0 { return count }
    return count == 0 ? try finish() : try fail()
  }

  /// Begins the stream; false when it holds nothing.
  private func open() throws(IOError) -> Bool {
    // Exactly this one filter: left to itself, libarchive would also undo what lies inside.
    guard functions.archive_read_support_format_raw(archive) == ARCHIVE_OK,
      functions.archive_read_support_format_empty(archive) == ARCHIVE_OK,
      functions.archive_read_append_filter(archive, compression.filter) == ARCHIVE_OK,
      functions.archive_read_open(archive, Unmanaged.passUnretained(feed).toOpaque(), nil, readFeed, nil) == ARCHIVE_OK
    else { _ = try fail(); return false }
    var entry: OpaquePointer?
    switch functions.archive_read_next_header(archive, &entry) {
    case ARCHIVE_OK, ARCHIVE_WARN: return true
    case ARCHIVE_EOF: return false
    default: _ = try fail(); return false
    }
  }

  /// The filter has seen the end of its data: nothing may follow.
  private func finish() throws(IOError) -> Int {
    let used = functions.archive_filter_bytes(archive, -1)
    guard feed.total > 0 else { throw IOError("decompress", detail: "\(compression.rawValue) data is cut off") }
    guard used == feed.total, try feed.next().count == 0 else {
      throw IOError(
        "decompress",
        detail: "bytes that are no \(compression.rawValue) data follow the data that ends at byte \(used)",
        advice: "the file may have been appended to or mixed up in transfer: compare it with the original")
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
