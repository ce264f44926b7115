internal import Bytes
internal import CArchive

/// libarchive's functions, loaded when they are first asked for.
enum Library {
  nonisolated(unsafe) private static let loaded = ca_load()  // written once, never freed, only read

  static func functions() throws(IOError) -> ca_library {
    guard let loaded else {
      throw IOError(
        "load libarchive", detail: "libarchive.so.13 is not installed", advice: "install the package libarchive13")
    }
    return loaded.pointee
  }

  /// libarchive's own words for its last error.
  static func words(_ functions: ca_library, _ archive: OpaquePointer) -> String {
    functions.archive_error_string(archive).map { String(cString: $0) } ?? "invalid data"
  }
}

extension Compression {
  /// libarchive's number of the filter.
  var filter: CInt {
    switch self {
    case .gzip: ARCHIVE_FILTER_GZIP
    case .bzip2: ARCHIVE_FILTER_BZIP2
    case .xz: ARCHIVE_FILTER_XZ
    case .zstd: ARCHIVE_FILTER_ZSTD
    case .lzma: ARCHIVE_FILTER_LZMA
    case .lz4: ARCHIVE_FILTER_LZ4
    }
  }
}

/// Hands libarchive its next block; called by it.
func readFeed(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ block: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  let feed = Unmanaged<Feed>.fromOpaque(context!).takeUnretainedValue()
  do throws(IOError) {
    let bytes = try feed.next()
    block!.pointee = bytes.baseAddress
    return bytes.count
  } catch {
    feed.failure = error
    return -1
  }
}
