import Bytes
import Records
import TestSupport
import Testing
import XMLStream

/// The W3C's conformance tests and attacks of our own; skipped where the samples are not present.
@Suite struct XMLSuiteTests {
  /// Tests of a catalogue by their types.
  private func tests(_ catalogue: String) throws -> [(type: String, file: String)] {
    guard let samples = sharedSamples else { return [] }
    let folder = samples + "/adversarial/dev/xml-w3c/"
    let transcript = try XMLTranscript(readFile(folder + catalogue))
    #expect(transcript.error == nil)
    var found: [(String, String)] = [], type = ""
    for line in transcript.lines {
      if line.hasPrefix("ATYPE ") { type = String(line.dropFirst(6)) }
      if line.hasPrefix("AURI ") {
        let base = catalogue.split(separator: "/").dropLast().joined(separator: "/")
        found.append((type, folder + base + "/" + line.dropFirst(5)))
      }
    }
    return found
  }

  @Test(arguments: [("xmltest/xmltest.xml", 170), ("oasis/oasis.xml", 50)])
  func textsAreTakenOrRefusedAsTheyAre(_ catalogue: String, _ least: Int) throws {
    guard sharedSamples != nil else { return }
    var count = 0, plain: [String] = []
    for (type, file) in try tests(catalogue) {
      // Some files of the catalogue are not in the samples.
      guard let bytes = try? readFile(file) else { continue }
      count += 1
      let read = try XMLTranscript(bytes)
      let hasDocumentType =
        String(decoding: bytes, as: UTF8.self).contains("<!DOCTYPE")
        || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
      if type == "not-wf" || hasDocumentType {
        #expect(read.error != nil, "\(file) is taken")
      } else if type != "error" {
        #expect(read.error == nil, "\(file) is refused")
        plain.append(file)
        #expect(try XMLTranscript(bytes, chunkSize: 3).lines == read.lines, "\(file)")
      }
      if type != "not-wf", hasDocumentType, bytes.first == UInt8(ascii: "<") {
        guard case .refused? = read.error?.code else {
          Issue.record("\(file) is not refused by name")
          continue
        }
      }
    }
    #expect(count >= least)
    try compare(plain)
  }

  /// Against Python's parser.
  private func compare(_ files: [String]) throws {
    let result = try run(
      ["python3", packageRoot + "/Tests/oracles/xml_pieces.py"] + files)
    #expect(result.exitCode == 0, "\(result.errorText)")
    var expected: [String: [String]] = [:], file = ""
    for line in result.text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#") {
        file = String(line.dropFirst())
      } else if !line.isEmpty {
        expected[file, default: []].append(String(line))
      }
    }
    #expect(expected.count == files.count)
    for file in files { #expect(try XMLTranscript(readFile(file)).lines == expected[file], "\(file)") }
  }

  @Test(arguments: [
    "xxe-file", "xxe-param", "xxe-dtd", "lol", "quad", "selfref", "deep", "attrs", "internal-entity", "charref-ctrl",
  ])
  func attacksAreRefused(_ name: String) throws {
    guard let samples = sharedSamples else { return }
    let bytes = try readFile("\(samples)/adversarial/dev/own-attacks/xml/\(name).xml")
    let start = ContinuousClock.now
    #expect(try XMLTranscript(bytes).error != nil)
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func whatDoesNothingIsTaken() throws {
    guard let samples = sharedSamples else { return }
    let folder = samples + "/adversarial/dev/own-attacks/xml/"
    #expect(try XMLTranscript(readFile(folder + "cdata.xml")).lines == ["(d", "-<a>&b;]]>", ")"])
    #expect(try XMLTranscript(readFile(folder + "pi.xml")).lines == ["(d", ")"])
    let included = try XMLTranscript(readFile(folder + "xinclude.xml"))
    #expect(included.error == nil && included.lines.contains("(xi:include"))
  }
}
