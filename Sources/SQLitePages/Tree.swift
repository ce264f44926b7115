internal import Bytes
internal import CBytes

/// A b-tree that is built from its smallest key to its greatest: pages are filled from left to right and never touched again.
///
/// What parts a page from the next goes up a level. A page is only stored when the next one of its level has a cell, so that
/// the last page of a level never stays without one: it takes one over from the page before it.
struct Tree {
  private final class Level {
    var page: Page
    /// The page before, which is full.
    var held: Page?
    /// What parts the two.
    var divider: [UInt8] = []
    init(_ kind: Page.Kind) { page = Page(kind) }
  }

  private let interior: Page.Kind
  private var levels: [Level]
  /// The leaf that is being filled.
  var leaf: Page { levels[0].page }
  /// Pages of the upper levels that have been stored.
  private(set) var upper: [UInt32] = []

  init(isTable: Bool) {
    interior = isTable ? .tableInterior : .indexInterior
    levels = [Level(isTable ? .tableLeaf : .indexLeaf)]
  }

  /// Appends a cell to an index.
  mutating func append(_ cell: UnsafeRawBufferPointer, to file: inout PageFile) throws(IOError) {
    try append(cell, child: 0, level: 0, to: &file)
  }

  /// Stores the full leaf of a table, whose last row has this number and is not the last of all; returns its page.
  @discardableResult
  mutating func closeLeaf(lastRow: Int64, to file: inout PageFile) throws(IOError) -> UInt32 {
    let number = try file.append(leaf)
    leaf.removeAll()
    try divide(number, by: varint(lastRow), level: 1, to: &file)
    return number
  }

  /// Puts a page that has been stored, and the key that parts it from what follows, into the level above it.
  private mutating func divide(
    _ child: UInt32, by cell: [UInt8], level: Int, to file: inout PageFile
  ) throws(IOError) {
    if level == levels.count { levels.append(Level(interior)) }
    try cell.span.withUnsafeBytes { (cell) throws(IOError) in try append(cell, child: child, level: level, to: &file) }
  }

  private mutating func append(
    _ cell: UnsafeRawBufferPointer, child: UInt32, level: Int, to file: inout PageFile
  ) throws(IOError) {
    let place = levels[level]
    if place.page.add(cell, child: child) {
      if place.held != nil { try release(level, to: &file) }
      return
    }
    precondition(place.held == nil, "the page before was stored when this one got its first cell")
    place.page.right = child
    place.held = place.page
    place.divider = Array(cell)
    place.page = Page(place.page.kind)
  }

  /// Stores the page that was held back.
  private mutating func release(_ level: Int, to file: inout PageFile) throws(IOError) {
    guard let held = levels[level].held else { return }
    levels[level].held = nil
    let number = try file.append(held)
    if level > 0 { upper.append(number) }
    try divide(number, by: levels[level].divider, level: level + 1, to: &file)
  }

  /// Stores the last page of each level, the uppermost as the root.
  mutating func finish(root: UInt32, in file: inout PageFile) throws(IOError) {
    var child: UInt32 = 0, level = 0
    while true {
      let place = levels[level]
      if place.page.count == 0, let held = place.held {
        let (right, divider) = held.removeLast()
        let isAdded = place.divider.withUnsafeBytes { place.page.add($0, child: held.right) }
        precondition(isAdded, "an empty page has room for a cell")
        held.right = right
        place.divider = divider
      }
      place.page.right = child
      try release(level, to: &file)
      if level == levels.count - 1 { return try file.write(place.page.seal(), at: root) }
      child = try file.append(place.page)
      if level > 0 { upper.append(child) }
      level += 1
    }
  }
}

/// A number as SQLite writes those of variable length.
func varint(_ value: Int64) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: 9) { bytes, count in
    count = cb_put_varint(bytes.baseAddress!, UInt64(bitPattern: value)) - bytes.baseAddress!
  }
}
