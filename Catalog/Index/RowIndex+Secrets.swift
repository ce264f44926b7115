package import Bytes

/// A row version in which a secret column has the value that was asked for.
package struct SecretHit: Hashable, Sendable {
  package var row: RowVersion
  package var shape: RowShape
  /// Position of the column.
  package var column: Int
}

extension RowIndex {
  /// The row versions in which any secret column has a value; none without the key that the index was filled with.
  package func versions(secret value: [UInt8]) throws(IndexError) -> [SecretHit] {
    guard secretKey != nil else { return [] }
    var asked = Set<[Name]>(), found: [SecretHit] = []
    for shape in manifest.shapes {
      for column in shape.columns where column.isSecret && asked.insert([shape.table, column.name]).inserted {
        for row in try versions(of: shape.table, secret: column.name, value: value) {
          let shape = try self.shape(of: row.version)
          guard let position = shape.columns.firstIndex(where: { $0.name == column.name }) else { continue }
          found.append(SecretHit(row: row, shape: shape, column: position))
        }
      }
    }
    return found
  }

  /// The row versions in which a secret column has a value, found by its digest under the key that the index was filled with.
  package func versions(of table: Name, secret column: Name, value: [UInt8]) throws(IndexError) -> [RowVersion] {
    guard let secretKey else { throw IndexError(.invalid("secret values are found only with the key of the project")) }
    let digest = secretKey.digest(value.span, table: table, column: column)
    let condition = Condition.term(Term(.hash, Array(digest.prefix(8)))), live = try liveRows()
    var found: [RowVersion] = []
    for segment in manifest.segments {
      let reader = try reader(segment)
      var rows = try reader.rows(condition)
      rows.formIntersection(Self.cut(live, segment))
      try rows.forEach { (row) throws(IndexError) -> Bool in
        let index = reader.header.block(of: row), place = reader.header.blocks[index]
        let shape = manifest.shapes[Int(place.shape)]
        guard shape.table == table, let position = shape.columns.firstIndex(where: { $0.name == column }) else {
          return true
        }
        if try reader.block(index).secretDigest(row - Int(place.firstRow), position) == digest {
          let version = segment.firstRow + UInt32(row)
          found.append(RowVersion(version: version, backups: try backups(holding: version)))
        }
        return true
      }
    }
    return found
  }
}
