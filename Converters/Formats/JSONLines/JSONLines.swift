package import Bytes
package import Conversion
internal import JSONStream
package import Records

/// JSON Lines: one record a line.
package struct JSONLines: Sendable {
  package init() {}
}

extension JSONLines: ImportFormat {
  package var id: String { "jsonl" }
  package var endings: [String] { ["jsonl", "ndjson"] }

  /// Objects each on a line of its own, at least two of them or one and the beginning of another; or one that ends with the
  /// only line.
  package func confidence(_ head: [UInt8]) -> Double {
    var records = 0, start = 0, isCut = false
    var heap = ByteHeap(capacity: head.count)
    heap.append(head.span)
    heap.clearPadding()
    while records < 3 {
      start = heap.jsonSpace(from: start)
      guard start < heap.count, heap[start] == UInt8(ascii: "{") else { break }
      var walk = JSONWalk(python: true), at = start
      let stop = heap.jsonWalk(&walk, at: &at, isLast: false)
      isCut = stop == .needsMore
      guard stop == .done, !head[start..<at].contains(UInt8(ascii: "\n")) else { break }
      records += 1
      start = at
      while start < heap.count, heap[start] == UInt8(ascii: " ") || heap[start] == UInt8(ascii: "\r") { start += 1 }
      guard start == heap.count || heap[start] == UInt8(ascii: "\n") else { return 0 }
    }
    return records >= 2 || records == 1 && isCut ? 0.9 : records == 1 ? 0.5 : 0
  }

  package func makeReader(
    from source: consuming any ByteSource & ~Copyable, name: Name, tables: [TableSchema], options: ReadOptions
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    JSONRecordReader(source, name: name, shape: .lines, tables: tables)
  }
}
