internal import Bytes
internal import CIsal

/// Inflates gzip or zlib streams with isa-l, which checks their checksums.
final class IsalCodec: Codec {
  nonisolated(unsafe) private static let loaded = ci_load()  // written once, never freed, only read

  private let library: UnsafePointer<ci_library>
  private let state: UnsafeMutableRawPointer
  private let isGzip: Bool

  /// Begins a stream; nil when the library is not installed.
  init?(isGzip: Bool) {
    guard let library = Self.loaded, let state = ci_begin(library, nil, isGzip ? 1 : 0) else { return nil }
    self.library = library
    self.state = state
    self.isGzip = isGzip
  }
  deinit { ci_end(state) }

  var name: String { isGzip ? "gzip" : "zlib" }

  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> CodecStep {
    let step = ci_inflate(
      library, state, input.baseAddress, UInt32(clamping: input.count), output.baseAddress!,
      UInt32(clamping: output.count))
    return CodecStep(
      used: Int(step.used), written: Int(step.written), isEnd: step.is_end != 0, problem: Self.words(step.result))
  }

  func restart(with byte: UInt8) -> Bool {
    guard isGzip, byte == 0x1F else { return false }
    _ = ci_begin(library, state, 1)
    return true
  }

  private static func words(_ result: CInt) -> String? {
    switch result {
    case 0, ISAL_END_INPUT, ISAL_OUT_OVERFLOW: nil
    case ISAL_INVALID_WRAPPER, ISAL_UNSUPPORTED_METHOD: "incorrect header"
    case ISAL_INCORRECT_CHECKSUM: "incorrect checksum"
    case ISAL_NEED_DICT: "it needs a dictionary"
    default: "invalid data"
    }
  }
}
