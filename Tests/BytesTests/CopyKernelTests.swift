import Bytes
import TestSupport
import Testing

/// Ends of COPY data, against a plain search.
@Suite struct CopyKernelTests {
  @Test func findsWhatAPlainSearchFinds() {
    var dice = Dice(11)
    let mark = Array("\n\\.\n".utf8)
    var hits = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...90, using: &dice)).map { _ in mark[Int.random(in: 0..<4, using: &dice)] }
      let padded = [UInt8](repeating: 0x61, count: Int.random(in: 0...40, using: &dice)) + bytes
      let start = Int.random(in: 0...padded.count, using: &dice)
      let found = endOfCopyData(in: padded.span, from: start)
      let expected = firstOffset(of: mark.span, in: padded.span, from: start).map { $0 + 4 }
      #expect(found == expected)
      if found != nil { hits += 1 }
    }
    #expect(hits > 1000)
  }
}
