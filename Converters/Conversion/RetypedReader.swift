internal import Bytes
package import Diagnostics
package import Records

/// What the fields of one column of CSV stand for.
package struct FieldMeaning: Equatable, Sendable {
  /// Values that were printed into fields.
  package enum Value: Sendable { case text, number, boolean, json }
  /// What an empty field without quotes stands for.
  package enum Emptiness: Sendable { case null, missing, text }
  package var value: Value
  package var emptiness: Emptiness

  package init(_ value: Value, empty emptiness: Emptiness = .null) {
    self.value = value
    self.emptiness = emptiness
  }

  /// What the fields of a column of a type stand for.
  package init(of type: LogicalType) {
    switch type {
    case .int32, .int64, .float64, .decimal: self.init(.number)
    case .boolean: self.init(.boolean)
    default: self.init(.text)
    }
  }
}

/// Gives the texts of a format that has nothing else the kinds of their columns: numbers in numeric columns, booleans in
/// boolean ones. Digits stay as they are; what is no literal of its column's kind stays text.
package struct RetypedReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  /// By column; nil: the types of the columns say it.
  private let meanings: [FieldMeaning]?
  /// Of the run at hand or the last one.
  private var table: TableSchema?
  private var columns: [FieldMeaning] = []
  /// By column: fields that are no literal of their column's kind.
  private var unfit: [Int] = []

  /// `meanings` of all columns, when more is known than their types.
  package init(_ reader: consuming any RecordReader & ~Copyable, meanings: [FieldMeaning]? = nil) {
    self.reader = reader
    self.meanings = meanings
  }

  package private(set) var findings: [Finding] = []

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { noteFindings() }
    let next = try reader.nextTable()
    if let next {
      table = next
      columns = meanings ?? next.columns.map { FieldMeaning(of: $0.type) }
    }
    return next
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) {
      guard try reader.read(into: &batch) else { return false }
    } catch {
      noteFindings()
      throw error
    }
    while unfit.count < batch.columnCount { unfit.append(0) }
    for (column, meaning) in columns.enumerated() where column < batch.columnCount {
      switch meaning.value {
      case .text: break
      case .number: takeNumbers(&batch, column)
      case .boolean: takeBooleans(&batch, column)
      case .json: takeJSON(&batch, column)
      }
      if meaning.emptiness != .null { fill(&batch, column, meaning.emptiness) }
    }
    return true
  }

  private mutating func takeNumbers(_ batch: inout RecordBatch, _ column: Int) {
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      if cell.kind == .text {
        if cell.count > 0, batch.heap.jsonNumberCount(at: cell.offset) == cell.count {
          batch.cells[at] = Cell(.number, offset: cell.offset, count: cell.count)
        } else {
          unfit[column] += 1
        }
      }
      at += batch.columnCount
    }
  }

  private mutating func takeBooleans(_ batch: inout RecordBatch, _ column: Int) {
    let yes = Array("true".utf8), no = Array("false".utf8)
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      if cell.kind == .text {
        if batch.heap.equals(yes, at: cell.offset, count: cell.count) {
          batch.cells[at] = .boolean(true)
        } else if batch.heap.equals(no, at: cell.offset, count: cell.count) {
          batch.cells[at] = .boolean(false)
        } else {
          unfit[column] += 1
        }
      }
      at += batch.columnCount
    }
  }

  private mutating func takeJSON(_ batch: inout RecordBatch, _ column: Int) {
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      if cell.kind == .text {
        var walk = JSONWalk(python: false), end = cell.offset
        let isWhole = cell.count > 0 && batch.heap.jsonWalk(&walk, at: &end, isLast: true) == .done
        if isWhole && end == cell.offset + cell.count {
          batch.cells[at] = Cell(.json, offset: cell.offset, count: cell.count)
        } else {
          unfit[column] += 1
        }
      }
      at += batch.columnCount
    }
  }

  private func fill(_ batch: inout RecordBatch, _ column: Int, _ emptiness: FieldMeaning.Emptiness) {
    var at = column
    for _ in 0..<batch.rowCount {
      if batch.cells[at].kind == .null {
        batch.cells[at] = emptiness == .missing ? .missing : Cell(.text, offset: 0, count: 0)
      }
      at += batch.columnCount
    }
  }

  /// Only columns whose kind is known from elsewhere can have fields that contradict it.
  private mutating func noteFindings() {
    findings = reader.findings
    guard meanings != nil, let table else { return }
    for (column, count) in unfit.enumerated() where count > 0 && column < table.columns.count {
      findings.append(
        Finding(
          "field-of-other-kind", .warning,
          "fields of '\(displayed(table.columns[column].name))' are no \(columns[column].value), as those of the JSON are, and stay text",
          advice: "they were changed after the backup: look at them before they are restored", table: table.name,
          column: table.columns[column].name, count: count))
    }
  }
}
