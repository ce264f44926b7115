internal import Bytes
package import Records

/// How far a load came that is committed in batches.
package struct LoadProgress: Sendable {
  /// What is known of one table.
  package struct Table: Sendable {
    /// Rows that were read and whose fate is committed.
    package var rows = 0
    /// Whether the load made the table.
    package var isNew = false
    /// Rows that were there before the load.
    package var before = 0
    /// Rows that were sent, that the target took, and whose key was there; for targets that cannot count them at the end.
    package var sent = 0
    package var taken = 0
    package var matched = 0
  }

  /// Rows of each transaction.
  package let size: Int
  /// The source, and how it is read.
  package let source: [UInt8]
  /// Whether an earlier load goes on.
  package private(set) var isResumed = false
  /// Rows since the last commit.
  package var pending = 0
  private let keepsRejects: Bool
  private var tables: [Table]

  /// A load from the beginning. The same bytes read by other flags are another source.
  package init(_ batches: LoadBatches, _ schema: SQLSchema, keepsRejects: Bool) {
    var names: [UInt8] = batches.source
    for table in schema.tables { names += [0] + table.quotedName }
    size = max(batches.size, 1)
    source = batches.source + Array("-\(Hash128.of(names.span, seed: 0))".utf8)
    self.keepsRejects = keepsRejects
    tables = schema.tables.map { _ in Table() }
  }

  package subscript(_ table: Int) -> Table {
    get { tables[table] }
    set { tables[table] = newValue }
  }

  /// Notes a table that the load makes, or what was there before; an earlier load knows that better.
  package mutating func note(_ table: Int, isNew: Bool, before: Int) {
    guard !isResumed else { return }
    (tables[table].isNew, tables[table].before) = (isNew, before)
  }

  /// The progress as it is kept, with the numbers of rows that were read: `r` where refused rows are left out, and for each table
  /// such as `700n` for 700 rows of a table that the load made, `700o12:690:690:8` for one with 12 rows before.
  package func words(_ seen: [Int]) -> [UInt8] {
    var parts = keepsRejects ? ["r"] : []
    for (i, table) in tables.enumerated() {
      var part = "\(max(seen[i], table.rows))\(table.isNew ? "n" : "o")\(table.before)"
      if table.sent > 0 { part += ":\(table.sent):\(table.taken):\(table.matched)" }
      parts.append(part)
    }
    return Array(parts.joined(separator: " ").utf8)
  }

  /// Goes on where an earlier load was stopped.
  package mutating func resume(at words: [UInt8]) throws(WriteError) {
    var parts = words.split(separator: UInt8(ascii: " "))
    let keptRejects = parts.first.map { $0.elementsEqual([UInt8(ascii: "r")]) } ?? false
    if keptRejects { parts.removeFirst() }
    guard keptRejects == keepsRejects else {
      throw WriteError(
        .refused(
          "the load that was stopped \(keptRejects ? "leaves out" : "does not leave out") rows that are refused"),
        advice: keptRejects ? "say --rejects DIR as before" : "leave --rejects out, as before")
    }
    guard parts.count == tables.count else { throw Self.damaged }
    for (i, part) in parts.enumerated() {
      guard let mark = part.firstIndex(where: { !isDigit($0) }) else { throw Self.damaged }
      let numbers = try Self.numbers(part[(mark + 1)...])
      guard let rows = try Self.numbers(part[..<mark]).first, numbers.count <= 4 else { throw Self.damaged }
      tables[i].rows = rows
      tables[i].isNew = part[mark] == UInt8(ascii: "n")
      for (value, place) in zip(numbers, [\Table.before, \.sent, \.taken, \.matched]) {
        tables[i][keyPath: place] = value
      }
    }
    isResumed = true
  }

  private static func numbers(_ text: ArraySlice<UInt8>) throws(WriteError) -> [Int] {
    var numbers: [Int] = []
    for digits in text.split(separator: UInt8(ascii: ":")) {
      guard let number = Int64(digits: Array(digits).span) else { throw damaged }
      numbers.append(Int(number))
    }
    return numbers
  }

  private static var damaged: WriteError {
    WriteError(.refused("what is kept of the load that was stopped is damaged"))
  }

  /// What is against a load when an earlier one of the same source is known there; `ledger`: the table that knows it.
  package static func check(isComplete: Bool, resumes: Bool, ledger: String) throws(WriteError) {
    if isComplete, resumes {
      throw WriteError(
        .refused("the load of this backup is complete: there is nothing to go on with"),
        advice: "leave --resume out to load it once more")
    }
    if !isComplete, !resumes {
      throw WriteError(
        .refused("a load of this backup was begun there and not finished"),
        advice: "--resume goes on with it; to begin anew, take away its row in \(ledger) and what it loaded")
    }
  }

  /// An error of a load of which something is committed says how it goes on.
  package static func located(_ error: WriteError) -> WriteError {
    var error = error
    let advice = "rows that were committed are there; the same command with --resume goes on"
    error.advice = error.advice.map { $0 + "; " + advice } ?? advice
    return error
  }
}
