internal import Bytes
package import Records

/// Takes everything secret out of tables and rows: columns that hold secrets, secrets within other values, and what may hold secrets
/// and cannot be looked into.
///
/// A column that holds secrets is left out, or keeps its place with a mark in each row when it may not be empty. Whatever is taken out
/// is counted in the log.
package struct RedactSecrets: Transform {
  /// What happens to one column.
  private enum Fate { case look, leave, mark, keep }
  private struct Kept {
    var position: Int
    var fate: Fate
    var column: Column
    /// Whether values have to stay different from each other.
    var isKey: Bool
  }
  /// First bytes of what is packed or encrypted as a whole.
  private static let packed: [[UInt8]] = [
    [0x1F, 0x8B], [0x50, 0x4B, 3, 4], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58], [0x42, 0x5A, 0x68],
    [0x37, 0x7A, 0xBC, 0xAF], [4, 0x22, 0x4D, 0x18],
  ]

  private var finder: SecretFinder
  private let log: RedactionLog
  /// Columns that hold secrets, of all tables, by which references to them are known.
  private let secrets: Set<SecretOrigin>
  private var kept: [Kept] = []
  private var secretColumns: [(position: Int, name: Name, kind: LossKind)] = []
  private var table = Name("")
  private var markCount = 0
  /// Values of the column at hand that held secrets, and that could not be looked into.
  private var within = 0
  private var leftOut = 0

  /// Whether columns that hold secrets, and values that cannot be looked into, stay as they are: for an index, which takes neither.
  private let keepsColumns: Bool

  package init(_ finder: SecretFinder, tables: [TableSchema], log: RedactionLog, keepsColumns: Bool = false) {
    self.finder = finder
    self.keepsColumns = keepsColumns
    self.log = log
    secrets = Set(
      tables.flatMap { table in
        table.columns.filter(\.isSecret).map { SecretOrigin(table: table.name, column: $0.name) }
      })
  }

  package mutating func begin(_ table: inout TableSchema) -> Bool {
    self.table = table.name
    var lost: Set<Name> = [], gone: Set<Name> = []
    var columns: [Column] = []
    kept = []
    secretColumns = []
    for (i, column) in table.columns.enumerated() {
      if keepsColumns && (column.isSecret || !column.type.canHoldText) {
        columns.append(column)
        kept.append(Kept(position: i, fate: .keep, column: column, isKey: false))
        continue
      }
      guard column.isSecret else {
        columns.append(cleaned(column))
        kept.append(Kept(position: i, fate: column.type.canHoldText ? .look : .leave, column: column, isKey: false))
        continue
      }
      lost.insert(column.name)
      guard !column.isNullable else {
        gone.insert(column.name)
        secretColumns.append((i, column.name, .secretColumn))
        continue
      }
      secretColumns.append((i, column.name, .secretMarked))
      columns.append(marked(column))
      kept.append(Kept(position: i, fate: .mark, column: column, isKey: false))
    }
    for secret in secretColumns { log.count(secret.kind, table: table.name, column: secret.name, by: 0) }
    // A value that is computed from a column that is gone is an ordinary one from now on.
    for i in columns.indices {
      guard let text = columns[i].generation,
        lost.contains(where: { firstOffset(of: $0.bytes.span, in: text.span) != nil })
      else { continue }
      columns[i].generation = nil
      columns[i].isLeftToServer = false
    }
    table.columns = columns
    func isLeft(_ names: [Name]) -> Bool { !names.contains(where: lost.contains) }
    if !isLeft(table.primaryKey) { table.primaryKey = [] }
    table.uniqueKeys.removeAll { !isLeft($0) }
    table.indexes.removeAll { $0.contains(where: gone.contains) }
    table.foreignKeys.removeAll { key in
      !isLeft(key.columns)
        || key.referencedColumns.contains { secrets.contains(SecretOrigin(table: key.table, column: $0)) }
    }
    let keys = Set(table.primaryKey + table.uniqueKeys.flatMap(\.self))
    for i in kept.indices where keys.contains(kept[i].column.name) { kept[i].isKey = true }
    return true
  }

  /// A column without secrets in what is said of it.
  private mutating func cleaned(_ column: Column) -> Column {
    var column = column
    if let text = column.defaultValue, finder.redacted(text.span) != nil {
      column.defaultValue = nil
      log.note(.secretDefinition, table: table, column: column.name)
    }
    if let text = column.generation, finder.redacted(text.span) != nil {
      column.generation = nil
      column.isLeftToServer = false
      log.note(.secretDefinition, table: table, column: column.name)
    }
    return column
  }

  /// A column that can hold marks.
  private func marked(_ column: Column) -> Column {
    var column = column
    column.defaultValue = nil
    column.generation = nil
    column.isLeftToServer = false
    column.isIdentity = false
    column.isSecret = false
    if column.type != .text || (column.maximumLength ?? .max) < secretMark.count {
      column.type = .text
      column.maximumLength = nil
      column.sourceType = nil
    }
    return column
  }

  package mutating func apply(to batch: inout RecordBatch) {
    for secret in secretColumns {
      var count = 0
      for row in 0..<batch.rowCount where !batch[row, secret.position].isAbsent { count += 1 }
      log.count(secret.kind, table: table, column: secret.name, by: count)
    }
    for i in kept.indices {
      within = 0
      leftOut = 0
      for row in 0..<batch.rowCount { change(row, kept[i], &batch) }
      if within > 0 { log.count(.secretWithin, table: table, column: kept[i].column.name, by: within) }
      if leftOut > 0 { log.count(.contentLeftOut, table: table, column: kept[i].column.name, by: leftOut) }
    }
    guard kept.count < batch.columnCount else { return }
    var to = 0
    for row in 0..<batch.rowCount {
      for column in kept {
        batch.cells[to] = batch.cells[row &* batch.columnCount &+ column.position]
        to &+= 1
      }
    }
    batch.cells.removeLast(batch.cells.count - to)
    batch.columnCount = kept.count
  }

  private mutating func change(_ row: Int, _ column: Kept, _ batch: inout RecordBatch) {
    if column.fate == .keep { return }
    let at = row &* batch.columnCount &+ column.position
    let cell = batch.cells[at]
    if column.fate == .mark {
      let mark = secretMark
      batch.cells[at] = batch.cell(.text, mark.span)
      return
    }
    switch cell.kind {
    case .external:
      if keepsColumns { return }
      leftOut += 1
      batch.cells[at] = substitute(for: column, &batch)
    case .bytes where column.fate == .look:
      if Self.packed.contains(where: { batch.bytes(of: cell).count >= 4 && begins(batch.bytes(of: cell), $0) }) {
        leftOut += 1
      } else if !finder.find(in: batch.bytes(of: cell)).isEmpty {
        within += 1
      } else {
        return
      }
      batch.cells[at] = substitute(for: column, &batch)
    case .text where column.fate == .look:
      guard let text = finder.redacted(batch.bytes(of: cell)) else { return }
      within += 1
      batch.cells[at] = fit(text, cell, column, &batch)
    case .json where column.fate == .look:
      guard let text = finder.redacted(json: batch.bytes(of: cell)) else { return }
      within += 1
      batch.cells[at] = batch.cell(.json, text.span, flags: cell.flags)
    default: break
    }
  }

  /// A text with marks in it as its column can hold it.
  private mutating func fit(_ text: [UInt8], _ cell: Cell, _ column: Kept, _ batch: inout RecordBatch) -> Cell {
    switch column.column.type {
    case .text, .json, .array: break
    default: return substitute(for: column, &batch)
    }
    if column.isKey || text.count > column.column.maximumLength ?? .max { return substitute(for: column, &batch) }
    var flags = cell.flags
    if !text.contains(0) { flags.remove(.nul) }
    return batch.cell(.text, text.span, flags: flags)
  }

  /// What stands in place of a value that is taken out as a whole.
  private mutating func substitute(for column: Kept, _ batch: inout RecordBatch) -> Cell {
    let isText = column.column.type == .text
    guard isText || !column.column.isNullable else { return .null }
    switch column.column.type {
    case .json, .array:
      let text =
        column.column.type == .json ? [UInt8(ascii: "\"")] + secretMark + [UInt8(ascii: "\"")] : Array("[]".utf8)
      return batch.cell(.json, text.span)
    case .bytes: return Cell(.bytes, offset: 0, count: 0)
    case .uuid: return batch.text("00000000-0000-0000-0000-000000000000")
    case .enumeration(let labels): return batch.text(labels.first ?? "")
    default:
      var text = secretMark
      if column.isKey {
        markCount += 1
        text += Array("-\(markCount)".utf8)
      }
      text = Array(text.prefix(column.column.maximumLength ?? .max))
      return batch.cell(.text, text.span)
    }
  }

  /// Whether some bytes begin with others, which are no more.
  private func begins(_ bytes: Span<UInt8>, _ beginning: [UInt8]) -> Bool {
    beginning.count <= bytes.count && beginning.indices.allSatisfy { bytes[$0] == beginning[$0] }
  }
}

extension LogicalType {
  /// Whether values can hold more than a number or a moment.
  fileprivate var canHoldText: Bool {
    switch self {
    case .text, .json, .bytes, .array, .uuid, .enumeration: true
    case .boolean, .int32, .int64, .decimal, .float64, .date, .time, .timestamp, .timestamptz, .interval: false
    }
  }
}
