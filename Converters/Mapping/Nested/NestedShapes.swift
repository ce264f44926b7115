internal import Bytes
package import Conversion
internal import Diagnostics
package import Records

/// What stands within the columns of JSON that a mapping takes apart, learnt from all rows.
package struct NestedShapes: Sendable {
  /// One column that is taken apart.
  struct Column: Sendable {
    var name: Name
    var position: Int
    var nesting: Nesting
    var tree = MemberTree()
    /// Of the values at each path.
    var profile = TableProfile()
    var secrets: SecretScan
  }
  /// By table, in the order of their columns.
  private(set) var columns: [Name: [Column]] = [:]

  /// Reads the rows, if the mapping takes anything apart.
  package init(
    _ mapping: Mapping, of system: any SourceSystem, _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) {
    find(mapping, knowledge)
    guard !columns.isEmpty else { return }
    try learn(from: try system.openRecords(input, knowledge))
  }

  /// Learns from the rows of a reader.
  package init(
    _ mapping: Mapping, _ knowledge: Knowledge, from reader: consuming any RecordReader & ~Copyable
  ) throws(ReadError) {
    find(mapping, knowledge)
    guard !columns.isEmpty else { return }
    try learn(from: reader)
  }

  private mutating func find(_ mapping: Mapping, _ knowledge: Knowledge) {
    for table in knowledge.tables {
      let found = table.columns.indices.compactMap { position -> Column? in
        guard table.columns[position].type == .json else { return nil }
        let nesting = mapping.nesting(of: table.columns[position].name, in: table.name)
        guard nesting != .json else { return nil }
        return Column(
          name: table.columns[position].name, position: position, nesting: nesting,
          secrets: SecretScan(table: table.name))
      }
      if !found.isEmpty { columns[table.name] = found }
    }
  }

  private mutating func learn(from reader: consuming any RecordReader & ~Copyable) throws(ReadError) {
    var batch = RecordBatch(), found: [(number: Int, cell: Cell)] = [], values = RecordBatch(capacity: 64)
    while let table = try reader.nextTable() {
      guard var known = columns[table.name] else {
        while try reader.read(into: &batch) {}
        continue
      }
      while try reader.read(into: &batch) {
        for i in known.indices {
          known[i].learn(&batch, &found, &values)
          guard !known[i].tree.isFull else {
            throw ReadError(.tooMany(what: "members in the objects of one column", limit: MemberTree.limit))
          }
        }
      }
      columns[table.name] = known
    }
  }
}

extension NestedShapes.Column {
  /// Rows of values that are looked at together.
  private static var rowsAtOnce: Int { RecordBatch.rowsAtOnce }

  fileprivate mutating func learn(
    _ batch: inout RecordBatch, _ found: inout [(number: Int, cell: Cell)], _ values: inout RecordBatch
  ) {
    values.removeAll(columnCount: tree.count)
    for row in 0..<batch.rowCount {
      let cell = batch[row, position]
      guard !cell.isAbsent else { continue }
      if nesting == .table, var parts = JSONParts(cell, in: batch), !parts.isObject {
        while let part = parts.next(in: &batch) { learn(part, &batch, &found, &values) }
      } else {
        learn(cell, &batch, &found, &values)
      }
    }
    take(&values)
  }

  private mutating func learn(
    _ cell: Cell, _ batch: inout RecordBatch, _ found: inout [(number: Int, cell: Cell)], _ values: inout RecordBatch
  ) {
    found.removeAll(keepingCapacity: true)
    tree.spread(cell, depth: depth, &batch, learns: true, into: &found)
    if tree.count > values.columnCount || values.rowCount == Self.rowsAtOnce { take(&values) }
    for _ in 0..<tree.count { values.cells.append(.missing) }
    let start = values.rowCount &* tree.count
    for (number, cell) in found { values.cells[start + number] = values.copy(cell, from: batch) }
    values.rowCount += 1
  }

  /// Looks at the values so far, and makes room for others.
  private mutating func take(_ values: inout RecordBatch) {
    if values.rowCount > 0 {
      if profile.names.count < values.columnCount {
        let columns = (0..<values.columnCount).map { Records.Column(path($0), .text) }
        profile.begin(TableSchema(name, columns))
        secrets.begin(TableSchema(name, columns))
      }
      secrets.add(values)
      profile.add(values)
    }
    values.removeAll(columnCount: tree.count)
  }

  /// How deep values are to begin with: the elements of lists are taken apart once.
  var depth: Int { nesting == .table ? MemberTree.depthLimit - 1 : 0 }

  /// The name of a path, with points between its parts.
  func path(_ number: Int) -> Name {
    Name(name.bytes + tree.path(number).map { [UInt8(ascii: ".")] + $0.bytes }.joined())
  }

  /// What there is at a path.
  struct Member {
    var number: Int
    var type: LogicalType
    var isSecret: Bool
  }

  /// The paths that have values or nulls.
  var members: [Member] {
    let secrets = secrets.report().secretColumns
    return profile.columns.indices.compactMap { number in
      let column = profile.columns[number]
      guard column.valueCount > 0 || column.nullCount > 0 else { return nil }
      return Member(
        number: number, type: column.inferredType(from: .json, name: tree.names[number]).type,
        isSecret: secrets.contains(path(number)))
    }
  }
}

extension RecordBatch {
  /// The same value in this batch.
  mutating func copy(_ cell: Cell, from other: borrowing RecordBatch) -> Cell {
    switch cell.kind {
    case .text, .number, .bytes, .json:
      return Cell(
        cell.kind, offset: heap.append(from: other.heap, at: cell.offset, count: cell.count), count: cell.count,
        flags: cell.flags)
    case .external:
      externals.append(other.externals[cell.offset])
      return .external(externals.count - 1)
    case .null, .missing, .boolean, .integer, .double: return cell
    }
  }
}

extension Mapping {
  /// What becomes of a column of JSON.
  func nesting(of column: Name, in table: Name) -> Nesting {
    guard let rule = rule(of: table) else { return nesting }
    let own = rule.rule(of: column)
    if rule.isSkipped || own?.isDropped == true { return .json }
    return own?.nesting ?? rule.nesting ?? nesting
  }
}
