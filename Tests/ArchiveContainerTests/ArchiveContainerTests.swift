import ArchiveContainer
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// What a container shows of a file: contents by path, and what is wrong.
struct Seen {
  var contents: [Name: [UInt8]] = [:]
  var codes: [String] = []
  /// Reasons why the container or an entry could not be read.
  var errors: [String] = []

  /// Whether the user is told that something is wrong.
  var isRejected: Bool { !errors.isEmpty || codes.contains { $0 != "archive-oddity" } }

  init(_ path: String) throws {
    do {
      let container = try #require(try ArchiveFormat().open(Array(path.utf8)), "not an archive: \(path)")
      codes = container.findings.map(\.code)
      for entry in container.entries {
        do {
          var source = try container.open(entry)
          contents[Name(entry.path)] = try readAll(&source, limit: 1 << 26)
        } catch { errors.append(error.reason) }
      }
    } catch let error as ReadError { errors.append(error.message) }
  }
}

/// Writes an archive with Python's modules; `names` are its entries.
private func archive(_ names: [String], _ script: String) throws -> Seen {
  let place = try TemporaryDirectory()
  let path = place.path + "/archive"
  let source = "import sys, io, zipfile, tarfile\nnames = \(names)\npath = sys.argv[1]\n" + script
  let result = try run(["python3", "-", path], input: Array(source.utf8))
  try #require(result.exitCode == 0, "\(result.errorText)")
  return try Seen(path)
}
private let zip = """
  z = zipfile.ZipFile(path, 'w')
  for name in names:
      i = zipfile.ZipInfo('x'); i.filename = name; z.writestr(i, name.encode())
  z.close()
  """
private let tar = """
  t = tarfile.open(path, 'w:gz')
  for name in names:
      i = tarfile.TarInfo(name); i.size = 4; t.addfile(i, io.BytesIO(b'data'))
  t.close()
  """

@Suite struct ArchiveContainerTests {
  @Test(arguments: [zip, tar]) func listsEntriesInByteOrder(_ script: String) throws {
    let seen = try archive(["b.json", "./a/b.csv", "a.json", "__MACOSX/._a.json", "a/.DS_Store"], script)
    #expect(seen.contents.keys.sorted() == ["a.json", "a/b.csv", "b.json"])
    #expect(!seen.isRejected)
  }

  @Test(
    arguments: [
      "../up", "a/../../up", "/absolute", "back\\\\slash", "C:/drive", "c:drive", "a\\nb", "a\\u202eb", "a\\u200bb",
      "a\\x1bb", "x/..",
    ], [zip, tar]) func leavesOutDeceivingNames(_ name: String, _ script: String) throws
  {
    let seen = try archive(
      ["NAME", "good"], script.replacing("names:", with: "[n.replace('NAME', '\(name)') for n in names]:"))
    #expect(seen.contents.keys.sorted() == ["good"])
    #expect(seen.codes == ["entry-refused"])
  }

  @Test func namesOfAnyOtherBytesAreKept() throws {
    let names = ["~/x", "documents.jsonl ", "-rf", "$(x)", "a'b\"c", "ünïcode", "emoji 🐫", "C"]
    #expect(try archive(names, zip).contents.keys.sorted() == names.map { Name($0) }.sorted())
  }

  @Test(arguments: [zip, tar]) func duplicateNamesAreNamed(_ script: String) throws {
    let seen = try archive(["a", "b", "./a"], script)
    #expect(seen.contents.keys.sorted() == ["a", "b"])
    #expect(seen.codes == ["duplicate-entry"])
  }

  @Test(arguments: ["SYMTYPE", "LNKTYPE", "CHRTYPE", "BLKTYPE", "FIFOTYPE"])
  func onlyRegularEntriesAreRead(_ type: String) throws {
    let seen = try archive(
      ["good"],
      tar.replacing(
        "t.close()",
        with:
          "i = tarfile.TarInfo('odd'); i.type = tarfile.\(type); i.linkname = '/etc/passwd'; t.addfile(i)\nt.close()"))
    #expect(seen.contents.keys.sorted() == ["good"])
    #expect(seen.codes == ["entry-refused"])
  }

  @Test func archiveOfNothingButRefusedEntriesIsAnError() throws {
    let seen = try archive(["../up"], zip)
    #expect(seen.contents.isEmpty && seen.errors.count == 1 && seen.errors[0].contains("leads out"))
  }

  @Test func linkGivenByTheUserIsResolved() throws {
    let place = try TemporaryDirectory()
    let result = try run(
      ["python3", "-", place.path],
      input: Array(
        "import zipfile, os, sys\nz = zipfile.ZipFile(sys.argv[1] + '/real.zip', 'w')\nz.writestr('a', 'x')\nz.close()\nos.symlink('real.zip', sys.argv[1] + '/link')"
          .utf8))
    #expect(result.exitCode == 0)
    let container = try #require(try ArchiveFormat().open(place.file("link")))
    #expect(container.path == place.file("real.zip"))
  }

  @Test func directoryIsNoArchive() throws {
    let place = try TemporaryDirectory()
    #expect(try ArchiveFormat().open(Array(place.path.utf8)) == nil)
  }
}
