import Bytes
import TestSupport
import Testing

@testable import Archive

/// Entries of all sizes: nothing, text that shrinks, and noise that does not and is kept aside in a file.
private let samples: [(name: String, content: [UInt8])] = {
  var state: UInt64 = 7
  let noise = (0..<2_500_000).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
  let text = Array(String(repeating: "{\"name\":\"zip\"}\n", count: 30_000).utf8)
  return [("README.md", Array("hello\n".utf8)), ("t/empty.jsonl", []), ("t/text.jsonl", text), ("t/noise", noise)]
}()

/// A zip of entries that come in pieces.
private func zip(
  _ entries: [(name: String, content: [UInt8])], piece: Int = 100_000, sizeLimit: UInt64 = 0xFFFF_FFFF,
  entryLimit: Int = 0xFFFF, usesIsal: Bool = true
) throws -> [UInt8] {
  let store = MemoryStore()
  let writer = try ZipWriter(MemorySink(store), sizeLimit: sizeLimit, entryLimit: entryLimit, usesIsal: usesIsal)
  for (name, content) in entries {
    try writer.begin(Array(name.utf8))
    for start in stride(from: 0, to: content.count, by: piece) {
      try writer.append(content[start..<min(start + piece, content.count)].span)
    }
    try writer.end()
  }
  try writer.finish()
  #expect(store.isFinished)
  return store.bytes
}

@Suite struct ZipWriterTests {
  /// What Python's zipfile finds: names, sizes and a checksum, and whether it finds anything wrong.
  private func python(_ bytes: [UInt8]) throws -> String {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/a.zip", bytes)
    let script = """
      import hashlib, sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as z:
          assert z.testzip() is None
          for i in z.infolist():
              data = z.read(i)
              assert len(data) == i.file_size
              print(i.filename, i.file_size, hashlib.sha256(data).hexdigest(), i.date_time[:3], oct(i.external_attr >> 16))
      """
    let result = try run(["python3", "-c", script, place.path + "/a.zip"])
    try #require(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }

  private var expected: String {
    samples.map { name, content in
      var hash = SHA256()
      hash.update(content.span)
      return "\(name) \(content.count) \(hexadecimal(hash.finish())) (1980, 0, 0) 0o644\n"
    }.joined()
  }

  /// Beyond a limit sizes, offsets and counts are written as 64-bit numbers.
  @Test(arguments: [(UInt64(0xFFFF_FFFF), 0xFFFF), (100, 0xFFFF), (1_000_000, 3), (0, 0)])
  func othersReadIt(_ sizeLimit: UInt64, _ entryLimit: Int) throws {
    #expect(try python(zip(samples, sizeLimit: sizeLimit, entryLimit: entryLimit)) == expected)
  }

  @Test(arguments: [(UInt64(0xFFFF_FFFF), 0xFFFF), (100, 0xFFFF), (0, 0)])
  func weReadIt(_ sizeLimit: UInt64, _ entryLimit: Int) throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/a.zip", try zip(samples, sizeLimit: sizeLimit, entryLimit: entryLimit))
    let reader = try #require(try openArchive(SharedFile(place.file("a.zip"))))
    #expect(reader.entries.map { String(decoding: $0.path, as: UTF8.self) } == samples.map(\.name))
    for (i, sample) in samples.enumerated() {
      var source = try reader.open(i)
      let isSame = try readAll(&source, limit: 1 << 30) == sample.content
      #expect(isSame, "\(sample.name)")
    }
  }

  @Test func piecesNeverShow() throws {
    let short = [samples[0], samples[1], (name: "t", content: Array(samples[2].content.prefix(5000)))]
    for (entries, pieces) in [(short, [1, 7]), (samples, [65_537, 1 << 40])] {
      let whole = try zip(entries)
      for piece in pieces {
        let isSame = try zip(entries, piece: piece) == whole
        #expect(isSame, "piece \(piece)")
      }
    }
  }

  @Test func bothLibrariesDeflate() throws {
    let fast = try zip(samples), usual = try zip(samples, usesIsal: false)
    #expect(try python(usual) == expected)
    // Text that repeats itself nearly vanishes, noise stays what it is.
    for bytes in [fast, usual] { #expect(bytes.count > 2_500_000 && bytes.count < 2_520_000) }
  }

  @Test func moreEntriesThanSixteenBitsCount() throws {
    let many = (0..<65_540).map { ("e\($0)", [UInt8]()) }
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/a.zip", try zip(many))
    let script = "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))"
    #expect(try run(["python3", "-c", script, place.path + "/a.zip"]).text == "65540\n")
  }

  @Test func nothingButItsEndIsAZip() throws {
    #expect(try python(zip([])) == "")
  }
}
