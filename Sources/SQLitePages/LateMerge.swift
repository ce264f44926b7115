internal import Bytes
internal import CBytes

/// Merges rows that came late into the leaves of a table, which are read once more, and builds its tree anew.
struct LateMerge {
  private var leaves: ArraySlice<UInt32>
  /// The leaf that was not stored.
  private var lastLeaf: [UInt8]?
  private var page: [UInt8] = []
  private var cellCount = 0
  /// The cell of the old tree at hand.
  private var position = 0
  private var cell: Range<Int> = 0..<0
  private var number: Int64 = 0
  private var isAtEnd = false
  private var tree = Tree(isTable: true)
  private var lastNumber: Int64?
  private var lastLate: Int64?
  private(set) var duplicateCount = 0
  private var isStarted = false

  init(leaves: [UInt32], lastLeaf: Page, upper: [UInt32], file: inout PageFile) {
    self.leaves = leaves[...]
    self.lastLeaf = Array(lastLeaf.seal())
    for page in upper { file.release(page) }
  }

  /// Inserts a late row: its number, so that it sorts, and its cell.
  mutating func insert(_ entry: UnsafeRawBufferPointer, in file: inout PageFile) throws(IOError) {
    if !isStarted {
      isStarted = true
      try advance(&file)
    }
    let number = Int64(bitPattern: UInt64(bigEndian: entry.loadUnaligned(as: UInt64.self)) ^ 1 << 63)
    let cell = UnsafeRawBufferPointer(rebasing: entry[8...])
    while !isAtEnd && self.number < number { try copy(&file) }
    if !isAtEnd && self.number == number || lastLate == number {
      duplicateCount += 1
      return try releaseOverflow(of: cell, in: &file)
    }
    lastLate = number
    try add(cell, number, to: &file)
  }

  mutating func finish(root: UInt32, in file: inout PageFile) throws(IOError) {
    while !isAtEnd { try copy(&file) }
    try tree.finish(root: root, in: &file)
  }

  /// Copies the old tree's cell at hand and moves to the next.
  private mutating func copy(_ file: inout PageFile) throws(IOError) {
    let (page, cell, number) = (page, cell, number)
    try page.span.withUnsafeBytes { (bytes) throws(IOError) in
      try add(UnsafeRawBufferPointer(rebasing: bytes[cell]), number, to: &file)
    }
    try advance(&file)
  }

  private mutating func add(_ cell: UnsafeRawBufferPointer, _ number: Int64, to file: inout PageFile) throws(IOError) {
    if !tree.leaf.add(cell, child: 0) {
      try tree.closeLeaf(lastRow: lastNumber ?? 0, to: &file)
      let isAdded = tree.leaf.add(cell, child: 0)
      precondition(isAdded, "an empty leaf has room for a row")
    }
    lastNumber = number
  }

  /// Moves to the old tree's next cell.
  private mutating func advance(_ file: inout PageFile) throws(IOError) {
    while position == cellCount {
      if let leaf = leaves.popFirst() {
        page = try file.read(leaf)
        file.release(leaf)
      } else if let leaf = lastLeaf {
        page = leaf
        lastLeaf = nil
      } else {
        isAtEnd = true
        return
      }
      cellCount = Int(page[3]) << 8 | Int(page[4])
      position = 0
    }
    let pointer = 8 + 2 * position
    let start = Int(page[pointer]) << 8 | Int(page[pointer + 1])
    let head = page.withUnsafeBytes { CellHead(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    cell = start..<(start + head.size)
    number = head.number
    position += 1
  }

  /// Gives up the overflow pages of a row that is left out.
  private func releaseOverflow(of cell: UnsafeRawBufferPointer, in file: inout PageFile) throws(IOError) {
    guard CellHead(cell).hasOverflow else { return }
    var number = UInt32(bigEndian: cell.loadUnaligned(fromByteOffset: cell.count - 4, as: UInt32.self))
    while number != 0 {
      let page = try file.read(number)
      file.release(number)
      number = page.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    }
  }
}

/// What stands at the beginning of a row's cell.
struct CellHead {
  let number: Int64
  /// Bytes of the cell on its page.
  let size: Int
  let hasOverflow: Bool

  init(_ bytes: UnsafeRawBufferPointer) {
    var at = 0
    func varint() -> UInt64 {
      var value: UInt64 = 0
      for _ in 0..<8 {
        let byte = bytes[at]
        at += 1
        value = value << 7 | UInt64(byte & 0x7F)
        if byte < 0x80 { return value }
      }
      value = value << 8 | UInt64(bytes[at])
      at += 1
      return value
    }
    let payload = Int(varint())
    number = Int64(bitPattern: varint())
    hasOverflow = payload > CellWriter.tableLimit
    size = at + CellWriter.localSize(payload, limit: CellWriter.tableLimit) + (hasOverflow ? 4 : 0)
  }
}
