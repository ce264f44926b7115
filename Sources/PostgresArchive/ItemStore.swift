package import Archive
internal import Bytes
internal import Records

/// Where the data items of an archive are.
protocol ItemStore: Sendable {
  /// The plain bytes of the item of an entry, which holds no large objects.
  func open(_ entry: TOCEntry) throws(IOError) -> any ByteSource & ~Copyable
  /// The large objects of an entry.
  func largeObjects(_ entry: TOCEntry) throws(IOError) -> any LargeObjectList
  /// Size of the item as it is stored; nil when that is not known.
  func storedByteCount(_ entry: TOCEntry) -> Int64?
  /// Where the item begins in the archive's file; nil when that has no meaning or is not known.
  func offset(of entry: TOCEntry) -> Int64?
}

/// Large objects, one after another.
protocol LargeObjectList: AnyObject {
  /// Number of the next object; nil after the last.
  func next() throws(IOError) -> UInt32?
  /// The plain bytes of that object; called once for each.
  func open() throws(IOError) -> any ByteSource & ~Copyable
}

/// An item that cannot be read, in one line.
func unreadable(_ detail: String) -> IOError { IOError("read archive", detail: detail) }

extension IOError {
  /// An error of reading the archive as one of reading bytes.
  init(_ error: ReadError) {
    switch error.code {
    case .io(let inner): self = inner
    case .truncated: self = unreadable("archive is cut off at byte \(error.offset ?? 0)")
    default: self = unreadable(error.message + " (at byte \(error.offset ?? 0))")
    }
  }
}

extension ExpansionLimits {
  /// Those of data items: rows that are alike shrink as far as deflate can shrink anything, which is to a 1032nd part.
  package static var items: ExpansionLimits {
    var limits = ExpansionLimits()
    limits.ratio = 1100
    return limits
  }
}

extension ItemCompression {
  /// The plain bytes of a stored stream.
  func decode(
    _ source: consuming any ByteSource & ~Copyable, _ limits: ExpansionLimits
  ) throws(IOError) -> any ByteSource & ~Copyable {
    switch self {
    case .none: source
    case .zlib: try DecompressingSource(zlib: source, limits: limits)
    case .lz4: try DecompressingSource(frames: source, .lz4, limits: limits)
    case .zstd: try DecompressingSource(frames: source, .zstd, limits: limits)
    }
  }

  /// The plain bytes of the stored stream that `open` begins, as often as need be.
  func decode(
    _ limits: ExpansionLimits, _ open: @escaping () throws(IOError) -> ChunkSource
  ) throws(IOError) -> any ByteSource & ~Copyable {
    guard self == .zlib else { return try decode(try open(), limits) }
    return try DeflatedItem { (isExact) throws(IOError) in
      try DecompressingSource(zlib: try open(), isExact: isExact, limits: limits)
    }
  }
}
