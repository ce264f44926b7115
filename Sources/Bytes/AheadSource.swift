/// A source that is read on a thread of its own, a few pieces ahead of whoever takes its bytes.
///
/// For sources that work hard for their bytes. An error comes behind the bytes before it.
public struct AheadSource: ByteSource, ~Copyable {
  private let ahead: Ahead
  private let worker: Worker
  private var heap: ByteHeap
  private var at = 0

  /// Begins to read; `pieceSize`: bytes that change threads at a time.
  public init(_ source: consuming any ByteSource & ~Copyable, pieceSize: Int = 1 << 17) {
    let ahead = Ahead(source, pieceSize)
    self.ahead = ahead
    heap = ByteHeap(capacity: pieceSize)
    worker = Worker.start { ahead.run() }
  }
  deinit {
    ahead.stop()
    worker.join()
  }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    while buffer.freeCapacity > 0 {
      if at < heap.count {
        at += buffer.append(copying: heap.span(at: at, count: heap.count - at))
        continue
      }
      // What is there is worth more than what is still to come.
      guard buffer.byteCount == before || ahead.hasPieces, let piece = ahead.next() else { break }
      swap(&heap, &piece.heap)
      at = 0
      ahead.recycle(piece)
    }
    if buffer.byteCount == before, buffer.freeCapacity > 0, let failure = ahead.failure { throw failure }
  }
}

/// Bytes that travel between threads; only the one that holds them at the time touches them.
private final class Piece: @unchecked Sendable {  // handed over through channels, never shared
  var heap: ByteHeap
  init(_ capacity: Int) { heap = ByteHeap(capacity: capacity) }
}

// The worker owns the source; `failure` is written before `pieces` is closed.
private final class Ahead: @unchecked Sendable {
  private var source: any ByteSource & ~Copyable
  private let pieces = Channel<Piece>(limit: 3)
  private let spares = Channel<Piece>(limit: 4)
  private(set) var failure: IOError?

  init(_ source: consuming any ByteSource & ~Copyable, _ pieceSize: Int) {
    self.source = source
    for _ in 0..<3 { _ = spares.send(Piece(pieceSize)) }
  }

  var hasPieces: Bool { pieces.hasElements }
  func next() -> Piece? { pieces.receive() }
  func recycle(_ piece: Piece) { _ = spares.send(piece) }
  func stop() {
    pieces.close()
    spares.close()
  }

  func run() {
    var isLast = false
    while !isLast, failure == nil, let piece = spares.receive() {
      piece.heap.removeAll()
      do throws(IOError) { isLast = try piece.heap.fill(from: &source) } catch { failure = error }
      if piece.heap.count > 0 { guard pieces.send(piece) else { return } }
    }
    pieces.close()
  }
}
