internal import Bytes
internal import CIndex
internal import Records

extension SegmentWriter {
  /// Makes the terms, lists and keys of a segment again from its rows and their identities. The pages of the new segment, which keeps
  /// the rows where they are, are in `pages` afterwards.
  mutating func rebuild(_ reader: SegmentReader, _ shapes: [RowShape]) throws(IndexError) -> SegmentHeader {
    var rows = RecordBatch(capacity: 1 << 16)
    for (index, place) in reader.header.blocks.enumerated() {
      let block = try reader.block(index)
      rows.removeAll(columnCount: block.columnCount)
      for row in 0..<block.rowCount { block.append(row, to: &rows) }
      guard Int(place.shape) < shapes.count, shapes[Int(place.shape)].columns.count == block.columnCount else {
        throw IndexError(.damaged("block has other columns than its shape", page: reader.id(of: place)))
      }
      addTerms(rows, block, shapes[Int(place.shape)])
    }
    return try finish(rebuilding: reader)
  }

  private mutating func addTerms(_ rows: borrowing RecordBatch, _ block: RowBlock, _ shape: RowShape) {
    for row in 0..<block.rowCount {
      addTerms(row, of: rows, shape)
      for column in 0..<block.columnCount {
        if let digest = block.secretDigest(row, column) {
          addHash((0..<8).reduce(0) { $0 | UInt64(digest[$1]) << UInt64($1 * 8) })
        } else if let reference = block.reference(row, column), !shape.columns[column].isSecret {
          addHash(reference.term)
        }
      }
    }
  }
}

extension RowIndex {
  /// Makes all dictionaries, lists and pages of keys again from the rows and their identities, as is needed when pages of them are
  /// damaged; returns the number of segments.
  @discardableResult
  package func rebuildSegments() throws(IndexError) -> Int {
    try removeOrphans()
    for position in manifest.segments.indices {
      var changed = manifest
      let reader = try reader(manifest.segments[position])
      var writer = SegmentWriter(
        lineage: lineage, part: try changed.takePart(), firstRow: reader.header.firstRow, codec: codec)
      let header = try writer.rebuild(reader, manifest.shapes)
      try replace(position..<(position + 1), by: header, in: &changed, writing: writer.takePages())
    }
    return manifest.segments.count
  }

  /// Reads every page that the index needs; returns what is wrong with each that is damaged.
  package func damages() -> [IndexError] {
    var found: [IndexError] = []
    func check(_ body: () throws(IndexError) -> Void) {
      do throws(IndexError) { try body() } catch { found.append(error) }
    }
    for backup in manifest.backups { check { () throws(IndexError) in _ = try changes(backup) } }
    for segment in manifest.segments {
      check { () throws(IndexError) in
        let reader = try reader(segment), header = reader.header
        for i in header.blocks.indices { check { () throws(IndexError) in _ = try reader.block(i) } }
        for i in header.hashPages.indices { check { () throws(IndexError) in _ = try reader.identities(i) } }
        for i in header.keyPages.indices { check { () throws(IndexError) in _ = try reader.keyRows(page: i, key: 0) } }
        for i in header.termPages.indices {
          check { () throws(IndexError) in _ = try reader.termPage(i).allLists(codec) }
        }
        let count = Int(header.longCount), size = TermWriter.longPageCount
        for i in 0..<((count + size - 1) / size) {
          check { () throws(IndexError) in
            _ = try reader.longBytes(UInt64(i * size), min(size, count - i * size))
          }
        }
      }
    }
    return found
  }
}
