import Bytes
import Records
import TestSupport
import Testing
import YAMLStream

/// The test suite of YAML against its own trees; skipped where the samples are not present.
@Suite struct YAMLSuiteTests {
  private struct Case {
    var yaml: [UInt8] = []
    var tree: [String] = []
    var fails = false
  }

  /// The cases of a file, which is a sequence of mappings whose later ones leave out what stays the same.
  private func cases(_ file: String) throws -> [Case] {
    var stream = try YAMLStream(MemorySource(try readFile(file)))
    var cases: [Case] = [], fields: [String: String] = [:], key: String?, depth = 0
    while true {
      let event = try stream.next()
      let text = String(decoding: Array(stream.text.span), as: UTF8.self)
      switch event.kind {
      case .end: return cases
      case .beginMapping, .beginSequence: depth += 1
      case .endMapping, .endSequence:
        depth -= 1
        guard depth == 1, event.kind == .endMapping else { continue }
        key = nil
        let tree = (fields["tree"] ?? "").split(separator: "\n").map { String($0.drop { $0 == " " }) }
        cases.append(
          Case(yaml: unmarked(fields["yaml"] ?? ""), tree: tree.map(unmarkedText), fails: fields["fail"] == "true"))
      case .scalar where depth == 2:
        if let name = key {
          fields[name] = text
          key = nil
        } else {
          key = text
        }
      default: continue
      }
    }
  }

  private func unmarkedText(_ text: String) -> String {
    text.replacing("␣", with: " ").replacing("∎", with: "")
  }
  /// The text without the marks that make its white space visible.
  private func unmarked(_ text: String) -> [UInt8] {
    var text = text.replacing("␣", with: " ").replacing("↵", with: "").replacing("⇔", with: "\u{FEFF}")
      .replacing("←", with: "\r")
    while text.contains("—") { text = text.replacing("—", with: "") }
    text = text.replacing("»", with: "\t")
    if text.hasSuffix("∎\n") { text = String(text.dropLast(2)) }
    return Array(text.utf8)
  }

  /// A tree of the suite in the words of our transcripts.
  private func ours(_ tree: [String]) -> [String] {
    tree.compactMap { line in
      if line == "+STR" || line == "-STR" { return nil }
      for word in ["+DOC", "-DOC"] where line.hasPrefix(word) { return word }
      var line = line
      if line.hasPrefix("+MAP {}") { line = "+MAP" + line.dropFirst(7) }
      if line.hasPrefix("+SEQ []") { line = "+SEQ" + line.dropFirst(7) }
      // The way of quoting does not count.
      if line.hasPrefix("=VAL") {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if let at = parts.indices.dropFirst().first(where: { !parts[$0].hasPrefix("&") && !parts[$0].hasPrefix("<") }),
          let first = parts[at].first, "'\"|>".contains(first)
        {
          return (parts[..<at] + ["\"" + parts[at].dropFirst()] + parts[(at + 1)...]).joined(separator: " ")
        }
      }
      return line
    }
  }

  /// What libyaml reads by the rules of YAML 1.1, as Django does with it: `?foo` in braces, white space at the very end.
  private static let otherwise: Set<String> = ["652Z.yaml 0", "HM87.yaml 1", "JEF9.yaml 2", "L24T.yaml 1"]
  /// What libyaml is lenient about, as Django is with it: directives, tabs, commas, marks of documents.
  private static let lenient: Set<String> = [
    "2G84.yaml 2", "2G84.yaml 3", "9C9N.yaml 0", "9HCY.yaml 0", "CVW2.yaml 0", "DK95.yaml 1", "DK95.yaml 2",
    "DK95.yaml 5", "DK95.yaml 7", "DK95.yaml 8", "MUS6.yaml 0", "MUS6.yaml 1", "MUS6.yaml 2", "MUS6.yaml 3",
    "MUS6.yaml 4", "S98Z.yaml 0", "Y79Y.yaml 2", "Y79Y.yaml 3", "YJV2.yaml 0",
  ]

  @Test func textsAreReadAsTheSuiteDoesOrRefused() throws {
    guard let samples = sharedSamples else { return }
    let folder = samples + "/adversarial/dev/yaml-test-suite"
    var right = 0, refused: [String] = [], wrong: [String] = [], taken: [String] = []
    for name in try directoryNames(Array(folder.utf8)).map({ String(decoding: $0, as: UTF8.self) }).sorted()
    where name.hasSuffix(".yaml") {
      for (i, test) in try cases(folder + "/" + name).enumerated() {
        let read = try YAMLTranscript(test.yaml), label = "\(name) \(i)"
        if read.error != nil {
          if !test.fails { refused.append(label) } else { right += 1 }
        } else if test.fails {
          taken.append(label)
        } else if read.lines == ours(test.tree) {
          right += 1
        } else {
          wrong.append(label)
        }
      }
    }
    #expect(right > 150)
    // Most of what only YAML 1.2 allows is refused by name.
    #expect(refused.count < 40, "\(refused)")
    #expect(Set(wrong).subtracting(Self.otherwise) == [])
    #expect(Set(taken).subtracting(Self.lenient) == [])
  }

  @Test(arguments: ["deep"]) func attacksAreRefused(_ name: String) throws {
    guard let samples = sharedSamples else { return }
    #expect(try YAMLTranscript(readFile("\(samples)/adversarial/dev/own-attacks/yaml/\(name).yaml")).error != nil)
  }
}
