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

  /// Bare deflate data, which must end where the source ends.
  init(deflated source: consuming any ByteSource & ~Copyable, limits: ExpansionLimits) throws(IOError) {
    self.limits = limits
    decoder = try InflateDecoder(Feed(source), .bare)
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
