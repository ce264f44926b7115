import Bytes
import CIndex
import RowIndex
import TestSupport
import Testing
import TextSearch

@Suite struct TermFinderTests {
  static func terms(_ text: [UInt8]) -> (terms: [Term], hasLongRun: Bool) {
    var heap = ByteHeap(capacity: 64), finder = TermFinder()
    Folding.appendIndexed(text.span, to: &heap)
    return finder.terms(of: heap)
  }
  static func words(_ text: String) -> [String] {
    terms(Array(text.utf8)).terms.map { term in
      let isText = term.kind != .uuid && term.kind != .hash
      return "\(term.kind) " + (isText ? String(decoding: term.bytes, as: UTF8.self) : hexadecimal(term.bytes))
    }
  }

  @Test func namedTexts() {
    #expect(
      Self.words("Ann-Marie 2024 deadbeef abcdef") == [
        "word ann", "word marie", "digits 2024", "hexadecimal deadbeef", "word abcdef",
      ])
    #expect(
      Self.words("550E8400-e29b-41d4-a716-446655440000, 2024-01-02T03:04:05.123456+00")
        == ["uuid 550e8400e29b41d4a716446655440000", "time 2024-01-02", "time 03:04:05", "digits 123456", "digits 00"])
    #expect(Self.words("2024-01-02 03:04:05Z") == ["time 2024-01-02", "digits 03", "digits 04", "word 05z"])
    #expect(Self.words("2024-01-02T03:04:05Z") == ["time 2024-01-02", "time 03:04:05"])
    // A run that only begins like one is no compound.
    #expect(Self.words("2024-01-02x") == ["digits 2024", "digits 01", "word 02x"])
    #expect(Self.words("日本語 字 日abc") == ["word 日本", "word 本語", "word 字", "word abc", "word 日"])
    #expect(Self.words("Straße ÅNGSTRÖM e\u{301}te\u{301}") == ["word strasse", "word angstrom", "word ete"])
    let long = String(repeating: "ab", count: 100)
    let found = Self.terms(Array(long.utf8))
    #expect(found.hasLongRun && found.terms.map(\.kind) == [.hash, .hexadecimal] && found.terms[1].bytes.count == 128)
  }

  /// The kernel says what this loop over single bytes says, wherever runs meet the ends of blocks.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8]) func agreesWithAPlainLoop(_ seed: UInt64) {
    var dice = Dice(seed)
    for _ in 0..<150 {
      let text = Corpus.text(&dice)
      var heap = ByteHeap(capacity: 64)
      Folding.appendIndexed(text.span, to: &heap)
      let found = Self.terms(text).terms
      #expect(found == PlainTerms.terms(Array(heap.span)), "seed \(seed), text \(text)")
    }
  }

  @Test func masksAndChecksumsHaveTwins() {
    var dice = Dice(11)
    for _ in 0..<200 {
      let bytes = (0..<80).map { _ in UInt8.random(in: 0...255, using: &dice) }
      var fast = [UInt64](repeating: 0, count: 4), plain = fast
      ci_masks(bytes, &fast)
      ci_plain_masks(bytes, &plain)
      #expect(fast == plain)
      #expect(ci_crc32c(bytes, bytes.count) == ci_plain_crc32c(bytes, bytes.count))
    }
    #expect(ci_crc32c(Array("123456789".utf8), 9) == 0xE306_9283)
  }
}

/// What terms a folded text has, said in the most obvious way.
enum PlainTerms {
  static func terms(_ text: [UInt8]) -> [Term] {
    var terms: [Term] = [], late: Term?
    var singleEnd = -1, single: [UInt8] = [], chain = 0
    func isWord(_ b: UInt8) -> Bool { b >= 0x80 || (0x30...0x39).contains(b) || (0x61...0x7A).contains(b) }
    func isJoin(_ b: UInt8) -> Bool { isWord(b) || b == 0x2D || b == 0x3A }
    func flush() {
      if chain == 1 { terms.append(Term(.word, single)) }
      chain = 0
    }
    _ = late
    var at = 0
    while at < text.count {
      guard isJoin(text[at]) else { at += 1; continue }
      let start = at
      while at < text.count, isJoin(text[at]) { at += 1 }
      if let compound = compound(Array(text[start..<at])) { terms += compound; continue }
      var from = start
      while from < at {
        guard isWord(text[from]) else { from += 1; continue }
        var to = from
        while to < at, isWord(text[to]) { to += 1 }
        let run = Array(text[from..<to])
        if run[0] >= 0x80, from > 0, text[from - 1] == 1 {
          if chain > 0, singleEnd == from - 1 {
            terms.append(Term(.word, single + run))
            chain += 1
          } else {
            flush()
            chain = 1
          }
          (single, singleEnd) = (run, to)
        } else {
          if run.count > 128 { terms.append(PlainTerms.hash(run)) }
          terms.append(Term(kind(Array(run.prefix(128))), Array(run.prefix(128))))
        }
        from = to
      }
    }
    flush()
    late = nil
    return terms
  }
  static func hash(_ run: [UInt8]) -> Term {
    let low = Hash128.of(run.span, seed: 0x72756E).low
    return Term(.hash, (0..<8).map { UInt8(truncatingIfNeeded: low >> UInt64($0 * 8)) })
  }
  static func kind(_ run: [UInt8]) -> Term.Kind {
    if run.allSatisfy({ (0x30...0x39).contains($0) }) { return .digits }
    let isHex = run.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    return isHex && run.count >= 8 ? .hexadecimal : .word
  }
  static func fits(_ run: ArraySlice<UInt8>, _ shape: String) -> Bool {
    run.count == shape.utf8.count
      && zip(run, shape.utf8).allSatisfy { byte, sign in
        switch sign {
        case UInt8(ascii: "9"): (0x30...0x39).contains(byte)
        case UInt8(ascii: "f"): (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        default: byte == sign
        }
      }
  }
  static func compound(_ run: [UInt8]) -> [Term]? {
    let date = "9999-99-99", time = "99:99:99"
    if fits(run[...], date) || fits(run[...], time) { return [Term(.time, run)] }
    if fits(run[...], date + "t" + time) || fits(run[...], date + "t" + time + "z") {
      return [Term(.time, Array(run[..<10])), Term(.time, Array(run[11..<19]))]
    }
    guard fits(run[...], "ffffffff-ffff-ffff-ffff-ffffffffffff") else { return nil }
    let digits = run.filter { $0 != 0x2D }.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
    return [Term(.uuid, (0..<16).map { digits[$0 * 2] << 4 | digits[$0 * 2 + 1] })]
  }
}
