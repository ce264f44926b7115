internal import Bytes
internal import CIndex

/// A page of the dictionary, opened; its lists are opened when the first is asked for.
struct TermPageReader {
  let kind: Term.Kind
  let count: Int
  let terms: [UInt8]
  private let sealedLists: [UInt8]
  private var lists: [UInt8]?
  private let id: PageID
  /// Where the list after the one read last begins, and its number.
  private var at = 0
  private var next = 0

  init(_ page: [UInt8], id: PageID, codec: PageCodec) throws(IndexError) {
    var cursor = PageCursor(page, id: id)
    guard let kind = Term.Kind(rawValue: try cursor.byte()) else { throw cursor.damaged() }
    self.kind = kind
    count = try cursor.count()
    let range = try cursor.take(try cursor.count())
    terms = try codec.open("T1", Array(page[range]), id: id)
    sealedLists = Array(page[cursor.at...])
    self.id = id
    guard width.map({ terms.count == $0 * count }) ?? (terms.last == 0x0A) else { throw cursor.damaged() }
  }

  /// Bytes of each term of the classes that have a fixed width.
  var width: Int? { kind == .uuid ? 16 : kind == .hash ? 8 : nil }

  /// All lists as they stand.
  func allLists(_ codec: PageCodec) throws(IndexError) -> [UInt8] { try codec.open("P1", sealedLists, id: id) }

  /// The list of a term; numbers ascend from call to call. `bytes` are those of an inline list.
  mutating func list(
    _ index: Int, rowCount: Int, codec: PageCodec
  ) throws(IndexError) -> (list: ci_list, bytes: ArraySlice<UInt8>) {
    if lists == nil { lists = try codec.open("P1", sealedLists, id: id) }
    let all = lists ?? []
    var list = ci_list()
    while next <= index {
      let isRead = all.withUnsafeBufferPointer { p in
        p.baseAddress.map { ci_list_read($0, p.count, &at, UInt32(rowCount), &list) != 0 } ?? false
      }
      guard isRead else { throw IndexError(.damaged("lists make no sense", page: id)) }
      next += 1
    }
    guard list.form < 2 else { return (list, []) }
    return (list, all[Int(list.offset)..<Int(list.offset) + Int(list.length)])
  }
}

extension SegmentReader {
  /// Opens a page of the dictionary.
  func termPage(_ index: Int) throws(IndexError) -> TermPageReader {
    let id = PageID(.dictionary, lineage: lineage, part: header.part, number: UInt32(index))
    let page = try TermPageReader(store.joined(id, count: 1), id: id, codec: codec)
    let known = header.termPages[index]
    guard page.kind == known.kind, page.count == Int(known.termCount) else {
      throw IndexError(.damaged("page holds other terms than the header says", page: id))
    }
    return page
  }

  /// Bytes of the long lists.
  func longBytes(_ offset: UInt64, _ count: Int) throws(IndexError) -> [UInt8] {
    guard offset <= header.longCount, UInt64(count) <= header.longCount - offset else {
      throw IndexError(.damaged("list lies outside its pages", page: nil))
    }
    var bytes: [UInt8] = [], at = Int(offset)
    let end = at + count
    while at < end {
      let number = at / TermWriter.longPageCount
      let page = try longPage(number)
      let from = at - number * TermWriter.longPageCount
      let to = min(page.count, end - number * TermWriter.longPageCount)
      guard from < to else { throw IndexError(.damaged("long lists are cut off", page: nil)) }
      bytes += page[from..<to]
      at += to - from
    }
    return bytes
  }

  /// Adds the rows of a term to a set.
  func mark(_ page: inout TermPageReader, _ index: Int, in set: inout RowSet) throws(IndexError) {
    var (list, inline) = try page.list(index, rowCount: rowCount, codec: codec)
    if list.form == 3 { return set = .all(rowCount) }
    let bytes = list.form == 2 ? try longBytes(list.offset, Int(list.length))[...] : inline
    let isMarked = bytes.withUnsafeBufferPointer { p in
      set.words.withUnsafeMutableBufferPointer {
        ci_list_mark(p.baseAddress!, p.count, &list, UInt32(rowCount), $0.baseAddress!, UInt64(rowCount), 0) != 0
      }
    }
    guard isMarked else { throw IndexError(.damaged("list makes no sense", page: nil)) }
  }
}
