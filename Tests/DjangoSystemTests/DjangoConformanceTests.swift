import Bytes
import Glibc
import TestSupport
import Testing

/// The shared samples against the independent reading in Python; skipped where the samples are not present.
@Suite struct DjangoConformanceTests {
  /// Files that are no Django documents or are broken; other tests speak of them.
  private static let others = ["empty.json", "zero-bytes.json", "truncated.json", "cp1252-encoded.json"]

  static let files: [String] = {
    guard let samples = sharedSamples else { return [] }
    return everyFile(samples + "/django/dev").filter { file in
      (file.hasSuffix(".json") || file.hasSuffix(".jsonl")) && !others.contains { file.hasSuffix("/" + $0) }
    }
  }()

  @Test func findsSamples() {
    if sharedSamples != nil { #expect(Self.files.count > 100) }
  }

  @Test(arguments: files) func equalsIndependentReading(_ file: String) throws {
    let run = try #require(try DjangoRun(FileContainer(file: file)))
    #expect(run.error == nil)
    let result = try TestSupport.run(
      ["python3", packageRoot + "/Tests/oracles/django.py", "compare", file], input: run.lines())
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(result.text == "")
  }
}

/// All regular files below a directory, in order.
func everyFile(_ directory: String) -> [String] {
  var found: [String] = []
  for name in (try? directoryNames(Array(directory.utf8))) ?? [] {
    let path = directory + "/" + String(decoding: name, as: UTF8.self)
    switch try? fileStatus(Array(path.utf8), followingLinks: false)?.kind {
    case .directory: found += everyFile(path)
    case .regular: found.append(path)
    default: continue
    }
  }
  return found
}
