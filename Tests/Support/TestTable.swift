package import Bytes
package import Records

/// A value as tests compare it: what it says, wherever it is held.
package enum TestValue: Hashable, Sendable {
  case null
  case missing
  case boolean(Bool)
  case integer(Int64)
  /// By its bits: `-0.0` and `0.0` differ.
  case double(UInt64)
  case number([UInt8])
  case text([UInt8])
  /// Text with lone surrogates, as WTF-8.
  case surrogates([UInt8])
  case bytes([UInt8])
  case json([UInt8])
}

extension TestValue: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral {
  package init(stringLiteral value: String) { self = .text(Array(value.utf8)) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(nilLiteral: ()) { self = .null }
  package static func number(_ digits: String) -> TestValue { .number(Array(digits.utf8)) }
  package static func json(_ text: String) -> TestValue { .json(Array(text.utf8)) }
  package static func double(_ value: Double) -> TestValue { .double(value.bitPattern) }
}

extension TestValue: CustomStringConvertible {
  package var description: String {
    func show(_ bytes: [UInt8]) -> String {
      let text = String(decoding: bytes.prefix(60), as: UTF8.self)
      return "\(text.debugDescription)\(bytes.count > 60 ? "…\(bytes.count)" : "")"
    }
    return switch self {
    case .null: "null"
    case .missing: "missing"
    case .boolean(let value): "\(value)"
    case .integer(let value): "integer \(value)"
    case .double(let bits): "double \(Double(bitPattern: bits))"
    case .number(let digits): "number \(String(decoding: digits, as: UTF8.self))"
    case .text(let bytes): show(bytes)
    case .surrogates(let bytes): "surrogates \(bytes)"
    case .bytes(let bytes): "bytes \(bytes.prefix(40))"
    case .json(let bytes): "json \(show(bytes))"
    }
  }
}

/// A table and its records.
package struct TestTable: Equatable, Sendable {
  package var schema: TableSchema
  package var rows: [[TestValue]]

  package init(_ schema: TableSchema, _ rows: [[TestValue]]) {
    self.schema = schema
    self.rows = rows
  }
  /// A table of columns of text.
  package init(_ name: Name = "t", _ columns: [Name], _ rows: [[TestValue]]) {
    self.init(TableSchema(name, columns.map { Column($0, .text) }), rows)
  }
}

extension RecordBatch {
  /// A batch of rows; texts, JSON and bytes longer than `externalAbove` become external cells.
  package init(_ rows: ArraySlice<[TestValue]>, columnCount: Int, externalAbove: Int = .max) throws {
    self.init(capacity: 64)
    removeAll(columnCount: columnCount)
    for row in rows {
      var cells: [Cell] = []
      for value in row { cells.append(try cell(value, externalAbove: externalAbove)) }
      append(row: cells)
    }
  }

  private mutating func cell(_ value: TestValue, externalAbove: Int) throws -> Cell {
    func held(_ kind: Cell.Kind, _ bytes: [UInt8], _ flags: Cell.Flags = []) throws -> Cell {
      guard bytes.count > externalAbove else { return cell(kind, bytes.span, flags: flags) }
      // Behind some other bytes, so that offsets matter.
      let file = try SpillFile()
      try file.append(Array("before".utf8).span)
      try file.append(bytes.span)
      externals.append(ExternalValue(file, offset: 6, byteCount: Int64(bytes.count), kind: kind, flags: flags))
      return .external(externals.count - 1)
    }
    switch value {
    case .null: return .null
    case .missing: return .missing
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .double(let bits): return .double(Double(bitPattern: bits))
    case .number(let digits): return cell(.number, digits.span)
    case .text(let bytes): return try held(.text, bytes, bytes.contains(0) ? .nul : [])
    case .surrogates(let bytes): return try held(.text, bytes, .surrogates)
    case .bytes(let bytes): return try held(.bytes, bytes)
    case .json(let bytes): return try held(.json, bytes)
    }
  }

  /// What the batch's rows say.
  package func testRows() throws -> [[TestValue]] {
    try (0..<rowCount).map { row in try (0..<columnCount).map { try testValue(self[row, $0]) } }
  }

  private func testValue(_ cell: Cell) throws -> TestValue {
    func held(_ kind: Cell.Kind, _ bytes: [UInt8], _ flags: Cell.Flags) -> TestValue {
      switch kind {
      case .number: .number(bytes)
      case .bytes: .bytes(bytes)
      case .json: .json(bytes)
      default: flags.contains(.surrogates) ? .surrogates(bytes) : .text(bytes)
      }
    }
    switch cell.kind {
    case .null: return .null
    case .missing: return .missing
    case .boolean: return .boolean(cell.boolean)
    case .integer: return .integer(cell.integer)
    case .double: return .double(cell.double)
    case .number, .text, .bytes, .json: return held(cell.kind, Array(bytes(of: cell)), cell.flags)
    case .external:
      let value = externals[cell.offset]
      var bytes: [UInt8] = []
      try value.file.forEachPiece(at: value.offset, count: value.byteCount) { (piece) throws(IOError) in
        bytes += Array(piece)
      } failed: {
        $0
      }
      return held(value.kind, bytes, value.flags)
    }
  }
}
