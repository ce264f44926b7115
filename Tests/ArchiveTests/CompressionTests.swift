import Archive
import Bytes
import TestSupport
import Testing

/// Text that compresses about four to one.
private let plain: [UInt8] = {
  var state: UInt64 = 1
  return (0..<300_000).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Array("abcdefgh 0123\n\"{},".utf8)[Int(state >> 33) % 18]
  }
}()

/// What `compression` makes of bytes.
private func compressed(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
  let store = MemoryStore()
  var sink = try CompressingSink(MemorySink(store), compression)
  try sink.write(bytes.span)
  try sink.finish()
  #expect(store.isFinished)
  return store.bytes
}

private let writable = Compression.allCases.filter(\.isWritable)
private let shortText = Array("a short text, a short text, a short text".utf8)

/// The short text, compressed by whichever program can.
private func shortSample(_ compression: Compression) throws -> [UInt8] {
  switch compression {
  case .lz4:
    [
      0x04, 0x22, 0x4D, 0x18, 0x64, 0x40, 0xA7, 0x18, 0x00, 0x00, 0x00, 0xEF, 0x61, 0x20, 0x73, 0x68, 0x6F, 0x72, 0x74,
      0x20, 0x74, 0x65, 0x78, 0x74, 0x2C, 0x20, 0x0E, 0x00, 0x02, 0x50, 0x20, 0x74, 0x65, 0x78, 0x74, 0x00, 0x00, 0x00,
      0x00, 0x02, 0xF3, 0xD1, 0x5E,
    ]
  case .lzma:
    try run(["python3", "-c", pythonFilter("lzma.compress(d, format=lzma.FORMAT_ALONE)")], input: shortText).output
  default: try compressed(shortText, compression)
  }
}

/// A Python program that passes standard input through an expression of `d`.
private func pythonFilter(_ expression: String) -> String {
  "import sys, gzip, bz2, lzma; d = sys.stdin.buffer.read(); sys.stdout.buffer.write(\(expression))"
}

/// What decompression makes of bytes.
func decompressed(
  _ bytes: [UInt8], _ compression: Compression, step: Int = .max, limits: ExpansionLimits = .init()
) throws -> [UInt8] {
  var source: any ByteSource & ~Copyable
  source = try DecompressingSource(MemorySource(bytes, step: step), compression, limits: limits)
  return try readAll(&source, limit: 1 << 30)
}

/// The message of the error that the body throws.
private func reason(_ body: () throws -> Void) -> String {
  do { try body() } catch let error as IOError { return error.reason } catch { return "another error: \(error)" }
  return "no error"
}

@Suite struct CompressionTests {
  @Test(arguments: writable, [0, 1, 300_000]) func comesBack(_ compression: Compression, _ count: Int) throws {
    let bytes = Array(plain.prefix(count))
    let stored = try compressed(bytes, compression)
    #expect(compression.matches(Array(stored.prefix(16))))
    #expect(Compression.allCases.filter { $0.matches(stored) } == [compression])
    #expect(try decompressed(stored, compression) == bytes)
    #expect(try decompressed(stored, compression, step: 7) == bytes)
  }

  @Test(arguments: [
    (Compression.gzip, "gzip.compress(d)"), (.bzip2, "bz2.compress(d)"), (.xz, "lzma.compress(d)"),
    (.lzma, "lzma.compress(d, format=lzma.FORMAT_ALONE)"),
  ]) func readsWhatPythonWrites(_ compression: Compression, _ expression: String) throws {
    let result = try run(["python3", "-c", pythonFilter(expression)], input: plain)
    #expect(try decompressed(result.output, compression) == plain)
  }

  @Test(arguments: [
    (Compression.gzip, "gzip.decompress(d)"), (.bzip2, "bz2.decompress(d)"), (.xz, "lzma.decompress(d)"),
  ]) func pythonReadsWhatIsWritten(_ compression: Compression, _ expression: String) throws {
    let result = try run(["python3", "-c", pythonFilter(expression)], input: compressed(plain, compression))
    #expect(result.output == plain)
  }

  @Test(arguments: Compression.allCases) func readsTheShortSample(_ compression: Compression) throws {
    let stored = try shortSample(compression)
    #expect(Compression.allCases.filter { $0.matches(stored) } == [compression])
    #expect(try decompressed(stored, compression, step: 3) == shortText)
  }

  @Test(arguments: writable) func sameBytesGiveTheSameFile(_ compression: Compression) throws {
    #expect(try compressed(plain, compression) == compressed(plain, compression))
  }

  @Test(arguments: [Compression.gzip, .bzip2, .xz, .zstd, .lz4]) func readsAllMembers(_ compression: Compression) throws
  {
    let one = try shortSample(compression)
    #expect(try decompressed(one + one, compression) == shortText + shortText)
    #expect(try decompressed(one + one, compression, step: 1) == shortText + shortText)
  }

  @Test(arguments: Compression.allCases, [1, 4, 70_000]) func refusesTrailingBytes(
    _ compression: Compression, _ count: Int
  ) throws {
    let stored = try shortSample(compression)
    for byte in [UInt8(ascii: "j"), 0x1F] {
      let longer = stored + Array(repeating: byte, count: count)
      #expect(throws: IOError.self) { try decompressed(longer, compression) }
    }
  }

  @Test(arguments: Compression.allCases) func refusesEveryCut(_ compression: Compression) throws {
    let stored = try shortSample(compression)
    for count in 0..<stored.count {
      #expect(throws: IOError.self, "cut to \(count) of \(stored.count)") {
        try decompressed(Array(stored.prefix(count)), compression)
      }
    }
  }

  /// A flipped bit must show, or leave the text as it was (header fields that say nothing about the data).
  @Test(arguments: [Compression.gzip, .bzip2, .xz, .lz4]) func noticesFlippedBits(_ compression: Compression) throws {
    let stored = try shortSample(compression)
    for bit in 0..<(stored.count * 8) {
      var damaged = stored
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let result = try? decompressed(damaged, compression) { #expect(result == shortText, "bit \(bit)") }
    }
  }

  @Test func gzipChecksumCounts() throws {
    var stored = try compressed(plain, .gzip)
    stored[stored.count - 6] ^= 1
    #expect(reason { _ = try decompressed(stored, .gzip) }.contains("incorrect data check"))
  }

  @Test(arguments: writable) func stopsBombs(_ compression: Compression) throws {
    let stored = try compressed(Array(repeating: 0, count: 20_000_000), compression)
    #expect(reason { _ = try decompressed(stored, compression) }.contains("more than 200 times"))
  }

  @Test func limitOfOutputHolds() throws {
    var limits = ExpansionLimits()
    limits.total = 100_000
    #expect(reason { _ = try decompressed(compressed(plain, .xz), .xz, limits: limits) }.contains("100000 bytes"))
  }

  /// Whatever a file's checks and filters are, its blocks are found; behind good ones, too.
  @Test(arguments: ["lzma.CHECK_NONE", "lzma.CHECK_CRC32", "lzma.CHECK_CRC64", "lzma.CHECK_SHA256"], [1, 7, .max])
  func dictionariesHaveALimit(_ check: String, _ step: Int) throws {
    func file(_ dictionary: Int, _ filters: String = "") throws -> [UInt8] {
      let filters = "[\(filters){'id': lzma.FILTER_LZMA2, 'dict_size': \(dictionary), 'preset': 0}]"
      let expression = "lzma.compress(d, check=\(check), filters=\(filters))"
      return try run(["python3", "-c", pythonFilter(expression)], input: Array(plain.prefix(70_001))).output
    }
    let small = try file(1 << 20), delta = try file(1 << 27, "{'id': lzma.FILTER_DELTA, 'dist': 4}, ")
    let text = plain.prefix(70_001)
    let good = small + [0, 0, 0, 0] + delta
    #expect(try decompressed(good, .xz, step: step).elementsEqual(text + text))
    let large = try good + file(3 << 26, "{'id': lzma.FILTER_X86}, ")
    #expect(reason { _ = try decompressed(large, .xz, step: step) }.contains("dictionary of 192 MiB"))
  }
  @Test func dictionariesOfLZMAAloneHaveALimit() throws {
    var stored = try shortSample(.lzma)
    stored.replaceSubrange(1..<5, with: [0, 0, 0, 0x10])
    #expect(reason { _ = try decompressed(stored, .lzma, step: 1) }.contains("dictionary of 256 MiB"))
  }

  @Test func errorOfTheSourceIsPassedOn() throws {
    struct Failing: ByteSource, ~Copyable {
      mutating func read(into buffer: inout OutputRawSpan) throws(IOError) { throw IOError("read", errno: 5) }
    }
    for compression in Compression.allCases {
      #expect(throws: IOError("read", errno: 5)) {
        var source: any ByteSource & ~Copyable = try DecompressingSource(Failing(), compression)
        _ = try readAll(&source, limit: 100)
      }
    }
  }

  @Test(arguments: writable) func errorOfTheSinkIsPassedOn(_ compression: Compression) throws {
    struct Full: ByteSink, ~Copyable {
      mutating func write(_ bytes: Span<UInt8>) throws(IOError) { throw IOError("write", errno: 28) }
      mutating func finish() throws(IOError) {}
    }
    #expect(throws: IOError("write", errno: 28)) {
      var sink = try CompressingSink(Full(), compression)
      try sink.write(plain.span)
      try sink.finish()
    }
  }

  @Test(arguments: writable) func droppedSinkFinishesNothing(_ compression: Compression) throws {
    let store = MemoryStore()
    do {
      var sink = try CompressingSink(MemorySink(store), compression)
      try sink.write(plain.span)
    }
    #expect(!store.isFinished)
    #expect(throws: IOError.self) { try decompressed(store.bytes, compression) }
  }
}
