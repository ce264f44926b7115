internal import Bytes
internal import CIndex

/// A page of identities of consecutive row versions, opened where it lies.
struct IdentityPage {
  private let page: [UInt8]
  let firstRow: UInt32
  let rowCount: Int

  static let rowLimit: UInt32 = 4096

  init(_ page: [UInt8], firstRow: UInt32, rowCount: Int, id: PageID, codec: PageCodec) throws(IndexError) {
    guard try codec.openDense("H2", page, id: id) == rowCount * Int(CI_IDENTITY_BYTES) else {
      throw IndexError(.damaged("identities are cut off", page: id))
    }
    self.page = page
    self.firstRow = firstRow
    self.rowCount = rowCount
  }

  /// The sealed page of some identities.
  static func sealed(_ identities: borrowing ByteHeap, _ codec: PageCodec) -> [UInt8] {
    codec.seal("H2", identities.span, isDense: true)
  }

  func withIdentities<T>(_ body: (UnsafePointer<UInt8>) -> T) -> T {
    page.withUnsafeBufferPointer { body($0.baseAddress! + PageCodec.headCount) }
  }

  /// Of a row, counted from the first of the page.
  subscript(row: Int) -> RowIdentity {
    precondition(row < rowCount)
    var identity = RowIdentity()
    withIdentities { ci_identity_read($0 + row * Int(CI_IDENTITY_BYTES), 1, &identity) }
    return identity
  }
  /// All of them.
  var all: [RowIdentity] {
    [RowIdentity](unsafeUninitializedCapacity: rowCount) { buffer, count in
      withIdentities { ci_identity_read($0, rowCount, buffer.baseAddress!) }
      count = rowCount
    }
  }
}

extension SegmentReader {
  /// The page of identities at a position.
  func identities(_ index: Int) throws(IndexError) -> IdentityPage {
    let page = header.hashPages[index]
    let id = PageID(.hashes, lineage: lineage, part: page.part, number: page.number)
    return try IdentityPage(
      store.joined(id, count: 1), firstRow: header.firstRow + UInt32(identityStarts[index]),
      rowCount: Int(page.rowCount), id: id, codec: codec)
  }

  /// Appends the pairs of which the pages of keys are made, the first row under the number `first`.
  func appendKeyPairs(to pairs: inout [UInt64], first: UInt32) throws(IndexError) {
    for page in header.hashPages.indices {
      let first = first + UInt32(identityStarts[page])
      for (i, identity) in try identities(page).all.enumerated() {
        pairs.append(KeyPages.pair(identity, row: first + UInt32(i)))
      }
    }
  }

  /// The identity of a row.
  func identity(of row: Int) throws(IndexError) -> RowIdentity {
    var low = 0, high = identityStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if identityStarts[middle] <= row { low = middle } else { high = middle }
    }
    return try identities(low)[row - identityStarts[low]]
  }

  /// Calls `body` with each page of identities that has rows in a set of row versions.
  func forEachIdentityPage(
    in rows: RowSet, _ body: (IdentityPage) throws(IndexError) -> Void
  ) throws(IndexError) {
    for i in header.hashPages.indices {
      let first = Int(header.firstRow) + identityStarts[i]
      guard rows.intersects(first..<(first + Int(header.hashPages[i].rowCount))) else { continue }
      try body(identities(i))
    }
  }
}
