internal import Records
package import TextSearch

/// What to look for in the rows of a lineage.
package struct RowQuery: Sendable {
  package var plan: SearchPlan
  /// Backups one of which has to hold the row; nil for any.
  package var backups: [UInt64]?
  /// Whether rows of a shape count, and which of its columns; nil for all.
  package var columns: (@Sendable (RowShape) -> RowColumns)?
  package var limit = 50
  /// Only row versions below this one: where an earlier result ended.
  package var before: UInt32?
  /// When to stop with what was found; nil for never.
  package var deadline: ContinuousClock.Instant?
  package init(_ plan: SearchPlan) { self.plan = plan }
}

/// Columns that count in the rows of a shape.
package enum RowColumns: Hashable, Sendable {
  case none
  case all
  case some([Bool])
}

/// A row that matches.
package struct RowHit: Hashable, Sendable {
  /// Its version: greater ones were first seen later.
  package var version: UInt32
  package var shape: RowShape
  /// The values that can be searched, as `RecordVerifier` reads them.
  package var record: [UInt8]
  /// The backups that hold it, in the order of their times.
  package var backups: [UInt64]
}

/// What a search found: newest rows first.
package struct RowSearchResult: Sendable {
  package var hits: [RowHit] = []
  /// Where to go on; nil when all was searched.
  package var next: UInt32?
  /// Whether the deadline ended the search.
  package var isCutShort = false
  /// Rows of which the values were looked at.
  package var examined = 0
}

extension RowIndex {
  /// Finds rows; each hit has been tested on its stored values.
  package func search(_ query: RowQuery) throws(IndexError) -> RowSearchResult {
    var result = RowSearchResult()
    let scope = try scope(query), condition = ConditionMaker().condition(of: query.plan)
    let columns = manifest.shapes.map { query.columns?($0) ?? .all }
    var tester = RowTester(query.plan), isOver = false
    for segment in manifest.segments.reversed() {
      if let before = query.before, before <= segment.firstRow { continue }
      if result.hits.count >= query.limit || isOver {
        result.next = result.next ?? segment.end
        break
      }
      let reader = try reader(segment)
      var rows = try reader.rows(condition)
      rows.formIntersection(Self.cut(scope, segment))
      Self.leaveOut(columns, from: &rows, reader.header)
      let limit = query.before.map { min(Int($0) - Int(segment.firstRow), reader.rowCount) } ?? reader.rowCount
      let reached = try reader.forEachMatch(
        in: rows, below: limit, &tester,
        columns: { if case .some(let some) = columns[$0] { some } else { nil } },
        isOver: {
          isOver = isOver || query.deadline.map { ContinuousClock.now >= $0 } ?? false
          return isOver
        }
      ) { (row, block, inside) throws(IndexError) in
        let version = segment.firstRow + UInt32(row)
        result.hits.append(try self.hit(version, reader, block, inside))
        return result.hits.count < query.limit
      }
      if let reached { result.next = segment.firstRow + UInt32(reached) }
    }
    result.isCutShort = isOver
    result.examined = tester.examined
    return result
  }

  private func scope(_ query: RowQuery) throws(IndexError) -> RowSet {
    guard let wanted = query.backups else { return try liveRows() }
    var scope = RowSet(limit: Int(manifest.nextRow))
    for backup in wanted { scope.formUnion(try rows(of: backup)) }
    return scope
  }

  /// The rows of a segment in a set of row versions.
  static func cut(_ set: RowSet, _ segment: Manifest.Segment) -> RowSet {
    var cut = RowSet(limit: Int(segment.rowCount))
    let first = Int(segment.firstRow), shift = UInt64(first & 63)
    for i in cut.words.indices {
      let at = first >> 6 + i
      var word = set.words[at] >> shift
      if shift > 0, at + 1 < set.words.count { word |= set.words[at + 1] << (64 - shift) }
      cut.words[i] = word
    }
    return cut.resized(to: Int(segment.rowCount))
  }

  private static func leaveOut(_ columns: [RowColumns], from rows: inout RowSet, _ header: SegmentHeader) {
    guard columns.contains(.none) else { return }
    var out = RowSet(limit: rows.limit)
    for block in header.blocks where columns[Int(block.shape)] == .none {
      out.toggle(Int(block.firstRow)..<Int(block.firstRow + block.rowCount))
    }
    rows.subtract(out)
  }

  private func hit(
    _ version: UInt32, _ reader: SegmentReader, _ block: RowBlock, _ row: Int
  ) throws(IndexError) -> RowHit {
    let number = reader.header.blocks[reader.header.block(of: Int(version - reader.header.firstRow))].shape
    return RowHit(
      version: version, shape: manifest.shapes[Int(number)], record: block.packed(row),
      backups: try backups(holding: version))
  }
}

extension RowIndex {
  /// Whether every row has to be looked at, because no term of the search is in the index.
  package static func scans(_ plan: SearchPlan) -> Bool { ConditionMaker().condition(of: plan) == .any }
}

extension RowHit {
  /// The values of the key with commas between them; nil when there is none that may be shown.
  package var key: [UInt8]? {
    guard !shape.key.isEmpty else { return nil }
    var text: [UInt8] = []
    for (i, column) in shape.key.enumerated() {
      guard let value = PackedRecord.value(of: column, in: record) else { return nil }
      text += (i > 0 ? [UInt8(ascii: ",")] : []) + value
    }
    return text
  }
}

extension RowIndex {
  /// A row version as a search tells it.
  package func hit(_ version: RowVersion) throws(IndexError) -> RowHit {
    let (reader, row) = try place(of: version.version)
    let index = reader.header.block(of: row), place = reader.header.blocks[index]
    let block = try reader.block(index)
    return RowHit(
      version: version.version, shape: manifest.shapes[Int(place.shape)],
      record: block.packed(row - Int(place.firstRow)), backups: version.backups)
  }
}
