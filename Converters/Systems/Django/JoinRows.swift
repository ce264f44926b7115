internal import Bytes
internal import Records

/// Rows of a many-to-many table that gather until they are handed out.
struct JoinRows: Sendable {
  private var bytes: [UInt8] = []
  private var cells: [Cell] = []
  private(set) var rowCount = 0

  /// What the rows take, roughly.
  var byteCount: Int { bytes.count + cells.count * 16 }

  /// Adds a row for each element of a list; an element that comes twice counts once.
  mutating func append(
    _ batch: borrowing RecordBatch, key: Cell, list: Span<UInt8>, natural: NaturalKeys?
  ) {
    var elements = JSONList(), owner: Cell?, seen = HashSet128()
    while let element = elements.next(list) {
      let bytes = list.extracting(element.range)
      if !seen.insert(Hash128.of(bytes, seed: 0)) { continue }
      if owner == nil { owner = copy(batch, key) }
      cells.append(owner ?? .null)
      cells.append(target(list, element, bytes, natural))
      rowCount += 1
    }
  }

  private mutating func target(
    _ list: Span<UInt8>, _ element: JSONList.Element, _ text: Span<UInt8>, _ natural: NaturalKeys?
  ) -> Cell {
    switch element.kind {
    case .text where element.isEscaped:
      let unescaped = unescapedText(list, element)
      return add(.text, unescaped.span)
    case .text: return add(.text, text)
    case .array:
      switch natural?.key(text) {
      case .number(let number): return .integer(number)
      case .text(let key): return add(.text, key.span)
      case nil: return add(.text, text)
      }
    default: return add(.number, text)
    }
  }

  private mutating func copy(_ batch: borrowing RecordBatch, _ cell: Cell) -> Cell {
    switch cell.kind {
    case .text, .number, .json, .bytes: add(cell.kind, batch.bytes(of: cell))
    case .external: .null
    default: cell
    }
  }

  private mutating func add(_ kind: Cell.Kind, _ value: Span<UInt8>) -> Cell {
    let cell = Cell(kind, offset: bytes.count, count: value.count)
    bytes.append(addingCapacity: value.count) { output in
      for i in value.indices { output.append(value[i]) }
    }
    return cell
  }

  /// Hands all rows to a batch.
  mutating func move(to batch: inout RecordBatch) {
    batch.removeAll(columnCount: 2)
    batch.heap.append(bytes.span)
    batch.cells = cells
    batch.rowCount = rowCount
    batch.firstRecord = 0
    bytes.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    rowCount = 0
  }
}

extension SyntheticTable {
  /// Fills a batch with all rows, numbered from 1.
  func fill(_ batch: inout RecordBatch) {
    batch.removeAll(columnCount: schema.columns.count)
    for (i, row) in rows.enumerated() {
      batch.append(row: [.integer(Int64(i + 1))] + row.map { batch.cell(.text, $0.span) })
    }
  }
}

extension RecordBatch {
  /// Declares the texts of a column to be JSON.
  mutating func markJSON(column: Int) {
    var at = column
    for _ in 0..<rowCount {
      if cells[at].kind == .text { cells[at] = Cell(.json, offset: cells[at].offset, count: cells[at].count) }
      at += columnCount
    }
  }

  /// Gives the parts of a composite key to columns that have no value.
  mutating func spread(_ row: Int, _ column: Int, _ members: [Int]) {
    let start = row * columnCount
    let key = cells[start + column]
    var list = JSONList(), part = 0
    while part < members.count, let element = list.next(bytes(of: key)) {
      let at = start + members[part]
      part += 1
      guard cells[at].isAbsent else { continue }
      let kind: Cell.Kind = element.kind == .text ? .text : .number
      if element.isEscaped {
        let text = unescapedText(bytes(of: key), element)
        cells[at] = cell(kind, text.span)
      } else {
        cells[at] = Cell(kind, offset: key.offset + element.range.lowerBound, count: element.range.count)
      }
    }
  }

  /// Leaves out columns, and rows when `rows` says so.
  mutating func keep(columns: [Bool], rows: [Bool]?) {
    let width = columns.count { $0 }
    guard width < columnCount || rows != nil else { return }
    let kept = columns.indices.filter { columns[$0] }
    var out = 0, count = 0
    for row in 0..<rowCount where rows?[row] ?? true {
      let start = row * columnCount
      for column in kept {
        cells[out] = cells[start + column]
        out += 1
      }
      count += 1
    }
    cells.removeSubrange(out...)
    columnCount = width
    rowCount = count
  }
}
