import Bytes
import PostgresArchive
import TestSupport
import Testing

/// Dumps beside the package; nil where they are not present.
private let samples: String? = sharedSamples.map { $0 + "/postgres/dev/" }.flatMap {
  (try? fileStatus(Array($0.utf8))) != nil ? $0 : nil
}
private let program = "/usr/bin/pg_restore"

/// All archives among the samples, by path below them.
private let dumps: [String] = {
  guard let samples else { return [] }
  var found: [String] = []
  func walk(_ path: String) {
    for name in (try? directoryNames(Array((samples + path).utf8))) ?? [] {
      let inner = path + String(decoding: name, as: UTF8.self)
      let isDirectory = ((try? fileStatus(Array((samples + inner).utf8)))?.map { $0.kind == .directory }) ?? false
      if inner.contains("bad.") || inner.hasSuffix(".gz") { continue }
      if isDirectory {
        let toc = Array((samples + inner + "/toc.dat").utf8)
        if ((try? fileStatus(toc)) ?? nil) != nil { found.append(inner) } else { walk(inner + "/") }
      } else if [".dump", ".tar", ".backup", ".pgdump"].contains(where: { inner.hasSuffix($0) }) {
        found.append(inner)
      }
    }
  }
  walk("")
  return found
}()

@Suite(.enabled(if: samples != nil, "the shared samples are not present")) struct SampleTests {
  @Test(arguments: dumps) func readsAsPgRestoreDoes(_ path: String) throws {
    let archive = try openDump(samples! + path)
    let (script, notes) = try text(archive)
    #expect(notes == [])
    let expected = try run([program, "-f", "-", samples! + path])
    guard expected.exitCode == 0 else { return }  // pg_restore 15 reads versions up to 1.14
    let (ours, theirs) = (statements(script), statements(expected.output))
    let different = zip(ours, theirs).first { $0 != $1 }
    let shown = different.map { "\(String(decoding: $0.0, as: UTF8.self)) <> \(String(decoding: $0.1, as: UTF8.self))" }
    #expect(different == nil, "\(shown ?? "")")
    #expect(ours.count == theirs.count)
  }
}
