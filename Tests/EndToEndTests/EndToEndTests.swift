import Bytes
import TestSupport
import Testing

/// Runs the built `coffer` on the cases in `Tests/EndToEnd`.
///
/// A case is a folder: `cmd` is a shell script that is run in a private copy of the folder, in a clean environment whose
/// `HOME` and catalog lie there too and where `FIXTURES`, `DEMO`, `ATELIER` and `LIBRARY` are private copies of common input, which like
/// all new files only their owner can read, and `EXPORTS` and `SUPABASE` are those of Convex and Supabase; `expected.out`, `expected.err` and
/// `expected.code` are what it must print and its exit code (absent: nothing and 0). The copy's path is shown as `<HERE>`.
/// With `COFFER_RECORD=1` in the environment the expectations are written instead of compared.
@Suite struct EndToEndTests {
  static let folder = packageRoot + "/Tests/EndToEnd"
  static let cases = (try? directoryNames(Array(folder.utf8)))?.map { String(decoding: $0, as: UTF8.self) } ?? []

  @Test(arguments: cases) func meetsItsExpectation(_ name: String) throws {
    let source = Self.folder + "/" + name
    let place = try TemporaryDirectory()
    let here = place.path + "/case"
    // Modes of a checkout depend on who made it.
    let copying =
      "umask 077; while [ $# -gt 0 ]; do cp -R \"$1\" \"$2\"; chmod -R u=rwX,go= \"$2\"; shift 2; done"
    let fixtures = place.path + "/fixtures", demo = place.path + "/demo", atelier = place.path + "/atelier"
    let library = place.path + "/library"
    #expect(
      try run([
        "sh", "-ec", copying, "sh", source, here, packageRoot + "/Tests/EndToEndTests/Fixtures", fixtures,
        packageRoot + "/Tests/Fixtures/demo", demo, packageRoot + "/Tests/Fixtures/prisma/atelier", atelier,
        packageRoot + "/Tests/Fixtures/django", library,
      ]).exitCode == 0)
    let environment = [
      "HOME": here, "XDG_DATA_HOME": here + "/.data", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": here,
      "PATH": binaryFolder + ":/usr/local/bin:/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no",
      "FIXTURES": fixtures, "DEMO": demo, "ATELIER": atelier, "LIBRARY": library,
      "EXPORTS": packageRoot + "/Tests/Fixtures/convex", "SUPABASE": packageRoot + "/Tests/Fixtures/supabase",
    ]
    let words =
      ["env", "-i", "-C", here] + environment.map { "\($0.key)=\($0.value)" }.sorted()
      + ["sh", "-c", "umask 077; exec sh ./cmd"]
    let result = try run(words)
    let found = [
      "out": clean(result.output, here), "err": clean(result.errorOutput, here),
      "code": result.exitCode == 0 ? [] : Array("\(result.exitCode)\n".utf8),
    ]
    for (part, bytes) in found {
      let file = "\(source)/expected.\(part)"
      if environmentHasRecord {
        if bytes.isEmpty { try removeFile(Array(file.utf8)) } else { try writeFile(file, bytes) }
        continue
      }
      let expected = (try? readFile(file)) ?? []
      // Compared outside of the macro, which would list the bytes one by one.
      let isEqual = bytes == expected
      #expect(isEqual, "\(name): expected.\(part)\n--- found\n\(String(decoding: bytes, as: UTF8.self))---")
    }
  }

  /// The output with the private copy's path taken out.
  private func clean(_ bytes: [UInt8], _ here: String) -> [UInt8] {
    let needle = Array(here.utf8)
    var output: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if bytes[at...].starts(with: needle) {
        output += Array("<HERE>".utf8)
        at += needle.count
      } else {
        output.append(bytes[at])
        at += 1
      }
    }
    return output
  }

  private var environmentHasRecord: Bool { environment("COFFER_RECORD") == Array("1".utf8) }
}

/// The directory that holds the built `coffer`: that of this test's own executable.
let binaryFolder: String = {
  let own = (try? realPath(Array("/proc/self/exe".utf8))) ?? []
  return String(decoding: own.directoryPath, as: UTF8.self)
}()
