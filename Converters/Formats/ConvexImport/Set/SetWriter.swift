internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Keeps JSON and CSV of each table aside and writes the files at the end, for the combined one states counts before the rows.
struct SetWriter: RecordWriter, ~Copyable {
  /// What has come of a table.
  private struct State {
    var json: TableStream
    var csv: TableStream
    /// For each member in the order of the file: its place in the table, where id and time come first.
    let order: [Int]
    /// Of the same, which of them some document has.
    var isPresent: [Bool]
    /// By column: values with an integer that JavaScript rounds, and values of JSON with bytes that became text.
    var longIntegers: [Int]
    var bytesAsText: [Int]
  }

  private let output: Output
  private let plan: ImportPlan
  private let names: SetNames
  private let deployment: [UInt8]?
  private let index: TableIndex
  private var documents: DocumentBuilder
  private var document = SetDocument()
  private var states: [State] = []
  /// Places of members in the text of a document.
  private var places: [Int] = []
  private var order: [Int] = []
  private var current = -1

  init(to output: Output, _ tables: [TableSchema], _ options: WriteOptions) throws(WriteError) {
    let names = SetNames(takenAt: options.takenAt)
    var plan = ImportPlan(tables, isExport: ConvexImport.isExport(options), isFlat: true)
    plan.rename(names.substitute())
    self.output = output
    self.plan = plan
    self.names = names
    deployment = options.attributes.first { $0.name == "deployment" }?.value
    index = TableIndex(tables)
    documents = DocumentBuilder(plan, marksIntegers: false)
    let spill: TableSpill
    do throws(IOError) { spill = try TableSpill() } catch { throw WriteError(error) }
    // All streams share about 8 MiB of buffers.
    let bufferSize = max(4096, min(1 << 16, (4 << 20) / max(tables.count, 1)))
    for table in plan.tables {
      let order = Self.order(of: table)
      states.append(
        State(
          json: TableStream(in: spill, bufferSize: bufferSize), csv: TableStream(in: spill, bufferSize: bufferSize),
          order: order, isPresent: order.map { _ in false }, longIntegers: table.schema.columns.map { _ in 0 },
          bytesAsText: table.schema.columns.map { _ in 0 }))
    }
  }

  /// The members of a table's documents in the order of their names.
  private static func order(of table: ImportTable) -> [Int] {
    let names: [Name] = ["_id", "_creationTime"] + table.fields.map(\.name)
    return names.indices.sorted { names[$0] < names[$1] }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    do throws(IOError) {
      for row in 0..<batch.rowCount where try documents.build(row, of: batch, table: current) {
        findPlaces(row, batch)
        Self.read(documents, order: order, into: &document)
        try append()
      }
    } catch { throw WriteError(.io(error), table: plan.schemas[current].name) }
  }

  /// Finds where the members of the row's document stand in its text: those that the row has, one behind the other.
  private mutating func findPlaces(_ row: Int, _ batch: borrowing RecordBatch) {
    places.removeAll(keepingCapacity: true)
    places.append(0)
    places.append(1)
    var count = SetDocument.systemMembers
    for field in plan.tables[current].fields {
      let isThere = batch[row, field.column].kind != .missing
      places.append(isThere ? count : -1)
      if isThere { count += 1 }
    }
    order.removeAll(keepingCapacity: true)
    for (i, member) in states[current].order.enumerated() {
      order.append(places[member])
      if places[member] >= 0 { states[current].isPresent[i] = true }
    }
  }

  /// Appends the document that was read to the files of its table.
  private mutating func append() throws(IOError) {
    let (json, csv) = (states[current].json, states[current].csv)
    try json.buffer.append(documents.count(of: current) == 1 ? "\n" : ",\n")
    try json.buffer.append(document.json.span)
    csvOrder()
    if !order.isEmpty { try Self.appendCSV(documents, &document, order: order, to: &csv.buffer) }
    for (place, notes) in document.notes {
      guard let field = field(at: place) else { continue }
      if notes.hasSpecial { documents.count(.specialFloat, column: field.column, of: current) }
      if notes.hasLongInteger { states[current].longIntegers[field.column] += 1 }
      // A column of bytes is what its text stands for.
      if notes.hasBytes, field.form != .bytes { states[current].bytesAsText[field.column] += 1 }
    }
  }

  private static func read(_ documents: borrowing DocumentBuilder, order: [Int], into document: inout SetDocument) {
    document.read(documents.document.text.span, order: order)
  }
  private static func appendCSV(
    _ documents: borrowing DocumentBuilder, _ document: inout SetDocument, order: [Int], to output: inout OutputBuffer
  ) throws(IOError) {
    try document.appendCSV(documents.document.text.span, order: order, to: &output)
  }

  /// Takes id and time out of the order, which CSV has not.
  private mutating func csvOrder() {
    order.removeAll(keepingCapacity: true)
    for member in states[current].order where member >= SetDocument.systemMembers { order.append(places[member]) }
  }

  /// The field that a member of the document is; nil for id and time.
  private func field(at place: Int) -> ImportField? {
    guard let member = places.firstIndex(of: place), member >= SetDocument.systemMembers else { return nil }
    return plan.tables[current].fields[member - SetDocument.systemMembers]
  }

  // MARK: Files

  mutating func finish() throws(WriteError) {
    let tables = plan.tables.indices.map { facts(of: $0) }
    for t in plan.tables.indices { try writeFiles(of: t, tables[t]) }
    let text = SetTexts(names, tables, deployment: deployment, compression: compression)
    try writeCombined(tables, text)
    var plain = output
    // Who reads what is said of the files need not unpack it.
    plain.encoder = nil
    for (name, ending, content) in [(names.summary, "txt", text.summary), ("README", "md", text.readme)] {
      var file = OutputBuffer(try plain.openFile(for: name, ending: ending), capacity: 1 << 12)
      do throws(IOError) {
        try file.append(content)
        try file.finish()
      } catch { throw WriteError(error) }
    }
  }

  /// What is added to the names of compressed files.
  private var compression: [UInt8] { Array((output.encoder?.endings.first.map { ".\($0)" } ?? "").utf8) }

  private func facts(of t: Int) -> SetTexts.Table {
    let table = plan.tables[t], members = states[t].order, all = table.fields.map(\.name)
    let fields = zip(members, states[t].isPresent).filter { $0.0 >= SetDocument.systemMembers }
      .map { (name: all[$0.0 - SetDocument.systemMembers], isPresent: $0.1) }
    return SetTexts.Table(
      name: table.name, base: names.base(of: table.name), count: documents.count(of: t), fields: fields)
  }

  private mutating func writeFiles(of t: Int, _ table: SetTexts.Table) throws(WriteError) {
    var json = OutputBuffer(try output.openFile(for: table.base, ending: "json"))
    do throws(IOError) {
      try json.append("[")
      try states[t].json.copy(to: &json)
      try json.append(table.count > 0 ? "\n]" : "]")
      try json.finish()
    } catch { throw WriteError(error) }
    guard table.hasCSV else { return }
    var csv = OutputBuffer(try output.openFile(for: table.base, ending: "csv"))
    do throws(IOError) {
      for (i, field) in table.fields.enumerated() {
        if i > 0 { try csv.append(UInt8(ascii: ",")) }
        try csv.appendCSVField(field.name.bytes.span, delimiter: UInt8(ascii: ","))
      }
      try csv.append("\n")
      try states[t].csv.copy(to: &csv)
      try csv.finish()
    } catch { throw WriteError(error) }
  }

  private mutating func writeCombined(_ tables: [SetTexts.Table], _ text: SetTexts) throws(WriteError) {
    var file = OutputBuffer(try output.openFile(for: names.combined, ending: "json"))
    do throws(IOError) {
      try file.append(text.metadata)
      for (t, table) in tables.enumerated() {
        try file.append(text.head(of: table))
        try states[t].json.forEachPiece { (piece) throws(IOError) in try Self.appendIndented(piece, to: &file) }
        try file.append(table.count > 0 ? "\n    ]\n  }" : "]\n  }")
      }
      try file.append("\n}")
      try file.finish()
    } catch { throw WriteError(error) }
  }

  /// Appends documents four spaces further in; within a value no line ends.
  private static func appendIndented(_ piece: Span<UInt8>, to file: inout OutputBuffer) throws(IOError) {
    var start = 0
    for at in piece.indices where piece[at] == UInt8(ascii: "\n") {
      try file.append(piece.extracting(start...at))
      try file.append("    ")
      start = at + 1
    }
    try file.append(piece.extracting(start..<piece.count))
  }

  var losses: [Loss] {
    var losses: [Loss] = []
    for (t, table) in plan.tables.enumerated() {
      losses += table.renames(because: "Convex, or a set of files, does not allow its name") + documents.losses(of: t)
      let changes = [
        (
          "integer-beyond-float",
          "integers have more digits than JavaScript's numbers hold: its JSON.parse rounds them",
          states[t].longIntegers
        ), ("bytes-as-text", "bytes within JSON are written as text in base64", states[t].bytesAsText),
      ]
      for (code, message, counts) in changes {
        for (column, count) in counts.enumerated() where count > 0 {
          losses.append(
            Loss(code, message, table: table.schema.name, column: table.schema.columns[column].name, count: count))
        }
      }
    }
    return losses
  }
}
