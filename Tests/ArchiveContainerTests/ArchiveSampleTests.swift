import ArchiveContainer
import Bytes
import Conversion
import Records
import TestSupport
import Testing

private let adversarial = (sharedSamples ?? "") + "/adversarial/dev"
private let convex = (sharedSamples ?? "") + "/convex/dev"

/// Attack files and what is expected of them: `reject`, `accept` or `accept-lossless`.
private let attacks: [(file: String, expect: String)] = {
  guard sharedSamples != nil, let list = try? readFile(adversarial + "/own-attacks/EXPECT.jsonl") else { return [] }
  return String(decoding: list, as: UTF8.self).split(separator: "\n").compactMap { line in
    let words = line.split(separator: "\"", omittingEmptySubsequences: false).map { String($0) }
    guard let expect = words.firstIndex(of: "expect") else { return nil }
    return (words[3], words[expect + 2])
  }
}()

private func corpus(_ name: String) -> [String] {
  guard sharedSamples != nil else { return [] }
  let names = (try? directoryNames(Array((adversarial + "/" + name).utf8))) ?? []
  return names.map { adversarial + "/" + name + "/" + String(decoding: $0, as: UTF8.self) }
}

@Suite(.enabled(if: sharedSamples != nil)) struct ArchiveSampleTests {
  @Test(arguments: attacks.filter { $0.file.hasPrefix("zip/") || $0.file.hasPrefix("tar/") })
  func attack(_ file: String, _ expect: String) throws {
    let seen = try Seen(adversarial + "/own-attacks/" + file)
    #expect(seen.isRejected == (expect == "reject"), "\(seen.codes) \(seen.errors)")
    if expect != "reject" { #expect(!seen.contents.isEmpty) }
  }

  @Test func bothNormalFormsSurvive() throws {
    #expect(try Seen(adversarial + "/own-attacks/zip/nfc-nfd.zip").contents.count == 2)
    #expect(try Seen(adversarial + "/own-attacks/zip/case-collide.zip").contents.count == 2)
  }

  @Test(arguments: attacks.filter { $0.file.hasPrefix("gz/") }) func gzipAttack(_ file: String, _ expect: String) throws
  {
    let bytes = try readFile(adversarial + "/own-attacks/" + file)
    let decoder = try #require(StreamDecoding.all.first { $0.matches(Array(bytes.prefix(16))) })
    var plain: [UInt8]?
    do {
      var source = try decoder.decode(MemorySource(bytes))
      plain = try readAll(&source, limit: 1 << 26)
    } catch { #expect(expect == "reject", "\(error.reason)") }
    #expect((plain == nil) == (expect == "reject"))
    if file == "gz/two-members.gz" {
      let oracle = try run(["gzip", "-dc"], input: bytes)
      #expect(plain == oracle.output)
    }
  }

  @Test(arguments: corpus("archive-zipslip")) func zipSlip(_ path: String) throws {
    let seen = try Seen(path)
    #expect(seen.isRejected)
    #expect(seen.contents.keys.sorted() == ["good.txt"])
  }

  /// No crash, no hang, and no more bytes than the limits allow.
  @Test func fuzzedArchivesEndWithAnAnswer() throws {
    for path in corpus("archive-tar-gofuzz") + corpus("archive-zip-gofuzz") {
      guard let container = try? ArchiveFormat().open(Array(path.utf8)) else { continue }
      for entry in container.entries {
        guard var source = try? container.open(entry) else { continue }
        _ = try? readAll(&source, limit: 1 << 24)
      }
    }
  }

  @Test(arguments: [
    "anouk-app_convex-backup.zip", "audiophile-store_convex-export.zip", "badminton_convex-backup.zip",
    "deep-stortinget_seed_data.zip", "praxisplaner_seed_data.zip", "synthetic/synthetic_legacy_edge.zip",
    "synthetic/synthetic_uniform_prefixed.zip",
  ]) func realExportsAreReadWhole(_ file: String) throws {
    let seen = try Seen(convex + "/" + file)
    #expect(!seen.isRejected, "\(seen.codes) \(seen.errors)")
    let script = """
      import sys, zipfile, hashlib
      z = zipfile.ZipFile(sys.argv[1])
      for n in sorted(i.filename for i in z.infolist() if not i.is_dir()): print(hashlib.sha256(z.read(n)).hexdigest(), n)
      """
    let oracle = try run(["python3", "-", convex + "/" + file], input: Array(script.utf8)).text
    var ours = ""
    for (name, bytes) in seen.contents.sorted(by: { $0.key < $1.key }) {
      var hash = SHA256()
      hash.update(bytes.span)
      ours += "\(hexadecimal(hash.finish())) \(String(decoding: name.bytes, as: UTF8.self))\n"
    }
    #expect(ours == oracle)
  }
}
