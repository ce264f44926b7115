import Archive
import Bytes
import TestSupport
import Testing

/// Files that every archive of these tests holds: path and content.
private let files: [(String, [UInt8])] = [
  ("data/a.json", Array("[{\"id\": 1}]".utf8)), ("data/empty", []),
  ("data/long.txt", Array(String(repeating: "line of text\n", count: 20_000).utf8)),
]

/// Runs a Python script that writes an archive to `path`; `files` is a list of (name, bytes).
private func make(_ script: String, at path: String) throws -> any ArchiveReader {
  let list = files.map { "('\($0.0)', bytes.fromhex('\(hexadecimal($0.1))'))" }.joined(separator: ", ")
  let source = "import sys, io, zipfile, tarfile\nfiles = [\(list)]\npath = sys.argv[1]\n" + script
  let result = try run(["python3", "-", path], input: Array(source.utf8))
  try #require(result.exitCode == 0, "\(result.errorText)")
  return try #require(try openArchive(SharedFile(Array(path.utf8))))
}

private func content(_ reader: any ArchiveReader, _ index: Int) throws -> [UInt8] {
  var source = try reader.open(index)
  return try readAll(&source, limit: 1 << 26)
}

private let writeTar = """
  t = tarfile.open(path, MODE)
  for name, data in files:
      i = tarfile.TarInfo(name); i.size = len(data); i.mtime = 1770000000; i.mode = 0o640
      t.addfile(i, io.BytesIO(data))
  t.close()
  """

@Suite struct ArchiveReaderTests {
  @Test(arguments: ["zipfile.ZIP_STORED", "zipfile.ZIP_DEFLATED", "zipfile.ZIP_BZIP2"])
  func zip(_ method: String) throws {
    let place = try TemporaryDirectory()
    let reader = try make(
      """
      z = zipfile.ZipFile(path, 'w', \(method))
      for name, data in files:
          i = zipfile.ZipInfo(name, (2026, 2, 5, 7, 54, 38)); i.compress_type = \(method); i.external_attr = 0o640 << 16
          z.writestr(i, data)
      z.close()
      """, at: place.path + "/a.zip")
    #expect(reader.entries.map(\.path) == files.map { Array($0.0.utf8) })
    #expect(reader.entries.map(\.byteCount) == files.map { Int64($0.1.count) })
    #expect(reader.entries.allSatisfy { $0.modified == 1_770_278_078_000_000_000 && $0.mode == 0o640 })
    for i in files.indices.reversed() { #expect(try content(reader, i) == files[i].1) }
  }

  @Test func streamedZip64WithoutSizes() throws {
    let place = try TemporaryDirectory()
    let reader = try make(
      """
      class Pipe:
          def __init__(self, f): self.f = f
          def write(self, b): return self.f.write(b)
          def flush(self): self.f.flush()
      z = zipfile.ZipFile(Pipe(open(path, 'wb')), 'w', zipfile.ZIP_DEFLATED)
      for name, data in files:
          with z.open(name, 'w', force_zip64=True) as e: e.write(data)
      z.close()
      """, at: place.path + "/a.zip")
    for i in files.indices { #expect(try content(reader, i) == files[i].1) }
  }

  @Test(arguments: ["USTAR_FORMAT", "GNU_FORMAT", "PAX_FORMAT"], ["w", "w:gz", "w:bz2", "w:xz"])
  func tar(_ format: String, _ mode: String) throws {
    let place = try TemporaryDirectory()
    let reader = try make(
      writeTar.replacing("MODE", with: "'\(mode)', format=tarfile.\(format)"), at: place.path + "/a.tar")
    #expect(reader.entries.map(\.path) == files.map { Array($0.0.utf8) })
    #expect(reader.entries.allSatisfy { $0.modified == 1_770_000_000_000_000_000 && $0.mode == 0o640 })
    for i in files.indices.reversed() { #expect(try content(reader, i) == files[i].1) }
    #expect(reader.remarks.isEmpty)
  }

  @Test(arguments: ["GNU_FORMAT", "PAX_FORMAT"]) func tarNamesKeepTheirBytes(_ format: String) throws {
    let place = try TemporaryDirectory()
    let names = [String(repeating: "é", count: 140), "e\u{301}", "é", "日本語.json"]
    let reader = try make(
      """
      t = tarfile.open(path, 'w', format=tarfile.\(format))
      for name in \(names):
          t.addfile(tarfile.TarInfo(name), io.BytesIO(b''))
      t.close()
      """.replacing("\\u{301}", with: "\\u0301"), at: place.path + "/a.tar")
    #expect(reader.entries.map(\.path) == names.map { Array($0.utf8) })
  }

  @Test func cutTarIsNoticed() throws {
    let place = try TemporaryDirectory()
    let path = place.path + "/a.tar"
    _ = try make(writeTar.replacing("MODE", with: "'w'"), at: path)
    let whole = try readFile(path)
    try writeFile(path, Array(whole.prefix(100_000)))
    #expect(throws: IOError.self) { _ = try openArchive(SharedFile(Array(path.utf8))) }
    try writeFile(path, Array(whole.prefix(512 * 2)))
    #expect(try openArchive(SharedFile(Array(path.utf8)))?.remarks == ["archive has no end mark: it may be cut off"])
    try writeFile(path, whole + Array("junk".utf8))
    #expect(try openArchive(SharedFile(Array(path.utf8)))?.remarks.count == 1)
  }

  @Test func sevenZip() throws {
    let place = try TemporaryDirectory()
    let path = place.path + "/a.7z"
    try writeFile(path, sevenZipSample)
    let reader = try #require(try openArchive(SharedFile(Array(path.utf8))))
    #expect(reader.entries.map { String(decoding: $0.path, as: UTF8.self) } == ["data/ä.txt", "data/b.txt", "link"])
    #expect(reader.entries.map(\.kind) == [.regular, .regular, .symbolicLink])
    #expect(try content(reader, 1) == Array("second\n".utf8))
    #expect(try content(reader, 0) == Array("first\n".utf8))
    for count in 0..<sevenZipSample.count {
      try writeFile(path, Array(sevenZipSample.prefix(count)))
      #expect(throws: IOError.self) {
        guard let cut = try openArchive(SharedFile(Array(path.utf8))) else { throw IOError("none") }
        _ = try content(cut, 0)
      }
    }
  }

  @Test func otherFilesAreNoArchive() throws {
    let place = try TemporaryDirectory()
    for (i, bytes) in [[], Array("{}".utf8), Array(repeating: 0, count: 4096), try gzip(Array("text".utf8))]
      .enumerated()
    {
      let path = place.path + "/\(i)"
      try writeFile(path, bytes)
      #expect(try openArchive(SharedFile(Array(path.utf8))) == nil)
    }
  }

  private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let store = MemoryStore()
    var sink = try CompressingSink(MemorySink(store), .gzip)
    try sink.write(bytes.span)
    try sink.finish()
    return store.bytes
  }

  /// Each script changes the bytes `d` of a zip with two entries; `c` is where its directory begins, `e` its end record.
  @Test(arguments: [
    ("d = b'stub' + d", "does not lead to its directory"), ("d = d + b'junk'", "cut off"),
    ("d = d + d", "does not lead to its directory"), ("d = d[:-1]", "cut off"), ("d = d[:c] + d[e:]", "does not lead"),
    ("d = d[:e + 16] + struct.pack('<I', 0xFFFFFFF0) + d[e + 20:]", "does not lead"),
    ("d = d[:30] + b'X' + d[31:]", "differ in name"), ("d = d[:c + 24] + b'9' + d[c + 25:]", "differ in size"),
    ("d = d[:c + 16] + b'9' + d[c + 17:]", "differ in size or checksum"),
    ("r = d[c:c + 47]; d = d[:c] + r + d[c:e] + end(3, e - c + 47, c)", "overlap"),
    ("d = d[:e] + end(3, e - c, c)", "directory is damaged"), ("d = d[:e] + end(1, e - c, c)", "holds more"),
  ]) func zipThatReadersDisagreeAboutIsRefused(_ change: String, _ words: String) throws {
    let place = try TemporaryDirectory(), path = place.path + "/a.zip"
    let script = """
      import struct, sys, zipfile
      with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
          z.writestr('a', b'first' * 9); z.writestr('b', b'second' * 9)
      d = open(sys.argv[1], 'rb').read(); c = d.find(b'PK\\1\\2'); e = d.find(b'PK\\5\\6')
      end = lambda n, size, at: struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, n, n, size, at, 0)
      \(change)
      open(sys.argv[1], 'wb').write(d)
      """
    let result = try run(["python3", "-", path], input: Array(script.utf8))
    try #require(result.exitCode == 0, "\(result.errorText)")
    #expect {
      let reader = try openArchive(SharedFile(Array(path.utf8)))
      Issue.record("opened with \(reader?.entries.count ?? -1) entries")
    } throws: { ($0 as? IOError)?.reason.contains(words) == true }
  }

  @Test func damagedEntryOfAZipIsNoticedWhileItIsRead() throws {
    let place = try TemporaryDirectory(), path = place.path + "/a.zip"
    let script = """
      import sys, zipfile
      z = zipfile.ZipFile(sys.argv[1], 'w'); z.writestr('a', b'first' * 9); z.close()
      d = bytearray(open(sys.argv[1], 'rb').read()); d[35] ^= 1; open(sys.argv[1], 'wb').write(d)
      """
    _ = try run(["python3", "-", path], input: Array(script.utf8))
    let reader = try #require(try openArchive(SharedFile(Array(path.utf8))))
    #expect(throws: IOError.self) { try content(reader, 0) }
  }

  /// Bytes behind the end of an entry's data are an error, wherever the blocks that are read end.
  @Test func deflatedEntriesEndWhereTheirDataEnds() throws {
    let place = try TemporaryDirectory(), path = place.path + "/a.zip"
    let script = """
      import random, struct, sys, zlib
      out, directory, n = b'', b'', 0
      for size in [0, 9, 5000] + list(range(65490, 65545, 3)):
          for extra in (0, 1, 2, 5, 8, 13):
              data = random.Random(size).randbytes(size); z = zlib.compressobj(6, zlib.DEFLATED, -15)
              packed = z.compress(data) + z.flush() + b'x' * extra; name = f'{n}-{extra}'.encode()
              head = struct.pack('<HHHHHIIIHH', 20, 0, 8, 0, 33, zlib.crc32(data), len(packed), size, len(name), 0)
              directory += b'PK\\1\\2' + struct.pack('<H', 0x314) + head + struct.pack('<HHHII', 0, 0, 0, 0, len(out)) + name
              out += b'PK\\3\\4' + head + name + packed; n += 1
      end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, n, n, len(directory), len(out), 0)
      open(sys.argv[1], 'wb').write(out + directory + end)
      """
    let result = try run(["python3", "-", path], input: Array(script.utf8))
    try #require(result.exitCode == 0, "\(result.errorText)")
    let reader = try #require(try openArchive(SharedFile(Array(path.utf8))))
    #expect(reader.entries.count == 132)
    for (i, entry) in reader.entries.enumerated() {
      if entry.path.suffix(2).elementsEqual("-0".utf8) {
        #expect(try Int64(content(reader, i).count) == entry.byteCount)
      } else {
        #expect(throws: IOError.self, "entry \(i)") { try content(reader, i) }
      }
    }
  }
}
