import Bytes
import PostgresArchive
import Records
import TestSupport
import Testing

/// Dumps beside the package; nil where they are not present.
let samples: String? = sharedSamples.map { $0 + "/postgres/dev/" }.flatMap {
  (try? fileStatus(Array($0.utf8))) != nil ? $0 : nil
}
private let program = "/usr/bin/pg_restore"

/// All archives among the samples, by path below them.
let dumps: [String] = {
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

  /// Archives of versions that pg_restore 15 cannot read, and the text that pg_dump wrote of the same database.
  @Test(arguments: ["pg16", "pg17", "pg18"]) func saysWhatPgDumpWrote(_ version: String) throws {
    let place = samples! + "generated/\(version)/"
    let expected = statements(try readFile(place + "alltypes.plain.sql")).map { String(decoding: $0, as: UTF8.self) }
    for name in ["alltypes.fc-none.dump", "alltypes.fc-gzip.dump", "alltypes.ft.tar", "alltypes.fd-none"] {
      let ours = statements(try text(openDump(place + name)).text).map { String(decoding: $0, as: UTF8.self) }
      let different = zip(ours, expected).first { $0 != $1 }
      #expect(different == nil && ours.count == expected.count, "\(name)")
    }
  }

  /// Dumps of one database hold the same rows whatever their form.
  @Test(arguments: [
    (
      "pg15/alltypes.fc-z0.dump",
      [
        "pg15/alltypes.fc-z6.dump", "pg15/alltypes.fd-gz", "pg15/alltypes.ft.tar", "pg15/alltypes.fc-pipe.dump",
        "derived/alltypes.ft-extracted", "versions/alltypes.v1.10.dump", "versions/alltypes.v1.11.dump",
        "versions/alltypes.v1.12.dump", "versions/alltypes.v1.13.dump", "versions/alltypes.v1.14.no-offsets.dump",
        "versions/alltypes.v1.15.lz4.dump", "versions/alltypes.v1.15.zstd-chunk7.dump",
      ]
    ),
    (
      "pg17/shop.fc-none.dump",
      [
        "pg17/shop.fc-lz4.dump", "pg17/shop.fc-zstd.dump", "pg17/shop.fc-zstdlong.dump", "pg17/shop.fd-lz4",
        "pg17/shop.fd-zstd",
      ]
    ),
  ])
  func siblingsHoldTheSameRows(_ first: String, _ others: [String]) throws {
    func items(_ name: String) throws -> [Name: [UInt8]] {
      let archive = try openDump(samples! + "generated/" + name)
      var found: [Name: [UInt8]] = [:]
      for entry in archive.entries where entry.desc == "TABLE DATA" {
        var source = try archive.item(entry.dumpId)
        found[entry.qualifiedName] = try readAll(&source, limit: 1 << 28)
      }
      return found
    }
    let expected = try items(first)
    #expect(expected.count > 2)
    for name in others { #expect(try items(name) == expected, "\(name)") }
  }

  @Test func badArchivesAreNamed() throws {
    for (name, words) in [
      ("generated/pg15/bad.truncated-in-toc.dump", "ends inside"), ("real/bad.oversized_toc.dump", "cannot hold"),
      ("generated/derived/bad.circular.fc.powershell-mangled.dump", "PowerShell"),
      ("generated/derived/bad.circular.fc.lf2crlf.dump", "carriage return"),
    ] {
      let error = #expect(throws: ReadError.self) { try openDump(samples! + name) }
      #expect(error?.message.contains(words) == true, "\(name): \(error?.message ?? "")")
    }
    for name in ["generated/pg15/bad.truncated-in-data.dump", "generated/pg15/bad.flipped-byte.dump"] {
      #expect(try text(openDump(samples! + name)).codes.isEmpty == false, "\(name)")
    }
  }
}
