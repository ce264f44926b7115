internal import Archive
internal import Bytes
internal import CIndex

// A sealed page, or the bytes of several pages:
//
//   magic (2)  version (1)  codec (1: 0 raw, 1 zstd)  raw length (4)  CRC-32C of what follows (4)  bytes
//
// Where zstd makes nothing smaller, or is not installed, the bytes stand as they are.

/// Seals what goes into pages, and opens it. Used by one task at a time.
final class PageCodec {
  private let compressor = BlockCompressor()
  private var opened = ByteHeap(capacity: 1 << 16)

  static let headCount = 12
  static let version: UInt8 = 1
  /// Raw bytes above this are no page of ours.
  private static let rawLimit = 1 << 30

  /// The sealed form of some bytes; `isDense` ones are not worth compressing.
  func seal(_ magic: StaticString, _ raw: Span<UInt8>, isDense: Bool = false) -> [UInt8] {
    var scratch = ByteHeap(capacity: raw.count + raw.count / 128 + 128)
    var isSmaller = false
    if !isDense, let compressor { isSmaller = compressor.compress(raw, to: &scratch) && scratch.count < raw.count }
    if !isSmaller {
      scratch.removeAll()
      scratch.append(raw)
    }
    let checksum = crc32c(scratch.span)
    var page: [UInt8] = []
    page.reserveCapacity(Self.headCount + scratch.count)
    page.append(magic.utf8Start[0])
    page.append(magic.utf8Start[1])
    page += [Self.version, isSmaller ? 1 : 0]
    for shift in [0, 8, 16, 24] { page.append(UInt8(truncatingIfNeeded: raw.count >> shift)) }
    for shift in [UInt32(0), 8, 16, 24] { page.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
    scratch.span.withUnsafeBufferPointer { page.append(contentsOf: $0) }
    return page
  }

  /// The number of bytes behind the head of a page, checked, that was sealed as dense.
  func openDense(_ magic: StaticString, _ page: [UInt8], id: PageID?) throws(IndexError) -> Int {
    let count = try rawCount(magic, page, id: id)
    guard page[3] == 0, page.count - Self.headCount == count else {
      throw IndexError(.damaged("page is none of its kind", page: id))
    }
    return count
  }

  private static func copy(_ heap: borrowing ByteHeap) -> [UInt8] { Array(heap.span) }

  /// Checks the head and the checksum of a page; the number of bytes that it holds.
  private func rawCount(_ magic: StaticString, _ page: [UInt8], id: PageID?) throws(IndexError) -> Int {
    guard page.count >= Self.headCount, page[0] == magic.utf8Start[0], page[1] == magic.utf8Start[1] else {
      throw IndexError(.damaged("page is none of its kind", page: id))
    }
    guard page[2] == Self.version else { throw IndexError(.newer(found: Int(page[2]), known: Int(Self.version))) }
    func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(page[at + $1]) << UInt32($1 * 8) } }
    let count = Int(word(4)), body = page.span.extracting(Self.headCount..<page.count)
    guard count <= Self.rawLimit, crc32c(body) == word(8) else {
      throw IndexError(.damaged("checksum of a page is wrong", page: id))
    }
    return count
  }

  /// What a sealed page holds.
  func open(_ magic: StaticString, _ page: [UInt8], id: PageID?) throws(IndexError) -> [UInt8] {
    let count = try rawCount(magic, page, id: id), body = page.span.extracting(Self.headCount..<page.count)
    if page[3] == 0 && body.count == count { return Array(page[Self.headCount...]) }
    guard page[3] == 1 else { throw IndexError(.damaged("page is none of its kind", page: id)) }
    guard let compressor else {
      let error = IOError(
        "load libzstd", detail: "libzstd.so.1 is not installed", advice: "install the package libzstd1")
      throw IndexError(.io(error))
    }
    opened.removeAll()
    guard compressor.decompress(body, count: count, to: &opened) else {
      throw IndexError(.damaged("page cannot be decompressed", page: id))
    }
    return Self.copy(opened)
  }
}

/// CRC-32C of some bytes.
package func crc32c(_ bytes: Span<UInt8>) -> UInt32 {
  bytes.withUnsafeBufferPointer { p in p.baseAddress.map { ci_crc32c($0, p.count) } ?? 0 }
}

extension Array where Element == UInt8 {
  /// Cuts sealed bytes into pages of consecutive numbers.
  func pages(_ kind: PageKind, lineage: UInt16, part: UInt32, from number: inout UInt32) throws(IndexError) -> [Page] {
    var pages: [Page] = [], at = 0
    repeat {
      guard number < PageID.numberLimit else { throw IndexError(.tooLarge("a part has more than 16,777,216 pages")) }
      let end = Swift.min(count, at + Page.byteLimit)
      pages.append(Page(PageID(kind, lineage: lineage, part: part, number: number), Array(self[at..<end])))
      number += 1
      at = end
    } while at < count
    return pages
  }
}

extension PageStore {
  /// Puts pages of consecutive numbers together again.
  func joined(_ first: PageID, count: Int) throws(IndexError) -> [UInt8] {
    let ids = (0..<count).map { PageID(raw: first.raw + Int64($0)) }
    var all: [UInt8] = []
    for (i, page) in try pages(ids).enumerated() {
      guard let page else { throw IndexError(.damaged("page is missing", page: ids[i])) }
      if count == 1 { return page }
      all += page
    }
    return all
  }
}
