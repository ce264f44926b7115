import Bytes
import TestSupport
import Testing

@testable import TextSearch

@Suite struct FoldingTests {
  static func folded(_ text: String) -> String { String(decoding: foldedText(Array(text.utf8)), as: UTF8.self) }
  static func words(_ text: String) -> [String] {
    foldedWords(of: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("Ann.ONeill@Example.org", ["ann", "oneill", "example", "org"]), ("a_b-c", ["a", "b", "c"]),
    ("Straße STRASSE", ["strasse", "strasse"]), ("Łódź", ["lodz"]), ("Æsir œuvre", ["aesir", "oeuvre"]),
    ("ﬁn", ["fin"]), ("Ｆｕｌｌ１", ["full1"]), ("東京 2024年", ["東", "京", "2024", "年"]), ("カタカナ", ["カ", "タ", "カ", "ナ"]),
    ("한국어", ["한", "국", "어"]), ("Ёлка", ["елка"]), ("ΣΊΣΥΦΟΣ", ["σισυφοσ"]), ("e\u{301}té", ["ete"]),
    ("", []), ("!!! — …", []), ("naïve·café", ["naive", "cafe"]), ("هٰذَا", ["هذا"]), ("हिन्दी", ["हिन्दी"]),
    ("1.10", ["1", "10"]), ("ªº", ["ao"]), ("İstanbul", ["istanbul"]),
  ])
  func textHasWords(_ text: String, _ expected: [String]) {
    #expect(Self.words(text) == expected)
  }

  @Test func foldingTwiceChangesNothing() {
    for value in UInt32(0)..<0x3_0000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let once = Self.folded(String(scalar))
      let twice = Self.folded(once)
      if once != twice || !once.unicodeScalars.elementsEqual(twice.unicodeScalars) {
        Issue.record("U+\(String(value, radix: 16))")
      }
      #expect(Self.words(String(scalar)) == Self.words(once))
    }
  }

  /// The other case of a letter, and its decomposed form, fold to the same, by Python's tables.
  @Test func caseAndCompositionDoNotCount() throws {
    let script = """
      import unicodedata
      for first, end in [(0x41, 0x700), (0x1E00, 0x2000), (0x2C00, 0x2D00), (0xA640, 0xA7F0), (0x10400, 0x10450)]:
          for value in range(first, end):
              c = chr(value)
              if unicodedata.category(c)[0] != "L": continue
              # A small iota below a letter is a mark; in capitals it is written as a letter of its own.
              cases = {x for x in (c.upper(), c.lower()) if not (len(x) > 1 and "\u{399}" in x)}
              for other in (cases | {unicodedata.normalize("NFD", c)}) - {c}:
                  print(c + "\\t" + other)
      """
    let lines = try run(["python3", "-c", script]).text.unicodeScalars.split(separator: "\n")
    #expect(lines.count > 1500)
    var differing = 0
    for line in lines {
      let parts = line.split(separator: "\t")
      let a = Self.folded(String(String.UnicodeScalarView(parts[0])))
      let b = Self.folded(String(String.UnicodeScalarView(parts[1])))
      if !a.unicodeScalars.elementsEqual(b.unicodeScalars) {
        differing += 1
        Issue.record(
          "\(String(String.UnicodeScalarView(line)).debugDescription): \(a.debugDescription) \(b.debugDescription)")
      }
      if differing > 10 { break }
    }
  }

  @Test func bytesThatAreNoTextSeparate() {
    #expect(
      foldedWords(of: [0x61, 0xFF, 0x62, 0xC3, 0x28, 0x63, 0xED, 0xA0, 0x80, 0x64]).map { $0.count } == [1, 1, 1, 1])
    #expect(foldedText([0x41, 0xFF, 0xC3]) == [0x61, 0xFF, 0xC3])
  }

  @Test func rangesLeadBackToTheOriginal() {
    let text = Array("Die Straße, cafe\u{301}s: Œuvre".utf8)
    let folded = foldedText(text)
    for (wanted, original) in [
      ("strasse", "Straße"), ("cafe", "cafe\u{301}"), ("oeuvre", "Œuvre"), ("die", "Die"), ("s:", "s:"),
    ] {
      let needle = Array(wanted.utf8)
      guard let at = firstOffset(of: needle.span, in: folded.span, from: wanted == "s:" ? 16 : 0) else {
        Issue.record("\(wanted) is not there")
        continue
      }
      let range = Folding.originalRange(of: at..<(at + needle.count), in: text.span)
      #expect(String(decoding: text[range], as: UTF8.self).unicodeScalars.elementsEqual(original.unicodeScalars))
    }
  }
}
