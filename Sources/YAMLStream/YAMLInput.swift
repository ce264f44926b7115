internal import Bytes
internal import Records

/// Bytes on their way into libyaml, with what it takes to tell the place of a character.
final class YAMLInput {
  private var source: any ByteSource & ~Copyable
  /// The last two pieces handed out: where each begins, and its bytes.
  private var pieces: [(byte: Int, character: Int, bytes: [UInt8])] = []
  private(set) var byteCount = 0
  private var characterCount = 0
  /// What went wrong while the library was reading.
  private(set) var failure: ReadError?
  /// Bytes that may be handed out: more means that a value does not end.
  var limit: Int
  private var late: IOError?

  // The optimiser of Swift 6.3 crashes where it sees through this.
  @_optimize(none)
  init(_ source: consuming any ByteSource & ~Copyable, limit: Int) {
    self.source = source
    self.limit = limit
  }

  /// Fills a buffer of the library's; 0 at the end, nil when the source failed.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    if byteCount > limit { failure = ReadError(.tooLarge(what: "a value", limit: YAMLStream.scalarLimit)) }
    if let late { failure = ReadError(.io(late)) }
    if failure != nil { return nil }
    var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
    do throws(IOError) { try source.read(into: &output) } catch {
      late = error
      if output.byteCount == 0 {
        failure = ReadError(.io(error))
        return nil
      }
    }
    let count = output.finalize(for: buffer)
    note(Array(buffer.prefix(count)))
    return count
  }

  private func note(_ bytes: [UInt8]) {
    if pieces.count == 2 { pieces.removeFirst() }
    pieces.append((byteCount, characterCount, bytes))
    byteCount += bytes.count
    // One lane for each byte of a run keeps the sum in the registers.
    var at = 0
    while at < bytes.count {
      let end = min(at + 192, bytes.count)
      var count: UInt8 = 0
      while at < end {
        count &+= bytes[at] & 0xC0 != 0x80 ? 1 : 0
        at &+= 1
      }
      characterCount += Int(count)
    }
  }

  /// Offset of the byte that begins a character, counted from 0; of the last pieces when it lies before them.
  func offset(ofCharacter index: Int) -> Int {
    guard let piece = pieces.last(where: { $0.character <= index }) ?? pieces.first else { return 0 }
    var character = piece.character - 1
    for (i, byte) in piece.bytes.enumerated() where byte & 0xC0 != 0x80 {
      character += 1
      if character >= index { return piece.byte + i }
    }
    return piece.byte + piece.bytes.count
  }
}

/// Hands the library its next bytes; called by it.
func readYAML(
  _ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ size: Int,
  _ count: UnsafeMutablePointer<Int>?
) -> CInt {
  let input = Unmanaged<YAMLInput>.fromOpaque(context!).takeUnretainedValue()
  guard let read = input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size)) else { return 0 }
  count!.pointee = read
  return 1
}
