internal import Archive
package import Bytes
package import Conversion

/// One compression of single streams as a plug-in.
package struct StreamDecoding: ContentDecoder {
  private let compression: Compression
  /// All compressions there are, in the order in which signatures are tried.
  package static let all: [any ContentDecoder] = Compression.allCases.map { StreamDecoding(compression: $0) }

  package var id: String { compression.rawValue }
  package var endings: [String] { compression.endings }
  package func matches(_ head: [UInt8]) -> Bool { compression.matches(head) }
  package func decode(_ source: consuming any ByteSource & ~Copyable) throws(IOError) -> any ByteSource & ~Copyable {
    try DecompressingSource(source, compression)
  }
  package func encode(_ sink: consuming any ByteSink & ~Copyable) throws(IOError) -> any ByteSink & ~Copyable {
    try CompressingSink(sink, compression)
  }
}
