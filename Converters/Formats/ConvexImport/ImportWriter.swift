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
    /// Number of the table in the ids of its rows.
    var number: UInt32?
    /// Rows with an id that another one has.
    var repeats = 0
    /// Whether its documents cannot be imported beside those of another.
    var isLeftOut = false
  }

  private let zip: ZipWriter
  private let plan: ImportPlan
  private let index: TableIndex
  private var documents: DocumentBuilder
  private var states: [State]
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
    documents = DocumentBuilder(plan)
    states = plan.tables.map { _ in State() }
    var sets: [KeyIndex.ID?] = []
    for table in plan.tables { sets.append(table.uniqueColumns.isEmpty ? nil : keys.makeSet()) }
    keySets = sets
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    do throws(IOError) {
      let stream = try stream(current)
      if let set = keySets[current] { try keys.add(batch, columns: plan.tables[current].uniqueColumns, to: set) }
      for row in 0..<batch.rowCount where try documents.build(row, of: batch, table: current) {
        try stream.buffer.append(documents.document.text.span)
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

  // MARK: The zip

  mutating func finish() throws(WriteError) {
    giveNumbers()
    let counts = plan.tables.indices.map { documents.count(of: $0) }
    let order = plan.tables.indices.filter { !states[$0].isLeftOut }.sorted { (counts[$0], $0) < (counts[$1], $1) }
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
    for t in plan.tables.indices { states[t].number = documents.number(of: t) }
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
        EntrySink(zip: zip, marks: table.hasLongIntegers ? IntegerMarks(isLong: documents.longColumns(of: t)) : nil))
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
      losses += table.renames(because: "Convex does not allow its name") + documents.losses(of: t)
      if states[t].repeats > 0 {
        losses.append(
          Loss(
            "duplicate-id", "keys occur twice, and the ids made of them: Convex refuses the whole import", table: name,
            count: states[t].repeats))
      }
      if states[t].isLeftOut, documents.count(of: t) > 0 {
        losses.append(
          Loss(
            "table-number-taken", "ids of the table have the number of another one: rows left out", table: name,
            count: documents.count(of: t), isReject: true))
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
  func renames(because reason: String) -> [Loss] {
    var losses: [Loss] = []
    func note(_ what: String, _ old: Name, _ new: Name, _ column: Name?) {
      guard old != new else { return }
      losses.append(
        Loss(
          "name-changed", "the \(what) is called '\(displayed(new))': \(reason)", table: schema.name,
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
