package import Bytes
package import Diagnostics
package import Records

/// How records lie in a JSON text.
package enum JSONShape: Sendable, Equatable {
  /// One document: an array of records, or an object that holds arrays of records at some depth.
  case document
  /// One record a line.
  case lines
  /// An array of Django fixture objects: `model` names the table, `pk` is its first column, `fields` holds the others.
  case fixture
  /// The same, one object a line.
  case fixtureLines

  var isFixture: Bool { self == .fixture || self == .fixtureLines }
  var isLines: Bool { self == .lines || self == .fixtureLines }
}

/// What is read beyond RFC 8259.
package struct JSONDialect: Sendable, Equatable {
  /// `NaN`, `Infinity` and `-Infinity` are numbers, as Python writes them.
  package var python: Bool
  package static let standard = JSONDialect(python: false)
  package static let python = JSONDialect(python: true)
}

/// Reads records from JSON text, whatever its size, in bounded memory.
///
/// Bytes go from the source into `window`; a batch takes the window over when most of it is used up, otherwise it gets a copy
/// of its own part. Values above `JSONRecordReader.largeValue` bytes are put into a spill file.
package struct JSONRecordReader: RecordReader, ~Copyable {
  /// Values longer than this become `external` cells.
  package static var largeValue: Int { 1 << 20 }
  /// A record may not be longer than this without its large values.
  package static var recordLimit: Int { 64 << 20 }
  /// Bytes of the window until more are needed at once.
  package static var usualCapacity: Int { 1 << 18 }
  /// A batch ends when it has this many cells.
  static var cellLimit: Int { 1 << 18 }
  /// Cells to be filled at once as records of one layout.
  static var trialLimit: Int { 1 << 12 }

  enum Phase { case start, envelope, records, property, end, done }

  var source: any ByteSource & ~Copyable
  let shape: JSONShape
  let dialect: JSONDialect
  let defaultName: Name
  /// Whether tables of a document are named by all keys around them, with points between, and what is around tables by the keys
  /// and a point behind them.
  let namesByPath: Bool
  /// Whether records that repeat a layout are read by it; only tests ask for less.
  var usesLayouts = true

  // The bytes at hand.
  var window: ByteHeap
  /// First byte of the window that is not used up.
  var position = 0
  /// Offset in the artifact of the window's first byte.
  var base = 0
  /// Bytes of a character that the last fill cut in two.
  var tail: [UInt8] = []
  var isExhausted = false
  /// Why the bytes end, when it is not their natural end.
  var endError: ReadError?
  /// Bytes that were taken out of the window for large values: where, and how many.
  var cuts: [(at: Int, count: Int)] = []
  var spill: SpillFile?
  var spilled: Int64 = 0
  /// Large values of the record that begins at `position`.
  var externals: [ExternalValue] = []

  // Where we are.
  var phase = Phase.start
  var frames: [JSONFrame] = []
  var tables: [JSONTable] = []
  var tableIndex: [Name: Int] = [:]
  var budget = SchemaBudget()
  let isFixed: Bool
  var current = -1
  /// Whether an element of the current array has been read, so that a comma comes next.
  var needsComma = false
  /// Table of the records of the current array.
  var recordsName = Name("")
  /// Where in the document the records of each table are.
  var tablePaths: [Name: Name] = [:]
  /// Tables that hold the members of envelopes.
  var propertyTables: Set<Name> = []
  /// An empty array's table, to be announced.
  var emptyTable: TableSchema?
  var recordCount = 0
  var pendingProperty: JSONPropertyRecord?
  var failure: ReadError?
  var notes = JSONNotes()

  // Large members around tables.
  /// Takes some of them in place of a spill file.
  package var memberSink: (any JSONMemberSink)?
  /// Where values are that need not be read: what a sink was told by an earlier reader of the same text.
  package var knownPlaces: [Range<Int>] = []
  /// The key of the member that is being kept.
  var openMember: Name?

  /// A reader of `source`. With `tables`, their columns are known and complete; without, they are found while reading.
  package init(
    _ source: consuming any ByteSource & ~Copyable, name: Name, shape: JSONShape = .document,
    dialect: JSONDialect = .standard, tables known: [TableSchema] = [], namesByPath: Bool = false,
    capacity: Int = usualCapacity
  ) {
    self.source = source
    self.shape = shape
    self.dialect = dialect
    defaultName = name
    self.namesByPath = namesByPath
    window = ByteHeap(capacity: capacity)
    isFixed = !known.isEmpty
    for schema in known {
      tableIndex[schema.name] = tables.count
      tables.append(JSONTable(schema, firstColumn: shape.isFixture ? 1 : 0, python: dialect.python))
    }
  }

  package var findings: [Finding] { notes.findings }

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    do throws(ReadError) {
      return try advance()
    } catch {
      var error = error
      if error.record == nil { error.record = recordCount + 1 }
      failure = error
      throw error
    }
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    if let failure { throw failure }
    do throws(ReadError) {
      if phase == .property { return takeProperty(into: &batch) }
      guard phase == .records, current >= 0 else {
        batch.removeAll(columnCount: 0)
        return false
      }
      return try readRecords(into: &batch)
    } catch {
      var error = error
      if error.record == nil { error.record = recordCount + 1 }
      failure = error
      throw error
    }
  }

  /// Offset in the artifact of a place in the window.
  func absolute(_ place: Int) -> Int {
    var offset = base + place
    for cut in cuts where cut.at < place { offset += cut.count }
    return offset
  }

  /// Where the window has placeholders of large values.
  var placeholders: [Int] { cuts.isEmpty ? [] : cuts.filter { $0.count < 0 }.map(\.at) }

  func failed(_ code: ReadError.Code, at place: Int) -> ReadError { ReadError(code, offset: absolute(place)) }

  /// The error of an end of bytes where more are needed.
  func cutOff() -> ReadError { endError ?? failed(.truncated, at: window.count) }
}

/// A table met in the text and the parser of its records.
struct JSONTable {
  var schema: TableSchema
  var parser: JSONRecordParser

  init(_ schema: TableSchema, firstColumn: Int, python: Bool) {
    self.schema = schema
    parser = JSONRecordParser(
      keys: JSONKeys(schema.columns.dropFirst(firstColumn).map(\.name)), firstColumn: firstColumn, python: python)
  }

  /// Gives the schema the keys that the parser has learnt since; returns how many.
  mutating func growSchema() -> Int {
    let known = schema.columns.count - parser.firstColumn
    for i in known..<parser.keys.count { schema.columns.append(Column(parser.keys.name(i), .json)) }
    return parser.keys.count - known
  }
}

/// What was accepted though it should be known.
struct JSONNotes {
  var counts = JSONRecordParser.Counts()
  var extra: [Finding] = []

  var findings: [Finding] {
    var all = extra
    if counts.duplicates > 0 {
      let keys = counts.duplicateKeys.map { "'\(displayed($0))'" }.joined(separator: ", ")
      all.append(
        Finding(
          "duplicate-keys", .warning, "an object names a key twice (\(keys)); the last value counts",
          advice: "find out which value is right: the earlier ones are lost on conversion",
          offset: counts.firstDuplicate, count: counts.duplicates))
    }
    if counts.extraKeys > 0 {
      all.append(
        Finding(
          "unknown-fixture-keys", .warning, "fixture objects have keys besides model, pk and fields; they are left out",
          count: counts.extraKeys))
    }
    if counts.specials > 0 {
      all.append(
        Finding(
          "special-numbers", .info, "NaN or Infinity stands where JSON allows only numbers",
          offset: counts.firstSpecial, count: counts.specials))
    }
    return all
  }
}
