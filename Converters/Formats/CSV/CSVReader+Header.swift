internal import Bytes
internal import Diagnostics
internal import Records

extension CSVReader {
  /// The header names other columns than the schema file.
  static let otherHeader = ReadError.Code.syntax("header does not match the schema file beside it")

  /// Reads up to the end of the header and settles delimiter and schema.
  mutating func readHeader() throws(ReadError) -> TableSchema {
    let delimiter: UInt8
    do throws(IOError) { delimiter = try input.begin(given: self.delimiter) } catch { throw ReadError(.io(error)) }
    self.delimiter = delimiter
    if let encoding = input.foreignEncoding { throw ReadError(.unsupportedEncoding(encoding.rawValue), offset: 0) }
    var heap = ByteHeap(capacity: Self.headSize)
    var scanner: CSVScanner
    while true {
      let isLast: Bool
      do throws(IOError) { isLast = try input.refill(&heap) } catch { throw ReadError(.io(error)) }
      scanner = CSVScanner(delimiter: delimiter, columnCount: nil, isRagged: false, requiresLineEnd: sidecar != nil)
      scanner.scan(heap, from: 0, isLast: isLast, rowLimit: 1, cellLimit: .max)
      if scanner.rowCount == 1 || scanner.stop != nil || isLast { break }
      guard heap.capacity < Self.recordLimit else {
        throw ReadError(.tooLarge(what: "header", limit: Self.recordLimit), offset: input.offset)
      }
      heap.reserve(min(heap.capacity * 2, Self.recordLimit))
    }
    if let stop = scanner.stop {
      var error = error(of: stop, record: 0)
      error.record = nil
      throw error
    }
    guard scanner.rowCount == 1 else { throw ReadError(.empty, offset: input.offset) }
    guard scanner.cells.count <= TableSchema.columnLimit else {
      throw ReadError(.tooMany(what: "columns", limit: TableSchema.columnLimit), offset: input.offset)
    }
    let valid = heap.validUTF8Prefix(at: 0, count: scanner.end)
    guard valid == scanner.end else { throw ReadError(.invalidUTF8, offset: input.offset + valid) }
    for index in scanner.doubled {
      let cell = scanner.cells[index]
      let count = heap.rewrite(at: cell.offset, count: cell.count) { undoubleQuotes(&$0) }
      scanner.cells[index] = Cell(.text, offset: cell.offset, count: count)
    }
    fieldCount = scanner.cells.count
    let names = try columnNames(scanner.cells, heap)
    let table = try settleSchema(names)
    input.giveBack(&heap, from: scanner.end)
    return table
  }

  /// The header's names; fields without one are called after their position.
  private mutating func columnNames(_ cells: [Cell], _ heap: borrowing ByteHeap) throws(ReadError) -> [Name] {
    var names: [Name] = [], seen: Set<Name> = []
    for cell in cells where cell.kind != .null && cell.count > 0 {
      let name = Name(heap.span(at: cell.offset, count: cell.count))
      guard seen.insert(name).inserted else {
        throw ReadError(.duplicateName(name), offset: input.offset + cell.offset)
      }
    }
    notes.headerOffset = input.offset
    for (i, cell) in cells.enumerated() {
      if cell.kind != .null && cell.count > 0 {
        names.append(Name(heap.span(at: cell.offset, count: cell.count)))
        continue
      }
      if sidecar != nil {
        names.append(Name([]))
        continue
      }
      notes.unnamedCount += 1
      var name = Name("column_\(i + 1)")
      while !seen.insert(name).inserted { name.bytes.append(UInt8(ascii: "_")) }
      names.append(name)
    }
    return names
  }

  /// The table's schema: the one given, if the header agrees with it, or columns of text.
  private mutating func settleSchema(_ names: [Name]) throws(ReadError) -> TableSchema {
    if let sidecar {
      guard sidecar.table.columns.map(\.name) == names else {
        throw ReadError(Self.otherHeader, offset: input.offset)
      }
      return sidecar.table
    }
    guard let given = tables.first(where: { $0.name == name }) ?? (tables.count == 1 ? tables[0] : nil) else {
      return TableSchema(name, names.map { Column($0, .text) })
    }
    guard given.columns.map(\.name) != names else { return given }
    let places = Dictionary(
      given.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [Int] = []
    for name in names {
      guard let index = places[name] else {
        throw ReadError(.syntax("header has a column that the table lacks: '\(displayed(name))'"), offset: input.offset)
      }
      order.append(index)
    }
    self.order = order
    return given
  }
}
