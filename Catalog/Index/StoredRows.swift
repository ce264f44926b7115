package import Records

/// The rows of one block, opened: for whoever reads many of them or asks what became of their values.
package struct StoredRows: Sendable {
  package let shape: RowShape
  /// The row versions that lie in the block.
  package let versions: Range<UInt32>
  private let block: RowBlock

  init(_ block: RowBlock, _ shape: RowShape, from first: UInt32) {
    self.block = block
    self.shape = shape
    versions = first..<(first + UInt32(block.rowCount))
  }

  /// Appends a row to a batch of the same width; what was not kept is missing there.
  package func append(_ version: UInt32, to batch: inout RecordBatch) { block.append(row(version), to: &batch) }

  /// What became of a value.
  package func state(of version: UInt32, _ column: Int) -> RowBlock.State { block.state(row(version), column) }

  /// The digest of a secret value; nil for any other.
  package func secretDigest(of version: UInt32, _ column: Int) -> [UInt8]? {
    block.secretDigest(row(version), column)
  }

  /// What a value that is held elsewhere is known by; nil for any other.
  package func reference(of version: UInt32, _ column: Int) -> ValueReference? { block.reference(row(version), column) }

  private func row(_ version: UInt32) -> Int { Int(version - versions.lowerBound) }
}

extension RowIndex {
  /// The block in which a row version lies.
  package func stored(with version: UInt32) throws(IndexError) -> StoredRows {
    let (reader, row) = try place(of: version)
    let index = reader.header.block(of: row), place = reader.header.blocks[index]
    return StoredRows(
      try reader.block(index), manifest.shapes[Int(place.shape)],
      from: version - UInt32(row) + UInt32(place.firstRow))
  }
}
