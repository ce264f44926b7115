package import Bytes
internal import Records
package import RowIndex

/// A value as the row index keeps it.
package enum KeptValue: Hashable, Sendable {
  case null
  case missing
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  /// Digits as they stand in the source.
  case number([UInt8])
  case text([UInt8])
  case json([UInt8])
  case bytes([UInt8])
  /// A secret, known by its digest only.
  case secret([UInt8])
  /// Too large to be kept: it is in the backup.
  case reference(ValueReference)
  /// A secret that no digest was made of.
  case leftOut
  case erased
}

/// A version of a row as the row index keeps it.
package struct KeptRow: Hashable, Sendable {
  package var shape: RowShape
  /// In the order of the shape's columns.
  package var values: [KeptValue]

  /// A row of an index.
  package init(_ version: UInt32, of index: RowIndex) throws(IndexError) {
    let stored = try index.stored(with: version)
    shape = stored.shape
    var batch = RecordBatch(capacity: 4096)
    batch.removeAll(columnCount: shape.columns.count)
    stored.append(version, to: &batch)
    values = []
    for column in shape.columns.indices {
      switch stored.state(of: version, column) {
      case .kept: values.append(KeptValue(batch[0, column], in: batch))
      case .secret: values.append(.secret(stored.secretDigest(of: version, column) ?? []))
      case .erased: values.append(.erased)
      case .leftOut: values.append(.leftOut)
      case .reference: values.append(stored.reference(of: version, column).map { .reference($0) } ?? .leftOut)
      }
    }
  }

  /// The value of a column; nil when the row has no such column.
  package func value(of column: Name) -> KeptValue? {
    shape.columns.firstIndex { $0.name == column }.map { values[$0] }
  }
}

extension KeptValue {
  init(_ cell: Cell, in batch: borrowing RecordBatch) {
    func bytes(_ batch: borrowing RecordBatch) -> [UInt8] { Array(batch.bytes(of: cell)) }
    switch cell.kind {
    case .null: self = .null
    case .missing: self = .missing
    case .boolean: self = .boolean(cell.boolean)
    case .integer: self = .integer(cell.integer)
    case .double: self = .double(cell.double)
    case .number: self = .number(bytes(batch))
    case .text: self = .text(bytes(batch))
    case .json: self = .json(bytes(batch))
    case .bytes: self = .bytes(bytes(batch))
    case .external: self = .leftOut
    }
  }

  /// Whether two values of a column mean the same, so that 1.50 is 1.5; nil when that cannot be told.
  func equals(_ other: KeptValue, as column: RowShape.Column) -> Bool? {
    if self == .leftOut || other == .leftOut { return self == other ? nil : false }
    if self == other { return true }
    guard let mine = hash(as: column), let others = other.hash(as: column) else { return false }
    return mine == others
  }

  /// What the canonical digest makes of the value; nil for what is no value of the data.
  private func hash(as column: RowShape.Column) -> Hash128? {
    let type = LogicalType(word: String(decoding: column.type, as: UTF8.self)) ?? .text
    var digester = RowDigester(TableSchema("", [Column(column.name, type)]), countsValues: false)
    var batch = RecordBatch(capacity: 256)
    batch.removeAll(columnCount: 1)
    switch self {
    case .secret, .leftOut, .reference, .erased: return nil
    case .null: batch.append(row: [.null])
    case .missing: batch.append(row: [.missing])
    case .boolean(let value): batch.append(row: [.boolean(value)])
    case .integer(let value): batch.append(row: [.integer(value)])
    case .double(let value): batch.append(row: [.double(value)])
    case .number(let bytes): batch.append(row: [batch.cell(.number, bytes.span)])
    case .text(let bytes): batch.append(row: [batch.cell(.text, bytes.span)])
    case .json(let bytes): batch.append(row: [batch.cell(.json, bytes.span)])
    case .bytes(let bytes): batch.append(row: [batch.cell(.bytes, bytes.span)])
    }
    do throws(IOError) { return try digester.hash(of: 0, 0, in: batch) } catch { return nil }
  }
}
