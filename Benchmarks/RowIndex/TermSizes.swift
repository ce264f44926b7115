internal import Archive
internal import Bytes
internal import CIndex

/// Lays out and compresses the terms of a builder as a segment does, and counts the bytes.
struct TermSizes {
  func size(_ builder: inout ci_builder) -> Int {
    let compressor = BlockCompressor()!
    var writer = ci_writer(), at: UInt32 = 0, heap = ByteHeap(capacity: 1 << 16), bytes = 0
    func add(_ part: ci_bytes, _ start: Int, _ count: Int) {
      heap.removeAll()
      _ = compressor.compress(UnsafeBufferPointer(start: part.bytes! + start, count: count).span, to: &heap)
      bytes += min(heap.count, count) + 12
    }
    while ci_builder_fill(&builder, &writer, &at) != 0 {
      add(writer.terms, 0, writer.terms.count)
      add(writer.lists, 0, writer.lists.count)
      while writer.longs.count >= 60 << 10 {
        add(writer.longs, 0, 60 << 10)
        ci_writer_drop_longs(&writer, 60 << 10)
      }
    }
    if writer.longs.count > 0 { add(writer.longs, 0, writer.longs.count) }
    ci_writer_free(&writer)
    return bytes
  }
}
