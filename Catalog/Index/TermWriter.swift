internal import Bytes
internal import CIndex

/// Writes the dictionary of a segment and its lists, page by page.
struct TermWriter: ~Copyable {
  var writer = ci_writer()
  private let lineage: UInt16
  private let part: UInt32
  private let codec: PageCodec
  private(set) var termPages: [SegmentHeader.TermPage] = []
  private var longPages: UInt32 = 0
  var pages: [Page] = []
  private(set) var byteCount: UInt64 = 0

  /// Raw bytes of a page of long lists.
  static let longPageCount = 60 << 10

  init(lineage: UInt16, part: UInt32, rowCount: Int, codec: PageCodec) {
    self.lineage = lineage
    self.part = part
    self.codec = codec
    writer.row_count = UInt32(rowCount)
  }
  deinit {
    var writer = writer
    ci_writer_free(&writer)
  }

  /// Adds all terms of a builder that is in order.
  mutating func add(all builder: inout ci_builder) throws(IndexError) {
    var at: UInt32 = 0
    while ci_builder_fill(&builder, &writer, &at) != 0 { try endPage() }
  }

  /// Writes the page that was begun.
  mutating func endPage() throws(IndexError) {
    guard writer.count > 0, let kind = Term.Kind(rawValue: writer.kind) else { return }
    guard termPages.count < Int(PageID.numberLimit) else { throw IndexError(.tooLarge("dictionary of a segment")) }
    let terms = seal("T1", writer.terms, 0, writer.terms.count)
    let lists = seal("P1", writer.lists, 0, writer.lists.count)
    var page = ByteHeap(capacity: terms.count + lists.count + 16)
    page.append(kind.rawValue)
    page.append(varint: UInt64(writer.count))
    page.append(varint: terms.count)
    page.append(terms.span)
    page.append(lists.span)
    let number = UInt32(termPages.count)
    add(Page(PageID(.dictionary, lineage: lineage, part: part, number: number), Array(page.span)))
    termPages.append(
      SegmentHeader.TermPage(kind: kind, termCount: writer.count, first: Self.first(writer.terms, kind)))
    ci_writer_next(&writer)
    while writer.longs.count >= Self.longPageCount { endLongPage(Self.longPageCount) }
  }

  private mutating func endLongPage(_ count: Int) {
    let sealed = seal("L1", writer.longs, 0, count)
    add(Page(PageID(.lists, lineage: lineage, part: part, number: longPages), sealed))
    longPages += 1
    ci_writer_drop_longs(&writer, count)
  }

  private mutating func add(_ page: Page) {
    byteCount += UInt64(page.bytes.count)
    pages.append(page)
  }

  private func seal(_ magic: StaticString, _ bytes: ci_bytes, _ start: Int, _ count: Int) -> [UInt8] {
    codec.seal(magic, UnsafeBufferPointer(start: bytes.bytes! + start, count: count).span)
  }

  private static func first(_ terms: ci_bytes, _ kind: Term.Kind) -> [UInt8] {
    let all = UnsafeBufferPointer(start: terms.bytes!, count: terms.count)
    switch kind {
    case .uuid: return Array(all.prefix(16))
    case .hash: return Array(all.prefix(8))
    default: return Array(all.prefix { $0 != 0x0A })
    }
  }

  /// Writes what is left; returns the number of bytes of the long lists.
  mutating func finish() throws(IndexError) -> UInt64 {
    try endPage()
    if writer.longs.count > 0 { endLongPage(writer.longs.count) }
    return writer.long_start
  }
}
