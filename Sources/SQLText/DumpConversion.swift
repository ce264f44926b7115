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
private struct Unfit {
  var count = 0
  var first: Cell?
  /// Arrays whose bounds are lost.
  var boundCount = 0
  var firstBound: Cell?
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
    rules = columns.map { isSurvey && $0.type != .json ? .none : Self.rule(of: $0, family) }
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

  /// Turns the cells of a batch. `isForeign`: texts may be no UTF-8.
  func apply(
    to batch: inout RecordBatch, isForeign: Bool, table: TableSchema, place: DumpPlace, notes: inout SQLDumpNotes
  ) {
    for (column, rule) in rules.enumerated() where column < batch.columnCount {
      if isForeign { decode(&batch, column, rule, table, place, &notes) }
      let unfit =
        switch rule {
        case .none: Unfit()
        case .boolean: batch.takeBooleans(column)
        case .number: batch.takeNumbers(column)
        case .json: batch.takeJSON(column)
        case .bytes: batch.takeBytes(column, family)
        case .array(let array): batch.takeArrays(column, array)
        }
      if let first = unfit.firstBound {
        notes.note(
          Finding(
            "array-bounds", .warning,
            "arrays of '\(displayed(table.columns[column].name))' in '\(displayed(table.name))' do not begin at 1; their elements are kept, their bounds are not",
            table: table.name, column: table.columns[column].name, offset: place.offset(of: first),
            count: unfit.boundCount))
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

extension RecordBatch {
  fileprivate mutating func decodeLatin1(_ cell: Cell) -> Cell {
    var text: [UInt8] = []
    text.reserveCapacity(cell.count * 2)
    for i in 0..<cell.count {
      let byte = heap[cell.offset + i]
      if byte < 0x80 { text.append(byte) } else { text += [0xC0 | byte >> 6, 0x80 | byte & 0x3F] }
    }
    let new = self.cell(.text, text.span, flags: cell.flags)
    heap.clearPadding()
    return new
  }

  /// Returns which texts are no booleans.
  fileprivate mutating func takeBooleans(_ column: Int) -> Unfit {
    var at = column, unfit = Unfit()
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text || cell.kind == .number || cell.kind == .bytes {
        if let truth = truth(of: cell) { cells[at] = .boolean(truth) } else { unfit.note(cell) }
      }
      at += columnCount
    }
    return unfit
  }
  private func truth(of cell: Cell) -> Bool? {
    if cell.count == 1 {
      switch heap[cell.offset] {
      case UInt8(ascii: "t"), UInt8(ascii: "1"), 1: return true
      case UInt8(ascii: "f"), UInt8(ascii: "0"), 0: return false
      default: return nil
      }
    }
    if heap.equals(Self.trueText, at: cell.offset, count: cell.count) { return true }
    return heap.equals(Self.falseText, at: cell.offset, count: cell.count) ? false : nil
  }
  private static let trueText = Array("true".utf8), falseText = Array("false".utf8)
  private static let specials = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }

  /// Returns which texts are no numbers.
  fileprivate mutating func takeNumbers(_ column: Int) -> Unfit {
    var at = column, unfit = Unfit()
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text {
        if cell.count > 0,
          heap.jsonNumberCount(at: cell.offset) == cell.count
            || Self.specials.contains(where: { heap.equals($0, at: cell.offset, count: cell.count) })
        {
          cells[at].kind = .number
          cells[at].flags = []
        } else {
          unfit.note(cell)
        }
      }
      at += columnCount
    }
    return unfit
  }

  /// Returns which texts are no JSON.
  fileprivate mutating func takeJSON(_ column: Int) -> Unfit {
    var at = column, unfit = Unfit()
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text {
        if isJSON(cell) { cells[at].kind = .json } else { unfit.note(cell) }
      }
      at += columnCount
    }
    return unfit
  }
  private func isJSON(_ cell: Cell) -> Bool {
    var walk = JSONWalk(python: false), end = heap.jsonSpace(from: cell.offset)
    guard cell.count > 0, end < cell.offset + cell.count else { return false }
    // The byte behind the text is another field's or none, and ends a number.
    guard heap.jsonWalk(&walk, at: &end, isLast: true) == .done else { return false }
    while end < cell.offset + cell.count, heap[end] <= 0x20 { end += 1 }
    return end == cell.offset + cell.count
  }

  /// Returns which texts are no bytes.
  fileprivate mutating func takeBytes(_ column: Int, _ family: SQLFamily) -> Unfit {
    var at = column, unfit = Unfit()
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text {
        if family == .mysql {
          cells[at] = Cell(.bytes, offset: cell.offset, count: cell.count)
        } else if family == .postgres {
          let count = heap.rewrite(at: cell.offset, count: cell.count) { postgresBytes(&$0) }
          if count >= 0 { cells[at] = Cell(.bytes, offset: cell.offset, count: count) } else { unfit.note(cell) }
        }
      }
      at += columnCount
    }
    return unfit
  }

  /// Returns which texts are no arrays.
  fileprivate mutating func takeArrays(_ column: Int, _ array: DumpArray) -> Unfit {
    var at = column, unfit = Unfit(), array = array
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text {
        if array.read(heap.span(at: cell.offset, count: cell.count)) {
          if array.hasBounds {
            unfit.boundCount += 1
            if unfit.firstBound == nil { unfit.firstBound = cell }
          }
          cells[at] = self.cell(.json, array.output.span)
        } else {
          unfit.note(cell)
        }
      }
      at += columnCount
    }
    heap.clearPadding()
    return unfit
  }
}

/// Decodes the text of a `bytea` in place, `\x` and hexadecimal digits or the older form with escapes; returns how many bytes
/// it has, or -1, with nothing changed, when it is none.
private func postgresBytes(_ text: inout MutableSpan<UInt8>) -> Int {
  let slash = UInt8(ascii: "\\")
  if text.count >= 2, text[0] == slash, text[1] == UInt8(ascii: "x") {
    guard text.count % 2 == 0 else { return -1 }
    for i in 2..<text.count where hexadecimal(text[i]) == nil { return -1 }
    for i in 1..<(text.count / 2) {
      text[i - 1] = (hexadecimal(text[2 * i]) ?? 0) << 4 | (hexadecimal(text[2 * i + 1]) ?? 0)
    }
    return text.count / 2 - 1
  }
  func octal(_ at: Int) -> UInt8? {
    var value = 0
    guard at + 3 < text.count else { return nil }
    for i in (at + 1)...(at + 3) {
      guard text[i] >= UInt8(ascii: "0"), text[i] <= UInt8(ascii: "7") else { return nil }
      value = value * 8 + Int(text[i] - UInt8(ascii: "0"))
    }
    return UInt8(exactly: value)
  }
  var from = 0
  while from < text.count {
    if text[from] != slash {
      from += 1
    } else if from + 1 < text.count, text[from + 1] == slash {
      from += 2
    } else {
      guard octal(from) != nil else { return -1 }
      from += 4
    }
  }
  var to = 0
  from = 0
  while from < text.count {
    var byte = text[from]
    if byte != slash {
      from += 1
    } else if text[from + 1] == slash {
      from += 2
    } else {
      byte = octal(from) ?? 0
      from += 4
    }
    text[to] = byte
    to += 1
  }
  return to
}

private func hexadecimal(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
