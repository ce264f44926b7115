import Bytes
import PostgresArchive
import Records
import TestSupport
import Testing

@Suite struct MemberTests {
  @Test func onlyNamesOfPgDumpAreAskedFor() {
    for name in ["1.dat", "4294967295.dat", "blob_12.dat", "blobs.toc", "blobs_3.toc"] {
      #expect(isSafeMemberName(Array(name.utf8)), "\(name)")
    }
    for name in [
      "", ".dat", "../1.dat", "1.dat/", "1.dat.gz", "/1.dat", "a.dat", "blob_.dat", "blobs_.toc", "12345678901.dat",
      "1.dat\n", "toc.dat", "restore.sql", "blobs_a.toc",
    ] {
      #expect(!isSafeMemberName(Array(name.utf8)), "\(name)")
    }
  }

  /// A table of contents of version 1.`minor` with one table's data in `file`.
  private func contents(_ minor: UInt8 = 14, file: String, copy: String = "COPY t (a) FROM stdin;\n") -> [UInt8] {
    func int(_ value: Int) -> [UInt8] { [0] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func string(_ text: String?) -> [UInt8] {
      guard let text else { return [1, 1, 0, 0, 0] }
      return int(text.utf8.count) + Array(text.utf8)
    }
    var bytes = Array("PGDMP".utf8) + [1, minor, 0, 4, 8, 3] + (minor < 15 ? int(0) : [0])
    for part in [5, 4, 3, 2, 1, 126, 0] { bytes += int(part) }
    bytes += string("shop") + string("15.1") + string("15.2") + int(1) + int(9) + int(1)
    bytes += string("0") + string("0") + string("t") + string("TABLE DATA") + int(3)
    for text in ["", "", copy, "public", nil, nil] { bytes += string(text) }
    if minor >= 16 { bytes += int(0) }
    return bytes + string("me") + string("false") + string(nil) + string(file)
  }

  private func script(_ toc: [UInt8], _ files: [(String, [UInt8])]) throws -> (text: String, codes: [String]) {
    let members = MemoryMembers(files: files.map { (name: $0.0, bytes: $0.1) })
    let (bytes, codes) = try text(.open(toc: toc, members: members))
    return (String(decoding: bytes, as: UTF8.self), codes)
  }

  @Test func headOfTheDumpIsShown() throws {
    let header = try ArchiveHeader(contents(file: "9.dat"))
    let created = try #require(header.created)
    #expect([created.year, created.month, created.day] == [2026, 2, 2])
    #expect([created.hour, created.minute, created.second] == [3, 4, 5])
    #expect(header.database == "shop" && header.minor == 14 && header.format == .tar)
  }

  @Test func newerVersionsShowTheirHead() throws {
    let archive = try PostgresArchive.open(toc: contents(17, file: "9.dat"), members: MemoryMembers(files: []))
    #expect(archive.header.database == "shop" && archive.entries.isEmpty && archive.refusal != nil)
    #expect(try text(archive).codes.count == 1)
  }

  @Test func rowsOfAFileFollowTheirStatement() throws {
    let (text, codes) = try script(contents(file: "9.dat"), [("9.dat", Array("1\n2\n\\.\n\n\n".utf8))])
    #expect(text.contains("COPY t (a) FROM stdin;\n1\n2\n\\.\n\n\n"))
    #expect(codes == [])
  }

  @Test(arguments: [
    ("1\n2\n", "1\n2\n\\.\n\n\n", 1), ("1\n2", "1\n\\.\n\n\n", 1), ("", "\n\\.\n\n\n", 1),
    ("1\n\\.", "1\n\\.\n\n\n", 0),
    ("1\n\\.\n3\n", "1\n\\.\n\n\n", 1), ("\\.\n\n\n", ";\n\\.\n\n\n", 0), ("\\.\\.\n\\.\n", ";\n\\.\\.\n\\.\n\n\n", 0),
  ])
  func oddEndsOfData(_ data: String, _ expected: String, _ notes: Int) throws {
    let (text, codes) = try script(contents(file: "9.dat"), [("9.dat", Array(data.utf8))])
    #expect(text.contains(expected == "\n\\.\n\n\n" ? "stdin;\n\\.\n\n\n" : expected))
    #expect(text.hasSuffix("\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n"))
    #expect(codes.count == notes, "\(codes)")
  }

  @Test func rowsLongerThanTheWindowArrive() throws {
    let row = [UInt8](repeating: UInt8(ascii: "x"), count: 20_000_000)
    let (text, codes) = try script(contents(file: "9.dat"), [("9.dat", row + Array("\n\\.\n\n\n".utf8))])
    #expect(text.utf8.count > row.count && codes == [])
    let (cut, notes) = try script(contents(file: "9.dat"), [("9.dat", row)])
    #expect(!cut.contains("\\.") && !cut.contains("dump complete") && notes.count == 1)
  }

  @Test func missingAndRefusedFilesAreNamed() throws {
    for name in ["8.dat", "../../etc/passwd"] {
      let (text, codes) = try script(contents(file: name), [("../../etc/passwd", Array("1\n\\.\n".utf8))])
      #expect(text.contains("COPY t (a) FROM stdin;\n\\.\n") && codes.count == 1)
    }
  }

  @Test func statementsAreCutBetween() throws {
    let data = "INSERT INTO t VALUES (';\n');\nINSERT INTO t VALUES ('x;\n"
    let (text, codes) = try script(contents(file: "9.dat", copy: ""), [("9.dat", Array(data.utf8))])
    #expect(text.contains("\n\nINSERT INTO t VALUES (';\n');\n\n\n--\n") && codes.count == 1)
  }

  /// Sizes of 8 GiB and more are binary numbers in a tar; a small one may be written that way too.
  @Test func tarWithBinarySizesAndAPrefix() throws {
    func member(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
      var head = [UInt8](repeating: 0, count: 512)
      head.replaceSubrange(0..<name.utf8.count, with: name.utf8)
      head.replaceSubrange(100..<107, with: "0000600".utf8)
      head[124] = 0x80
      for i in 0..<8 { head[135 - i] = UInt8(truncatingIfNeeded: bytes.count >> (8 * i)) }
      head.replaceSubrange(136..<147, with: "00000000000".utf8)
      head.replaceSubrange(148..<156, with: "        ".utf8)
      head[156] = UInt8(ascii: "0")
      head.replaceSubrange(257..<265, with: "ustar\u{0}00".utf8)
      let sum = String(head.reduce(0) { $0 + Int($1) }, radix: 8)
      head.replaceSubrange(148..<155, with: (String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\u{0}").utf8)
      return head + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }
    let place = try TemporaryDirectory()
    let path = place.path + "/shop.tar"
    try writeFile(
      path,
      member("shop/._toc.dat", [0, 5, 0x16, 7]) + member("shop/toc.dat", contents(file: "9.dat"))
        + member("shop/9.dat", Array("1\n\\.\n\n\n".utf8)) + [UInt8](repeating: 0, count: 1024))
    let archive = try openDump(path)
    #expect(archive.storedByteCount(archive.entries[0]) == 7)
    let (bytes, codes) = try text(archive)
    #expect(String(decoding: bytes, as: UTF8.self).contains("FROM stdin;\n1\n\\.\n\n\n") && codes == [])
  }
}
