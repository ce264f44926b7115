import Records
import Testing

@Suite struct CellTests {
  @Test func cellIsSixteenBytes() {
    #expect(MemoryLayout<Cell>.stride == 16)
  }
  @Test(arguments: [Int64.min, -1, 0, .max]) func integersSurvive(_ value: Int64) {
    #expect(Cell.integer(value).integer == value)
  }
}
