package import Bytes
internal import CArchive

/// Compresses into another sink. The same bytes always give the same file: no time or name is written into it.
package struct CompressingSink: ByteSink, ~Copyable {
  private let functions: ca_library
  private let archive: OpaquePointer
  private let drain: Drain
  private var isFinished = false

  package init(_ sink: consuming any ByteSink & ~Copyable, _ compression: Compression) throws(IOError) {
    guard compression.isWritable else {
      throw IOError(
        "compress", detail: "output cannot be compressed as \(compression.rawValue)",
        advice: "name it .gz, .bz2, .xz or .zst")
    }
    let functions = try Library.functions()
    guard let archive = functions.archive_write_new(), let entry = functions.archive_entry_new() else {
      throw IOError("compress", detail: "no memory")
    }
    let drain = Drain(sink)
    defer { functions.archive_entry_free(entry) }
    functions.archive_entry_set_filetype(entry, ca_regular_file)
    _ = functions.archive_write_set_format_raw(archive)
    let filter = functions.archive_write_add_filter(archive, compression.filter)
    _ = functions.archive_write_set_bytes_in_last_block(archive, 1)
    if compression == .gzip { _ = functions.archive_write_set_filter_option(archive, nil, "timestamp", nil) }
    guard filter == ARCHIVE_OK,
      functions.archive_write_open(archive, Unmanaged.passUnretained(drain).toOpaque(), nil, writeDrain, nil)
        == ARCHIVE_OK,
      functions.archive_write_header(archive, entry) == ARCHIVE_OK
    else {
      let error = drain.failure ?? IOError("compress", detail: Library.words(functions, archive))
      _ = functions.archive_write_fail(archive)
      _ = functions.archive_write_free(archive)
      throw error
    }
    self.functions = functions
    self.archive = archive
    self.drain = drain
  }
  deinit {
    // Without `fail`, freeing would write the end of the stream as if it were whole.
    if !isFinished { _ = functions.archive_write_fail(archive) }
    _ = functions.archive_write_free(archive)
  }

  package mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBufferPointer {
        functions.archive_write_data(archive, $0.baseAddress! + done, $0.count - done)
      }
      guard count > 0 else { throw error }
      done += count
    }
  }

  package mutating func finish() throws(IOError) {
    guard functions.archive_write_close(archive) == ARCHIVE_OK else { throw error }
    isFinished = true
    try drain.sink.finish()
  }

  private var error: IOError {
    drain.failure ?? IOError("compress", detail: Library.words(functions, archive))
  }
}

/// Where libarchive's output goes.
private final class Drain {
  var sink: any ByteSink & ~Copyable
  var failure: IOError?
  init(_ sink: consuming any ByteSink & ~Copyable) { self.sink = sink }
}

/// Takes a block from libarchive; called by it.
private func writeDrain(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
  let drain = Unmanaged<Drain>.fromOpaque(context!).takeUnretainedValue()
  let block = UnsafeRawBufferPointer(start: bytes, count: count).assumingMemoryBound(to: UInt8.self)
  do throws(IOError) {
    try drain.sink.write(block.span)
    return count
  } catch {
    drain.failure = error
    return -1
  }
}
