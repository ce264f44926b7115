internal import Bytes
internal import PrismaSchema
internal import Records

/// What has to be done to the cells of a column, which hold values as JSON has them.
enum PrismaDecoding: Hashable, Sendable {
  case none
  /// Digits in texts, perhaps with the `n` of JavaScript's big integers, become numbers.
  case integer
  case decimal
  /// 0 and 1 become false and true.
  case boolean
  /// The zone, which is always UTC, is left out.
  case timestamp
  case instant
  case date, time
  case bytes
  /// What the client shows becomes what the database holds.
  case enumeration([PrismaEnum.Value])
  case enumerationList([PrismaEnum.Value])

  /// What a column needs.
  init(_ column: PrismaColumn, _ type: LogicalType) {
    if column.isList {
      if case .enumeration(let values) = column.scalar, !values.isEmpty {
        self = .enumerationList(values)
      } else {
        self = .none
      }
      return
    }
    switch (column.scalar, type) {
    case (.bigInt, _), (.int, .int64), (.int, .int32): self = .integer
    case (.decimal, .decimal): self = .decimal
    case (.boolean, _): self = .boolean
    case (.dateTime, .timestamp): self = .timestamp
    case (.dateTime, .timestamptz): self = .instant
    case (.dateTime, .date): self = .date
    case (.dateTime, .time): self = .time
    case (.bytes, _): self = .bytes
    case (.enumeration(let values), _): self = values.isEmpty ? .none : .enumeration(values)
    default: self = .none
    }
  }
}

extension RecordBatch {
  /// Decodes a column.
  mutating func decode(column: Int, _ decoding: PrismaDecoding) {
    guard decoding != .none else { return }
    var at = column
    for _ in 0..<rowCount {
      let cell = cells[at]
      switch decoding {
      case .none: return
      case .integer: if cell.kind == .text { cells[at] = integer(cell) }
      case .decimal: if cell.kind == .text { cells[at] = decimal(cell) }
      case .boolean: if cell.kind == .number, cell.count == 1 { cells[at] = boolean(cell) }
      case .timestamp: if cell.kind == .text { cells[at] = timestamp(cell) }
      case .instant: if cell.kind == .text, cell.count > 24 { cells[at] = instant(cell) }
      case .date: if cell.kind == .text { cells[at] = date(cell) }
      case .time: if cell.kind == .text { cells[at] = time(cell) }
      case .bytes: if cell.kind == .text || cell.kind == .json { cells[at] = bytes(cell) }
      case .enumeration(let values): if cell.kind == .text { cells[at] = stored(cell, values) }
      case .enumerationList(let values): if cell.kind == .json { cells[at] = storedList(cell, values) }
      }
      at += columnCount
    }
  }

  private func part(_ cell: Cell, from start: Int, count: Int, _ kind: Cell.Kind = .text) -> Cell {
    Cell(kind, offset: cell.offset + start, count: count, flags: kind == .text ? cell.flags : [])
  }

  private func integer(_ cell: Cell) -> Cell {
    guard cell.count > 0 else { return cell }
    let hasMark = heap[cell.offset + cell.count - 1] == UInt8(ascii: "n"), count = cell.count - (hasMark ? 1 : 0)
    guard count > 0, heap.jsonNumberCount(at: cell.offset) == count else { return cell }
    for i in 0..<count where !isDigit(heap[cell.offset + i]) && heap[cell.offset + i] != UInt8(ascii: "-") {
      return cell
    }
    return part(cell, from: 0, count: count, .number)
  }

  private func decimal(_ cell: Cell) -> Cell {
    cell.count > 0 && heap.jsonNumberCount(at: cell.offset) == cell.count
      ? part(cell, from: 0, count: cell.count, .number) : cell
  }

  private func boolean(_ cell: Cell) -> Cell {
    switch heap[cell.offset] {
    case UInt8(ascii: "0"): .boolean(false)
    case UInt8(ascii: "1"): .boolean(true)
    default: cell
    }
  }

  /// A time in UTC as a database without zones holds it; years beyond 9999 lose the sign and zero before them.
  private func timestamp(_ cell: Cell) -> Cell {
    var start = 0, count = cell.count
    guard count >= 20 else { return cell }
    let last = heap[cell.offset + count - 1]
    if last == UInt8(ascii: "Z") {
      count -= 1
    } else if heap.matches("+00:00", at: cell.offset + count - 6) {
      count -= 6
    }
    if heap.matches("+0", at: cell.offset) { start = 2 }
    return part(cell, from: start, count: count - start)
  }

  private func instant(_ cell: Cell) -> Cell {
    heap.matches("+0", at: cell.offset) ? part(cell, from: 2, count: cell.count - 2) : cell
  }

  private func date(_ cell: Cell) -> Cell {
    cell.count >= 20 && heap.matches("T00:00:00", at: cell.offset + 10) ? part(cell, from: 0, count: 10) : cell
  }

  private func time(_ cell: Cell) -> Cell {
    guard cell.count >= 20, heap.matches("1970-01-01T", at: cell.offset) else { return cell }
    let hasZone = heap[cell.offset + cell.count - 1] == UInt8(ascii: "Z")
    return part(cell, from: 11, count: cell.count - 11 - (hasZone ? 1 : 0))
  }

  private mutating func stored(_ cell: Cell, _ values: [PrismaEnum.Value]) -> Cell {
    for value in values
    where value.name != value.stored && heap.equals(value.name.bytes, at: cell.offset, count: cell.count) {
      return self.cell(.text, value.stored.bytes.span)
    }
    return cell
  }

  private mutating func storedList(_ cell: Cell, _ values: [PrismaEnum.Value]) -> Cell {
    var text: [UInt8] = [], changed = false, at = cell.offset
    let end = cell.offset + cell.count
    while at < end {
      guard heap[at] == UInt8(ascii: "\"") else {
        text.append(heap[at])
        at += 1
        continue
      }
      var flags: UInt32 = 0
      let close = min(heap.jsonStringEnd(at: at + 1, flags: &flags), end - 1)
      let label = Array(heap.span(at: at + 1, count: close - at - 1))
      let stored = values.first { $0.name.bytes == label && $0.name != $0.stored }?.stored.bytes
      if stored != nil { changed = true }
      text.append(UInt8(ascii: "\""))
      for byte in stored ?? label {
        // What stands in the text is escaped already.
        if stored != nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
        text.append(byte)
      }
      text.append(UInt8(ascii: "\""))
      at = close + 1
    }
    return changed ? self.cell(.json, text.span) : cell
  }

  // MARK: Bytes

  /// Bytes in any of the forms that clients and scripts give them: a Buffer, numbers by their index, base64, a data URL,
  /// PostgreSQL's hexadecimal form.
  private mutating func bytes(_ cell: Cell) -> Cell {
    var output: [UInt8] = []
    let text = Array(bytes(of: cell))
    let isDecoded =
      cell.kind == .json ? Self.numbers(text, into: &output) : Self.text(text, into: &output)
    return isDecoded ? self.cell(.bytes, output.span) : cell
  }

  /// `{"type":"Buffer","data":[1,2]}` or `{"0":1,"1":2}`, whose indexes come in order.
  private static func numbers(_ text: [UInt8], into output: inout [UInt8]) -> Bool {
    var rest = text[...]
    let isBuffer = firstOffset(of: Array("\"Buffer\"".utf8).span, in: text.span) != nil
    if isBuffer {
      guard let open = text.firstIndex(of: UInt8(ascii: "[")), let close = text.lastIndex(of: UInt8(ascii: "]")),
        open < close
      else { return false }
      rest = text[(open + 1)..<close]
    } else {
      guard text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return false }
      rest = text.dropFirst().dropLast()
    }
    var index = 0
    for item in rest.split(separator: UInt8(ascii: ",")) {
      var value = item[...]
      if !isBuffer {
        guard let colon = item.firstIndex(of: UInt8(ascii: ":")) else { return item.allSatisfy { $0 <= 0x20 } }
        guard item[..<colon].filter({ isDigit($0) }).elementsEqual("\(index)".utf8) else { return false }
        value = item[(colon + 1)...]
      }
      let digits = Array(value.filter { $0 > 0x20 })
      if digits.isEmpty { continue }
      guard let number = Int64(digits: digits.span).flatMap({ UInt8(exactly: $0) }) else { return false }
      output.append(number)
      index += 1
    }
    return true
  }

  private static func text(_ text: [UInt8], into output: inout [UInt8]) -> Bool {
    if text.starts(with: "\\x".utf8) { return decodeHexBytes(text.span, into: &output) }
    var base64 = text[...]
    if text.starts(with: "data:".utf8) {
      guard let comma = text.prefix(4096).firstIndex(of: UInt8(ascii: ",")),
        text[..<comma].suffix(7).elementsEqual(";base64".utf8)
      else { return false }
      base64 = text[(comma + 1)...]
    }
    guard let decoded = decodeBase64(Array(base64).span) else { return false }
    output = decoded
    return true
  }
}
