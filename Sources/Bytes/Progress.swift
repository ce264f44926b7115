internal import Synchronization

/// How far a long operation has come: the data path counts, a display reads.
public final class Progress: Sendable {
  private let done = Atomic<Int64>(0)
  private let total = Atomic<Int64>(0)
  private let label = Mutex<[UInt8]>([])

  public init() {}

  /// Adds bytes that have been dealt with; called once per buffer, not per record.
  public func add(_ count: Int) { done.wrappingAdd(Int64(count), ordering: .relaxed) }
  /// Raises the number of bytes that there are to deal with.
  public func expect(_ count: Int64) { total.wrappingAdd(count, ordering: .relaxed) }
  /// Names what is being dealt with, such as a table; called once per table or artifact.
  public func begin(_ name: [UInt8]) { label.withLock { $0 = name } }

  /// Bytes dealt with so far.
  public var bytesDone: Int64 { done.load(ordering: .relaxed) }
  /// Bytes there are to deal with; 0 when that is not known.
  public var bytesTotal: Int64 { total.load(ordering: .relaxed) }
  /// Name of what is being dealt with; of unknown origin.
  public var current: [UInt8] { label.withLock { $0 } }
}

/// A source that counts what is read through it.
public struct MeteredSource: ByteSource, ~Copyable {
  var source: any ByteSource & ~Copyable
  let progress: Progress
  public init(_ source: consuming any ByteSource & ~Copyable, _ progress: Progress) {
    self.source = source
    self.progress = progress
  }
  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    try source.read(into: &buffer)
    progress.add(buffer.byteCount - before)
  }
  public mutating func pass(over count: Int) throws(IOError) -> Bool {
    guard try source.pass(over: count) else { return false }
    progress.add(count)
    return true
  }
}
