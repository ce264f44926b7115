internal import Bytes
internal import Records
internal import TextSearch

/// What is asked for: pieces of rows.
struct Samples: ~Copyable {
  private var probe = RecordBatch(capacity: 1 << 20)
  private var numbers = Numbers(state: 99)
  private var all: [(name: String, terms: [[SearchTerm]])] = []

  private mutating func add(_ name: String, table: Int, _ make: ([[UInt8]], inout Numbers) -> SearchTerm?) {
    var terms: [[SearchTerm]] = []
    while terms.count < 60 {
      let position = table == 0 ? 0 : table == 1 ? 1 : 2 + numbers.below(2)
      shop.fill(&probe, table: table, number: numbers.below(4) * 4 + position)
      let row = numbers.below(probe.rowCount)
      var values: [[UInt8]] = []
      for column in 0..<probe.columnCount { values.append(Array(probe.bytes(of: probe[row, column]))) }
      if let term = make(values, &numbers) { terms.append([term]) }
    }
    all.append((name, terms))
  }

  consuming func make() -> [(name: String, terms: [[SearchTerm]])] {
    add("e-mail", table: 0) { row, _ in .words(row[1]) }
    add("uuid", table: 1) { row, _ in .words(row[1]) }
    add("group of four digits of a uuid", table: 1) { row, _ in .words(Array(row[1][9..<13])) }
    add("word", table: 2) { row, numbers in
      let words = row[3].split(separator: 0x20)
      return .words(Array(words[numbers.below(words.count)]))
    }
    add("prefix of four letters", table: 2) { row, _ in .words(Array(row[3].prefix(4).filter { $0 != 0x20 }) + [0x2A]) }
    add("phrase of three words", table: 2) { row, _ in
      .words(Array(row[3].split(separator: 0x20)[2...4].joined(separator: [0x20])))
    }
    add("substring of six bytes", table: 2) { row, _ in .substring(Array(row[3][9..<15])) }
    add("regex with a literal", table: 2) { row, _ in .regex(Array(row[3][9..<14]) + Array("[a-z]".utf8)) }
    return all
  }
}
