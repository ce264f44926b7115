package import Bytes
package import Conversion
package import Diagnostics
package import Records
package import Testing

/// Everything a reader delivered.
package struct Transcript: Equatable, Sendable {
  /// Tables in the order of their first run; rows of all runs together.
  package var tables: [TestTable] = []
  package var error: ReadError?
  package var findings: [Finding] = []
  /// The rows of the only table.
  package var rows: [[TestValue]] { tables.first?.rows ?? [] }
}

/// What a writer left behind.
package struct Written: Sendable {
  /// Contents by file name; the name is empty for a single file or stream.
  package var files: [String: [UInt8]] = [:]
  package var losses: [Loss] = []
  /// The single file as text.
  package var text: String { String(decoding: files[""] ?? [], as: UTF8.self) }
  /// A file of the directory as text.
  package subscript(name: String) -> String { String(decoding: files[name] ?? [], as: UTF8.self) }
}

/// Checks that every format has to pass: the input's chunks never show, cuts invent nothing, what is written comes back.
package struct FormatSuite {
  package var reads: any ImportFormat
  package var options = ReadOptions()
  package var name: Name = "t"
  package init(reads: any ImportFormat) { self.reads = reads }

  package static let capacities = [1, 2, 7, 31, 64, 65, 97, 128, 4096, 1 << 20]
  package static let steps = [1, 7, 64, .max]

  /// Reads everything there is.
  package func read(
    _ bytes: [UInt8], capacity: Int = 1 << 20, step: Int = .max, tables: [TableSchema] = []
  ) -> Transcript {
    var transcript = Transcript(), index: [Name: Int] = [:]
    do throws(ReadError) {
      var reader = try reads.makeReader(
        from: MemorySource(bytes, step: step), name: name, tables: tables, options: options)
      var batch = RecordBatch(capacity: capacity)
      do throws(ReadError) {
        while let schema = try reader.nextTable() {
          let table = index[schema.name] ?? transcript.tables.count
          index[schema.name] = table
          if table == transcript.tables.count { transcript.tables.append(TestTable(schema, [])) }
          // A table's schema may have grown since its last run.
          let width = schema.columns.count
          transcript.tables[table].schema = schema
          for row in transcript.tables[table].rows.indices {
            let short = width - transcript.tables[table].rows[row].count
            transcript.tables[table].rows[row] += Array(repeating: .missing, count: short)
          }
          while try reader.read(into: &batch) {
            #expect(batch.rowCount > 0 && batch.cells.count == batch.rowCount * batch.columnCount)
            do { transcript.tables[table].rows += try batch.testRows() } catch { Issue.record(error) }
          }
        }
      } catch { transcript.error = error }
      transcript.findings = reader.findings
    } catch { transcript.error = error }
    return transcript
  }

  /// The batch's capacity and the source's steps change nothing, errors and their offsets included.
  @discardableResult
  package func chunksNeverShow(_ bytes: [UInt8], sourceLocation: Testing.SourceLocation = #_sourceLocation)
    -> Transcript
  {
    let whole = read(bytes)
    for capacity in Self.capacities {
      for step in Self.steps {
        let same = read(bytes, capacity: capacity, step: step)
        #expect(same == whole, "capacity \(capacity), step \(step)", sourceLocation: sourceLocation)
      }
    }
    return whole
  }

  /// Damaged input is read alike however it comes in pieces; it may neither crash nor hang.
  package func damageReadsAlike(
    _ bytes: [UInt8], _ pieces: [[UInt8]], rounds: Int = 300,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    var random = SplitMix(state: UInt64(bytes.count))
    for _ in 0..<rounds {
      let damaged = mutated(bytes, &random, pieces)
      let capacity = Int.random(in: 1...100, using: &random), step = Int.random(in: 1...20, using: &random)
      let same = read(damaged, capacity: capacity, step: step) == read(damaged)
      #expect(same, "capacity \(capacity), step \(step): \(damaged)", sourceLocation: sourceLocation)
    }
  }

  /// Every beginning of the input gives rows of the whole input, then an error or an end. `cutsValues`: the format cannot tell
  /// a last record without its end from a whole one, so that its last value may be a beginning of the true one.
  package func cutsInventNothing(
    _ bytes: [UInt8], cutsValues: Bool, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let whole = read(bytes)
    #expect(whole.error == nil, sourceLocation: sourceLocation)
    for end in bytes.indices {
      let part = read(Array(bytes[..<end]), capacity: 64, step: 7)
      for table in part.tables {
        guard let truth = whole.tables.first(where: { $0.schema.name == table.schema.name }) else {
          // A cut header or key may name what is not there; no rows may come of it.
          #expect(table.rows.isEmpty, "cut at \(end)", sourceLocation: sourceLocation)
          continue
        }
        var rows = table.rows, cut: [TestValue]?
        if cutsValues && part.error == nil && rows != Array(truth.rows.prefix(rows.count)) {
          cut = rows.popLast()
        }
        let width = table.schema.columns.count
        let expected = truth.rows.prefix(rows.count).map { Array($0.prefix(width)) }
        #expect(rows == expected, "cut at \(end)", sourceLocation: sourceLocation)
        guard let cut, rows.count < truth.rows.count else { continue }
        for (mine, truth) in zip(cut, truth.rows[rows.count]) {
          #expect(Self.isBeginning(mine, of: truth), "cut at \(end)", sourceLocation: sourceLocation)
        }
      }
    }
  }

  private static func isBeginning(_ a: TestValue, of b: TestValue) -> Bool {
    if a == b { return true }
    switch (a, b) {
    case (.null, _), (.missing, _): return true
    case (.text(let x), .text(let y)), (.number(let x), .number(let y)), (.bytes(let x), .bytes(let y)):
      return y.starts(with: x)
    default: return false
    }
  }
}

/// Writes the rows of tables in batches, table after table and round again.
package func writeRows(
  of tables: [TestTable], to writer: inout any RecordWriter & ~Copyable, batchSize: Int, externalAbove: Int = .max
) throws {
  var from = 0
  while tables.contains(where: { from < $0.rows.count }) {
    for table in tables where from < table.rows.count {
      let rows = table.rows[from..<min(from + batchSize, table.rows.count)]
      let batch = try RecordBatch(rows, columnCount: table.schema.columns.count, externalAbove: externalAbove)
      try writer.begin(table.schema)
      try writer.write(batch)
    }
    from += batchSize
  }
}

/// Writes tables with a format, in batches of `batchSize` rows, table after table and round again.
package func write(
  _ tables: [TestTable], as format: any ExportFormat, options: WriteOptions = WriteOptions(),
  toDirectory: Bool = false, batchSize: Int = 2, externalAbove: Int = .max
) throws -> Written {
  let place = try TemporaryDirectory()
  let path = place.file("out")
  if toDirectory { try createDirectory(path) }
  let output = Output(toDirectory ? .directory(path) : .file(path))
  var written = Written()
  var writer = try format.makeWriter(to: output, tables: tables.map(\.schema), options: options)
  try writeRows(of: tables, to: &writer, batchSize: batchSize, externalAbove: externalAbove)
  try writer.finish()
  written.losses = writer.losses
  if toDirectory {
    for name in try directoryNames(path) {
      written.files[String(decoding: name, as: UTF8.self)] = try readFile(
        String(decoding: path.appending(path: name), as: UTF8.self))
    }
  } else {
    for name in try directoryNames(place.file("")) {
      let ending = String(decoding: name, as: UTF8.self).dropFirst("out".count)
      written.files[String(ending)] = try readFile(place.path + "/out" + ending)
    }
  }
  return written
}

/// One value of each kind and everything that has ever gone wrong with text.
package let awkwardTexts: [TestValue] = [
  "", " ", "  two  ", "plain", "a,b", "a;b\tc|d", "say \"hi\"", "\"", "\"\"", "line\nfeed", "carriage\rreturn",
  "both\r\n",
  "NULL", "null", "\\N", "\\M", "\\", "\\\\", "\\t", "\\sx", "N/A", "007", "1.10", "-0", "1e400", "true", "TRUE", "'",
  "'quoted'", "=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "'=1", "''=1", "＝1", "＋1", "－1", "＠1", "'＠1", "-5",
  "+5.5e3", "'-5", "ʤ", "日本",
  "🙂",
  "e\u{301}", "\u{FEFF}bom", "\u{0}", "a\u{0}b", "\u{1B}[31m", "\u{7F}", "{\"a\":1}", "</script>", "\u{2028}", "$1",
  "%s",
]
