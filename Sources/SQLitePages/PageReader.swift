internal import Bytes

/// Where the pages of a database file are.
package struct PageLayout: Sendable {
  package var pageSize: Int
  /// Bytes of a page that are used.
  package var usableSize: Int
  package var pageCount: Int

  /// `reserved`: bytes at the end of each page that are somebody else's.
  package init(pageSize: Int, reserved: Int, pageCount: Int) {
    self.pageSize = pageSize
    usableSize = pageSize - reserved
    self.pageCount = pageCount
  }
}

/// Reads pages of a database file, several at once where they are asked for in the order of the file.
struct PageReader: ~Copyable {
  /// Bytes that are read at once, at most.
  private static let blockSize = 1 << 18
  /// What kernels may read behind a page.
  private static let padding = 64

  private let file: SharedFile
  let layout: PageLayout
  private let block: UnsafeMutableRawBufferPointer
  /// Number of the first page in the block, and how many there are.
  private var first = 1
  private var count = 0
  /// How many are read the next time when they are asked for in order.
  private var ahead = 1

  init(_ file: SharedFile, _ layout: PageLayout) {
    self.file = file
    self.layout = layout
    block = .allocate(byteCount: max(Self.blockSize, layout.pageSize) + Self.padding, alignment: 4096)
    block.initializeMemory(as: UInt8.self, repeating: 0)
  }
  deinit { block.deallocate() }

  /// The bytes of a page until the next one is asked for; nil when there is no such page.
  mutating func page(_ number: UInt32) throws(IOError) -> UnsafePointer<UInt8>? {
    let number = Int(number)
    guard number >= 1, number <= layout.pageCount else { return nil }
    if number < first || number >= first + count {
      ahead = number == first + count ? min(ahead * 2, max(Self.blockSize / layout.pageSize, 1)) : 1
      guard try read(number, min(ahead, layout.pageCount - number + 1)) else { return nil }
    }
    return UnsafePointer(at(number))
  }

  private func at(_ number: Int) -> UnsafeMutablePointer<UInt8> {
    (block.baseAddress! + (number - first) * layout.pageSize).assumingMemoryBound(to: UInt8.self)
  }

  /// Reads pages; false when the file ends before.
  private mutating func read(_ number: Int, _ pages: Int) throws(IOError) -> Bool {
    count = 0
    first = number
    let room = UnsafeMutableRawBufferPointer(rebasing: block[..<(pages * layout.pageSize)])
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    _ = try file.read(at: Int64(number - 1) * Int64(layout.pageSize), into: &output)
    guard output.finalize(for: room) == room.count else { return false }
    count = pages
    return true
  }
}
