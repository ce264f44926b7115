import Bytes
import Diagnostics
import Records
import TestSupport
import Testing

@testable import JSONStream

/// Large members around tables go to a sink when they are first met, and are passed over by a reader that knows where they are.
@Suite struct MemberSinkTests {
  private final class Sink: JSONMemberSink, @unchecked Sendable {  // one reader uses it, on one thread
    var values: [[UInt8]] = []
    var places: [Range<Int>] = []
    func begin(_ key: Name) -> Bool {
      guard key == "files" else { return false }
      values.append([])
      return true
    }
    func append(_ bytes: Span<UInt8>) { values[values.count - 1] += Array(bytes) }
    func end(_ place: Range<Int>) { places.append(place) }
  }

  /// A source that has to be read.
  private struct Unpassable: ByteSource, ~Copyable {
    var source: MemorySource
    mutating func read(into buffer: inout OutputRawSpan) throws(IOError) { try source.read(into: &buffer) }
  }

  /// What a reader delivers of some text.
  private func read(
    _ text: [UInt8], sink: Sink? = nil, places: [Range<Int>] = [], tables: [TableSchema] = [], step: Int = .max,
    canPass: Bool = true
  ) -> (lines: [String], tables: [TableSchema]) {
    let memory = MemorySource(text, step: step)
    let source: any ByteSource & ~Copyable
    if canPass { source = consume memory } else { source = Unpassable(source: memory) }
    var reader = JSONRecordReader(source, name: "t", tables: tables, namesByPath: true, capacity: 1 << 12)
    reader.memberSink = sink
    reader.knownPlaces = places
    var batch = RecordBatch(), lines: [String] = [], met: [TableSchema] = []
    do throws(ReadError) {
      while let table = try reader.nextTable() {
        if !table.name.hasSuffix(".") { met.append(table) }
        while try reader.read(into: &batch) {
          for row in 0..<batch.rowCount {
            let cells = (0..<batch.columnCount).map { show(batch[row, $0], batch) }
            lines.append(String(decoding: table.name.bytes, as: UTF8.self) + ": " + cells.joined(separator: "|"))
          }
        }
      }
    } catch { lines.append("error \(error.message) at \(error.offset ?? -1)") }
    return (lines, met)
  }

  private func large(_ count: Int) -> String {
    "{\"k\": \"{\\\"content\\\":\\\"" + String(repeating: "AbC/\\/+é", count: count / 9) + "\\\"}\" , \"z\":[1,{}]}"
  }
  private func text(_ files: String, _ order: Int) -> [UInt8] {
    let rows = "\"users\":[{\"id\":1},{\"id\":2}]", more = "\"more\":[{\"a\":\"é\"}]", member = "\"files\" : \(files)"
    let members = [[member, rows, more], [rows, member, more], [rows, more, member]][order]
    return Array("{\"v\":\"1\", \(members.joined(separator: " ,\n")),\"end\":true}\n".utf8)
  }

  @Test(arguments: 0..<3) func valuesComeWholeAndArePassedOver(_ order: Int) throws {
    for count in [1_100_000, 2_300_000, 5_000_001] {
      let files = large(count), text = text(files, order), plain = read(text)
      for step in [Int.max, 100_003] {
        let sink = Sink(), seen = read(text, sink: sink, step: step)
        #expect(sink.values == [Array(files.utf8)])
        let place = try #require(sink.places.first)
        #expect(sink.places.count == 1 && Array(text[place]) == Array(files.utf8))
        #expect(seen.lines == plain.lines.map { $0.replacing("external(json,\(files.utf8.count))", with: "null") })
        #expect(seen.lines.contains { $0.contains("null") } && seen.tables == plain.tables)
        let rows = plain.lines.filter { !$0.hasPrefix(".") }
        let known = read(text, tables: plain.tables, step: step)
        let passed = read(text, places: sink.places, tables: plain.tables, step: step)
        let walked = read(text, places: sink.places, tables: plain.tables, step: step, canPass: false)
        #expect(rows.count == 3 && known.lines == rows && passed.lines == rows && walked.lines == rows)
      }
    }
  }

  @Test func textsComeWithoutEscapes() {
    let body = String(repeating: "a\\u002f\\/\\\"\\ud83d\\ude00", count: 120_000), sink = Sink()
    _ = read(text("\"\(body)\"", 1), sink: sink)
    let isRight = sink.values == [Array(String(repeating: "a//\"😀", count: 120_000).utf8)]
    #expect(isRight && sink.places.count == 1)
  }

  @Test func smallValuesAndOthersStayWhereTheyWere() {
    let sink = Sink(), small = text("{\"a\":1}", 2)
    #expect(read(small, sink: sink).lines == read(small).lines && sink.values.isEmpty)
    let other = Array("{\"other\":\(large(1_200_000)),\"t\":[{\"a\":1}]}".utf8)
    #expect(read(other, sink: sink).lines == read(other).lines && sink.values.isEmpty)
  }

  /// Whatever is cut off is the same error at the same place, whoever takes the value.
  @Test func cutOffValuesAreErrors() {
    let whole = text(large(2_000_000), 1)
    for cut in [60, 1_200_000, 1_999_000, whole.count - 30, whole.count - 3] {
      let part = Array(whole.prefix(cut)), sink = Sink()
      #expect(read(part, sink: sink).lines.last == read(part).lines.last)
      #expect(read(part).lines.last?.hasPrefix("error") == true)
    }
    var wrong = whole
    wrong[1_500_000] = 1
    #expect(read(wrong, sink: Sink()).lines.last == read(wrong).lines.last)
  }

  /// A place that is no longer right is noticed.
  @Test func changedTextsAreNoticed() throws {
    let before = text(large(1_500_000), 1), sink = Sink(), tables = read(before, sink: sink).tables
    for after in [Array(before.prefix(1_000_000)), text(large(1_510_000), 1)] {
      #expect(read(after, places: sink.places, tables: tables).lines.last?.hasPrefix("error") == true)
    }
    // A shorter text has no such place, and is read as it is.
    let shorter = text(large(1_400_000), 1)
    #expect(read(shorter, places: sink.places, tables: tables).lines == read(shorter, tables: tables).lines)
  }
}
