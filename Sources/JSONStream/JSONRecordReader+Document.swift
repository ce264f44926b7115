internal import Bytes
internal import Diagnostics
internal import Records

/// An object around tables: its name, where it is, and its members that are no tables.
struct JSONFrame {
  var name: Name
  /// Keys from the root, for telling tables of one name apart.
  var path: Name
  var needsComma = false
  var properties = JSONPropertyRecord()
  /// Whether one of its members held records.
  var heldRecords = false
}

/// The members of an envelope that hold no records, kept as one record.
struct JSONPropertyRecord {
  var schema = TableSchema("", [])
  var bytes: [UInt8] = []
  var cells: [Cell] = []
  var externals: [ExternalValue] = []
  /// Where the cell of each member is.
  private(set) var positions: [Name: Int] = [:]

  /// Keeps a member's value; false when it takes the place of an earlier one.
  mutating func put(_ key: Name, _ cell: Cell) -> Bool {
    if let position = positions[key] {
      cells[position] = cell
      return false
    }
    positions[key] = cells.count
    schema.columns.append(Column(key, .json))
    cells.append(cell)
    return true
  }
}

// The way from the document's first byte to its arrays of records.
extension JSONRecordReader {
  /// Names of members that hold the records of what their parent names.
  private static var wrappers: [Name] {
    ["records", "rows", "data", "items", "results", "documents", "objects", "values"]
  }
  /// Those of them that tables are called as well: they name nothing but their records where the file is what is around them.
  private static var tableWords: Set<Name> { ["items", "results", "documents", "objects", "values"] }
  /// How far an object is looked into to see whether it holds arrays of records.
  private static var envelopeSight: Int { 1 << 16 }

  /// Goes on to the next run of records.
  mutating func advance() throws(ReadError) -> TableSchema? {
    while true {
      switch phase {
      case .start: try start()
      case .records:
        if let index = try peekRecord() {
          current = index
          return tables[index].schema
        }
        try endOfRecords()
        if let schema = emptyTable {
          emptyTable = nil
          return schema
        }
      case .envelope:
        try member()
      case .property:
        if let property = pendingProperty { return property.schema }
        phase = frames.isEmpty ? .end : .envelope
      case .end:
        try checkEnd()
        phase = .done
      case .done:
        current = -1
        return nil
      }
    }
  }

  /// The first byte that is no white space, from `position` on; nil at the end of the text.
  private mutating func nextByte() throws(ReadError) -> UInt8? {
    while true {
      position = window.jsonSpace(from: position)
      if position < window.count { return window[position] }
      if try !more() {
        if let endError { throw endError }
        return nil
      }
    }
  }

  private mutating func start() throws(ReadError) {
    guard let byte = try nextByte() else { throw ReadError(.empty, offset: 0) }
    if shape.isLines {
      phase = .records
      recordsName = defaultName
      return
    }
    switch byte {
    case UInt8(ascii: "["):
      position += 1
      beginRecords(named: defaultName)
    case UInt8(ascii: "{") where !shape.isFixture:
      position += 1
      frames.append(JSONFrame(name: defaultName, path: ""))
      phase = .envelope
    default:
      if shape.isFixture { throw failed(.syntax("'[' expected"), at: position) }
      _ = try keepValue(into: nil)
      notes.extra.append(Finding("no-records", .warning, "document is a lone value and holds no records"))
      phase = .end
    }
  }

  private mutating func beginRecords(named name: Name, path: Name = "") {
    tablePaths[name] = path
    recordsName = name
    needsComma = false
    phase = .records
  }

  /// Leaves an array of records; `position` is at its bracket, or at the end of the lines.
  private mutating func endOfRecords() throws(ReadError) {
    if !shape.isLines { position += 1 }
    if !shape.isFixture, !needsComma, tableIndex[recordsName] == nil {
      // An empty array: a table without rows, whose columns nobody knows.
      let index = try table(named: recordsName)
      emptyTable = tables[index].schema
    }
    current = -1
    phase = frames.isEmpty ? .end : .envelope
  }

  /// Reads one member of the innermost envelope, or its end.
  private mutating func member() throws(ReadError) {
    guard var byte = try nextByte() else { throw cutOff() }
    let top = frames.count - 1
    if byte == UInt8(ascii: "}") {
      position += 1
      return try endFrame()
    }
    if frames[top].needsComma {
      guard byte == UInt8(ascii: ",") else { throw failed(.syntax("',' or '}' expected in an object"), at: position) }
      position += 1
      guard let next = try nextByte() else { throw cutOff() }
      byte = next
    }
    frames[top].needsComma = true
    let key = try memberKey()
    guard let colon = try nextByte() else { throw cutOff() }
    guard colon == UInt8(ascii: ":") else { throw failed(.syntax("':' expected after a key"), at: position) }
    position += 1
    guard let first = try nextByte() else { throw cutOff() }
    let path = frames[top].path.isEmpty ? key : frames[top].path + "." + key
    guard path.bytes.count <= SchemaBudget.nameLimit else {
      throw failed(.tooLarge(what: "the keys around a value", limit: SchemaBudget.nameLimit), at: position)
    }
    if first == UInt8(ascii: "["), try holdsRecords() {
      position += 1
      let name = tableName(key, path: path, frame: frames[top])
      frames[top].heldRecords = true
      beginRecords(named: name, path: path)
    } else if first == UInt8(ascii: "{"), try isEnvelope() {
      guard frames.count < JSONWalk.depthLimit else {
        throw failed(.tooDeep(limit: JSONWalk.depthLimit), at: position)
      }
      position += 1
      let isWrapper = Self.wrappers.contains(key.lowercased)
      frames.append(JSONFrame(name: namesByPath ? path : isWrapper ? frames[top].name : key, path: path))
    } else if namesByPath, isFixed {
      // Whoever names tables by their paths has taken what is around them when the tables were found.
      try skipValue()
    } else {
      openMember = key
      defer { openMember = nil }
      let cell = try keepValue(into: top)
      if frames[top].properties.put(key, cell) {
        if let code = budget.take(columns: CollectionOfOne(Column(key, .json))) { throw failed(code, at: position) }
      } else {
        notes.counts.add(
          JSONRecordParser.Counts(duplicates: 1, firstDuplicate: absolute(position), duplicateKeys: [key]))
      }
    }
  }

  private mutating func memberKey() throws(ReadError) -> Name {
    guard window[position] == UInt8(ascii: "\"") else { throw failed(.syntax("key in quotes expected"), at: position) }
    while true {
      var flags: UInt32 = 0
      let start = position + 1, close = window.jsonStringEnd(at: start, flags: &flags)
      if close >= window.count {
        if try !more() { throw cutOff() }
        continue
      }
      if flags & 2 != 0 { throw failed(.syntax("control character in a string"), at: close) }
      position = close + 1
      if flags == 0 { return Name(window.span(at: start, count: close - start)) }
      var parser = JSONRecordParser(keys: JSONKeys(), firstColumn: 0, python: false)
      guard let name = parser.unescaped(window, start, close) else {
        throw failed(parser.failure, at: parser.failureOffset)
      }
      return name
    }
  }

  /// Whether the array at `position` is empty or begins with an object.
  private mutating func holdsRecords() throws(ReadError) -> Bool {
    while true {
      let inside = window.jsonSpace(from: position + 1)
      if inside < window.count { return window[inside] == UInt8(ascii: "{") || window[inside] == UInt8(ascii: "]") }
      if try !more() { throw cutOff() }
    }
  }

  /// Whether an array of records begins somewhere in the first 64 KiB of the object at `position`.
  private mutating func isEnvelope() throws(ReadError) -> Bool {
    while window.count - position < Self.envelopeSight {
      if try !more() { break }
    }
    let end = min(window.count, position + Self.envelopeSight)
    var at = position, depth = 0, afterBracket = false
    while at < end {
      switch window[at] {
      case UInt8(ascii: "\""):
        var flags: UInt32 = 0
        at = window.jsonStringEnd(at: at + 1, flags: &flags)
        afterBracket = false
      case UInt8(ascii: "{"):
        if afterBracket && depth < 4 { return true }
        afterBracket = false
        depth += 1
      case UInt8(ascii: "["):
        afterBracket = true
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return false }
        afterBracket = false
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
      default: afterBracket = false
      }
      at += 1
    }
    return false
  }

  private func tableName(_ key: Name, path: Name, frame: JSONFrame) -> Name {
    if namesByPath { return path }
    let name = isWrapper(key, in: frame) ? frame.name : key
    return (tablePaths[name] == nil || tablePaths[name] == path) && !propertyTables.contains(name) ? name : path
  }

  /// Whether a member with records only wraps those of what is around it. Beside other records it does not wrap those of a file.
  private func isWrapper(_ key: Name, in frame: JSONFrame) -> Bool {
    let word = key.lowercased
    guard Self.wrappers.contains(word) else { return false }
    guard frame.path.isEmpty else { return true }
    return isFixed ? tableIndex[key] == nil : !frame.heldRecords && !Self.tableWords.contains(word)
  }

  /// Reads the value at `position` and keeps it in the properties of a frame; nil checks it and throws it away.
  private mutating func keepValue(into frame: Int?) throws(ReadError) -> Cell {
    var parser = JSONRecordParser(keys: JSONKeys(), firstColumn: 0, python: dialect.python)
    while true {
      var at = position, cells = [Cell.missing]
      parser.begin()
      parser.isLast = isExhausted && endError == nil
      parser.externalCount = externals.count
      parser.placeholders = placeholders
      switch parser.value(window, &at, &cells, slot: 0) {
      case .cut:
        if try !more(valueStart: position) { throw cutOff() }
        continue
      case .record: break
      default: throw failed(parser.failure, at: parser.failureOffset)
      }
      guard case .record = parser.finish(&window, &cells) else {
        throw failed(parser.failure, at: parser.failureOffset)
      }
      var heap = ByteHeap(capacity: 0)
      swap(&heap, &window)
      defer { swap(&heap, &window) }
      try handOver(&cells[0], at: position..<at, heap)
      try externalise(&cells, from: 0, heap)
      var cell = cells[0]
      position = at
      if let frame {
        switch cell.kind {
        case .text, .number, .json:
          let start = frames[frame].properties.bytes.count
          frames[frame].properties.bytes += Array(heap.span(at: cell.offset, count: cell.count))
          cell.move(by: start - cell.offset)
        case .external:
          let index = frames[frame].properties.externals.count
          frames[frame].properties.externals.append(externals[cell.offset])
          cell = .external(index)
        default: break
        }
        guard frames[frame].properties.bytes.count <= Self.recordLimit else {
          throw failed(.tooLarge(what: "an object that holds no records", limit: Self.recordLimit), at: at)
        }
      }
      externals = []
      return cell
    }
  }

  /// Gives a large value of a member that is at hand as a whole to the sink, if that wants it.
  private func handOver(_ cell: inout Cell, at place: Range<Int>, _ heap: borrowing ByteHeap) throws(ReadError) {
    guard cell.kind == .text || cell.kind == .json, cell.count > Self.largeValue, let key = openMember,
      let memberSink, memberSink.begin(key)
    else { return }
    do throws(IOError) { try memberSink.append(heap.span(at: cell.offset, count: cell.count)) } catch {
      throw ReadError(.io(error))
    }
    memberSink.end(absolute(place.lowerBound)..<absolute(place.upperBound))
    cell = .null
  }

  /// Passes over the value at `position`, however large.
  private mutating func skipValue() throws(ReadError) {
    if try skipKnownValue() { return }
    var walk = JSONWalk(python: dialect.python)
    while true {
      var at = position
      let stop = window.jsonWalk(&walk, at: &at, isLast: isExhausted && endError == nil)
      position = at
      if stop == .done { return }
      guard stop == .needsMore else { throw failed(JSONRecordParser.code(of: stop), at: at) }
      if try !more() { throw cutOff() }
    }
  }

  /// Goes on behind a value whose place is known without reading it; false where that is not known, or the source has to be read.
  private mutating func skipKnownValue() throws(ReadError) -> Bool {
    guard !knownPlaces.isEmpty, cuts.isEmpty, !isExhausted else { return false }
    let start = absolute(position), atHand = window.count + tail.count
    guard let place = knownPlaces.first(where: { $0.lowerBound == start }), base + atHand < place.upperBound else {
      return false
    }
    // The value's last byte is read, to see that it is where it was.
    do throws(IOError) {
      guard try source.pass(over: place.upperBound - 1 - base - atHand) else { return false }
    } catch { throw ReadError(.io(error), offset: start) }
    window.removeAll()
    tail = []
    (position, base) = (0, place.upperBound - 1)
    guard let last = try nextByte(), position == 0, last == UInt8(ascii: "}") || last == UInt8(ascii: "\"") else {
      throw failed(.changed, at: position)
    }
    position = 1
    return true
  }

  /// Leaves an envelope; what it holds besides tables becomes a record of its own, in a table like any other.
  private mutating func endFrame() throws(ReadError) {
    let frame = frames.removeLast()
    phase = frames.isEmpty ? .end : .envelope
    var property = frame.properties
    guard !property.cells.isEmpty else { return }
    property.schema.name = tablePaths[frame.name] == nil ? frame.name : frame.name + "_document"
    // No path of keys ends in a point.
    if namesByPath { property.schema.name = frame.path + "." }
    propertyTables.insert(property.schema.name)
    // Whoever gave the tables may have kept such members aside.
    if !isFixed || tableIndex[property.schema.name] != nil { try placeInTable(&property) }
    pendingProperty = property
    phase = .property
  }

  /// Gives a record of members the columns of its table, which grows unless its columns are known.
  private mutating func placeInTable(_ property: inout JSONPropertyRecord) throws(ReadError) {
    let index = try table(named: property.schema.name)
    if !isFixed {
      for column in property.schema.columns where tables[index].parser.keys.index(of: column.name) < 0 {
        tables[index].parser.keys.append(column.name)
      }
      _ = tables[index].growSchema()
    }
    let cells = property.cells, positions = property.positions
    property.schema = tables[index].schema
    property.cells = property.schema.columns.map { column in positions[column.name].map { cells[$0] } ?? .missing }
  }

  /// Delivers the record of an envelope's other members.
  mutating func takeProperty(into batch: inout RecordBatch) -> Bool {
    guard let property = pendingProperty else {
      batch.removeAll(columnCount: 0)
      return false
    }
    pendingProperty = nil
    batch.removeAll(columnCount: property.cells.count)
    batch.firstRecord = recordCount
    batch.heap.append(property.bytes.span)
    batch.append(row: property.cells)
    batch.externals = property.externals
    recordCount += 1
    return true
  }

  /// Nothing may follow the document.
  private mutating func checkEnd() throws(ReadError) {
    if try nextByte() != nil { throw failed(.syntax("data follows the end of the document"), at: position) }
  }
}
