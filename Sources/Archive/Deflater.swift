internal import Bytes
internal import CIsal
internal import CZlib

/// Deflates one piece of data after the other, bare.
///
/// isa-l does so seven times as fast as zlib, which takes its place where it is not installed; the results differ in a few bytes of a
/// hundred.
final class Deflater {
  private static let blockSize = 1 << 16
  /// What isa-l makes of data depends on how much of it comes at once, so that it always gets as much.
  private static let inputSize = 1 << 18
  private let codec: any DeflateCodec
  private let block: UnsafeMutableRawBufferPointer
  private var input: [UInt8] = []

  /// `usesIsal`: whether isa-l does it where it is installed; only tests ask for less.
  init(usesIsal: Bool = true) throws(IOError) {
    if usesIsal, let fast = IsalDeflate() { codec = fast } else { codec = try ZlibDeflate() }
    block = .allocate(byteCount: Self.blockSize, alignment: 16)
  }
  deinit { block.deallocate() }

  /// Hands the deflated form of more bytes to `body`, as far as it is known. `isLast`: they are the last of this data, and what
  /// comes next begins anew.
  func deflate(
    _ bytes: Span<UInt8>, isLast: Bool, _ body: (Span<UInt8>) throws(IOError) -> Void
  ) throws(IOError) {
    var start = 0
    while start < bytes.count {
      let count = min(bytes.count - start, Self.inputSize - input.count)
      bytes.extracting(start..<(start + count)).withUnsafeBufferPointer { input.append(contentsOf: $0) }
      start += count
      if input.count == Self.inputSize { try run(isLast: false, body) }
    }
    guard isLast else { return }
    try run(isLast: true, body)
    codec.restart()
  }

  /// Deflates what is held.
  private func run(isLast: Bool, _ body: (Span<UInt8>) throws(IOError) -> Void) throws(IOError) {
    var start = 0, isOver = false
    while !isOver {
      let step = input.withUnsafeBytes { bytes in
        codec.step(UnsafeRawBufferPointer(rebasing: bytes[start...]), block, isLast: isLast)
      }
      if let problem = step.problem { throw IOError("compress", detail: problem) }
      if step.written > 0 {
        try body(UnsafeRawBufferPointer(rebasing: block[..<step.written]).assumingMemoryBound(to: UInt8.self).span)
      }
      start += step.used
      // Room that is left says that there is nothing more.
      isOver = start == input.count && (isLast ? step.isEnd : step.written < Self.blockSize)
    }
    input.removeAll(keepingCapacity: true)
  }
}

/// A library that deflates.
private protocol DeflateCodec {
  /// Deflates as much of `input` as `output` has room for.
  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, isLast: Bool) -> CodecStep
  func restart()
}

private final class IsalDeflate: DeflateCodec {
  private let functions: UnsafePointer<ci_library>
  private let state: UnsafeMutableRawPointer

  /// Nil when the library is not installed.
  init?() {
    guard let library = IsalCodec.loaded, let state = ci_deflate_begin(library, nil) else { return nil }
    functions = library
    self.state = state
  }
  deinit { ci_end(state) }

  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, isLast: Bool) -> CodecStep {
    let step = ci_deflate(
      functions, state, input.baseAddress, UInt32(input.count), output.baseAddress!, UInt32(output.count),
      isLast ? 1 : 0)
    return CodecStep(
      used: Int(step.used), written: Int(step.written), isEnd: step.is_end != 0,
      problem: step.result == COMP_OK ? nil : "isa-l refuses to go on")
  }
  func restart() { _ = ci_deflate_begin(functions, state) }
}

private final class ZlibDeflate: DeflateCodec {
  /// About as small as what isa-l makes.
  private static let level: CInt = 3
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(IOError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard cz_deflate_begin(stream, Self.level) == Z_OK else {
      throw IOError("compress", detail: "no memory to compress")
    }
  }
  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, isLast: Bool) -> CodecStep {
    // zlib takes a mutable pointer for historical reasons; it only reads.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let result = CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
    return CodecStep(
      used: input.count - Int(stream.pointee.avail_in), written: output.count - Int(stream.pointee.avail_out),
      isEnd: result == Z_STREAM_END, problem: result == Z_STREAM_ERROR ? "zlib refuses to go on" : nil)
  }
  func restart() { deflateReset(stream) }
}
