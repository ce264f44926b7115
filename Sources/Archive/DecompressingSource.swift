package import Bytes

/// Reads the plain bytes of a compressed source; damage, a cut, trailing bytes and a bomb are errors of `read`.
package struct DecompressingSource: ByteSource, ~Copyable {
  private let decoder: any StreamDecoder
  private let limits: ExpansionLimits
  private var produced: Int64 = 0
  private var failure: IOError?

  package init(
    _ source: consuming any ByteSource & ~Copyable, _ compression: Compression, limits: ExpansionLimits = .init()
  ) throws(IOError) {
    let feed = Feed(source, compression)
    self.limits = limits
    decoder = compression == .gzip ? try InflateDecoder(feed, .gzip) : try LibraryDecoder(feed, compression)
  }

  /// A zlib stream (RFC 1950), with isa-l where it is installed; `isExact`: with zlib, which gives all that the bits before a cut
  /// say.
  package init(
    zlib source: consuming any ByteSource & ~Copyable, isExact: Bool = false, limits: ExpansionLimits = .init()
  ) throws(IOError) {
    self.limits = limits
    let feed = Feed(source)
    if !isExact, let codec = IsalCodec(.zlib) {
      decoder = FrameDecoder(feed, codec)
    } else {
      decoder = try InflateDecoder(feed, .zlib)
    }
  }

  /// Frames of gzip, lz4 or zstd, with the library of each: faster than libarchive's filters, and bytes before damage are
  /// delivered.
  package init(
    frames source: consuming any ByteSource & ~Copyable, _ compression: Compression, limits: ExpansionLimits = .init()
  ) throws(IOError) {
    self.limits = limits
    let feed = Feed(source)
    switch compression {
    case .gzip:
      if let codec = IsalCodec(.gzip) {
        decoder = FrameDecoder(feed, codec)
      } else {
        decoder = try InflateDecoder(feed, .gzip)
      }
    case .lz4: decoder = FrameDecoder(feed, try LZ4Codec())
    case .zstd: decoder = FrameDecoder(feed, try ZstdCodec())
    case .bzip2, .xz, .lzma: decoder = try LibraryDecoder(feed, compression)
    }
  }

  /// Bare deflate data, which must end where the source ends; with isa-l where it is installed.
  init(deflated source: consuming any ByteSource & ~Copyable, limits: ExpansionLimits) throws(IOError) {
    self.limits = limits
    let feed = Feed(source)
    if let codec = IsalCodec(.bare) {
      decoder = FrameDecoder(feed, codec)
    } else {
      decoder = try InflateDecoder(feed, .bare)
    }
  }

  package mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    if let failure { throw failure }
    guard buffer.freeCapacity > 0 else { return }
    var count = 0
    do throws(IOError) {
      count = try decode(into: &buffer)
      if let reason = limits.violation(output: produced + Int64(count), input: decoder.inputCount) {
        throw IOError("decompress", detail: reason, advice: ExpansionLimits.advice)
      }
    } catch {
      failure = error
      throw error
    }
    produced += Int64(count)
  }

  private func decode(into buffer: inout OutputRawSpan) throws(IOError) -> Int {
    var count = 0
    var failure: IOError?
    buffer.withUnsafeMutableBytes { raw, initialized in
      let free = UnsafeMutableRawBufferPointer(rebasing: raw[initialized...])
      do throws(IOError) { count = try decoder.decode(into: free) } catch { failure = error }
      initialized += count
    }
    if let failure { throw failure }
    return count
  }
}
