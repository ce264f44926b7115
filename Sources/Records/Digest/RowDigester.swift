public import Bytes

/// Computes the digest of a table's rows batch by batch; `CanonicalValue.swift` says which rows are equal.
///
/// A table of several runs is digested by one digester, or by one for each run and the digests added.
public struct RowDigester: Sendable {
  /// What is known of a column before the first row.
  private struct Column: Sendable {
    var place: CanonicalPlace
    var form: CanonicalForm
    var isArray: Bool
    var null: Hash128
    /// Of the plain values.
    var hash: ColumnHash

    /// Hash of a JSON structure in this column.
    func structure(_ value: Hash128) -> Hash128 {
      .of(value.low, value.high, seed: CanonicalTag.json.seed(place.seed))
    }
  }

  private let columns: [Column]
  /// Positions of the columns that count.
  private let positions: [Int]
  private let countsValues: Bool
  private var json = JSONDigest()
  private var encodedBytes = EncodedBytesDigest(CanonicalPlace(seed: 0))

  /// The digest of all rows so far.
  public private(set) var digest = TableDigest()
  /// Hashes of the rows of the batch added last, in order.
  public private(set) var rowHashes: [Hash128] = []
  /// What the values of each column are.
  public private(set) var tallies: [ColumnTally] = []

  /// A digester of rows in the columns of `table`. `left`: columns that are no part of the digest; `countsValues`: whether tallies
  /// are kept.
  public init(_ table: TableSchema, without left: Set<Name> = [], countsValues: Bool = true) {
    positions = table.columns.indices.filter { !left.contains(table.columns[$0].name) }
    self.countsValues = countsValues
    columns = table.columns.map { column in
      let name = column.name.bytes
      let place = CanonicalPlace(seed: Hash128.of(name.span, seed: 0x636F_6C75_6D6E).low)
      let isArray = if case .array = column.type { true } else { false }
      let form = CanonicalForm(column.type)
      let (plain, tag) = isArray ? (.other, CanonicalTag.null) : Self.plainForm(form)
      let hash = ColumnHash(plain, null: place.null, seed: tag.seed(place.seed))
      return Column(place: place, form: form, isArray: isArray, null: place.null, hash: hash)
    }
    tallies = columns.map { _ in ColumnTally() }
  }

  /// Adds the rows of a batch, which has the columns of the table. Only reading an external value can fail.
  public mutating func add(_ batch: borrowing RecordBatch) throws(IOError) {
    precondition(batch.columnCount == columns.count)
    var sums: [Hash128] = [], low: [64 of UInt64] = .init(repeating: 0)
    swap(&sums, &rowHashes)
    defer { swap(&sums, &rowHashes) }
    sums.removeAll(keepingCapacity: true)
    sums.append(contentsOf: repeatElement(Hash128(), count: batch.rowCount))
    // Column by column, so that its type is met once, but only as many rows at a time as stay in the nearest cache.
    var first = 0
    while first < batch.rowCount {
      let rows = first..<min(batch.rowCount, first + ColumnHash.rowLimit)
      for column in positions { try add(column, rows, batch, to: &sums, low: &low) }
      first = rows.upperBound
    }
    let sum = Hash128.finish(&sums, mixer: Self.mixer)
    digest = TableDigest(count: digest.count + batch.rowCount, sum: digest.sum + sum)
  }

  /// Adds what another digester of rows of the same table has seen.
  public mutating func merge(_ other: RowDigester) {
    precondition(other.columns.count == columns.count)
    digest += other.digest
    for i in tallies.indices { tallies[i].merge(other.tallies[i]) }
  }

  /// Hash of one row.
  public mutating func hash(of row: Int, in batch: borrowing RecordBatch) throws(IOError) -> Hash128 {
    var sum = Hash128()
    for index in positions { sum += try hash(of: row, index, in: batch) }
    return sum.mixed(with: Self.mixer)
  }

  /// Hash of one value, zero when it is missing; that of a row is their sum, mixed.
  public mutating func hash(of row: Int, _ index: Int, in batch: borrowing RecordBatch) throws(IOError) -> Hash128 {
    let cell = batch[row, index]
    if cell.kind == .missing { return Hash128() }
    let column = columns[index]
    return cell.kind == .null ? column.null : try hash(of: cell, column, batch)
  }

  /// Mixes the sum over a row's columns, so that sums of rows do not cancel column by column.
  private static let mixer = Hash128(low: 0x726F_7720_6F66, high: 0x7461_626C_65)

  /// What a kernel makes of a form, and the tag of these values.
  private static func plainForm(_ form: CanonicalForm) -> (ColumnHash.Form, CanonicalTag) {
    switch form {
    case .text: (.text, .text)
    case .number, .float: (.number(limit: form.plainNumberLimit ?? 0, exact: form == .number), .number)
    case .boolean: (.boolean, .boolean)
    case .uuid: (.uuid, .uuid)
    case .date: (.date, .date)
    case .timestamp: (.moment, .timestamp)
    case .timestamptz: (.moment, .timestamptz)
    case .time, .interval, .bytes, .json: (.other, .null)
    }
  }

  /// Adds the values of a column in some rows to the hashes of these rows.
  private mutating func add(
    _ index: Int, _ rows: Range<Int>, _ batch: borrowing RecordBatch, to sums: inout [Hash128],
    low: inout [64 of UInt64]
  ) throws(IOError) {
    var left = columns[index].hash.add(batch, column: index, rows, to: &sums, low: &low, &tallies[index].counts)
    while left != 0 {
      let i = left.trailingZeroBitCount, row = rows.lowerBound &+ i, cell = batch[row, index]
      left &= left &- 1
      let hash = try self.hash(of: cell, columns[index], batch)
      sums[row] += hash
      low[i] = hash.low
      if cell.kind == .external { tallies[index].note(length: batch.externals[cell.offset].byteCount) }
    }
    if countsValues { tallies[index].distinct.insert(low.span.extracting(0..<rows.count)) }
  }

  /// Hash of a value that is not absent.
  private mutating func hash(
    of cell: Cell, _ column: Column, _ batch: borrowing RecordBatch
  ) throws(IOError) -> Hash128 {
    let place = column.place
    if column.isArray || column.form == .json { return try structure(cell, column, batch) }
    switch cell.kind {
    case .text, .number, .json:
      if cell.kind == .text && column.form == .bytes { return encoded(cell, place, batch) }
      return place.scalar(batch.bytes(of: cell), as: column.form)
    case .integer:
      switch column.form {
      case .number: return place.number(cell.integer)
      case .float:
        let none: [0 of UInt8] = []
        return place.float(DecimalText(cell.integer), none.span)
      default: return scalar(String(cell.integer), column)
      }
    case .double:
      if column.form == .number || column.form == .float { return place.number(cell.double) }
      return scalar(cell.double.description, column)
    case .boolean:
      if column.form == .boolean { return place.boolean(cell.boolean) }
      let word = cell.boolean ? "true" : "false"
      return column.form == .text ? scalar(word, column) : place.notUnderstood(word.utf8.span)
    case .bytes:
      let bytes = batch.bytes(of: cell)
      return column.form == .bytes ? place.bytes(bytes) : place.notUnderstood(bytes)
    case .external: return try external(batch.externals[cell.offset], column)
    case .null, .missing: return column.null
    }
  }

  /// Hash of a scalar by our own words for it.
  private func scalar(_ text: String, _ column: Column) -> Hash128 {
    column.place.scalar(text.utf8.span, as: column.form)
  }

  /// Hash of a text in a bytes column.
  private mutating func encoded(_ cell: Cell, _ place: CanonicalPlace, _ batch: borrowing RecordBatch) -> Hash128 {
    let text = batch.bytes(of: cell)
    encodedBytes.restart(place)
    encodedBytes.update(text)
    return encodedBytes.finish() ?? place.notUnderstood(text)
  }

  /// Hash of a value in a json or array column.
  private mutating func structure(
    _ cell: Cell, _ column: Column, _ batch: borrowing RecordBatch
  ) throws(IOError) -> Hash128 {
    let inside = JSONDigest.place
    let value: Hash128
    switch cell.kind {
    case .external: return try external(batch.externals[cell.offset], column)
    case .json, .text:
      // Text in a json column is JSON only when it is a container; in an array column it can be nothing else.
      let mayBeString = cell.kind == .text && !column.isArray
      json.restart(as: column.form, needsContainer: mayBeString)
      json.update(batch.heap, at: cell.offset, count: cell.count)
      if let root = json.finish() {
        value = root
      } else if mayBeString {
        value = inside.text(batch.bytes(of: cell))
      } else {
        return column.place.notUnderstood(batch.bytes(of: cell))
      }
    case .number where !column.isArray: value = inside.scalar(batch.bytes(of: cell), as: .number)
    case .integer where !column.isArray: value = inside.number(cell.integer)
    case .double where !column.isArray: value = inside.number(cell.double)
    case .boolean where !column.isArray: value = inside.boolean(cell.boolean)
    case .number, .bytes: return column.place.notUnderstood(batch.bytes(of: cell))
    case .integer: return column.place.notUnderstood(String(cell.integer).utf8.span)
    case .double: return column.place.notUnderstood(cell.double.description.utf8.span)
    case .boolean: return column.place.notUnderstood((cell.boolean ? "true" : "false").utf8.span)
    case .null, .missing: return column.null
    }
    return column.structure(value)
  }

  // MARK: External values

  /// Hash of a value beside the heap, read in pieces.
  private mutating func external(_ value: ExternalValue, _ column: Column) throws(IOError) -> Hash128 {
    if column.isArray || column.form == .json {
      guard value.kind != .bytes else { return try stream(value, .notUnderstood, column.place) }
      let mayBeString = value.kind == .text && !column.isArray
      json.restart(as: column.form, needsContainer: mayBeString)
      try forEachPiece(of: value) { json.update($0, at: 0, count: $0.count) }
      if let root = json.finish() { return column.structure(root) }
      guard mayBeString else { return try stream(value, .notUnderstood, column.place) }
      return column.structure(try stream(value, .text, JSONDigest.place))
    }
    switch (column.form, value.kind) {
    case (.bytes, .bytes): return try stream(value, .bytes, column.place)
    case (.bytes, .text):
      encodedBytes.restart(column.place)
      try forEachPiece(of: value) { encodedBytes.update($0.span) }
      if let hash = encodedBytes.finish() { return hash }
      return try stream(value, .notUnderstood, column.place)
    case (.text, .text), (.text, .json), (.text, .number): return try stream(value, .text, column.place)
    default: return try stream(value, .notUnderstood, column.place)
    }
  }

  /// Hash of the bytes as they stand.
  private func stream(_ value: ExternalValue, _ tag: CanonicalTag, _ place: CanonicalPlace) throws(IOError) -> Hash128 {
    var hash = HashStream(seed: tag.seed(place.seed))
    try forEachPiece(of: value) { hash.update($0.span) }
    return hash.result
  }

  /// Calls `body` with the bytes of an external value, a heap at a time.
  private func forEachPiece(of value: ExternalValue, _ body: (borrowing ByteHeap) -> Void) throws(IOError) {
    var source: any ByteSource & ~Copyable = SpillSource(value.file, at: value.offset, count: value.byteCount)
    var heap = ByteHeap(capacity: 1 << 18)
    var isLast = false
    while !isLast {
      heap.removeAll()
      isLast = try heap.fill(from: &source)
      body(heap)
    }
  }
}
