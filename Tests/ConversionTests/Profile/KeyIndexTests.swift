import Bytes
import Conversion
import Records
import Testing

/// A value of a key column, as the model compares it.
private enum Key: Hashable, Sendable {
  case integer(Int64)
  case digits(Int64)
  case text(String)

  var value: Value {
    switch self {
    case .integer(let value): .number(value.description)
    case .digits(let value): .text(value.description)
    case .text(let text): .text(text)
    }
  }
  /// The same value whether it is a number or a text.
  var joined: Key {
    if case .digits(let value) = self { return .integer(value) }
    return self
  }
}

/// Random values of one flavour.
private struct Recipe: Sendable, CustomTestStringConvertible {
  var name: String
  var budget: Int
  var make: @Sendable (inout Generator) -> Key
  var testDescription: String { "\(name), budget \(budget)" }

  static let all: [Recipe] = [1 << 24, 20_000, 500].flatMap { budget in
    [
      Recipe(name: "dense", budget: budget) { .integer(Int64.random(in: 1...3000, using: &$0)) },
      Recipe(name: "sparse", budget: budget) { .integer(Int64.random(in: 1...3000, using: &$0) &* 0x1234_5678_9ABC) },
      Recipe(name: "extremes", budget: budget) {
        .integer([.min, .max, -1, 0, 1, -65_536, 65_535, 65_536].randomElement(using: &$0) ?? 0)
      },
      Recipe(name: "texts", budget: budget) { .text("key \(Int.random(in: 1...3000, using: &$0))") },
      Recipe(name: "mixed", budget: budget) {
        switch Int.random(in: 0...2, using: &$0) {
        case 0: .integer(Int64.random(in: -2000...2000, using: &$0))
        case 1: .digits(Int64.random(in: -2000...2000, using: &$0))
        default: .text("k\(Int.random(in: 1...2000, using: &$0))")
        }
      },
    ]
  }
}

@Suite struct KeyIndexTests {
  @Test(arguments: Recipe.all) private func answersAreThoseOfASet(_ recipe: Recipe) throws {
    var random = Generator(UInt64(recipe.budget))
    for round in 0..<3 {
      let keys = (0..<4000).map { _ in recipe.make(&random) }
      // Most of the keys, so that some values dangle.
      let parents = Array(Set(keys)).filter { _ in round == 0 || Int.random(in: 0..<20, using: &random) > 0 }
      var index = KeyIndex(budget: recipe.budget)
      let child = index.makeSet(keepsOrder: true), parent = index.makeSet()
      for start in stride(from: 0, to: keys.count, by: 500) {
        let rows = keys[start..<start + 500].map { [$0.value, .null] }
        try index.add(batch(rows, firstRecord: start), column: 0, to: child)
      }
      for key in parents { try index.add(batch([[key.value]]), column: 0, to: parent) }
      #expect(index.hasSpilled || recipe.budget > 500)

      for joining in [false, true] {
        let mine = keys.map { joining ? $0.joined : $0 }
        let theirs = Set(parents.map { joining ? $0.joined : $0 })
        let counts = try index.counts(of: child, joining: joining)
        #expect(counts.values == 4000 && counts.distinct == Set(mine).count && counts.absent == 0)
        #expect(try index.counts(of: parent, joining: joining).distinct == theirs.count)
        #expect(try index.counts(of: parent).isKey)
        let inclusion = try index.inclusion(of: child, in: parent, joining: joining)
        let dangling = mine.indices.filter { !theirs.contains(mine[$0]) }
        #expect(inclusion.danglingValues == Set(dangling.map { mine[$0] }).count)
        #expect(inclusion.danglingRecords == dangling.count)
        #expect(inclusion.firstRecord == dangling.first)
        #expect(inclusion.holds == dangling.isEmpty)
        #expect(try index.inclusion(of: parent, in: child, joining: joining).holds)
      }
    }
  }

  @Test func budgetIsKept() throws {
    var random = Generator(5)
    var index = KeyIndex(budget: 1 << 16)
    let set = index.makeSet()
    for _ in 0..<100 {
      let rows = (0..<1000).map { _ in [Value.text("\(random.next())x")] }
      try index.add(batch(rows), column: 0, to: set)
      #expect(index.byteCount <= 1 << 16)
    }
    #expect(try index.counts(of: set).distinct == 100_000)
  }

  @Test func budgetIsKeptByVeryManySets() throws {
    var index = KeyIndex(budget: 1 << 20)
    let sets = (0..<3000).map { _ in index.makeSet() }
    for round in 0..<4 {
      for (i, set) in sets.enumerated() {
        // Each number has a chunk of bits of its own.
        try index.add(batch([[Value.integer(Int64(i + 70_000 * round))]]), column: 0, to: set)
      }
      #expect(index.byteCount <= 2 << 20)
    }
    #expect(try index.counts(of: sets[7]).distinct == 4)
    #expect(try index.inclusion(of: sets[0], in: sets[1]).danglingValues == 4)
  }

  @Test func absentAndUnreadValuesAreNotForgotten() throws {
    var index = KeyIndex()
    let set = index.makeSet()
    try index.add(batch([[.null], [.missing], [.integer(1)], [.number("1")], [.boolean(true)]]), column: 0, to: set)
    let counts = try index.counts(of: set)
    #expect(counts.absent == 2 && counts.values == 3 && counts.distinct == 2 && counts.repeats == 1 && !counts.isKey)

    var large = RecordBatch()
    large.removeAll(columnCount: 1)
    large.externals = [ExternalValue(try SpillFile(), offset: 0, byteCount: 9, kind: .text)]
    large.append(row: [.external(0)])
    try index.add(large, column: 0, to: set)
    #expect(try !index.counts(of: set).isComplete)
    #expect(try !index.inclusion(of: set, in: set).holds)
  }

  @Test(arguments: ["01", "-0", "+1", "1.0", "9223372036854775808", "1 ", ""])
  func textsThatAreNoPlainIntegerAreTexts(_ text: String) throws {
    var index = KeyIndex()
    let texts = index.makeSet(), integers = index.makeSet()
    try index.add(batch([[.text(text)]]), column: 0, to: texts)
    try index.add(batch([[.integer(1)], [.integer(0)], [.integer(-1)]]), column: 0, to: integers)
    #expect(try index.inclusion(of: texts, in: integers, joining: true).danglingValues == 1)
    #expect(try index.inclusion(of: texts, in: texts).holds)
  }

  @Test func otherNumbersAndTextsJoinToo() throws {
    var index = KeyIndex()
    let set = index.makeSet(keepsOrder: true), texts = index.makeSet()
    try index.add(batch([[.number("1.5")], [.text("1.5")], [.double(1.5)], [.text("2.5")]]), column: 0, to: set)
    try index.add(batch([[.text("1.5")]]), column: 0, to: texts)
    #expect(try index.counts(of: set).distinct == 3)
    #expect(try index.counts(of: set, joining: true).distinct == 2)
    #expect(try index.inclusion(of: set, in: texts).danglingRecords == 3)
    let joined = try index.inclusion(of: set, in: texts, joining: true)
    #expect(joined.danglingValues == 1 && joined.danglingRecords == 1 && joined.firstRecord == 3)
  }

  @Test func tuplesAreComparedAsAWhole() throws {
    var index = KeyIndex()
    let pairs = index.makeSet(keepsOrder: true), parents = index.makeSet()
    let rows: [[Value]] = [
      [.integer(1), .text("a")], [.text("1"), .text("b")], [.null, .text("a")], [.text("a"), .integer(1)],
    ]
    try index.add(batch(rows, firstRecord: 10), columns: [0, 1], to: pairs)
    try index.add(batch([[.text("b"), .number("1")], [.text("a"), .number("1")]]), columns: [1, 0], to: parents)
    let counts = try index.counts(of: pairs)
    #expect(counts.values == 3 && counts.distinct == 3 && counts.absent == 1)
    let inclusion = try index.inclusion(of: pairs, in: parents)
    #expect(inclusion.danglingRecords == 1 && inclusion.firstRecord == 13)
  }

  @Test func elementsOfArraysAreKeys() throws {
    var index = KeyIndex()
    let list = index.makeSet(keepsOrder: true), keys = index.makeSet()
    let rows: [[Value]] = [
      [.json("[1, 2]")], [.json("[]")], [.json(#"["a", "\u0062"]"#)], [.null], [.json(#"[ 3 ,"\"" ]"#)],
    ]
    try index.add(
      batch([[.integer(1)], [.integer(2)], [.text("a")], [.text("b")], [.text("\"")]]), column: 0, to: keys)
    try index.addElements(batch(rows), column: 0, to: list)
    let counts = try index.counts(of: list)
    #expect(counts.values == 6 && counts.distinct == 6 && counts.absent == 1 && counts.isComplete)
    let inclusion = try index.inclusion(of: list, in: keys)
    #expect(inclusion.danglingValues == 1 && inclusion.danglingRecords == 1 && inclusion.firstRecord == 4)
    try index.addElements(batch([[.json("[[1]]")], [.json("{}")]]), column: 0, to: list)
    #expect(try !index.counts(of: list).isComplete)
  }
}
