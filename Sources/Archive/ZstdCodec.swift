package import Bytes
internal import CZstd

/// Decodes zstd frames with libzstd, windows of up to `ExpansionLimits.dictionary` bytes.
final class ZstdCodec: Codec {
  nonisolated(unsafe) fileprivate static let loaded = cs_load()  // written once, never freed, only read

  private let functions: cs_library
  private let context: OpaquePointer

  init() throws(IOError) {
    guard let loaded = Self.loaded else {
      throw IOError("load libzstd", detail: "libzstd.so.1 is not installed", advice: "install the package libzstd1")
    }
    functions = loaded.pointee
    guard let context = functions.ZSTD_createDCtx() else {
      throw IOError("decompress", detail: "no memory to decompress")
    }
    self.context = context
    _ = functions.ZSTD_DCtx_setParameter(
      context, ZSTD_d_windowLogMax, CInt(ExpansionLimits.dictionary.trailingZeroBitCount))
  }
  deinit { _ = functions.ZSTD_freeDCtx(context) }

  let name = "zstd"

  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> CodecStep {
    var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = functions.ZSTD_decompressStream(context, &to, &from)
    guard functions.ZSTD_isError(result) == 0 else {
      let words = functions.ZSTD_getErrorName(result).map { String(cString: $0) }
      return CodecStep(used: from.pos, written: to.pos, problem: words ?? "invalid data")
    }
    return CodecStep(used: from.pos, written: to.pos, isEnd: result == 0)
  }

  /// The library begins a new frame by itself.
  func restart(with byte: UInt8) -> Bool { byte == 0x28 || byte & 0xF0 == 0x50 }
}

/// Compresses blocks that are held in memory, each a zstd frame of its own, for formats of our own.
package final class BlockCompressor {
  private let functions: cs_library
  private let compression: OpaquePointer
  private let decompression: OpaquePointer

  /// Nil where libzstd is not installed.
  package init?() {
    guard let loaded = ZstdCodec.loaded, let compression = loaded.pointee.ZSTD_createCCtx() else { return nil }
    guard let decompression = loaded.pointee.ZSTD_createDCtx() else {
      _ = loaded.pointee.ZSTD_freeCCtx(compression)
      return nil
    }
    functions = loaded.pointee
    self.compression = compression
    self.decompression = decompression
  }
  deinit {
    _ = functions.ZSTD_freeCCtx(compression)
    _ = functions.ZSTD_freeDCtx(decompression)
  }

  /// Appends a frame of the fastest usual level to `output`; false, with nothing appended, when the library refuses.
  package func compress(_ bytes: Span<UInt8>, to output: inout ByteHeap) -> Bool {
    let bound = functions.ZSTD_compressBound(bytes.count)
    var isDone = false
    output.append(atMost: bound) { free in
      free.withUnsafeMutableBufferPointer { buffer, count in
        let result = bytes.withUnsafeBytes {
          functions.ZSTD_compressCCtx(compression, buffer.baseAddress!, bound, $0.baseAddress, $0.count, 1)
        }
        isDone = functions.ZSTD_isError(result) == 0
        count = isDone ? result : 0
      }
    }
    return isDone
  }

  /// Appends the `count` bytes that a frame holds to `output`; false when it holds anything else.
  package func decompress(_ frame: Span<UInt8>, count wanted: Int, to output: inout ByteHeap) -> Bool {
    var isDone = false
    output.append(atMost: wanted + 1) { free in
      free.withUnsafeMutableBufferPointer { buffer, count in
        let result = frame.withUnsafeBytes {
          functions.ZSTD_decompressDCtx(decompression, buffer.baseAddress!, wanted, $0.baseAddress, $0.count)
        }
        isDone = functions.ZSTD_isError(result) == 0 && result == wanted
        count = isDone ? wanted : 0
      }
    }
    return isDone
  }
}
