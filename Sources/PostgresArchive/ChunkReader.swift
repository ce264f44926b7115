internal import Bytes
internal import Records

/// Reads the chunks of one item of a custom archive, or of the large objects of one block, in order.
///
///     chunks := { INT length (> 0) │ bytes } … INT 0
final class ChunkReader {
  private var input: ArchiveBytes
  /// Bytes of the current chunk still to come.
  private var left = 0
  private var isOver = false
  /// An error that came after bytes of the same call.
  private var failure: IOError?

  /// `input` is where the first chunk begins.
  init(_ input: ArchiveBytes) { self.input = input }

  /// Appends payload to a buffer; none at the end of the chunks.
  func read(into buffer: inout OutputRawSpan) throws(IOError) {
    if let failure { throw failure }
    let before = buffer.byteCount
    do throws(ReadError) {
      while buffer.freeCapacity > 0, try hasPayload() {
        left -= try input.copy(left, into: &buffer)
      }
    } catch {
      failure = IOError(error)
      if buffer.byteCount == before { throw IOError(error) }
    }
  }

  /// Whether payload comes next, for which the length of the next chunk is read when one is over.
  private func hasPayload() throws(ReadError) -> Bool {
    if left > 0 { return true }
    if isOver { return false }
    left = try input.count(of: "bytes of a chunk")
    isOver = left == 0
    return !isOver
  }

  /// Steps over what is left of the chunks.
  func skipChunks() throws(ReadError) {
    while try hasPayload() {
      try input.skip(left)
      left = 0
    }
  }

  /// Begins the next large object of the block: its number; nil after the last. The chunks before must be over.
  func nextObject() throws(ReadError) -> UInt32? {
    let oid = try input.oid()
    guard oid != 0 else { return nil }
    (left, isOver) = (0, false)
    return oid
  }

  /// Where the next byte lies in the file.
  var offset: Int64 { input.offset }
}

/// The chunks of one item as a source.
struct ChunkSource: ByteSource, ~Copyable {
  let reader: ChunkReader
  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) { try reader.read(into: &buffer) }
}
