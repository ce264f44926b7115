package import Bytes
package import Conversion
internal import Records

/// One of two sides that are compared: its tables are known, and its rows can be read again and again.
package struct ComparedBackup: Sendable {
  /// A part of it that is read by itself, such as one of several files.
  package struct Part: Sendable {
    package var system: any SourceSystem
    package var input: BackupInput
    package var knowledge: Knowledge

    package init(system: any SourceSystem, input: BackupInput, knowledge: Knowledge) {
      self.system = system
      self.input = input
      self.knowledge = knowledge
    }
  }
  package var parts: [Part]

  /// No two parts have a table of the same name.
  package init(_ parts: [Part]) { self.parts = parts }

  var tables: [TableSchema] { parts.flatMap(\.knowledge.tables) }

  /// Reads all rows and hands out the batches of some tables, which may be changed, with the number that the table has in
  /// `numbers`.
  func read(
    _ numbers: [Name: Int], _ body: (Int, inout RecordBatch) throws(IOError) -> Void
  ) throws(ReadError) {
    for part in parts where part.knowledge.tables.contains(where: { numbers[$0.name] != nil }) {
      try part.read(numbers, body)
    }
  }
}

extension ComparedBackup.Part {
  fileprivate func read(
    _ numbers: [Name: Int], _ body: (Int, inout RecordBatch) throws(IOError) -> Void
  ) throws(ReadError) {
    let ahead = ReadAhead.start(try system.openRecords(input, knowledge))
    var failed: IOError?, number: Int?
    reading: while let item = ahead.next() {
      switch item {
      case .begin(let table): number = numbers[table.name]
      case .rows(let box):
        if let number {
          do throws(IOError) { try body(number, &box.batch) } catch {
            failed = error
            break reading
          }
        }
        ahead.recycle(box)
      }
    }
    if case .read(let error) = ahead.finish().failure { throw error }
    if let failed { throw ReadError(.io(failed)) }
  }
}

extension ComparedBackup {
  /// Leaves only tables of some names.
  package mutating func keep(_ names: [Name]) {
    let wanted = SimilarNames(names)
    for i in parts.indices { parts[i].knowledge.tables.removeAll { wanted.position(of: $0.name) == nil } }
  }
}
