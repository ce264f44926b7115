internal import Bytes
internal import Records

// Columns of texts as the kinds that their types ask for.
extension RecordBatch {
  mutating func decodeLatin1(_ cell: Cell) -> Cell {
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
  mutating func takeBooleans(_ column: Int) -> Unfit {
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

  /// Returns which texts are no numbers. `overflows`: numbers that no double holds are infinities, as SQLite writes and reads them.
  mutating func takeNumbers(_ column: Int, overflows: Bool) -> Unfit {
    var at = column, unfit = Unfit()
    for _ in 0..<rowCount {
      let cell = cells[at]
      if overflows, cell.kind == .number, let infinity = infinity(cell) { cells[at] = .double(infinity) }
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

  /// The infinity that a number beyond all doubles is.
  private func infinity(_ cell: Cell) -> Double? {
    // The largest double has 309 digits before its point.
    guard cell.count > 308 || (0..<cell.count).contains(where: { heap[cell.offset + $0] | 0x20 == UInt8(ascii: "e") }),
      let value = DecimalText(bytes(of: cell)), value.magnitude > 309
    else { return nil }
    return value.isNegative ? -.infinity : .infinity
  }

  /// Returns which texts are no JSON.
  mutating func takeJSON(_ column: Int) -> Unfit {
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
  mutating func takeBytes(_ column: Int, _ family: SQLFamily) -> Unfit {
    var at = column, unfit = Unfit()
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text {
        if family == .mysql {
          cells[at] = Cell(.bytes, offset: cell.offset, count: cell.count)
        } else if family == .postgres {
          let count = postgresBytes(cell)
          if count >= 0 { cells[at] = Cell(.bytes, offset: cell.offset, count: count) } else { unfit.note(cell) }
        }
      }
      at += columnCount
    }
    return unfit
  }

  /// Decodes the text of a `bytea` in place, `\x` and hexadecimal digits or the older form; returns how many bytes it has, or -1,
  /// with nothing changed, when it is none.
  private mutating func postgresBytes(_ cell: Cell) -> Int {
    guard cell.count >= 2, heap.matches("\\x", at: cell.offset) else {
      return heap.rewrite(at: cell.offset, count: cell.count) { escapedBytes(&$0) }
    }
    guard cell.count % 2 == 0, heap.unhex(at: cell.offset + 2, count: cell.count - 2, to: cell.offset) else {
      return -1
    }
    return cell.count / 2 - 1
  }

  /// Returns which texts are no arrays; those of which JSON would say less stay as they are.
  mutating func takeArrays(_ column: Int, _ array: DumpArray) -> Unfit {
    var at = column, unfit = Unfit(), array = array
    for _ in 0..<rowCount {
      let cell = cells[at]
      if cell.kind == .text {
        if array.read(heap.span(at: cell.offset, count: cell.count)) {
          if array.hasBounds {
            unfit.boundCount += 1
            if unfit.firstBound == nil { unfit.firstBound = cell }
          }
          if array.hasJSONNull {
            unfit.nullCount += 1
            if unfit.firstNull == nil { unfit.firstNull = cell }
          }
          if !array.hasBounds, !array.hasJSONNull { cells[at] = self.cell(.json, array.output.span) }
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

/// Decodes the older form of the text of a `bytea`, with escapes, in place; returns how many bytes it has, or -1, with nothing
/// changed, when it is none.
func escapedBytes(_ text: inout MutableSpan<UInt8>) -> Int {
  let slash = UInt8(ascii: "\\")
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
