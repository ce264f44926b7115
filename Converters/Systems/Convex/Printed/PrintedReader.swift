internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records
internal import Synchronization

/// Why a printed text ended early; it outlives the source, which its reader owns.
private final class PrintedFailure: Sendable {
  private let state = Mutex<ReadError?>(nil)
  var error: ReadError? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// The documents that `npx convex data` printed as JSON of the uniform generation.
private struct PrintedSource: ByteSource, ~Copyable {
  private var text: PrintedText
  private let failure: PrintedFailure
  private var at = 0
  /// Bytes that are made before any are handed out.
  private static let portion = 1 << 16

  init(_ source: consuming any ByteSource & ~Copyable, _ failure: PrintedFailure) {
    text = PrintedText(source)
    self.failure = failure
  }

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    while buffer.freeCapacity > 0 {
      if at < text.out.count {
        at += buffer.append(copying: text.out.span(at: at, count: text.out.count - at))
        continue
      }
      if let error = failure.error {
        // What came before the error comes first.
        guard buffer.byteCount == before else { return }
        if case .io(let error) = error.code { throw error }
        throw IOError("read the documents", detail: error.message)
      }
      text.takeAll()
      at = 0
      var isOver = false
      do throws(ReadError) {
        while text.out.count < Self.portion, !isOver { isOver = try !text.advance() }
      } catch { failure.error = error }
      if isOver && text.out.count == 0 { return }
    }
  }
}

/// Reads the documents of one table that `npx convex data` printed; errors have their places in what was printed.
struct PrintedReader: RecordReader, ~Copyable {
  private var reader: SnapshotReader
  private let failure: PrintedFailure
  private let open: @Sendable () throws(ReadError) -> any ByteSource & ~Copyable

  /// `open` opens the printed text, once more when an error has to be placed.
  init(
    _ schema: TableSchema, _ decoder: DocumentDecoder, shape: JSONShape, isFinal: Bool,
    _ open: @escaping @Sendable () throws(ReadError) -> any ByteSource & ~Copyable
  ) throws(ReadError) {
    failure = PrintedFailure()
    self.open = open
    reader = SnapshotReader(PrintedSource(try open(), failure), schema, decoder, shape: shape, isFinal: isFinal)
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    do throws(ReadError) { return try reader.nextTable() } catch { throw placed(error) }
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) { return try reader.read(into: &batch) } catch { throw placed(error) }
  }

  /// Places are known of errors alone.
  var findings: [Finding] {
    reader.findings.map { finding in
      var finding = finding
      finding.offset = nil
      return finding
    }
  }

  private func placed(_ error: ReadError) -> ReadError {
    var error = error
    if let own = failure.error, case .io = error.code {
      let record = error.record
      error = own
      error.record = record
    } else if let offset = error.offset {
      error.offset = try? place(of: offset)
    }
    return error
  }

  /// Where in the printed text stands what became the byte at an offset.
  private func place(of offset: Int) throws(ReadError) -> Int {
    var text = PrintedText(try open())
    while true {
      let (start, before) = (text.offset, text.made)
      guard try text.advance() else { return text.offset }
      if text.made > offset { return start + min(offset - before, max(text.offset - start - 1, 0)) }
      text.takeAll()
    }
  }
}
