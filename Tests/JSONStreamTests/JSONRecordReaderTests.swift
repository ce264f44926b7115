import Bytes
import Diagnostics
import Records
import Testing

@testable import JSONStream

/// Everything a reader delivers, as text: a line for each run's table, then one for each record.
func transcript(
  _ text: String, name: Name = "t", shape: JSONShape = .document, dialect: JSONDialect = .standard,
  capacity: Int = 1 << 20,
  step: Int = .max
) -> String {
  transcript(Array(text.utf8), name: name, shape: shape, dialect: dialect, capacity: capacity, step: step)
}

func transcript(
  _ bytes: [UInt8], name: Name = "t", shape: JSONShape = .document, dialect: JSONDialect = .standard,
  capacity: Int = 1 << 20, step: Int = .max, usesLayouts: Bool = true
) -> String {
  var reader = JSONRecordReader(
    MemorySource(bytes, step: step), name: name, shape: shape, dialect: dialect, capacity: capacity)
  reader.usesLayouts = usesLayouts
  var batch = RecordBatch(capacity: capacity)
  var lines: [String] = [], last = ""
  do throws(ReadError) {
    while let table = try reader.nextTable() {
      let head =
        "\(String(decoding: table.name.bytes, as: UTF8.self))(\(table.columns.map { String(decoding: $0.name.bytes, as: UTF8.self) }.joined(separator: ",")))"
      if head != last { lines.append(head) }
      last = head
      while try reader.read(into: &batch) {
        for row in 0..<batch.rowCount {
          lines.append((0..<batch.columnCount).map { show(batch[row, $0], batch) }.joined(separator: "|"))
        }
      }
    }
  } catch {
    lines.append("error \(error.message) at \(error.offset ?? -1)")
  }
  for finding in reader.findings { lines.append("finding \(finding.code) \(finding.count) at \(finding.offset ?? -1)") }
  return lines.joined(separator: "\n")
}

func show(_ cell: Cell, _ batch: borrowing RecordBatch) -> String {
  switch cell.kind {
  case .null: return "null"
  case .missing: return "-"
  case .boolean: return cell.boolean ? "true" : "false"
  case .integer: return "\(cell.integer)"
  case .double: return "\(cell.double)"
  case .external:
    let value = batch.externals[cell.offset]
    return "external(\(value.kind),\(value.byteCount))"
  default:
    let text = String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self)
    let mark = cell.kind == .text ? "'" : cell.kind == .json ? "`" : ""
    let flags = cell.flags.contains(.surrogates) ? "~" : cell.flags.contains(.nul) ? "^" : ""
    return mark + text + mark + flags
  }
}

@Suite struct JSONRecordReaderTests {
  @Test func arrayOfObjects() {
    #expect(
      transcript(#"[{"a":1,"b":"x"},{"b":"y\n","a":-1.10e2},{"a":null,"c":[1,{"d":2}]}]"#) == """
        t(a,b)
        1|'x'
        -1.10e2|'y
        '
        t(a,b,c)
        null|-|`[1,{"d":2}]`
        """)
  }
  @Test func objectOfArraysAndItsOtherMembers() {
    #expect(
      transcript(#"{"date":"d","users":[{"id":1}],"none":[],"n":[1,2],"groups":[{"id":2}]}"#) == """
        users(id)
        1
        none()
        groups(id)
        2
        t(date,n)
        'd'|`[1,2]`
        """)
  }
  @Test func nestedEnvelopes() {
    #expect(
      transcript(#"{"meta":{"x":1},"data":{"T":{"count":1,"records":[{"id":1}]},"U":{"records":[{"id":2}]}}}"#) == """
        T(id)
        1
        T_document(count)
        1
        U(id)
        2
        t(meta)
        `{"x":1}`
        """)
  }
  /// Words that usually wrap the records of what is around them are names of tables, too.
  @Test(arguments: [
    (#"{"rows":[{"id":1}]}"#, "t(id)"), (#"{"users":[{"id":1}],"rows":[{"id":2}]}"#, "users(id)|rows(id)"),
    (#"{"documents":[{"id":1}],"users":[{"id":2}]}"#, "documents(id)|users(id)"),
    (#"{"u":[{"id":1}],"records":[{"id":2}],"T":{"records":[{"id":3}]}}"#, "u(id)|records(id)|T(id)"),
  ]) func wrappersAndTablesOfTheirNames(_ text: String, _ tables: String) {
    let lines = transcript(text).components()
    #expect(lines.filter { $0.hasSuffix(")") }.joined(separator: "|") == tables)
  }
  @Test func fixture() {
    #expect(
      transcript(
        #"[{"model":"a.b","pk":1,"fields":{"n":"x"}},{"pk":2,"model":"a.b","fields":{"n":"y"}},{"fields":{"z":true},"model":"c.d","pk":"k"}]"#,
        shape: .fixture) == """
          a.b(pk,n)
          1|'x'
          2|'y'
          c.d(pk,z)
          'k'|true
          """)
  }
  @Test func lines() {
    #expect(
      transcript("{\"a\":1}\n\n{\"a\":2}\r\n{\"a\":3,\"b\":4}", shape: .lines) == """
        t(a)
        1
        2
        t(a,b)
        3|4
        """)
  }
  @Test func duplicateKeysAreCounted() {
    #expect(transcript(#"[{"a":"\n1","a":"\t2"}]"#) == "t(a)\n'\t2'\nfinding duplicate-keys 1 at 16")
  }
  @Test func surrogatesAndNul() {
    #expect(transcript(#"[{"a":"\ud800","b":"\u0000","c":"\ud83d\ude00"}]"#).hasSuffix("~|'\0'^|'😀'"))
  }
  @Test(arguments: [
    (#"[{"a":1},]"#, "value expected after ',' at 9"), (#"[{"a":1}"#, "artifact ends inside a value at 8"),
    (#"[{"a":1}] x"#, "data follows the end of the document at 10"),
    (#"[{"a":01}]"#, "',' or '}' expected in an object at 7"),
    (#"[{"a":"\q"}]"#, "wrong escape in a string at 7"),
    (#"[{"a":[1,]}]"#, "value, ',' or closing bracket expected at 9"),
    ("[{\"a\":\"\u{1}\"}]", "control character in a string at 7"), ("", "artifact is empty at 0"),
    ("  ", "artifact is empty at 0"),
    (#"[{"a":NaN}]"#, "value expected at 6"), (#"{"a":1"#, "artifact ends inside a value at 6"),
  ])
  func errors(_ text: String, _ message: String) {
    #expect(transcript(text).components().last == "error " + message)
  }
  @Test func rowsBeforeAnErrorAreDelivered() {
    #expect(transcript(#"[{"a":1},{"a":2},{"a":tru"#) == "t(a)\n1\n2\nerror artifact ends inside a value at 25")
  }
  @Test func invalidUTF8NamesItsPlace() {
    #expect(
      transcript(Array(#"[{"a":"ok"},{"a":""#.utf8) + [0xFF] + Array(#""}]"#.utf8))
        == "t(a)\n'ok'\nerror bytes are not UTF-8 at 18")
  }
  @Test(arguments: [8, 16, 64, 65, 97, 128, 4096], [1, 7, 64, Int.max])
  func capacityNeverShows(_ capacity: Int, _ step: Int) {
    let text =
      #"{"meta":{"a":"é\u00e9"},"rows":[{"a":"äöü","b":[1,2,{"x":"y"}]},{"a":"\ud83d\ude00 and more text that is longer","c":12345}],"data":{"u":[{"id":1},{"id":2}],"n":-1.5e3}}"#
    #expect(transcript(text, capacity: capacity, step: step) == transcript(text))
    let fixture =
      #"[{"model":"a.b","pk":1,"fields":{"n":"x","t":[1,2]}},{"model":"c.d","pk":2,"fields":{"n":"yé"}},{"model":"a.b","pk":3,"fields":{"n":null,"t":[]}}]"#
    #expect(
      transcript(fixture, shape: .fixture, capacity: capacity, step: step) == transcript(fixture, shape: .fixture))
  }
  @Test(arguments: [256, 1 << 20, 8 << 20])
  func largeValuesGoOutside(_ capacity: Int) {
    let long = String(repeating: #"x\né"#, count: 500_000), list = "[" + String(repeating: "1,", count: 600_000) + "2]"
    let text = #"[{"a":"\#(long)","b":1,"c":\#(list)},{"a":"short","b":2,"c":0}]"#
    #expect(
      transcript(text, capacity: capacity) == "t(a,b,c)\nexternal(text,2000000)|1|external(json,1200003)\n'short'|2|0")
  }
}

extension String {
  func components() -> [String] { split(separator: "\n").map(String.init) }
}
