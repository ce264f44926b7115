import Bytes
import Glibc
import Records
import TestSupport
import Testing
import YAMLStream

/// What is read without libyaml gives what libyaml gives: pieces, places and errors.
@Suite struct YAMLElementsTests {
  /// What differs between both; nil when nothing does.
  private func difference(_ bytes: [UInt8], windowSize: Int = 1 << 17) throws -> String? {
    let library = try YAMLTranscript(bytes, byLibrary: true)
    let ours = try YAMLTranscript(bytes, step: windowSize < 1 << 17 ? 7 : .max, windowSize: windowSize)
    // The library looks ahead: what stands before an error may go missing with it.
    if library.error == nil ? library.lines != ours.lines : !ours.lines.starts(with: library.lines) {
      let at = zip(library.lines, ours.lines).prefix { $0 == $1 }.count
      return "piece \(at): \(library.lines.dropFirst(at).first ?? "-"), not \(ours.lines.dropFirst(at).first ?? "-")"
    }
    // A small window holds no places of long ago, and shows the library no wrong bytes that are far ahead.
    let isSmall = windowSize < 1 << 17
    if !isSmall, !ours.offsets.starts(with: library.offsets.prefix(library.lines.count)) {
      let at = zip(library.offsets, ours.offsets).prefix { $0 == $1 }.count
      return "piece \(at) at \(library.offsets[at]), not \(ours.offsets[at])"
    }
    if isSmall ? (library.error == nil) != (ours.error == nil) : library.error != ours.error {
      return "error \(library.error.map { "\($0)" } ?? "-"), not \(ours.error.map { "\($0)" } ?? "-")"
    }
    return nil
  }

  private func expectSame(_ bytes: [UInt8], windowSize: Int = 1 << 17) throws {
    guard let difference = try difference(bytes, windowSize: windowSize) else { return }
    Issue.record("\(difference) of \(windowSize):\n\(String(decoding: bytes, as: UTF8.self).debugDescription)")
  }

  private static let dump = """
    - model: shop.product
      pk: 1
      fields:
        name: Größe 40
        sku: '0012'
        note: 'it''s'
        seen: 2024-02-29 13:14:15.123000+00:00
        link: https://shop.example/a#b?c=d
        price: -1.5
        is_active: true
        parent: null
        tags: []
        attributes: {}
        description: Long text is folded at a space behind the eightieth character, which
          makes it go on in the next line
        quoted: 'Text: with a colon is

          quoted'
        escaped: "tab\\t, \\"quotes\\", \\xE9 \\u20AC \\U0001F600 and a line that goes\\
          \\ on"
        numbers:
        - 1
        - '2'
        - - 3
          - 4
        meta:
          a: 1
          'yes':
          - b: 2
            c:
              d: 3
          - e
    - model: shop.tag
      pk: x
      fields:
        label: last

    """

  @Test func dumpsAreReadWithoutTheLibrary() throws {
    let read = try YAMLTranscript(Array(Self.dump.utf8))
    #expect(read.elementCount == 2 && read.error == nil)
    #expect(
      read.lines.contains("=VAL \"tab\\t, \"quotes\", é € 😀 and a line that goes on")
        && read.lines.contains("=VAL \"Text: with a colon is\\nquoted"))
    try expectSame(Array(Self.dump.utf8))
    // Without the line feed at the end, and cut anywhere.
    let bytes = Array(Self.dump.utf8)
    for count in 0..<bytes.count { try expectSame(Array(bytes[..<count])) }
  }

  @Test(arguments: [16, 17, 64, 200, 1024]) func windowsNeverShow(_ windowSize: Int) throws {
    let bytes = Array((Self.dump + "- a: &x 1\n  b: |\n    text\n" + Self.dump).utf8)
    try expectSame(bytes, windowSize: windowSize)
    for step in [1, 5] {
      let read = try YAMLTranscript(bytes, step: step, windowSize: windowSize)
      #expect(read.lines == (try YAMLTranscript(bytes, byLibrary: true)).lines && read.error == nil)
    }
  }

  /// Elements behind one that the library had to read are read without it again.
  @Test func theLibraryIsLeftAgain() throws {
    let part = Array((Self.dump + "- a: &x 1\n").utf8)
    let bytes = Array(repeating: part, count: 200).flatMap { $0 }
    let read = try YAMLTranscript(bytes)
    #expect(read.elementCount > 5 && read.elementCount < 200)
    try #expect(read.lines == YAMLTranscript(bytes, byLibrary: true).lines)
    let small = try YAMLTranscript(bytes, windowSize: 2048)
    #expect(small.elementCount > read.elementCount && small.lines == read.lines)
    // What is wrong is in its place, however often that happened.
    for wrong in ["- a: b: c\n", "- \"a\n", "-\ta: \u{1}\n", "- a: [\n", "b: c\n"] {
      try #expect(
        YAMLTranscript(bytes + Array(wrong.utf8), windowSize: 2048).error
          == YAMLTranscript(bytes + Array(wrong.utf8), byLibrary: true, windowSize: 2048).error, "\(wrong)")
    }
  }

  /// Directives, and documents that follow, stay the library's.
  @Test(arguments: ["", "- a\n...\n", "---\n- a\n...\n"]) func directivesHoldForAllElements(_ before: String) throws {
    let tagged = String(repeating: "- a: 1\n- b: !e!c d\n", count: 20)
    let bytes = Array((before + "%TAG !e! tag:example,2000:\n---\n" + tagged).utf8)
    try expectSame(bytes, windowSize: 64)
    #expect(try YAMLTranscript(bytes, windowSize: 64).error == nil)
  }

  @Test func theLibraryIsLeftBehindTheMarkOfADocument() throws {
    let bytes = Array(("---\n" + String(repeating: "- a: 1\n", count: 50) + "- b: &c d\n- e").utf8)
    try expectSame(bytes, windowSize: 64)
    #expect(try YAMLTranscript(bytes, windowSize: 64).elementCount > 40)
  }

  /// An element that is longer than what is held is the library's.
  @Test func longElementsAreTheLibrarys() throws {
    for count in [100_000, 400_000, 3_000_000] {
      let long = "- a: '" + String(repeating: "x ", count: count / 2) + "'\n"
      let bytes = Array((Self.dump + long + Self.dump).utf8), read = try YAMLTranscript(bytes)
      try #expect(read.lines == YAMLTranscript(bytes, byLibrary: true).lines)
      #expect(read.elementCount == (count < 1_000_000 ? 5 : 4))
    }
    let many = Array(("- a:\n" + String(repeating: "  - b\n", count: 100_000) + Self.dump).utf8)
    let read = try YAMLTranscript(many)
    #expect(read.elementCount == 2 && read.lines.count > 100_000)
  }

  /// What is awkward about single elements: alone, first, in the midst and last.
  @Test(arguments: awkward.indices) func awkwardElementsAreReadAlike(_ number: Int) throws {
    let element = Self.awkward[number]
    for text in [
      element, element + "\n", Self.dump + element, Self.dump + element + "\n", element + "\n" + Self.dump,
      Self.dump + element + "\n" + Self.dump,
    ] {
      try expectSame(Array(text.utf8))
      try expectSame(Array(text.utf8), windowSize: 64)
    }
  }

  static let awkward: [String] = [
    "-", "- ", "-  a", "- -", "- - a", "- - - a: b\n    c: d", "- a", "- a\n  b", "- a\n b: c", "- a:", "- a: ",
    "- a:\n  b: c", "- a:\n b", "- a:\n    b: c\n  d: e", "- a:\n    b: c\n   d: e", "- a:\n  - b\n  c: d",
    "- a:\n    - b\n  c: d", "- a:\n    - b\n    c: d", "- a:\n- b", "- a: - b", "- a: b: c", "- a: b\n  c",
    "- a: b\n   c: d",
    "- a: b\n    - c", "- a: b #c", "- a: b# c", "- a: #c", "- #a", "- a:b", "- a: b:", "- a: :b", "- a: ?b", "- a: -b",
    "- a: -", "- a: --- b", "- ?a: b", "- :a: ?", "- a: ::b", "- a: ??", "- a: :", "- a: ?", "- ? a\n  : b", "- a: 'b",
    "- a: 'b' c", "- a: 'b'c", "- 'a': b", "- 'a':b", "- 'a' : b",
    "- \"a\": b",
    "- 'a'", "- 'a\n  b': c", "- 'a\nb'", "- 'a\n---\nb'", "- 'a\n\n\n  b'", "- '  a  \n    b  '", "- \"a\\\n  b\"",
    "- \"a  \\\n  \\  b\"", "- \"a\\\n\n  b\"", "- \"\\q\"", "- \"\\x4\"", "- \"\\uD800\"", "- \"\\U00110000\"",
    "- \"\\0\\/\"",
    "- \"\\N\\_\\L\\P\\e\\a\\b\\t\\n\\v\\f\\r\\\\\\\"\\ \"", "- ''", "- \"\"", "- ''''", "- a: ''\n  b: \"\"",
    "- a: []x", "- a: [ ]",
    "- []", "- {}", "- []: a", "- a: {}\n  b: []", "- a: [", "- a: {b: c}", "- a: [b]", "- a: &b c", "- a: *b",
    "- a: !b c", "- !a b",
    "- a: |\n    b\n    - c", "- a: >-\n    b", "- a: @b", "- a: `b", "- a: %b", "- %a", "- a: ,b", "- a: b, c",
    "- a: ]", "- a: }",
    "- a\tb: c", "- a: b\t", "- a: b ", "- a: b\n\n  c: d", "- a: b\n\n", "- a: b\n  \n  c: d", "- a: b\r",
    "- a: b\r\n  c: d",
    "- a: b\n...", "- a: b\n---", "- a: b\n--- c", "- a: b\n# c", "- a: b\n  # c\n  d: e", "- a: b\nc: d", "- a: b\nc",
    "- a: b\n -",
    "- a: b\u{85}c", "- a: b\u{2028}  c", "- a: \u{FEFF}b", "\u{FEFF}- a: b", "- a: b\u{7F}", "- a: \u{FFFD}é😀",
    "- a: \u{FFFE}",
    "- é: ü", "- ü\n  é", "- a: b\n  a: b", "- <<: b", "- =: b", "- a: b\n  c :d", "- a : b", "- a: b\n  - c",
    "- a: b\n    \n    c",
    "- a: b\n      ", "- - a: b\n  - c", "- - a: b\n - c", "- a:\n  - - b\n    - c\n  - d",
    "- a:\n  - b:\n    - c\n    d: e\n  f: g",
    "- a:\n  - b\n - c", "- \(String(repeating: "k", count: 999)): v", "- \(String(repeating: "k", count: 1023)): v",
    "- \(String(repeating: "k", count: 1024)): v", "- \(String(repeating: "k", count: 1025)): v",
    "- '\(String(repeating: "k", count: 1021))': v", "- '\(String(repeating: "k", count: 1025))': v",
    "- " + String(repeating: "- ", count: 200) + "a",
    "- a:\n" + (2..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
  ]

  // MARK: Chance

  private static let alphabet = [
    " ", "  ", "\n", "\n\n", "\n  ", "\n    ", "- ", "-", ": ", ":", "#", " #", "'", "''", "\"", "\\", "\\n", "\\\n",
    "[]", "{}", "[", "]",
    "{", "}", "&a ", "*a", "!", "|", ">", "%", "@", "`", "?", "? ", ",", "\t", "\r", "é", "€", "😀", "\u{85}",
    "\u{2028}",
    "\u{FEFF}", "\u{A0}", "\u{1}", "a", "b1", "null", "---", "...", "---\n", "\n...\n", "\\x41", "\\u00e9", "k: v",
    "\n- a: 1\n",
  ]

  private func scalar(_ dice: inout Dice, indent: Int) -> String {
    let space = "\n" + String(repeating: " ", count: indent + 2)
    let words = (0..<Int.random(in: 1...5, using: &dice)).map { _ in
      dice.one(of: ["a", "word", "12", "1.5", "x:y", "a#b", "-z", "é", "€uro", "null", "true", "\u{A0}", "😀"])
    }
    switch Int.random(in: 0..<9, using: &dice) {
    case 0: return "'" + words.joined(separator: dice.one(of: [" ", "''", "  ", space, "\n" + space])) + "'"
    case 1:
      return "\"" + words.joined(separator: dice.one(of: ["\\n", "\\\"", "\\t", "\\" + space + "\\ ", "\\x41", space]))
        + "\""
    case 2: return words.joined(separator: dice.one(of: [" ", "  ", space]))
    case 3: return dice.one(of: ["[]", "{}"])
    case 4: return dice.one(of: ["null", "true", "-5", "2024-02-29 13:14:15.123000+00:00", "''", "\"\""])
    default: return words.joined(separator: " ")
    }
  }

  /// A node behind a key or dash, with what stands before it.
  private func node(_ dice: inout Dice, indent: Int, depth: Int, isEntry: Bool) -> String {
    let kind = depth > 5 ? 7 : Int.random(in: 0..<8, using: &dice)
    guard kind < 2 else { return " " + scalar(&dice, indent: indent) + "\n" }
    let count = Int.random(in: 1...4, using: &dice), isMapping = kind == 1
    let inner = isEntry || isMapping || Bool.random(using: &dice) ? indent + 2 : indent
    var text = isEntry ? " " : "\n"
    for i in 0..<count {
      if i > 0 || !isEntry { text += String(repeating: " ", count: inner) }
      text += isMapping ? dice.one(of: ["k\(i)", "'k \(i)'", "\"\\x41\(i)\"", "k\(i) é"]) + ":" : "-"
      text += node(&dice, indent: inner, depth: depth + 1, isEntry: !isMapping)
    }
    return text
  }

  private func document(_ dice: inout Dice) -> [UInt8] {
    var text = ""
    for _ in 0..<Int.random(in: 1...4, using: &dice) { text += "-" + node(&dice, indent: 0, depth: 0, isEntry: true) }
    return Array(text.utf8)
  }

  private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let at = Int.random(in: 0...bytes.count, using: &dice)
    switch Int.random(in: 0..<6, using: &dice) {
    case 0: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...3, using: &dice)))
    case 1: bytes.removeSubrange(at...)
    case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &dice)
    default: bytes.insert(contentsOf: dice.one(of: Self.alphabet).utf8, at: at)
    }
  }

  /// Documents as they are written, and damaged ones. More of them by `COFFER_YAML_CASES`.
  @Test func chanceMakesNoDifference() throws {
    let cases = getenv("COFFER_YAML_CASES").flatMap { Int(String(cString: $0)) } ?? 1500
    var quick = 0, whole = 0
    for seed in 0..<cases {
      var dice = Dice(UInt64(seed))
      var bytes = document(&dice)
      let read = try YAMLTranscript(bytes)
      quick += read.elementCount
      whole += read.error == nil ? 1 : 0
      try expectSame(bytes)
      for _ in 0..<4 {
        mutate(&bytes, &dice)
        try expectSame(bytes)
        try expectSame(bytes, windowSize: Int.random(in: 16...300, using: &dice))
      }
    }
    #expect(
      quick > cases && whole > cases / 2, "\(quick) elements were read without the library, \(whole) documents whole")
  }

  /// The suite's texts, alone and as parts of elements.
  @Test func suiteIsReadAlike() throws {
    guard let samples = sharedSamples else { return }
    for folder in ["yaml-test-suite", "own-attacks/yaml"] {
      let path = "\(samples)/adversarial/dev/\(folder)"
      for name in try directoryNames(Array(path.utf8)).map({ String(decoding: $0, as: UTF8.self) }) {
        let bytes = try readFile(path + "/" + name)
        guard bytes.count < 16 << 10 else { continue }
        try expectSame(bytes)
        try expectSame(bytes, windowSize: 256)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (head, indent) in [("- ", "  "), ("- a:\n", "    "), ("- a: ", "    ")] {
          try expectSame(
            Array(head.utf8) + Array(lines.map { Array($0) }.joined(separator: Array(("\n" + indent).utf8))))
        }
      }
    }
  }

  /// What PyYAML writes of values from JSON is read without the library, but for the rarest of characters.
  @Test(.enabled(if: access(python, X_OK) == 0)) func whatPyYAMLWritesIsReadWithoutTheLibrary() throws {
    var dice = Dice(5), json = ""
    let pieces = [
      "a", "word ", "  ", "\\n", "\\n\\n", ": ", "#", " #", "'", "\\\"", "\\\\", "- ", "1", "é", "🙂", "\\t", "\\u0000",
      "\\u00a0",
      "longer words that are folded ", "{", "}", ",", "?", "%", "@",
    ]
    func text(_ dice: inout Dice) -> String {
      "\"" + (0..<Int.random(in: 0...30, using: &dice)).map { _ in dice.one(of: pieces) }.joined() + "\""
    }
    func value(_ dice: inout Dice, _ depth: Int) -> String {
      switch depth > 3 ? 5 : Int.random(in: 0..<9, using: &dice) {
      case 0:
        "[" + (0..<Int.random(in: 0...3, using: &dice)).map { _ in value(&dice, depth + 1) }.joined(separator: ",")
          + "]"
      case 1:
        "{"
          + (0..<Int.random(in: 0...3, using: &dice)).map { "\"\($0)é k\": " + value(&dice, depth + 1) }.joined(
            separator: ",") + "}"
      case 2: dice.one(of: ["null", "true", "1", "-1.5", "1e30", "\"2024-02-29\"", "\"yes\""])
      default: text(&dice)
      }
    }
    for _ in 0..<2000 { json += value(&dice, 0) + "\n" }
    let result = try run([Self.python, packageRoot + "/Tests/oracles/fixtures.py", "yaml"], input: Array(json.utf8))
    #expect(result.exitCode == 0, "\(result.errorText)")
    let ours = try YAMLTranscript(result.output), library = try YAMLTranscript(result.output, byLibrary: true)
    #expect(ours.error == nil && ours.lines == library.lines)
    #expect(ours.elementCount == 2000)
  }
  private static let python = packageRoot + "/.build/oracles/bin/python"
}
