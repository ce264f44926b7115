internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Keeps the rows of each table aside, a row on a line, and writes them into one file at the end.
struct SeedWriter: RecordWriter, ~Copyable {
  private let output: Output
  private let plan: DraftPlan
  private let takenAt: Int64
  private let index: TableIndex
  private let values: SeedValue
  /// By table: `"name":` of each field.
  private let keys: [[[UInt8]]]
  private var streams: [TableStream] = []
  private var counts: [Int]
  private var tableLosses: [TableLosses]
  /// By table and column: values that Prisma does not take.
  private var misfits: [[Int]]
  private var current = -1

  init(to output: Output, _ plan: DraftPlan, _ options: WriteOptions) throws(WriteError) {
    self.output = output
    self.plan = plan
    takenAt = options.takenAt ?? currentMicroseconds()
    let schemas = plan.models.map(\.schema)
    index = TableIndex(schemas)
    values = SeedValue(plan.enums)
    keys = plan.models.map { model in model.fields.map { Array("\"".utf8) + $0.name.bytes + Array("\":".utf8) } }
    counts = schemas.map { _ in 0 }
    tableLosses = schemas.map { TableLosses($0) }
    misfits = schemas.map { $0.columns.map { _ in 0 } }
    do throws(IOError) {
      let spill = try TableSpill()
      // All streams share about 8 MiB of buffers.
      let bufferSize = max(4096, min(1 << 16, (8 << 20) / max(schemas.count, 1)))
      for _ in schemas { streams.append(TableStream(in: spill, bufferSize: bufferSize)) }
    } catch { throw WriteError(error) }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    let stream = streams[current], fields = plan.models[current].fields
    do throws(IOError) {
      for row in 0..<batch.rowCount {
        try stream.buffer.append(counts[current] > 0 ? ",\n{" : "\n{")
        counts[current] += 1
        var isFirst = true
        for column in fields.indices where batch[row, column].kind != .missing {
          if !isFirst { try stream.buffer.append(UInt8(ascii: ",")) }
          isFirst = false
          try stream.buffer.append(keys[current][column])
          note(try values.append(batch[row, column], of: batch, fields[column], to: &stream.buffer), column)
        }
        try stream.buffer.append(UInt8(ascii: "}"))
      }
    } catch { throw WriteError(.io(error), table: plan.models[current].schema.name) }
  }

  private mutating func note(_ outcome: SeedValue.Outcome, _ column: Int) {
    switch outcome {
    case .exact: break
    case .special: tableLosses[current].count(.specialFloat, column: column)
    case .cut: tableLosses[current].count(.timePrecision, column: column)
    case .moved: tableLosses[current].count(.offsetAsUTC, column: column)
    case .jsonNull: tableLosses[current].count(.jsonNull, column: column)
    case .misfit: misfits[current][column] += 1
    }
  }

  // MARK: Files

  mutating func finish() throws(WriteError) {
    let sections = SeedSections(plan)
    try writeRows(sections)
    var plain = output
    plain.encoder = nil
    let script = SeedScript(plan, sections, isCompressed: output.encoder != nil)
    for (name, ending, text) in [("schema", "prisma", DraftText(plan).bytes), ("seed", "cjs", script.bytes)] {
      var file = OutputBuffer(try plain.openFile(for: Name(name), ending: ending), capacity: 1 << 12)
      do throws(IOError) {
        try file.append(text)
        try file.finish()
      } catch { throw WriteError(error) }
    }
  }

  private mutating func writeRows(_ sections: SeedSections) throws(WriteError) {
    let hasSecrets = plan.models.contains { $0.schema.columns.contains(where: \.isSecret) }
    var file = OutputBuffer(try output.openFile(for: "backup", ending: "json"))
    do throws(IOError) {
      try file.append(Array("{\n\"timestamp\": \"\(rfc3339(microseconds: takenAt))\",\n\"version\": \"2.0\",\n".utf8))
      try file.append(Array("\"type\": \"complete\",\n\"includes_files\": false,\n".utf8))
      try file.append(Array("\"includes_passwords\": \(hasSecrets),\n\"data\": {".utf8))
      for (t, name) in sections.names.enumerated() {
        try file.append(t > 0 ? ",\n" : "\n")
        try file.append(quoted(name.bytes) + Array(": [".utf8))
        try streams[t].copy(to: &file)
        try file.append(counts[t] > 0 ? "\n]" : "]")
      }
      let total = counts.reduce(0, +)
      try file.append(Array("\n},\n\"statistics\": {\n\"total_records\": \(total),\n\"tables\": [".utf8))
      for (t, name) in sections.names.enumerated() {
        try file.append(Array("\(t > 0 ? "," : "")\n{\"table\": ".utf8) + quoted(name.bytes))
        try file.append(Array(", \"count\": \(counts[t])}".utf8))
      }
      try file.append("\n]\n}\n}\n")
      try file.finish()
    } catch { throw WriteError(error) }
  }

  var losses: [Loss] {
    var losses = plan.losses + tableLosses.flatMap(\.losses)
    for (t, model) in plan.models.enumerated() {
      if model.isIgnored {
        losses.append(
          Loss(
            "no-key", "the table has no key, so Prisma's client does not know it: the script does not insert its rows",
            table: model.schema.name, count: max(counts[t], 1)))
      }
      for (column, count) in misfits[t].enumerated() where count > 0 {
        losses.append(
          Loss(
            "value-as-it-is",
            "values are none of their column's type in Prisma: they are in the file, and the script fails there",
            table: model.schema.name, column: model.schema.columns[column].name, count: count))
      }
    }
    return losses
  }
}
