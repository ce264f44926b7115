import Bytes
import Conversion
import Records
import Testing

@Suite struct TableProfileTests {
  @Test func countsWhatIsThere() {
    var profile = TableProfile()
    profile.begin(TableSchema("t", [Column("a", .text), Column("b", .text)]))
    profile.add(batch([[.text("x"), .null], [.text(""), .number("12")], [.missing, .boolean(true)]]))
    let a = profile.columns[0], b = profile.columns[1]
    #expect(profile.recordCount == 3)
    #expect(a.text.count == 2 && a.text.emptyCount == 1 && a.missingCount == 1 && a.nullCount == 0)
    #expect(a.minimumLength == 0 && a.maximumLength == 1)
    #expect(b.nullCount == 1 && b.numbers.integerCount == 1 && b.booleanCount == 1 && b.valueCount == 2)
    #expect(b.kinds == ["boolean", "number"])
    #expect(profile["b"] == b)
  }

  @Test func columnsMayComeLaterAndStayAway() {
    var profile = TableProfile()
    profile.add(batch([[.text("x")], [.text("y")]]))
    profile.add(batch([[.text("z"), .integer(4)]]))
    profile.add(batch([[.null]]))
    #expect(profile.columns.map(\.missingCount) == [0, 3])
    #expect(profile.columns.map(\.valueCount) == [3, 1])
    #expect(profile.recordCount == 4)
  }

  @Test func theBatchesNeverShow() {
    var random = Generator(3)
    let rows: [[Value]] = (0..<1500).map { i in
      [
        .integer(Int64(i)), .text("name \(i % 300)"), i % 7 == 0 ? .null : .text("2024-01-0\(i % 9 + 1)"),
        .number("\(Int.random(in: 0...99, using: &random)).\(i % 10)5"), .json("[\(i), \(i + 1)]"),
      ]
    }
    var whole = TableProfile()
    whole.add(batch(rows))
    for size in [1, 7, 255, 256, 257, 1000] {
      var parts = TableProfile()
      for start in stride(from: 0, to: rows.count, by: size) {
        parts.add(batch(Array(rows[start..<min(start + size, rows.count)])))
      }
      #expect(parts == whole)
    }
  }

  /// Numbers with a point are looked at many at a time; the profile is that of each number by itself.
  @Test func fractionsAreProfiledAsByThemselves() {
    var random = Generator(5)
    for round in 0..<300 {
      var expected = NumberProfile()
      let rows: [[Value]] = (0..<100).map { _ in
        var digits = ""
        for _ in 0..<Int.random(in: 1...(round % 9 + 1), using: &random) {
          digits += "\(Int.random(in: 0...9, using: &random))"
        }
        while digits.count > 1 && digits.first == "0" { digits.removeFirst() }
        digits += "."
        for _ in 0..<Int.random(in: 1...(round % 11 + 1), using: &random) {
          digits += ["0", "5", "3"].randomElement(using: &random) ?? ""
        }
        if round % 5 == 0 && Int.random(in: 0...9, using: &random) == 0 { digits = "-" + digits }
        expected.add(Array(digits.utf8).span)
        return [.number(digits), .text(digits)]
      }
      var profile = TableProfile()
      profile.add(batch(rows))
      #expect(profile.columns[0].numbers == expected)
      #expect(profile.columns[1].text.numbers == expected && profile.columns[1].text.shape == .decimal)
    }
  }

  /// What looks like most values of a column, but is none of them.
  @Test(arguments: [
    ("2024-02-29T13:14:15.123Z", "2023-02-29T13:14:15.123Z"), ("2024-02-29T13:14:15.123Z", "2024-02-29T13:14:15.123"),
    ("2024-02-29", "2024-02-30"), ("2024-02-29 13:14:15", "2024-02-29 13:14:15Z"),
    ("0123abcd-4567-89ef-8000-00000000ffff", "0123abcd-4567-89ef-8000-00000000fffF"), ("1.50", "01.50"), ("1.50", "1."),
  ])
  func oneOddTextAmongMany(_ usual: String, _ odd: String) {
    for at in [1, 63, 64, 99] {
      var rows: [[Value]] = Array(repeating: [.text(usual)], count: 100)
      var profile = TableProfile()
      profile.add(batch(rows))
      #expect(profile.columns[0].text.shape != .text && profile.columns[0].text.count == 100)
      rows[at] = [.text(odd)]
      profile.add(batch(rows))
      #expect(profile.columns[0].text.shape == .text && profile.columns[0].text.count == 200)
    }
  }

  @Test func flagsAndExternalsAreCounted() throws {
    var batch = RecordBatch()
    batch.removeAll(columnCount: 1)
    batch.append(row: [batch.cell(.text, [0x61, 0].span, flags: .nul)])
    batch.append(row: [batch.cell(.text, [0xED, 0xA0, 0x80].span, flags: .surrogates)])
    let file = try SpillFile()
    batch.externals = [
      ExternalValue(file, offset: 0, byteCount: 5_000_000, kind: .text),
      ExternalValue(file, offset: 9, byteCount: 6_000_000, kind: .json),
    ]
    batch.append(row: [.external(0)])
    batch.append(row: [.external(1)])
    var profile = TableProfile()
    profile.add(batch)
    let column = profile.columns[0]
    #expect(column.text.nulCount == 1 && column.text.surrogateCount == 1 && column.text.count == 3)
    #expect(column.json.otherCount == 1 && column.externalCount == 2 && column.maximumLength == 6_000_000)
    #expect(column.inferredType(from: .json, name: "x").type == .json)
  }

  @Test func arraysOfKeysAreRecognised() {
    func json(_ texts: String...) -> JSONProfile {
      var profile = TableProfile()
      profile.add(batch(texts.map { [.json($0)] }))
      return profile.columns[0].json
    }
    let keys = json("[]", "[1, 2, 3]", "[ 7 ]", "[-5,6]")
    #expect(keys.holdsKeys && keys.maximumElementCount == 3 && keys.emptyArrayCount == 1 && keys.arrayCount == 4)
    #expect(json(#"["a\"]", "b"]"#).elements == .texts)
    #expect(json(#"["a\"]", "b"]"#).maximumElementCount == 2)
    #expect(json("[1, 2.5]").elements == [.integers, .otherNumbers])
    #expect(json("[1.0]").elements == .otherNumbers)
    #expect(json(#"[["add", "shop"], ["x"]]"#).elements == .arrays)
    #expect(json(#"[["add", "shop"], ["x"]]"#).maximumElementCount == 2)
    #expect(json("[null, true, false]").elements == [.nulls, .booleans])
    #expect(json(#"[{"a": 1}, 2]"#).elements == .objects)
    #expect(!json("[1]", "{}").holdsKeys && !json("[1]", "[\"a\"]").holdsKeys && !json("[]").holdsKeys)
  }
}
