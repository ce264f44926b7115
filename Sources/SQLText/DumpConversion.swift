internal import Bytes
internal import Diagnostics
internal import Records

/// Where the bytes of a batch were in the artifact.
enum DumpPlace {
  /// Offset of the first byte of the batch's heap.
  case heap(Int)
  /// Offset of the only row.
  case row(Int)

  func offset(of cell: Cell) -> Int {
    switch self {
    case .heap(let base): base + cell.offset
    case .row(let offset): offset
    }
  }
}

/// Values that are not what their column's type asks for.
struct Unfit {
  var count = 0
  var first: Cell?
  /// Arrays with bounds, which JSON has no place for.
  var boundCount = 0
  var firstBound: Cell?
  /// Arrays that hold the `null` of JSON.
  var nullCount = 0
  var firstNull: Cell?
  mutating func note(_ cell: Cell) {
    count += 1
    if first == nil { first = cell }
  }
}

/// How the texts of a dump become the values of their columns' types.
struct DumpConversion {
  enum Rule {
    /// Text stays text.
    case none
    case boolean, number, json, bytes
    case array(DumpArray)
  }
  private let rules: [Rule]
  private let family: SQLFamily

  /// `isSurvey`: only what a survey looks into is turned.
  init(_ columns: [Column], _ family: SQLFamily, isSurvey: Bool) {
    self.family = family
    rules = columns.map { !isSurvey || $0.type == .json || $0.type == .bytes ? Self.rule(of: $0, family) : .none }
  }

  /// What the fields of COPY text may be taken for as they are read; `order`: positions of their columns. Empty: nothing.
  func forms(_ order: [Int]) -> [CopyForm] {
    let forms = order.map { column -> CopyForm in
      switch rules[column] {
      case .boolean: .boolean
      case .number: .number
      case .none, .json, .bytes, .array: .text
      }
    }
    return forms.allSatisfy { $0 == .text } ? [] : forms
  }

  private static func rule(of column: Column, _ family: SQLFamily) -> Rule {
    switch column.type {
    case .boolean: .boolean
    case .int32, .int64, .decimal, .float64: .number
    case .json: .json
    case .bytes: .bytes
    case .array(let element) where family == .postgres: .array(DumpArray(element, sourceType: column.sourceType ?? []))
    case .array: .json
    default: .none
    }
  }

  /// Turns the cells of a batch. `isForeign`: texts may be no UTF-8; `settled`: columns that have been turned.
  func apply(
    to batch: inout RecordBatch, isForeign: Bool, settled: Set<Int>, table: TableSchema, place: DumpPlace,
    notes: inout SQLDumpNotes
  ) {
    for (column, rule) in rules.enumerated() where column < batch.columnCount {
      if case .none = rule, !isForeign { continue }
      if settled.contains(column) { continue }
      if isForeign { decode(&batch, column, rule, table, place, &notes) }
      let unfit =
        switch rule {
        case .none: Unfit()
        case .boolean: batch.takeBooleans(column)
        case .number:
          batch.takeNumbers(column, overflows: family == .sqlite && table.columns[column].type == .float64)
        case .json: batch.takeJSON(column)
        case .bytes: batch.takeBytes(column, family)
        case .array(let array): batch.takeArrays(column, array)
        }
      if let first = unfit.firstBound {
        notes.note(
          Finding(
            "array-bounds", .info,
            "arrays of '\(displayed(table.columns[column].name))' in '\(displayed(table.name))' do not begin at 1 and stay as PostgreSQL writes them",
            table: table.name, column: table.columns[column].name, offset: place.offset(of: first),
            count: unfit.boundCount))
      }
      if let first = unfit.firstNull {
        notes.note(
          Finding(
            "json-null-in-array", .info,
            "arrays of '\(displayed(table.columns[column].name))' in '\(displayed(table.name))' hold the null of JSON, which is not NULL, and stay as PostgreSQL writes them",
            table: table.name, column: table.columns[column].name, offset: place.offset(of: first),
            count: unfit.nullCount))
      }
      guard let first = unfit.first else { continue }
      notes.note(
        Finding(
          "value-of-other-type", .warning,
          "values of '\(displayed(table.columns[column].name))' in '\(displayed(table.name))' are no \(table.columns[column].type.word) and stay text",
          table: table.name, column: table.columns[column].name, offset: place.offset(of: first), count: unfit.count))
    }
  }

  /// Makes UTF-8 of texts that are none, by taking each byte for a character; in columns of bytes they stay.
  private func decode(
    _ batch: inout RecordBatch, _ column: Int, _ rule: Rule, _ table: TableSchema, _ place: DumpPlace,
    _ notes: inout SQLDumpNotes
  ) {
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      if cell.kind == .bytes, case .none = rule, family == .mysql,
        batch.heap.validUTF8Prefix(at: cell.offset, count: cell.count) == cell.count
      {
        batch.cells[at].kind = .text
      } else if cell.kind == .text, batch.heap.validUTF8Prefix(at: cell.offset, count: cell.count) < cell.count {
        if case .bytes = rule, family != .postgres {
          batch.cells[at].kind = .bytes
        } else {
          batch.cells[at] = batch.decodeLatin1(cell)
          notes.note(
            Finding(
              "not-utf8", .warning,
              "texts of '\(displayed(table.columns[column].name))' in '\(displayed(table.name))' are not in UTF-8; each byte is taken for a character of Latin-1",
              advice: "name the encoding if it is another one: --encoding", table: table.name,
              column: table.columns[column].name, offset: place.offset(of: cell)))
        }
      }
      at += batch.columnCount
    }
  }
}
