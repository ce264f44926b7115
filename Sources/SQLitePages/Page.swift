internal import CBytes
internal import Glibc

/// A page of a b-tree while it is being filled (sqlite.org/fileformat2.html, "B-tree Pages").
final class Page {
  enum Kind: UInt8 {
    case indexInterior = 2
    case tableInterior = 5
    case indexLeaf = 10
    case tableLeaf = 13

    var isInterior: Bool { self == .indexInterior || self == .tableInterior }
  }

  let kind: Kind
  var layout: cb_page
  /// The child behind the last cell of an interior page.
  var right: UInt32 = 0

  init(_ kind: Kind) {
    self.kind = kind
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: PageFile.pageSize)
    bytes.initialize(repeating: 0, count: PageFile.pageSize)
    layout = cb_page(bytes: bytes, size: UInt32(PageFile.pageSize), front: 0, end: 0, count: 0)
    removeAll()
  }
  deinit { layout.bytes.deallocate() }

  var count: Int { Int(layout.count) }

  func removeAll() {
    layout.front = kind.isInterior ? 12 : 8
    layout.end = layout.size
    layout.count = 0
    right = 0
  }

  /// Appends a cell, an interior one with the child before it; false when there is no room.
  func add(_ cell: UnsafeRawBufferPointer, child: UInt32) -> Bool {
    let prefix = kind.isInterior ? 4 : 0
    let size = UInt32(cell.count + prefix)
    guard size + 2 <= layout.end - layout.front else { return false }
    layout.end -= size
    cb_put_big16(layout.bytes + Int(layout.front), layout.end)
    layout.front += 2
    layout.count += 1
    let place = layout.bytes! + Int(layout.end)
    if prefix > 0 { cb_put_big32(place, child) }
    memcpy(place + prefix, cell.baseAddress!, cell.count)
    return true
  }

  /// Takes the last cell of a page off again.
  func removeLast() -> (child: UInt32, cell: [UInt8]) {
    precondition(layout.count > 1, "a full page has several cells")
    let prefix = kind.isInterior ? 4 : 0
    let start = Int(layout.end)
    let before = layout.bytes! + Int(layout.front) - 4
    let end = Int(before[0]) << 8 | Int(before[1])
    let cell = Array(UnsafeBufferPointer(start: layout.bytes! + start + prefix, count: end - start - prefix))
    let child = prefix > 0 ? cb_big32(layout.bytes! + start) : 0
    layout.end = UInt32(end)
    layout.front -= 2
    layout.count -= 1
    return (child, cell)
  }

  /// Writes the header and clears what lies between pointers and cells; the page is then as it is stored.
  func seal() -> UnsafeRawBufferPointer {
    let bytes = layout.bytes!
    bytes[0] = kind.rawValue
    cb_put_big16(bytes + 1, 0)
    cb_put_big16(bytes + 3, layout.count)
    cb_put_big16(bytes + 5, layout.end)
    bytes[7] = 0
    if kind.isInterior { cb_put_big32(bytes + 8, right) }
    memset(bytes + Int(layout.front), 0, Int(layout.end - layout.front))
    return UnsafeRawBufferPointer(start: bytes, count: PageFile.pageSize)
  }
}
