internal import Bytes
package import Records

/// Learns the secret values of a backup: those of columns that hold secrets, and those that are found within others.
package struct SecretCollector: Sendable {
  package private(set) var values = SecretValues()
  private var finder = SecretFinder()
  /// Whether columns that hold none are searched, too.
  private let searchesAll: Bool
  private var table = Name("")
  private var columns: [Column] = []

  package init(searchesAll: Bool) { self.searchesAll = searchesAll }

  package mutating func begin(_ table: TableSchema) {
    self.table = table.name
    columns = table.columns
  }

  /// Takes all records of a batch of the table begun.
  package mutating func add(_ batch: borrowing RecordBatch) {
    for (i, column) in columns.enumerated() where column.isSecret || searchesAll {
      let origin = SecretOrigin(table: table, column: column.name)
      for row in 0..<batch.rowCount {
        let cell = batch[row, i]
        switch cell.kind {
        case .text where column.isSecret, .bytes where column.isSecret: values.add(batch.bytes(of: cell), from: origin)
        case .json where column.isSecret: addStrings(of: batch.bytes(of: cell), origin)
        case .text, .json: addFound(in: batch.bytes(of: cell), origin)
        default: break
        }
      }
    }
  }

  /// Takes what is found in a text that is no row.
  package mutating func add(_ text: Span<UInt8>, from origin: SecretOrigin) { addFound(in: text, origin) }

  package mutating func finish() { values.finish() }

  private mutating func addFound(in text: Span<UInt8>, _ origin: SecretOrigin) {
    // Decoded forms are searched when they are taken out; what stands as it is says what else to look for.
    for found in finder.find(in: text) where found.encodings.isEmpty {
      values.add(text.extracting(found.range), from: origin)
    }
  }

  private mutating func addStrings(of json: Span<UInt8>, _ origin: SecretOrigin) {
    var at = 0
    while at < json.count {
      guard json[at] == UInt8(ascii: "\"") else {
        at += 1
        continue
      }
      let start = at + 1
      at = start
      while at < json.count, json[at] != UInt8(ascii: "\"") { at += json[at] == UInt8(ascii: "\\") ? 2 : 1 }
      let end = min(at, json.count)
      at = end + 1
      if SecretValues.isSpecial(json.extracting(start..<end)) { values.add(json.extracting(start..<end), from: origin) }
    }
  }
}

extension SecretCollector {
  /// Reads all rows of tables.
  package mutating func read(_ reader: consuming any RecordReader & ~Copyable, keepsRowsBeforeError: Bool)
    throws(PumpError)
  {
    let ahead = ReadAhead.start(reader)
    while let item = ahead.next() {
      switch item {
      case .begin(let table): begin(table)
      case .rows(let box):
        add(box.batch)
        ahead.recycle(box)
      }
    }
    if let failure = ahead.finish().failure, !keepsRowsBeforeError { throw failure }
    finish()
  }
}
