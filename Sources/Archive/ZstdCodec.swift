internal import Bytes
internal import CZstd

/// Decodes zstd frames with libzstd, windows of up to `ExpansionLimits.dictionary` bytes.
final class ZstdCodec: Codec {
  nonisolated(unsafe) private static let loaded = cs_load()  // written once, never freed, only read

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
