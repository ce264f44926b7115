import Bytes
import CBytes
import Diagnostics
import Records
import TestSupport
import Testing

@testable import JSONStream

/// Records that repeat a layout are read by it: everything must be as if they were read token by token.
@Suite struct JSONLayoutTests {
  /// A cell has the same layout in C, where rows are filled.
  @Test func cellsAreLaidOutAsInC() {
    #expect(MemoryLayout<Cell>.size == 14 && MemoryLayout<Cell>.stride == MemoryLayout<cb_cell>.stride)
    #expect(MemoryLayout<cb_cell>.offset(of: \.length) == 8 && MemoryLayout<cb_cell>.offset(of: \.kind) == 12)
    let cell = Cell(.text, offset: 0x1122_3344_5566, count: 0x0708_090A, flags: .plainJSON)
    [cell, cell].withUnsafeBytes { bytes in
      let other = bytes.loadUnaligned(as: cb_cell.self)
      #expect(other.payload == 0x1122_3344_5566 && other.length == 0x0708_090A)
      #expect(Int(other.kind) == CB_CELL_TEXT && Int(other.flags) == CB_CELL_PLAIN)
    }
    let kinds: [(Cell.Kind, Int)] = [
      (.null, CB_CELL_NULL), (.boolean, CB_CELL_BOOLEAN), (.number, CB_CELL_NUMBER), (.json, CB_CELL_JSON),
    ]
    for (kind, number) in kinds { #expect(Int(kind.rawValue) == number) }
  }

  /// What is ordinary and what is not, in values, white space, order and presence of members.
  private static let values = [
    "1", "-0", "12.50", "1e5", "null", "true", "false", #""""#, #""plain""#, #""é漢😀""#, #""a\nb""#,
    #""\u0041\ud83d\ude00""#,
    #""\ud800""#, #""\u0000""#, "[]", "{}", "[1,2,3]", #"{"a":1,"b":[2]}"#, #"{"a":1,"a":2}"#, #"[{"k":1,"\u006b":2}]"#,
    #""a longer text that needs more than one block of sixteen bytes to be seen through""#, "NaN", "-Infinity",
    "1234567890123", "12345678901234567.5", "0.5", "-1.25", #"["a", "b"]"#, #"["a\n"]"#, #"[1.5, -2,"x",null]"#,
    #"{"a": 1, "b": "x", "c": true}"#, #"{"a": "x","b": 0.5, "a": 2}"#, #"{"a": "\u0041"}"#, "[ 1 ]", #"{"a" : 1}"#,
  ]
  private static let wrong = [
    "01", "tru", "nul", #""\q""#, "\"\u{1}\"", "[1,]", "{,}", "", "1 2", "-", "\"", "[", #"{"a"}"#, "nulls", "falsey",
    "1.", "1..5",
    #"["a" "b"]"#, #"["a",]"#, "[1.,2]", #"{"a":1 "b":2}"#, #"{"a":1,}"#, #"["a}"#, #"{"a":"#, #"["a\q"]"#, "[tru]",
  ]

  private func record(_ dice: inout Dice, fixture: Bool, spread: Int, isWrong: Bool) -> String {
    let space = spread % 3 == 0 ? " " : spread % 3 == 1 ? "" : "\n  "
    func value(_ dice: inout Dice) -> String {
      isWrong && Int.random(in: 0..<4, using: &dice) == 0 ? dice.one(of: Self.wrong) : dice.one(of: Self.values)
    }
    var members: [String] = []
    for key in ["a", "b", "a longer key than sixteen bytes", "d"] where Int.random(in: 0..<8, using: &dice) > 0 {
      members.append("\"\(key)\":\(space)\(value(&dice))")
    }
    if Int.random(in: 0..<16, using: &dice) == 0 { members.reverse() }
    if Int.random(in: 0..<24, using: &dice) == 0, let first = members.first { members.append(first) }
    let fields = "{" + members.joined(separator: ",\(space)") + "}"
    guard fixture else { return fields }
    let model = dice.one(of: ["m.a", "m.a", "m.a", "m.b"])
    let key = Int.random(in: 0..<1000, using: &dice)
    switch Int.random(in: 0..<20, using: &dice) {
    case 0: return "{\"pk\":\(space)\(key),\"model\":\"\(model)\",\"fields\":\(fields)}"
    case 1: return "{\"model\":\(space)\"\(model)\",\"fields\":\(fields)}"
    case 2: return "{\"model\":\(space)\"\(model)\",\"pk\":\(key),\"d\":1,\"fields\":\(fields)}"
    case 3 where isWrong: return "{\"model\":\(space)\"\(model)\",\"pk\":\(space)\(key),\"b\":\(space)1}}"
    default:
      return "{\"model\":\(space)\"\(model)\",\(space)\"pk\":\(space)\(key),\(space)\"fields\":\(space)\(fields)}"
    }
  }

  @Test(arguments: [JSONShape.document, .lines, .fixture, .fixtureLines], 0..<60)
  func nothingShowsThatALayoutWasUsed(_ shape: JSONShape, _ seed: Int) {
    var dice = Dice(UInt64(seed + 1000))
    let isWrong = seed % 3 == 0
    let records = (0..<Int.random(in: 1..<120, using: &dice)).map { _ in
      record(
        &dice, fixture: shape.isFixture, spread: shape.isLines ? seed % 2 : seed, isWrong: isWrong && seed % 2 == 0)
    }
    let text = shape.isLines ? records.joined(separator: "\n") : "[" + records.joined(separator: ", ") + "]"
    let cut = isWrong ? String(text.unicodeScalars.prefix(text.unicodeScalars.count - seed % 7)) : text
    for capacity in [64, 333, 1 << 20] {
      for dialect in [JSONDialect.standard, .python] {
        let with = transcript(Array(cut.utf8), shape: shape, dialect: dialect, capacity: capacity)
        let without = transcript(
          Array(cut.utf8), shape: shape, dialect: dialect, capacity: capacity, usesLayouts: false)
        #expect(with == without, "seed \(seed)")
      }
    }
  }

  /// Columns that come when a layout is known make rows wider.
  @Test(arguments: [0, 7, 200]) func columnsMayBeAddedLater(_ count: Int) {
    let plain = String(repeating: #"{"a":1},"#, count: count + 3)
    let text = "[" + plain + #"{"a":1,"b":"x"},"# + plain + #"{"c":[2],"a":1},"# + plain + #"{"a":1,"b":"y"}]"#
    #expect(transcript(text) == transcript(Array(text.utf8), usesLayouts: false))
    #expect(transcript(text).hasSuffix("\n1|'y'|-"))
  }

  @Test func membersMayBeAbsentButNotTheBraceOfTheFields() {
    let record = #"{"model":"m.a","pk":1,"fields":{"x":1,"y":2}}"#
    let wrong = #"{"model":"m.a","pk":1,"y":2}}"#
    let text = transcript("[\(record),\(record),\(record),\(wrong)]", shape: .fixture)
    #expect(text.contains("error"))
    #expect(
      transcript(#"[{"x":1,"y":2},{"x":1,"y":2},{"x":3},{"x":4,"y":5}]"#) == "t(x,y)\n1|2\n1|2\n3|-\n4|5")
  }

  /// `@` stands before the first value whose key was named before.
  @Test(arguments: [
    (#"{"a":1,"a":@2}"#, 1), (#"{"a":{"b":1,"c":[{"b":1},{"b":2}]}}"#, 0),
    (#"{"a":{"b":1,"c":[{"b":1,"b": @2,"b":3}]}}"#, 2), (#"{"\u0061":1,"a":@2}"#, 1),
    (#"{"ab\"c":1,"ab\u0022c":@2}"#, 1), (#"[{"a":1},{"a":1}]"#, 0),
  ])
  func nestedKeysNamedTwiceAreCounted(_ marked: String, _ count: Int) {
    let value = marked.filter { $0 != "@" }
    // Alone, and where a layout is known.
    for before in [#"[{"v":"#, #"[{"v":{}},{"v":{}},{"v":{}},{"v":"#] {
      let rows = before.count > 10 ? "`{}`\n`{}`\n`{}`\n" : ""
      let offset = before.count + (marked.prefix { $0 != "@" }).count
      let finding = count == 0 ? "" : "\nfinding duplicate-keys \(count) at \(offset)"
      #expect(transcript(before + value + "}]") == "t(v)\n\(rows)`\(value)`" + finding)
    }
  }

  /// Whatever lies behind the end must not complete what the end cuts off.
  @Test(arguments: ["null", "true", "false", "12", #""abc""#, "[1,[2]]", #"{"b":1}"#])
  func nothingIsReadBeyondTheEnd(_ value: String) {
    let layout = JSONLayout(
      literals: [Array(#"{"a":"#.utf8), Array("}".utf8)], columns: [0], required: 1, width: 1, limit: 1000)
    let text = Array("{\"a\":\(value)}".utf8)
    for end in 0...text.count {
      var heap = ByteHeap(capacity: 64), cells = [cb_cell(), cb_cell()], offset = 0
      _ = heap.append((text + text).span)
      heap.truncate(to: end)
      let rows = cells.withUnsafeMutableBufferPointer { layout.read(&heap, at: &offset, into: $0) }
      #expect(rows == (end == text.count ? 1 : 0) && offset == rows * end, "cut at \(end)")
    }
  }

  @Test(arguments: [63, 64, 65, 600])
  func objectsOfManyKeysAreComparedExactly(_ count: Int) {
    let keys = (0..<count).map { "\"k\($0)\":\($0)" }
    let clean = "{" + keys.joined(separator: ",") + "}"
    #expect(!transcript("[{\"v\":\(clean)}]").contains("finding"))
    let twice = "{" + (keys + ["\"k7\":0"]).joined(separator: ",") + "}"
    #expect(transcript("[{\"v\":\(twice)}]").contains("finding duplicate-keys 1 at"))
  }
}
