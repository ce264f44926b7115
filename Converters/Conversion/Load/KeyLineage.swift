package import Bytes
package import Records
internal import Synchronization

/// The keys of rows before and after a mapping cast them, noted while the rows are read and kept by the target in the end; in a
/// nameless file meanwhile.
package final class KeyLineage: Sendable {
  /// A table whose keys are cast.
  package struct Table: Sendable, Equatable {
    /// As the source calls it.
    package var source: Name
    /// As the target's records name it.
    package var target: Name
    /// The column of its key there.
    package var column: Name
    package init(source: Name, target: Name, column: Name) {
      self.source = source
      self.target = target
      self.column = column
    }
  }
  /// Such as `convex`.
  package let system: String
  package let tables: [Table]
  private let file: SpillFile
  private let byteCount = Mutex<Int64>(0)

  package init(of tables: [Table], from system: String) throws(IOError) {
    self.system = system
    self.tables = tables
    file = try SpillFile()
  }

  /// Appends keys, as `note` puts them together.
  package func append(_ notes: Span<UInt8>) throws(IOError) {
    try file.append(notes)
    byteCount.withLock { $0 += Int64(notes.count) }
  }

  /// Puts the key of one row together: number of the table, lengths, then the key before and after.
  package static func note(
    _ table: Int, _ before: Span<UInt8>, _ after: Span<UInt8>, in notes: inout ByteHeap
  ) {
    for number in [table, before.count, after.count] {
      for shift in [0, 8, 16, 24] { notes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    notes.append(before)
    notes.append(after)
  }

  /// Hands out all keys in the order in which they came.
  package func forEach(
    _ body: (_ table: Int, _ before: Span<UInt8>, _ after: Span<UInt8>) throws(WriteError) -> Void
  ) throws(WriteError) {
    var source: any ByteSource & ~Copyable = SpillSource(file, count: byteCount.withLock { $0 })
    var window = ByteHeap(capacity: 1 << 16), isOver = false
    while !isOver || window.count > 0 {
      var at = 0
      while let end = Self.end(of: at, in: window) {
        let before = at + 12, after = before + Self.number(at + 4, window)
        try body(
          Self.number(at, window), window.span(at: before, count: after - before),
          window.span(at: after, count: end - after))
        at = end
      }
      window.removePrefix(at)
      guard !isOver else { break }
      do throws(IOError) { isOver = try window.fill(from: &source) } catch { throw WriteError(error) }
    }
  }

  private static func number(_ at: Int, _ heap: borrowing ByteHeap) -> Int {
    var value = 0
    for i in 0..<4 { value |= Int(heap[at + i]) << (8 * i) }
    return value
  }

  /// Where the record at a place ends; nil when it is not there as a whole.
  private static func end(of at: Int, in heap: borrowing ByteHeap) -> Int? {
    guard at + 12 <= heap.count else { return nil }
    let end = at + 12 + number(at + 4, heap) + number(at + 8, heap)
    return end <= heap.count ? end : nil
  }
}
