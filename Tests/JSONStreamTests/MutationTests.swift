import JSONStream
import Records
import TestSupport
import Testing

/// Damaged text is read alike however it comes in pieces: whatever else a byte out of place does, it may not crash, hang or
/// show where a window ended.
@Suite(.timeLimit(.minutes(2))) struct MutationTests {
  private static let seeds: [(shape: JSONShape, text: String)] = [
    (.document, #"[{"a":1,"b":"x\u00e9\ud83d\ude00"},{"b":"y\n","a":-1.10e2},{"a":null,"c":[1,{"d":2.5}]},{}]"#),
    (
      .document,
      #"{"meta":{"a":"é"},"rows":[{"a":"äöü","b":[1,2,{"x":"y"}]}],"data":{"u":[{"id":1},{"id":2}],"n":-1.5e3},"e":[]}"#
    ),
    (.lines, "{\"a\":1}\n\n{\"a\":[true,false]}\r\n{\"a\":3,\"b\":{\"c\":\"\\u0000\"}}\n"),
    (
      .fixture,
      #"[{"model":"a.b","pk":1,"fields":{"n":"x","t":[1,2]}},{"fields":{"z":true},"model":"c.d","pk":"k"},{"model":"a.b","pk":3,"fields":{"n":null}}]"#
    ),
    (.fixtureLines, "{\"model\":\"a.b\",\"pk\":1,\"fields\":{\"n\":NaN}}\n{\"pk\":2,\"model\":\"A.b\",\"fields\":{}}"),
  ]
  private static let pieces: [[UInt8]] =
    [
      "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", ",", ":", "\n", "0", "-", "1e5", "true", "{}", "[]",
      "\"model\":",
    ]
    .map { Array($0.utf8) } + [
      [0], [0xFF], [0xED, 0xA0, 0x80], [0xC3], [0x00, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30],
    ]

  @Test(arguments: 0..<5) func piecesNeverShow(_ seed: Int) {
    let (shape, text) = Self.seeds[seed]
    var random = SplitMix(state: UInt64(seed))
    for _ in 0..<400 {
      let bytes = mutated(Array(text.utf8), &random, Self.pieces)
      let dialect: JSONDialect = shape == .document ? .standard : .python
      let whole = transcript(bytes, shape: shape, dialect: dialect)
      let capacity = Int.random(in: 8...200, using: &random), step = Int.random(in: 1...20, using: &random)
      let inPieces = transcript(bytes, shape: shape, dialect: dialect, capacity: capacity, step: step)
      #expect(inPieces == whole, "\(capacity) \(step) \(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
