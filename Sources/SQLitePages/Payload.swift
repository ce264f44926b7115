internal import Bytes
internal import CBytes
internal import Glibc

/// The cell of a row or key, whose bytes come piece by piece: what does not fit on its page goes to overflow pages at once.
struct CellWriter {
  /// What stands on the page of the tree.
  private(set) var cell: [UInt8]
  /// Bytes of payload still to come for the tree's page.
  private var localRoom: Int
  private let hasOverflow: Bool
  private var page: [UInt8] = []
  /// Number of the overflow page at hand.
  private var number: UInt32 = 0
  private var filled = 4

  /// `prefix`: what stands before the payload; `limit`: the most bytes of payload that stay on the page.
  init(prefix: [UInt8], payload: Int, limit: Int) {
    cell = prefix
    localRoom = Self.localSize(payload, limit: limit)
    hasOverflow = payload > limit
    cell.reserveCapacity(prefix.count + localRoom + 4)
  }

  /// Bytes of a payload that stay on the page.
  static func localSize(_ payload: Int, limit: Int) -> Int {
    guard payload > limit else { return payload }
    let size = PageFile.pageSize
    let least = (size - 12) * 32 / 255 - 23
    let local = least + (payload - least) % (size - 4)
    return local <= limit ? local : least
  }

  /// The most bytes of a row that stay on the page of a table, and of a key on that of an index.
  static var tableLimit: Int { PageFile.pageSize - 35 }
  static var indexLimit: Int { (PageFile.pageSize - 12) * 64 / 255 - 23 }

  mutating func append(_ bytes: UnsafeRawBufferPointer, to file: inout PageFile) throws(IOError) {
    let local = min(localRoom, bytes.count)
    cell.append(contentsOf: bytes[..<local])
    localRoom -= local
    var at = local
    while at < bytes.count {
      if number == 0 {
        number = try file.allocate()
        addNumber(number)
        page = [UInt8](repeating: 0, count: PageFile.pageSize)
      } else if filled == PageFile.pageSize {
        let next = try file.allocate()
        try store(next: next, to: &file)
        number = next
        filled = 4
      }
      let count = min(PageFile.pageSize - filled, bytes.count - at)
      page.withUnsafeMutableBytes { _ = memcpy($0.baseAddress! + filled, bytes.baseAddress! + at, count) }
      filled += count
      at += count
    }
  }

  private mutating func addNumber(_ number: UInt32) {
    precondition(hasOverflow, "more bytes than were announced")
    for shift in [24, 16, 8, 0] { cell.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
  }

  private mutating func store(next: UInt32, to file: inout PageFile) throws(IOError) {
    for i in filled..<PageFile.pageSize { page[i] = 0 }
    page.withUnsafeMutableBufferPointer { cb_put_big32($0.baseAddress!, next) }
    try page.span.withUnsafeBytes { (bytes) throws(IOError) in try file.write(bytes, at: number) }
  }

  /// Stores the last overflow page.
  mutating func finish(to file: inout PageFile) throws(IOError) {
    precondition(localRoom == 0 && hasOverflow == (number != 0), "fewer bytes than were announced")
    if number != 0 { try store(next: 0, to: &file) }
  }
}
