package import Bytes
package import Records

/// A version of a row and the backups that hold it.
package struct RowVersion: Hashable, Sendable {
  package var version: UInt32
  /// In the order of their times.
  package var backups: [UInt64]
}

/// A row that two backups do not hold alike.
package struct RowChange: Hashable, Sendable {
  package var shape: RowShape
  /// Its version in the first backup; nil when it is new.
  package var old: UInt32?
  /// Its version in the second; nil when it is gone.
  package var new: UInt32?
}

extension RowIndex {
  /// All versions of the row of a table that has a key, in the order in which they were first seen. Values of the key are
  /// given as text.
  package func history(of table: Name, key values: [[UInt8]]) throws(IndexError) -> [RowVersion] {
    let hash = RowKey.hash(values, table: RowKey.table(table))
    var versions: [RowVersion] = []
    for version in try candidates(key: hash.low) {
      let keys = try self.keys(of: [version])
      guard keys[0].shape.table == table, keys[0].hash == hash else { continue }
      let backups = try self.backups(holding: version)
      if !backups.isEmpty { versions.append(RowVersion(version: version, backups: backups)) }
    }
    return versions
  }

  /// Row versions whose key may have a hash, ascending.
  func candidates(key: UInt64) throws(IndexError) -> [UInt32] {
    var versions: [UInt32] = []
    for segment in manifest.segments {
      for row in try reader(segment).rows(key: key) { versions.append(segment.firstRow + UInt32(row)) }
    }
    return versions.sorted()
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

  /// What rows are told by from backup to backup: the hash of their key; nil when they have none that is kept.
  func keys(of versions: [UInt32]) throws(IndexError) -> [(shape: RowShape, hash: Hash128?)] {
    var keys: [(shape: RowShape, hash: Hash128?)] = []
    var opened: (part: UInt32, index: Int, block: RowBlock)?
    var scratch = ByteHeap(capacity: 256)
    for version in versions {
      let (reader, row) = try place(of: version)
      let index = reader.header.block(of: row), place = reader.header.blocks[index]
      if opened?.part != reader.header.part || opened?.index != index {
        opened = (reader.header.part, index, try reader.block(index))
      }
      let shape = manifest.shapes[Int(place.shape)]
      guard !shape.key.isEmpty, let block = opened?.block else {
        keys.append((shape, nil))
        continue
      }
      var batch = RecordBatch(capacity: 1024)
      batch.removeAll(columnCount: block.columnCount)
      block.append(row - Int(place.firstRow), to: &batch)
      keys.append((shape, RowKey.hash(0, of: batch, shape.key, table: RowKey.table(shape.table), &scratch)))
    }
    return keys
  }

  /// The hashes of some row versions.
  func hashes(of versions: RowSet) throws(IndexError) -> [Int: Hash128] {
    var hashes: [Int: Hash128] = [:]
    for segment in manifest.segments {
      let wanted = Self.cut(versions, segment)
      if wanted.isEmpty { continue }
      try reader(segment).forEachHash { row, hash in
        if wanted.contains(row) { hashes[Int(segment.firstRow) + row] = hash }
      }
    }
    return hashes
  }

  /// The rows in which two backups differ: those of the first that are not in the second as they are, in order, then those that
  /// are new. Only rows that changed are looked at.
  package func differences(from first: UInt64, to second: UInt64) throws(IndexError) -> [RowChange] {
    let one = try rows(of: first), two = try rows(of: second)
    var gone = one, come = two
    gone.subtract(two)
    come.subtract(one)
    // What was away for a while came back as another version.
    let oldHashes = try hashes(of: gone), newHashes = try hashes(of: come)
    let same = Set(newHashes.values).intersection(oldHashes.values)
    for (row, hash) in oldHashes where same.contains(hash) { gone.remove(row) }
    for (row, hash) in newHashes where same.contains(hash) { come.remove(row) }
    let oldVersions = gone.rows.map { UInt32($0) }, newVersions = come.rows.map { UInt32($0) }
    let oldKeys = try keys(of: oldVersions), newKeys = try keys(of: newVersions)
    var byKey: [Hash128: [Int]] = [:]
    for (i, key) in newKeys.enumerated() { if let hash = key.hash { byKey[hash, default: []].append(i) } }
    for key in byKey.keys { byKey[key]?.reverse() }
    var isMatched = [Bool](repeating: false, count: newVersions.count), changes: [RowChange] = []
    for (i, key) in oldKeys.enumerated() {
      let match = key.hash.flatMap { byKey[$0]?.popLast() }
      if let match { isMatched[match] = true }
      changes.append(RowChange(shape: key.shape, old: oldVersions[i], new: match.map { newVersions[$0] }))
    }
    for (i, key) in newKeys.enumerated() where !isMatched[i] {
      changes.append(RowChange(shape: key.shape, old: nil, new: newVersions[i]))
    }
    return changes
  }
}
