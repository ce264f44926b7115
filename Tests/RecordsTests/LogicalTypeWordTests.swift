import Records
import Testing

@Suite struct LogicalTypeWordTests {
  @Test(arguments: [
    LogicalType.boolean, .int32, .int64, .decimal, .decimal(precision: 10, scale: 6), .float64, .text, .uuid, .date,
    .time,
    .timestamp, .timestamptz, .interval, .json, .bytes, .array(.text), .array(.array(.decimal(precision: 4, scale: 0))),
  ]) func wordsNameTheirTypes(_ type: LogicalType) {
    #expect(LogicalType(word: type.word) == type)
  }
  @Test(arguments: ["", "enum", "string", "decimal(1)", "decimal(a,b)", "[]", "decimal(1,2"])
  func otherWordsNameNone(_ word: String) {
    #expect(LogicalType(word: word) == nil)
  }
  @Test func arraysInArraysHaveADepth() {
    #expect(LogicalType(word: "text" + String(repeating: "[]", count: LogicalType.depthLimit)) != nil)
    #expect(LogicalType(word: "text" + String(repeating: "[]", count: 1 << 20)) == nil)
  }
}
