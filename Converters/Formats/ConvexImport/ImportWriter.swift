internal import Archive
internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Diagnostics
internal import Records

/// Keeps the documents of each table aside and writes the zip at the end, for its entries come one after the other, the smallest first,
/// and behind a list of all.
struct ImportWriter: RecordWriter, ~Copyable {
  /// What has come of a table.
  private struct State {
    var stream: TableStream?
    var rows = 0
    var documents = 0
    /// Number of the table in the ids of its rows.
    var number: UInt32?
    /// Columns with an integer that no float holds.
    var isLong: [Bool]
    var tooLarge = 0
    var tooManyFields = 0
    /// Rows with an id that another one has.
    var repeats = 0
    /// Whether its documents cannot be imported beside those of another.
    var isLeftOut = false
  }

  private let zip: ZipWriter
  private let plan: ImportPlan
  private let index: TableIndex
  private var ids: ImportIDs
  private var states: [State]
  private var document = ImportDocument()
  private var tableLosses: [TableLosses]
  private var spill: TableSpill?
  /// Values of columns that must not repeat, and by table the set that they are in.
  private var keys = KeyIndex()
  private let keySets: [KeyIndex.ID?]
  private var current = -1

  init(to output: Output, _ plan: ImportPlan) throws(WriteError) {
    let sink = output.isSingle ? try output.openStream() : try output.openFile(for: "snapshot", ending: "zip")
    do throws(IOError) { zip = try ZipWriter(sink) } catch { throw WriteError(error) }
    self.plan = plan
    index = TableIndex(plan.schemas)
    ids = ImportIDs(plan.tables)
    states = plan.tables.map { table in
      var state = State(isLong: table.schema.columns.map { _ in false })
      if case .made(let number, _, _) = table.identity { state.number = number }
      return state
    }
    tableLosses = plan.schemas.map { TableLosses($0) }
    var sets: [KeyIndex.ID?] = []
    for table in plan.tables { sets.append(table.uniqueColumns.isEmpty ? nil : keys.makeSet()) }
    keySets = sets
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    do throws(IOError) {
      let stream = try stream(current)
      if let set = keySets[current] { try keys.add(batch, columns: plan.tables[current].uniqueColumns, to: set) }
      for row in 0..<batch.rowCount {
        states[current].rows += 1
        guard try build(batch, row) else { continue }
        try stream.buffer.append(document.text.span)
        states[current].documents += 1
        for change in document.changes { tableLosses[current].count(change.kind, column: change.column) }
      }
    } catch { throw WriteError(.io(error), table: plan.schemas[current].name) }
  }

  private mutating func stream(_ table: Int) throws(IOError) -> TableStream {
    if let stream = states[table].stream { return stream }
    let shared: TableSpill
    if let spill { shared = spill } else { shared = try TableSpill() }
    spill = shared
    // Many tables share about 8 MiB of buffers.
    let bufferSize = max(4096, min(1 << 16, (8 << 20) / plan.tables.count))
    let stream = TableStream(in: shared, bufferSize: bufferSize)
    states[table].stream = stream
    return stream
  }

  // MARK: Documents

  /// Builds the document of a row; false when Convex would not take it.
  private mutating func build(_ batch: borrowing RecordBatch, _ row: Int) throws(IOError) -> Bool {
    let table = plan.tables[current]
    switch table.identity {
    case .kept(let id, let time):
      let cell = batch[row, id]
      guard cell.kind == .text, isOwn(ConvexID.tableNumber(of: batch.bytes(of: cell))) else {
        tableLosses[current].count(.wrongID, column: id)
        return false
      }
      document.begin(id: batch.bytes(of: cell))
      if !document.addTime(batch[row, time], of: batch) { addMadeTime() }
    case .made(_, _, let created):
      let id = try ids.own(row, of: current, number: states[current].rows, in: batch)
      document.begin(id: id.span)
      if let moment = created.flatMap({ creation(batch[row, $0], of: batch) }) {
        document.addTime(microseconds: moment)
      } else {
        addMadeTime()
      }
    }
    for field in table.fields where batch[row, field.column].kind != .missing {
      let cell = batch[row, field.column]
      if case .reference(let target) = field.form, cell.kind != .null {
        document.add(field, id: try ids.target(row, field.column, of: current, to: target, in: batch))
      } else if let problem = document.add(field, cell, of: batch) {
        tableLosses[current].count(problem, column: field.column)
        return false
      }
      if field.form == .longInteger { noteLength(cell, field.column, of: batch) }
    }
    document.end()
    if document.isTooLarge { states[current].tooLarge += 1 }
    if document.hasTooManyFields { states[current].tooManyFields += 1 }
    return !document.isTooLarge && !document.hasTooManyFields
  }

  /// Whether an id of a table is one of the current, whose first tells its number.
  private mutating func isOwn(_ number: UInt32?) -> Bool {
    guard let number else { return false }
    if states[current].number == nil { states[current].number = number }
    return states[current].number == number
  }

  /// Milliseconds that count the rows, for those that do not say when they were made: their order is kept.
  private mutating func addMadeTime() { document.addTime(microseconds: Int64(states[current].rows) * 1000) }

  private mutating func noteLength(_ cell: Cell, _ column: Int, of batch: borrowing RecordBatch) {
    let value = cell.kind == .integer ? cell.integer : cell.kind == .number ? Int64(digits: batch.bytes(of: cell)) : nil
    if let value, value.magnitude > NumberText.exactLimit.magnitude { states[current].isLong[column] = true }
  }

  /// When a row was made, in microseconds since 1970: a date or moment, or milliseconds of this age.
  private func creation(_ cell: Cell, of batch: borrowing RecordBatch) -> Int64? {
    switch cell.kind {
    case .text:
      guard let date = DateText(batch.bytes(of: cell)), date.kind != .time else { return nil }
      return date.microseconds
    case .integer: return Self.moment(Double(cell.integer))
    case .double: return Self.moment(cell.double)
    case .number:
      return DecimalText(batch.bytes(of: cell)).flatMap { Self.moment($0.nearestDouble(in: batch.bytes(of: cell))) }
    default: return nil
    }
  }
  private static func moment(_ milliseconds: Double) -> Int64? {
    milliseconds > 1e11 && milliseconds < 1e13 ? Int64((milliseconds * 1000).rounded()) : nil
  }

  // MARK: The zip

  mutating func finish() throws(WriteError) {
    giveNumbers()
    let order = plan.tables.indices.filter { !states[$0].isLeftOut }.sorted {
      (states[$0].documents, $0) < (states[$1].documents, $1)
    }
    do throws(IOError) {
      for (t, set) in keySets.enumerated() {
        if let set { states[t].repeats = try keys.counts(of: set).repeats }
      }
      try zip.add(Array("README.md".utf8), Array(ImportFiles.readme.utf8))
      for prefix in Set([[]] + plan.tables.map(\.prefix)).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        try zip.add(prefix + ImportFiles.tables, list(of: prefix))
      }
      for table in order where !plan.tables[table].isStorage { try write(table) }
      for table in order where plan.tables[table].isStorage { try write(table) }
      try zip.finish()
    } catch { throw WriteError(error) }
  }

  /// Numbers of tables whose rows do not tell them; tables whose number another one has are left out.
  private mutating func giveNumbers() {
    var taken: [Name: Set<UInt32>] = [:], last: [Name: UInt32] = [:]
    for (t, table) in plan.tables.enumerated() {
      let component = Name(table.prefix)
      guard let number = states[t].number else { continue }
      if !taken[component, default: []].insert(number).inserted { states[t].isLeftOut = true }
      last[component] = max(last[component] ?? ImportPlan.firstNumber, number)
    }
    for (t, table) in plan.tables.enumerated() where states[t].number == nil {
      let component = Name(table.prefix)
      var number = last[component] ?? ImportPlan.firstNumber
      repeat { number = number == .max ? 1 : number + 1 } while !taken[component, default: []].insert(number).inserted
      last[component] = number
      states[t].number = number
    }
  }

  /// The tables of a component with their numbers.
  private func list(of prefix: [UInt8]) -> [UInt8] {
    let members = plan.tables.indices.filter {
      plan.tables[$0].prefix == prefix && !plan.tables[$0].isStorage && !states[$0].isLeftOut
    }
    return members.map { (name: plan.tables[$0].name, number: states[$0].number ?? 0) }.sorted { $0.number < $1.number }
      .flatMap { Array("{\"name\":\"".utf8) + $0.name.bytes + Array("\",\"id\":\($0.number)}\n".utf8) }
  }

  private mutating func write(_ t: Int) throws(IOError) {
    let table = plan.tables[t], folder = table.prefix + table.name.bytes
    try zip.begin(folder + ImportFiles.documents)
    if let stream = states[t].stream {
      var entry = OutputBuffer(
        EntrySink(zip: zip, marks: table.hasLongIntegers ? IntegerMarks(isLong: states[t].isLong) : nil))
      try stream.copy(to: &entry)
      try entry.finish()
      states[t].stream = nil
    }
    try zip.end()
    if !table.isStorage { try zip.add(folder + ImportFiles.shape, Array("\"uniform\"\n".utf8)) }
  }

  var losses: [Loss] {
    var losses: [Loss] = []
    for (t, table) in plan.tables.enumerated() {
      let name = table.schema.name
      losses += table.renames + tableLosses[t].losses
      let rejects = [
        ("document-too-large", "documents of more than 1 MiB are left out", states[t].tooLarge),
        ("too-many-fields", "documents of more than 1024 fields are left out", states[t].tooManyFields),
        (
          "table-number-taken", "ids of the table have the number of another one: rows left out",
          states[t].isLeftOut ? states[t].documents : 0
        ),
      ]
      if states[t].repeats > 0 {
        losses.append(
          Loss(
            "duplicate-id", "keys occur twice, and the ids made of them: Convex refuses the whole import", table: name,
            count: states[t].repeats))
      }
      for (code, message, count) in rejects where count > 0 {
        losses.append(Loss(code, message, table: name, count: count, isReject: true))
      }
    }
    return losses
  }
}

/// The bytes of one entry of a zip.
private struct EntrySink: ByteSink, ~Copyable {
  let zip: ZipWriter
  var marks: IntegerMarks?

  mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    let zip = zip
    guard marks != nil else { return try zip.append(bytes) }
    try marks?.resolve(bytes) { (piece) throws(IOError) in try zip.append(piece) }
  }
  mutating func finish() throws(IOError) {}
}

extension ImportTable {
  /// Names that had to be changed.
  fileprivate var renames: [Loss] {
    var losses: [Loss] = []
    func note(_ what: String, _ old: Name, _ new: Name, _ column: Name?) {
      guard old != new else { return }
      losses.append(
        Loss(
          "name-changed", "the \(what) is called '\(displayed(new))': Convex does not allow its name",
          table: schema.name,
          column: column))
    }
    if case .kept = identity {
      note("table", schema.localName, name, nil)
    } else {
      note("table", schema.name, name, nil)
    }
    for field in fields {
      let column = schema.columns[field.column].name
      note("column", column, field.name, column)
    }
    return losses
  }
}
