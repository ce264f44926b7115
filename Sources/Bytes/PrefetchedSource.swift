internal import Glibc

/// A source that is read on a thread of its own, a few pieces ahead of whoever takes them.
public struct PrefetchedSource: ByteSource, ~Copyable {
  private let prefetch: Prefetch
  private var piece: Prefetch.Piece?
  private var used = 0

  /// Begins to read `source`.
  public init(_ source: consuming any ByteSource & ~Copyable) {
    prefetch = Prefetch(source)
    prefetch.start()
  }
  deinit { prefetch.finish() }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    while buffer.freeCapacity > 0 {
      if piece == nil {
        piece = try prefetch.next()
        used = 0
      }
      guard let piece else { return }
      used += buffer.append(copying: piece.heap, from: used)
      if used == piece.heap.count {
        prefetch.recycle(piece)
        self.piece = nil
      }
    }
  }
}

extension OutputRawSpan {
  /// Appends as many of a heap's bytes from `start` on as there is room for; returns how many.
  fileprivate mutating func append(copying heap: borrowing ByteHeap, from start: Int) -> Int {
    append(copying: heap.span(at: start, count: heap.count - start))
  }

  /// Appends as many of some bytes as there is room for; returns how many.
  mutating func append(copying bytes: Span<UInt8>) -> Int {
    let count = min(freeCapacity, bytes.count)
    guard count > 0 else { return 0 }
    withUnsafeMutableBytes { raw, initialized in
      bytes.withUnsafeBufferPointer { _ = memcpy(raw.baseAddress! + initialized, $0.baseAddress!, count) }
      initialized += count
    }
    return count
  }
}

/// The thread that reads, and what it has read.
private final class Prefetch: @unchecked Sendable {  // the worker owns the source until it is joined
  private static var pieceSize: Int { 1 << 18 }
  private static var depth: Int { 3 }

  /// A piece that travels between threads; only the one that holds it touches it.
  final class Piece: @unchecked Sendable {
    var heap = ByteHeap(capacity: Prefetch.pieceSize)
  }

  private let pieces: Channel<Piece>
  private let spares: Channel<Piece>
  private var source: any ByteSource & ~Copyable
  private var failure: IOError?
  private var worker: Worker?

  init(_ source: consuming any ByteSource & ~Copyable) {
    self.source = source
    pieces = Channel(limit: Self.depth)
    spares = Channel(limit: Self.depth + 1)
    for _ in 0..<Self.depth { _ = spares.send(Piece()) }
  }

  func start() { worker = Worker.start { self.run() } }

  private func run() {
    do throws(IOError) {
      var isOver = false
      while !isOver, let piece = spares.receive() {
        piece.heap.removeAll()
        isOver = try piece.heap.fill(from: &source)
        if !pieces.send(piece) { break }
      }
    } catch { failure = error }
    pieces.close()
  }

  /// The next piece, waiting for it; nil at the end.
  func next() throws(IOError) -> Piece? {
    if let piece = pieces.receive() { return piece }
    finish()
    if let failure { throw failure }
    return nil
  }

  func recycle(_ piece: Piece) { _ = spares.send(piece) }

  /// Ends the work; called before the last reference goes.
  func finish() {
    spares.close()
    pieces.close()
    worker?.join()
    worker = nil
  }
}
