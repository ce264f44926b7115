internal import Bytes
internal import CSQLitePages

/// Goes through the leaves of a table's b-tree from the left to the right.
struct TreeWalk: ~Copyable {
  enum Step { case leaf, end, damaged }

  /// An interior page, or the pointer to the root.
  private struct Level {
    var children: [UInt32]
    var next = 0
  }
  private var pages: PageReader
  private var levels: [Level]
  private let depthLimit: Int
  /// The rows of the leaf at hand, and which is next.
  private let found: UnsafeMutableBufferPointer<cr_row>
  private var count = 0
  private var position = 0
  private var bytes: UnsafePointer<UInt8>?

  init(_ pages: consuming PageReader, root: UInt32, depthLimit: Int) {
    found = .allocate(capacity: pages.layout.usableSize / 6 + 1)
    self.pages = pages
    self.depthLimit = depthLimit
    levels = [Level(children: [root])]
  }
  deinit { found.deallocate() }

  var layout: PageLayout { pages.layout }
  /// The leaf at hand.
  var page: UnsafePointer<UInt8> { bytes! }
  /// Its rows that are not passed.
  var rows: UnsafePointer<cr_row> { UnsafePointer(found.baseAddress! + position) }
  var rowsLeft: Int { count - position }
  /// The next row of the leaf.
  var row: cr_row? { position < count ? found[position] : nil }

  /// Passes over rows of the leaf.
  mutating func advance(by rows: Int) { position += rows }

  /// Goes on to the next leaf that has rows.
  mutating func nextLeaf() throws(IOError) -> Step {
    while let level = levels.last {
      guard level.next < level.children.count else {
        levels.removeLast()
        continue
      }
      levels[levels.count - 1].next += 1
      let number = level.children[level.next], isRoot = levels.count == 1
      guard let page = try pages.page(number) else { return .damaged }
      // The first page begins with the header of the file.
      let header = number == 1 ? 100 : 0
      if cr_is_interior(page, header) {
        guard levels.count < depthLimit, push(page, header) else { return .damaged }
        continue
      }
      count = cr_find_rows(page, layout.usableSize, header, found.baseAddress!)
      position = 0
      bytes = page
      // Only a table without rows has an empty leaf.
      if count > 0 { return .leaf }
      let isDamaged = count < 0 || !isRoot
      count = 0
      if isDamaged { return .damaged }
    }
    return .end
  }

  private mutating func push(_ page: UnsafePointer<UInt8>, _ header: Int) -> Bool {
    var count = 0
    let children = [UInt32](unsafeUninitializedCapacity: layout.usableSize / 6 + 1) { buffer, initialized in
      count = cr_find_children(page, layout.usableSize, header, buffer.baseAddress!)
      initialized = max(count, 0)
    }
    if count > 0 { levels.append(Level(children: children)) }
    return count > 0
  }
}
