internal import Bytes
internal import Conversion
internal import Records

/// One step of a cast.
enum CastStep: Sendable {
  case values(ValueMap)
  case function(CastFunction)
  case type(LogicalType)
  /// The same steps for each element of a list.
  indirect case elements([CastStep])
}

/// Casts values, whose bytes go into the heap of their batch when they are others than before.
struct CellCaster: ~Copyable {
  /// What is being put together.
  private var scratch = ByteHeap(capacity: 256)
  private var uuids = NameUUID()
  /// Moments that were finer than a microsecond.
  var cutCount = 0

  init() {}

  /// The value behind all steps; nil when one of them does not take it.
  mutating func cast(_ cell: Cell, _ steps: [CastStep], _ batch: inout RecordBatch) -> Cell? {
    var cell = cell
    for i in steps.indices {
      if cell.isAbsent { return cell }
      guard let next = cast(cell, steps[i], &batch) else { return nil }
      cell = next
    }
    return cell
  }

  private mutating func cast(_ cell: Cell, _ step: CastStep, _ batch: inout RecordBatch) -> Cell? {
    if cell.kind == .external { return external(cell, step, &batch) }
    switch step {
    case .values(let map): return replaced(cell, map, &batch)
    case .function(let function): return apply(function, to: cell, &batch)
    case .type(let type): return cast(cell, to: type, &batch)
    case .elements(let steps): return elements(cell, steps, &batch)
    }
  }

  /// A list with each element cast; nil when one of them is not, or it is no list.
  private mutating func elements(_ cell: Cell, _ steps: [CastStep], _ batch: inout RecordBatch) -> Cell? {
    guard cell.kind == .json, cell.count > 1, batch.heap[cell.offset] == UInt8(ascii: "[") else { return nil }
    // Escapes are undone in place, and the list may be wanted as it is.
    scratch.removeAll()
    scratch.append(batch.bytes(of: cell))
    let copy = taken(.json, &batch)
    batch.heap.clearPadding()
    guard var parts = JSONParts(copy, in: batch) else { return nil }
    var list = ByteHeap(capacity: cell.count + 64)
    list.append(UInt8(ascii: "["))
    while let part = parts.next(in: &batch) {
      if list.count > 1 { list.append(UInt8(ascii: ",")) }
      guard let value = cast(part, steps, &batch) else { return nil }
      switch value.kind {
      case .null, .missing: list.append("null")
      case .text: list.append(jsonString: batch.bytes(of: value))
      case .number, .json: list.append(batch.bytes(of: value))
      default:
        guard let text = text(value, &batch) else { return nil }
        list.append(batch.bytes(of: text))
      }
    }
    list.append(UInt8(ascii: "]"))
    let offset = batch.heap.append(from: list, at: 0, count: list.count)
    return Cell(.json, offset: offset, count: list.count)
  }

  /// A value that a mapping states, as it stands.
  func cell(of literal: Literal, _ batch: inout RecordBatch) -> Cell {
    switch literal {
    case .text(let text): batch.cell(.text, text.span)
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let digits): batch.cell(.number, digits.span)
    case .json(let text): batch.cell(.json, text.span)
    }
  }

  /// Only what a long value is can be changed, not its bytes.
  private func external(_ cell: Cell, _ step: CastStep, _ batch: inout RecordBatch) -> Cell? {
    let kind = batch.externals[cell.offset].kind
    switch step {
    case .values, .function(.emptyToNull): return cell
    case .function(.jsonToText), .type(.text):
      guard kind != .bytes else { return nil }
      if kind == .json { batch.externals[cell.offset].kind = .text }
      return cell
    case .type(.json), .type(.array): return kind == .json ? cell : nil
    case .type(.bytes): return kind == .bytes ? cell : nil
    case .function, .type, .elements: return nil
    }
  }

  private mutating func replaced(_ cell: Cell, _ map: ValueMap, _ batch: inout RecordBatch) -> Cell? {
    let found: Literal?
    switch cell.kind {
    case .text, .number: found = map.value(for: batch.heap, at: cell.offset, count: cell.count)
    case .boolean, .integer:
      scratch.removeAll()
      scratch.append(cell.kind == .boolean ? Array("\(cell.boolean)".utf8) : Array("\(cell.integer)".utf8))
      scratch.clearPadding()
      found = map.value(for: scratch, at: 0, count: scratch.count)
    default: found = nil
    }
    guard let found else { return cell }
    return self.cell(of: found, &batch)
  }

  // MARK: Functions

  private mutating func apply(_ function: CastFunction, to cell: Cell, _ batch: inout RecordBatch) -> Cell? {
    switch function {
    case .lower: return letters(cell, from: UInt8(ascii: "A"), &batch)
    case .upper: return letters(cell, from: UInt8(ascii: "a"), &batch)
    case .trim: return cell.kind == .text ? trimmed(cell, batch) : nil
    case .emptyToNull: return cell.kind == .text && cell.count == 0 ? .null : cell
    case .secondsToTimestamp: return moment(cell, scale: 6, &batch)
    case .millisecondsToTimestamp: return moment(cell, scale: 3, &batch)
    case .microsecondsToTimestamp: return moment(cell, scale: 0, &batch)
    case .timestampToDate:
      guard cell.kind == .text, let text = DateText(batch.bytes(of: cell)), text.kind != .time else { return nil }
      return Cell(.text, offset: cell.offset, count: 10, flags: cell.flags)
    case .textToBoolean: return boolean(cell, batch)
    case .textToUUID: return uuid(cell, &batch)
    case .idToUUID: return identifier(cell, &batch)
    case .jsonToText: return cell.kind == .json || cell.kind == .text ? text(cell, &batch) : nil
    case .passwordToConvex: return password(cell, .convex, &batch)
    case .passwordToDjango: return password(cell, .django, &batch)
    case .passwordToPrisma: return password(cell, .prisma, &batch)
    case .passwordToSupabase: return password(cell, .supabase, &batch)
    case .textToJSON: return cell.kind == .json ? cell : cell.kind == .text ? parsed(cell, batch) : nil
    }
  }

  /// A hash in the form that a system verifies, which is the same hash; marks that there is no password stay.
  private func password(_ cell: Cell, _ target: PasswordTarget, _ batch: inout RecordBatch) -> Cell? {
    guard cell.kind == .text else { return nil }
    if cell.count == 0 || batch.heap[cell.offset] == UInt8(ascii: "!") { return cell }
    let hash = Array(batch.bytes(of: cell))
    guard let portable = target.portable(hash) else { return nil }
    return portable == hash ? cell : batch.cell(.text, portable.span, flags: cell.flags)
  }

  /// Letters of the other case in place of the 26 from one on.
  private mutating func letters(_ cell: Cell, from first: UInt8, _ batch: inout RecordBatch) -> Cell? {
    guard cell.kind == .text else { return nil }
    let end = cell.offset &+ cell.count
    var at = cell.offset
    while at < end && batch.heap[at] &- first >= 26 { at &+= 1 }
    guard at < end else { return cell }
    scratch.removeAll()
    scratch.append(batch.bytes(of: cell))
    for i in 0..<cell.count where batch.heap[cell.offset &+ i] &- first < 26 {
      _ = scratch.rewrite(at: i, count: 1) { bytes in
        bytes[0] ^= 0x20
        return 1
      }
    }
    return taken(.text, &batch, flags: cell.flags)
  }

  private func trimmed(_ cell: Cell, _ batch: borrowing RecordBatch) -> Cell {
    var from = cell.offset, to = cell.offset &+ cell.count
    while from < to && isSpace(batch.heap[from]) { from &+= 1 }
    while to > from && isSpace(batch.heap[to &- 1]) { to &-= 1 }
    return Cell(.text, offset: from, count: to &- from, flags: cell.flags)
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 9 && byte <= 13 }

  /// A count of units since 1970, of which 10^-`scale` are a microsecond.
  private mutating func moment(_ cell: Cell, scale: Int, _ batch: inout RecordBatch) -> Cell? {
    guard let number = number(cell, batch), let (microseconds, isExact) = number.scaled(by: scale) else { return nil }
    scratch.removeAll()
    guard scratch.append(moment: microseconds, zone: "Z") else { return nil }
    if !isExact { cutCount += 1 }
    return taken(.text, &batch, flags: .plainJSON)
  }

  private mutating func identifier(_ cell: Cell, _ batch: inout RecordBatch) -> Cell? {
    switch cell.kind {
    case .text, .number:
      let uuid = uuids.uuid(of: batch.bytes(of: cell))
      scratch.removeAll()
      scratch.append(uuid)
    case .integer:
      let uuid = uuids.uuid(of: Array("\(cell.integer)".utf8).span)
      scratch.removeAll()
      scratch.append(uuid)
    default: return nil
    }
    return taken(.text, &batch, flags: .plainJSON)
  }

  /// The number that a cell holds or spells.
  private func number(_ cell: Cell, _ batch: borrowing RecordBatch) -> DecimalText? {
    switch cell.kind {
    case .integer: DecimalText(cell.integer)
    case .double: DecimalText(shortest: cell.double)
    case .number, .text: DecimalText(batch.bytes(of: cell))
    default: nil
    }
  }

  /// JSON that a text spells.
  private func parsed(_ cell: Cell, _ batch: borrowing RecordBatch) -> Cell? {
    let text = trimmed(cell, batch)
    guard text.count > 0, text.flags.isDisjoint(with: [.nul, .surrogates]) else { return nil }
    var walk = JSONWalk(python: false), end = text.offset
    guard batch.heap.jsonWalk(&walk, at: &end, isLast: true) == .done, end == text.offset + text.count else {
      return nil
    }
    return Cell(.json, offset: text.offset, count: text.count)
  }
}

// What the casts to types make, too.
extension CellCaster {
  /// Takes what was put together into the batch.
  private mutating func taken(_ kind: Cell.Kind, _ batch: inout RecordBatch, flags: Cell.Flags = []) -> Cell {
    let offset = batch.heap.append(from: scratch, at: 0, count: scratch.count)
    return Cell(kind, offset: offset, count: scratch.count, flags: flags)
  }

  private mutating func boolean(_ cell: Cell, _ batch: borrowing RecordBatch) -> Cell? {
    switch cell.kind {
    case .boolean: return cell
    case .integer: return cell.integer == 0 ? .boolean(false) : cell.integer == 1 ? .boolean(true) : nil
    case .text, .number:
      guard cell.count <= 5 else { return nil }
      scratch.removeAll()
      scratch.append(lowercasing: batch.bytes(of: cell))
      for (word, value) in Self.booleans where isWord(scratch.span, word) { return .boolean(value) }
      return nil
    default: return nil
    }
  }
  private static let booleans: [(StaticString, Bool)] = [
    ("true", true), ("false", false), ("t", true), ("f", false), ("1", true), ("0", false), ("yes", true),
    ("no", false),
    ("y", true), ("n", false), ("on", true), ("off", false),
  ]

  private mutating func uuid(_ cell: Cell, _ batch: inout RecordBatch) -> Cell? {
    guard cell.kind == .text, let uuid = UUIDText(batch.bytes(of: cell)) else { return nil }
    scratch.removeAll()
    scratch.append(uuid)
    if scratch.count == cell.count, scratch.span.isEqual(to: batch.bytes(of: cell)) { return cell }
    return taken(.text, &batch, flags: .plainJSON)
  }

  private mutating func text(_ cell: Cell, _ batch: inout RecordBatch) -> Cell? {
    switch cell.kind {
    case .text: return cell
    case .number, .json: return Cell(.text, offset: cell.offset, count: cell.count)
    case .boolean, .integer, .double:
      scratch.removeAll()
      switch cell.kind {
      case .boolean: scratch.append(cell.boolean ? "true" : "false")
      case .integer: scratch.append(Array("\(cell.integer)".utf8))
      default: scratch.append(Array("\(cell.double)".utf8))
      }
      return taken(.text, &batch, flags: .plainJSON)
    default: return nil
    }
  }

  // MARK: Types

  private mutating func cast(_ cell: Cell, to type: LogicalType, _ batch: inout RecordBatch) -> Cell? {
    switch type {
    case .boolean: return boolean(cell, batch)
    case .int32: return integer(cell, batch, Int64(Int32.min)...Int64(Int32.max))
    case .int64: return integer(cell, batch, .min ... .max)
    case .decimal(let precision, let scale): return decimal(cell, batch, precision, scale ?? 0)
    case .float64: return cell.kind == .double ? cell : decimal(cell, batch, nil, 0)
    case .text: return text(cell, &batch)
    case .uuid: return uuid(cell, &batch)
    case .date, .time, .timestamp, .timestamptz: return time(cell, type, &batch)
    case .interval: return cell.kind == .text && DurationText(batch.bytes(of: cell)) != nil ? cell : nil
    case .json: return json(cell, &batch)
    case .bytes: return cell.kind == .bytes ? cell : nil
    case .array: return cell.kind == .json && batch.heap[cell.offset] == UInt8(ascii: "[") ? cell : nil
    case .enumeration: return text(cell, &batch)
    }
  }

  private func integer(_ cell: Cell, _ batch: borrowing RecordBatch, _ range: ClosedRange<Int64>) -> Cell? {
    if cell.kind == .boolean { return .integer(cell.boolean ? 1 : 0) }
    guard let value = number(cell, batch)?.int64, range.contains(value) else { return nil }
    switch cell.kind {
    case .integer: return cell
    case .number, .text:
      guard isCanonicalInteger(batch.bytes(of: cell)) else { return .integer(value) }
      return Cell(.number, offset: cell.offset, count: cell.count)
    default: return .integer(value)
    }
  }

  private func decimal(_ cell: Cell, _ batch: borrowing RecordBatch, _ precision: Int?, _ scale: Int) -> Cell? {
    if cell.kind == .boolean { return .integer(cell.boolean ? 1 : 0) }
    guard let number = number(cell, batch) else { return nil }
    if let precision, !number.isZero, number.scale > scale || number.magnitude > precision - scale { return nil }
    switch cell.kind {
    case .integer, .double: return cell
    default:
      // Digits as every format of numbers has them.
      guard batch.heap.jsonNumberCount(at: cell.offset) == cell.count else { return number.int64.map { .integer($0) } }
      return Cell(.number, offset: cell.offset, count: cell.count)
    }
  }

  private mutating func time(_ cell: Cell, _ type: LogicalType, _ batch: inout RecordBatch) -> Cell? {
    guard cell.kind == .text, let time = DateText(batch.bytes(of: cell)) else { return nil }
    switch (type, time.kind) {
    case (.date, .date), (.time, .time), (.timestamp, .timestamp), (.timestamptz, .timestamptz): return cell
    case (.date, .timestamp), (.date, .timestamptz):
      guard time.secondOfDay == 0, time.nanosecond == 0, time.zoneOffset == 0 else { return nil }
      return Cell(.text, offset: cell.offset, count: 10, flags: cell.flags)
    case (.timestamp, .timestamptz):
      scratch.removeAll()
      guard scratch.append(moment: time.microseconds, zone: "") else { return nil }
      if time.nanosecondRest != 0 { cutCount += 1 }
    case (.timestamptz, .timestamp), (.timestamp, .date), (.timestamptz, .date):
      scratch.removeAll()
      scratch.append(batch.bytes(of: cell))
      if time.kind == .date { scratch.append("T00:00:00") }
      if type == .timestamptz { scratch.append("Z") }
    default: return nil
    }
    return taken(.text, &batch, flags: .plainJSON)
  }

  private mutating func json(_ cell: Cell, _ batch: inout RecordBatch) -> Cell? {
    switch cell.kind {
    case .json: return cell
    case .number:
      guard batch.heap.jsonNumberCount(at: cell.offset) == cell.count else { return nil }
      return Cell(.json, offset: cell.offset, count: cell.count)
    case .boolean, .integer:
      guard let text = text(cell, &batch) else { return nil }
      return Cell(.json, offset: text.offset, count: text.count)
    case .text:
      guard cell.flags.isDisjoint(with: .surrogates) else { return nil }
      scratch.removeAll()
      scratch.append(jsonString: batch.bytes(of: cell))
      return taken(.json, &batch)
    default: return nil
    }
  }
}

extension DecimalText {
  /// The number times 10^`power`, without what is behind the point then, and whether that is nothing; nil from 10^18 on.
  fileprivate func scaled(by power: Int) -> (value: Int64, isExact: Bool)? {
    guard digitCount <= 19, !isZero else { return isZero ? (0, true) : nil }
    let (exponent, overflow) = exponent.addingReportingOverflow(power)
    guard !overflow, exponent &+ digitCount <= 18 else { return nil }
    var value = coefficient, rest: UInt64 = 0
    if exponent >= 0 {
      for _ in 0..<exponent { value *= 10 }
    } else if exponent < -19 {
      (value, rest) = (0, 1)
    } else {
      var unit: UInt64 = 1
      for _ in exponent..<0 { unit *= 10 }
      (value, rest) = value.quotientAndRemainder(dividingBy: unit)
    }
    // Moments before 1970 are cut towards the past, like all others.
    let whole = Int64(value)
    return (isNegative ? -whole - (rest == 0 ? 0 : 1) : whole, rest == 0)
  }
}

extension Span<UInt8> {
  fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
    for i in indices where self[i] != other[i] { return false }
    return true
  }
}
