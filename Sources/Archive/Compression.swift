/// A compression of single streams.
package enum Compression: String, CaseIterable, Sendable {
  case gzip, bzip2, xz, zstd, lzma, lz4

  /// File name endings without the dot, the usual one first.
  package var endings: [String] {
    switch self {
    case .gzip: ["gz"]
    case .bzip2: ["bz2"]
    case .xz: ["xz"]
    case .zstd: ["zst", "zstd"]
    case .lzma: ["lzma"]
    case .lz4: ["lz4"]
    }
  }

  /// Whether output can be compressed this way. (libarchive's lz4 writer crashes on empty input; lzma gave way to xz.)
  package var isWritable: Bool { self != .lz4 && self != .lzma }

  /// Whether the first bytes (13 suffice) are this compression's.
  package func matches(_ head: [UInt8]) -> Bool {
    switch self {
    case .gzip: head.starts(with: [0x1F, 0x8B, 0x08])
    case .bzip2: head.starts(with: Array("BZh".utf8)) && head.count > 3 && (0x31...0x39).contains(head[3])
    case .xz: head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])
    case .zstd: head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
    case .lz4: head.starts(with: [0x04, 0x22, 0x4D, 0x18])
    case .lzma: Self.isLZMAHeader(head)
    }
  }

  /// LZMA alone has no signature: its properties are 0x5D in practice, its dictionary is 2^n or 2^n + 2^(n-1) bytes, and its
  /// size is unknown or below 256 GiB.
  private static func isLZMAHeader(_ head: [UInt8]) -> Bool {
    guard head.count >= 13, head[0] == 0x5D else { return false }
    let dictionary = (1...4).reduce(UInt32(0)) { $0 | UInt32(head[$1]) << UInt32(8 * ($1 - 1)) }
    let bits = dictionary.nonzeroBitCount
    guard dictionary >= 4096, bits == 1 || bits == 2 && dictionary & (dictionary >> 1) != 0 else { return false }
    let size = (5...12).reduce(UInt64(0)) { $0 | UInt64(head[$1]) << UInt64(8 * ($1 - 5)) }
    return size == .max || size < 1 << 38
  }
}

/// How far decompression of input of unknown origin may go.
package struct ExpansionLimits: Sendable {
  /// Output may be this many times its input …
  package var ratio: Int64 = 200
  /// … once it has more bytes than this.
  package var freeBytes: Int64 = 1 << 20
  /// Decompressed bytes of one stream or archive.
  package var total: Int64 = 1 << 40
  /// Bytes of the dictionary of one stream, which are held in memory.
  package static let dictionary: UInt64 = 1 << 27
  /// Entries of one archive.
  package var entries = 100_000

  package init() {}

  /// What is wrong with so much output from so much input; nil when nothing is.
  package func violation(output: Int64, input: Int64) -> String? {
    if output > total { return "expands beyond the limit of \(total) bytes" }
    if output > freeBytes && output / ratio > input { return "expands to more than \(ratio) times its size" }
    return nil
  }

  /// What the user can do about it.
  package static let advice = "if it is genuine, decompress it yourself and register the result"
}
