package import Bytes
package import Records

/// A version of a row and the backups that hold it.
package struct RowVersion: Hashable, Sendable {
  package var version: UInt32
  /// In the order of their times.
  package var backups: [UInt64]
}

extension RowIndex {
  /// All versions of the row of a table that has a key, in the order in which they were first seen. Values of the key are
  /// given as text.
  package func history(of table: Name, key values: [[UInt8]]) throws(IndexError) -> [RowVersion] {
    var versions: [RowVersion] = []
    for hash in try RowKey.hashes(values, of: table, manifest.shapes) {
      for version in try candidates(key: hash) where try key(of: version, in: table) == hash {
        let backups = try self.backups(holding: version)
        if !backups.isEmpty { versions.append(RowVersion(version: version, backups: backups)) }
      }
    }
    return versions.sorted { $0.version < $1.version }
  }

  /// Row versions whose key may have a hash, ascending.
  func candidates(key: Hash128) throws(IndexError) -> [UInt32] {
    let key = RowIdentity(key: key.low, content: 0).key
    var versions: [UInt32] = []
    for segment in manifest.segments {
      for row in try reader(segment).rows(key: key) { versions.append(segment.firstRow + UInt32(row)) }
    }
    return versions.sorted()
  }

  /// The hash of the key of a row version, from its values; nil when it is not of the table or has no key that is kept.
  func key(of version: UInt32, in table: Name) throws(IndexError) -> Hash128? {
    let (reader, row) = try place(of: version), shape = try shape(of: version)
    guard shape.table == table, !shape.key.isEmpty else { return nil }
    let index = reader.header.block(of: row), block = try reader.block(index)
    let digester = KeyDigester(shape.key, columnCount: block.columnCount)
    var batch = RecordBatch(capacity: 1024)
    batch.removeAll(columnCount: block.columnCount)
    block.append(row - Int(reader.header.blocks[index].firstRow), to: &batch)
    guard digester.incomplete(batch).isEmpty else { return nil }
    try digester.add(batch)
    return digester.hashes.first?.mixed(with: RowKey.table(table))
  }

  /// Appends a row version to a batch of its width; what was not kept is missing there.
  package func append(_ version: UInt32, to batch: inout RecordBatch) throws(IndexError) {
    let (reader, row) = try place(of: version)
    let index = reader.header.block(of: row)
    try reader.block(index).append(row - Int(reader.header.blocks[index].firstRow), to: &batch)
  }
  /// The shape of a row version.
  package func shape(of version: UInt32) throws(IndexError) -> RowShape {
    let (reader, row) = try place(of: version)
    return manifest.shapes[Int(reader.header.blocks[reader.header.block(of: row)].shape)]
  }
}
