package import Bytes
internal import CBytes
internal import Glibc

/// The pages behind those that SQLite itself has made of a database file.
///
/// Pages are numbered from 1 in the order in which they are asked for and gathered in memory until they are worth a write.
package struct PageFile: ~Copyable {
  package static let pageSize = 8192
  /// Bytes of payload on an overflow page.
  static var overflowRoom: Int { pageSize - 4 }
  /// The page that holds the bytes of SQLite's locks and nothing else.
  private static var lockPage: UInt32 { UInt32(1 << 30 / pageSize) + 1 }
  private static var bufferedPages: Int { 64 }

  private let descriptor: Descriptor
  /// Number of the last page there is.
  private var last: UInt32
  /// Pages that belong to nobody any more.
  private var free: [UInt32] = []
  private let buffer: UnsafeMutableRawBufferPointer
  /// Number of the first page in the buffer.
  private var first: UInt32 = 0
  private var buffered = 0

  /// Takes up a database that SQLite has created and closed.
  package init(_ path: [UInt8]) throws(IOError) {
    let file = try Descriptor(path, flags: O_RDWR | O_NOFOLLOW)
    let size = try file.status().byteCount
    guard size > 0, size % Int64(Self.pageSize) == 0 else {
      throw IOError("open", path: path, detail: "the new database has pages of another size")
    }
    descriptor = file
    last = UInt32(size / Int64(Self.pageSize))
    buffer = .allocate(byteCount: Self.bufferedPages * Self.pageSize, alignment: 4096)
  }
  deinit { buffer.deallocate() }

  /// A page that is nobody's.
  mutating func allocate() throws(IOError) -> UInt32 {
    if let page = free.popLast() { return page }
    last += 1
    if last == Self.lockPage {
      let empty = [UInt8](repeating: 0, count: Self.pageSize)
      let number = last
      try empty.span.withUnsafeBytes { (bytes) throws(IOError) in try write(bytes, at: number) }
      last += 1
    }
    guard last < UInt32.max - 1 else { throw IOError("write", detail: "a SQLite file cannot have more pages") }
    return last
  }

  /// Gives up a page.
  mutating func release(_ page: UInt32) { free.append(page) }

  /// Stores a page of a tree under a new number.
  mutating func append(_ page: Page) throws(IOError) -> UInt32 {
    let number = try allocate()
    try write(page.seal(), at: number)
    return number
  }

  /// Stores the bytes of a page.
  mutating func write(_ bytes: UnsafeRawBufferPointer, at number: UInt32) throws(IOError) {
    if number < first { return try put(bytes, at: number) }
    if number > first + UInt32(buffered) || number == first + UInt32(buffered) && buffered == Self.bufferedPages {
      try flush()
      first = number
    }
    let place = Int(number - first)
    memcpy(buffer.baseAddress! + place * Self.pageSize, bytes.baseAddress!, Self.pageSize)
    buffered = max(buffered, place + 1)
  }

  private mutating func flush() throws(IOError) {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(buffered * Self.pageSize)])
    if buffered > 0 { try put(bytes, at: first) }
    buffered = 0
  }

  /// Writes the bytes of pages to the file.
  private func put(_ bytes: UnsafeRawBufferPointer, at number: UInt32) throws(IOError) {
    var at = 0
    let offset = (Int(number) - 1) * Self.pageSize
    while at < bytes.count {
      let n = pwrite(descriptor.number, bytes.baseAddress! + at, bytes.count - at, off_t(offset + at))
      if n < 0 && errno == EINTR {
        try Interruption.check("write")
      } else if n < 0 {
        throw IOError("write", errno: errno)
      } else {
        at += n
      }
    }
  }

  /// Reads the bytes of a page that has been stored.
  mutating func read(_ number: UInt32) throws(IOError) -> [UInt8] {
    if number >= first && number < first + UInt32(buffered) {
      let start = Int(number - first) * Self.pageSize
      return Array(buffer[start..<(start + Self.pageSize)])
    }
    var failure: IOError?
    let page = [UInt8](unsafeUninitializedCapacity: Self.pageSize) { room, count in
      var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(room), initializedCount: 0)
      do throws(IOError) {
        _ = try descriptor.read(at: (Int64(number) - 1) * Int64(Self.pageSize), into: &output)
      } catch { failure = error }
      count = output.finalize(for: UnsafeMutableRawBufferPointer(room))
    }
    if let failure { throw failure }
    guard page.count == Self.pageSize else { throw IOError("read", errno: EIO) }
    return page
  }

  /// Writes what is left and how many pages there are, after which SQLite may open the file.
  package mutating func finish() throws(IOError) {
    let trunk = try writeFreeList()
    try flush()
    // A file with fewer pages than before would have to be cut; there are only ever more.
    var header = try read(1)
    header.withUnsafeMutableBufferPointer { bytes in
      cb_put_big32(bytes.baseAddress! + 28, last)
      cb_put_big32(bytes.baseAddress! + 32, trunk.first)
      cb_put_big32(bytes.baseAddress! + 36, trunk.count)
    }
    try header.span.withUnsafeBytes { (bytes) throws(IOError) in try put(bytes, at: 1) }
  }

  /// Lists the pages that belong to nobody: the first page of the list, and how many there are.
  private mutating func writeFreeList() throws(IOError) -> (first: UInt32, count: UInt32) {
    let count = UInt32(free.count)
    var next: UInt32 = 0
    let entries = Self.pageSize / 4 - 8
    while let trunk = free.popLast() {
      let leaves = free.suffix(entries)
      free.removeLast(leaves.count)
      var page = [UInt8](repeating: 0, count: Self.pageSize)
      page.withUnsafeMutableBufferPointer { bytes in
        cb_put_big32(bytes.baseAddress!, next)
        cb_put_big32(bytes.baseAddress! + 4, UInt32(leaves.count))
        for (i, leaf) in leaves.enumerated() { cb_put_big32(bytes.baseAddress! + 8 + 4 * i, leaf) }
      }
      try page.span.withUnsafeBytes { (bytes) throws(IOError) in try write(bytes, at: trunk) }
      next = trunk
    }
    return (next, count)
  }
}
