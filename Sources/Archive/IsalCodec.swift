internal import Bytes
internal import CIsal

/// Inflates gzip, zlib and bare deflate streams with isa-l, which checks the checksums of those that have one.
final class IsalCodec: Codec {
  /// The library's functions; nil when it is not installed.
  nonisolated(unsafe) static let loaded = ci_load()  // written once, never freed, only read

  private let functions: UnsafePointer<ci_library>
  private let state: UnsafeMutableRawPointer
  private let framing: InflateDecoder.Framing

  /// Begins a stream; nil when the library is not installed.
  init?(_ framing: InflateDecoder.Framing) {
    guard let library = Self.loaded, let state = ci_begin(library, nil, framing.number) else { return nil }
    functions = library
    self.state = state
    self.framing = framing
  }
  deinit { ci_end(state) }

  /// The CRC-32 of more bytes behind those that have `sum`; nil when the library is not installed.
  static func checksum(_ sum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32? {
    guard let library = loaded, let base = bytes.baseAddress else { return nil }
    return ci_crc32(library, sum, base, UInt64(bytes.count))
  }

  var name: String { framing.name }

  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> CodecStep {
    let step = ci_inflate(
      functions, state, input.baseAddress, UInt32(clamping: input.count), output.baseAddress!,
      UInt32(clamping: output.count))
    return CodecStep(
      used: Int(step.used), written: Int(step.written), isEnd: step.is_end != 0,
      problem: step.excess > 0 ? "bytes follow its end" : Self.words(step.result))
  }

  func restart(with byte: UInt8) -> Bool {
    guard framing == .gzip, byte == 0x1F else { return false }
    _ = ci_begin(functions, state, framing.number)
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

extension InflateDecoder.Framing {
  /// isa-l's number of it.
  fileprivate var number: ci_framing {
    switch self {
    case .gzip: ci_gzip
    case .zlib: ci_zlib
    case .bare: ci_bare
    }
  }
}
