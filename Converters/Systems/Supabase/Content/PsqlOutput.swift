internal import Bytes
internal import Diagnostics

/// What psql printed for people, saved under the name of a script: titles, dashes, rows behind a blank, `(n rows)`.
///
///       function_definition
///     ----------------------
///      CREATE FUNCTION f() +
///      RETURNS text
///     (1 row)
struct PsqlOutput: Sendable {
  /// The rows of one query.
  struct Result: Equatable, Sendable {
    var columns: [Name]
    /// Values of the only column, lines that were wrapped put together; as they are printed when there are several columns.
    var rows: [[UInt8]] = []
    /// Where its title stands.
    var offset: Int
    /// The number below the rows.
    var statedRows: Int?
  }
  private(set) var results: [Result] = []

  /// Whether first bytes are psql's: a title, only dashes below it, and a count of rows further down.
  static func isBegun(by head: [UInt8]) -> Bool {
    var previous: ArraySlice<UInt8> = [], sawDashes = false, looked = 0
    for line in lines(of: head) {
      looked += 1
      if looked > 4096 { return false }
      if sawDashes, rowCount(line) != nil { return true }
      // Statements begin at the margin; psql's titles and rows do not.
      if !sawDashes, isRule(line), previous.first == UInt8(ascii: " ") { sawDashes = true }
      if !sawDashes, let first = line.first, !" -+(".utf8.contains(first) { return false }
      previous = line
    }
    return false
  }

  /// Reads all of a text.
  init(_ text: [UInt8]) {
    var title: ArraySlice<UInt8>?, open: Result?, width = 0, value: [UInt8]?
    for line in lines(of: text) {
      if var result = open {
        if let count = Self.rowCount(line) {
          if let value { result.rows.append(value) }
          result.statedRows = count
          results.append(result)
          (open, value, title) = (nil, nil, nil)
          continue
        }
        let (part, goesOn) = Self.part(line, width, result.columns.count)
        value = (value.map { $0 + [UInt8(ascii: "\n")] } ?? []) + part
        if !goesOn {
          result.rows.append(value ?? [])
          value = nil
        }
        open = result
      } else if let heading = title, Self.isRule(line) || Self.isSpoiltRule(line, below: heading) {
        let names = heading.split(separator: UInt8(ascii: "|")).map { Name(Array(trimmed($0))) }
        open = Result(columns: names, offset: heading.startIndex)
        width = Self.width(heading)
      } else {
        title = line.first == UInt8(ascii: " ") ? line : nil
      }
    }
    if var result = open {
      if let value { result.rows.append(value) }
      results.append(result)
    }
  }

  /// A row's line without the blank before and the filling behind it, and whether the value goes on in the next line.
  private static func part(_ line: ArraySlice<UInt8>, _ width: Int, _ columns: Int) -> ([UInt8], Bool) {
    var part = line.first == UInt8(ascii: " ") ? line.dropFirst() : line
    guard columns == 1, part.last == UInt8(ascii: "+") else { return (Array(part), false) }
    // The sign stands in the last place of the line; a value's own sign can only stand before it.
    let isPlain = part.allSatisfy { $0 < 0x80 }
    guard isPlain ? line.count == width : part.dropLast().last == UInt8(ascii: " ") || Self.width(line) == width else {
      return (Array(part), false)
    }
    part = part.dropLast()
    while part.last == UInt8(ascii: " ") { part = part.dropLast() }
    return (Array(part), true)
  }

  private static func width(_ line: ArraySlice<UInt8>) -> Int { line.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } }

  private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    line.count > 2 && line.first == UInt8(ascii: "-")
      && line.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
  }

  /// A rule whose dashes some program took for a secret.
  private static func isSpoiltRule(_ line: ArraySlice<UInt8>, below title: ArraySlice<UInt8>) -> Bool {
    line.count > 8 && line.suffix(3).allSatisfy { $0 == UInt8(ascii: "-") } && title.first == UInt8(ascii: " ")
      && line.allSatisfy {
        $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")
      }
  }

  /// The number of `(3 rows)`.
  private static func rowCount(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.first == UInt8(ascii: "("), line.last == UInt8(ascii: ")") else { return nil }
    let words = line.dropFirst().dropLast().split(separator: UInt8(ascii: " "))
    guard words.count == 2, words[1].elementsEqual("row".utf8) || words[1].elementsEqual("rows".utf8) else {
      return nil
    }
    let digits = Array(words[0])
    return Int64(digits: digits.span).flatMap { Int(exactly: $0) }
  }
}

extension PsqlOutput {
  /// What the rows would be if they were a script.
  struct Yield: Equatable, Sendable {
    var policies = 0
    var rowSecurity = 0
    /// Names of functions as they are defined.
    var functions: [Name] = []
    /// Rows of an INSERT.
    var tuples = 0
    /// Rows with nothing in them, in results that should have something.
    var blanks = 0
  }

  var yield: Yield {
    var yield = Yield()
    for result in results {
      for row in result.rows {
        let text = trimmed(row[...])
        if text.isEmpty {
          // `SELECT ''` is a script's empty line.
          if result.columns != ["?column?"] || result.rows.count > 1 { yield.blanks += 1 }
        } else if text.starts(with: "CREATE POLICY".utf8) {
          yield.policies += 1
        } else if text.starts(with: "ALTER TABLE".utf8), contains(row, "ENABLE ROW LEVEL SECURITY") {
          yield.rowSecurity += 1
        } else if let name = Self.function(text) {
          yield.functions.append(name)
        } else if text.first == UInt8(ascii: "("),
          text.dropLast().last == UInt8(ascii: ")") || text.last == UInt8(ascii: ")")
        {
          yield.tuples += 1
        }
      }
    }
    return yield
  }

  private static func function(_ text: ArraySlice<UInt8>) -> Name? {
    for start in ["CREATE OR REPLACE FUNCTION ", "CREATE FUNCTION ", "CREATE OR REPLACE PROCEDURE "]
    where text.starts(with: start.utf8) {
      return Name(Array(text.dropFirst(start.utf8.count).prefix { $0 != UInt8(ascii: "(") }))
    }
    return nil
  }
}
