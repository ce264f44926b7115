internal import Bytes
internal import CLZ4

/// Decodes LZ4 frames with liblz4, blocks that refer to the ones before them included.
final class LZ4Codec: Codec {
  nonisolated(unsafe) private static let loaded = cl_load()  // written once, never freed, only read

  private let functions: cl_library
  private let context: OpaquePointer

  init() throws(IOError) {
    guard let loaded = Self.loaded else {
      throw IOError("load liblz4", detail: "liblz4.so.1 is not installed", advice: "install the package liblz4-1")
    }
    functions = loaded.pointee
    var context: OpaquePointer?
    guard functions.LZ4F_isError(functions.LZ4F_createDecompressionContext(&context, cl_version)) == 0, let context
    else { throw IOError("decompress", detail: "no memory to decompress") }
    self.context = context
  }
  deinit { _ = functions.LZ4F_freeDecompressionContext(context) }

  let name = "lz4"

  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> CodecStep {
    var used = input.count, written = output.count
    let result = functions.LZ4F_decompress(context, output.baseAddress!, &written, input.baseAddress, &used, nil)
    guard functions.LZ4F_isError(result) == 0 else {
      let words = functions.LZ4F_getErrorName(result).map { String(cString: $0) }
      return CodecStep(problem: words ?? "invalid data")
    }
    return CodecStep(used: used, written: written, isEnd: result == 0)
  }

  /// The library begins a new frame by itself.
  func restart(with byte: UInt8) -> Bool { byte == 0x04 || byte & 0xF0 == 0x50 }
}
