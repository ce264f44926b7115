import Archive
import Bytes
import TestSupport
import Testing

/// Streams whose decoders deliver what comes before damage.
@Suite struct FrameTests {
  enum Kind: String, CaseIterable, Sendable { case zlib, gzip, lz4, zstd }

  private static let plain = Array((0..<40_000).map { "row \($0 * 7919 % 65537) of many\n" }.joined().utf8)

  /// What Python or the compression's own program makes of bytes.
  private func packed(_ plain: [UInt8], _ kind: Kind) throws -> [UInt8] {
    let program: [String]
    switch kind {
    case .zlib:
      program = [
        "python3", "-c", "import sys, zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))",
      ]
    case .gzip: program = ["gzip", "-c"]
    case .lz4: program = ["lz4", "-c", "-B4", "-BD", "--no-frame-crc"]
    case .zstd: program = ["zstd", "-c", "--long=27"]
    }
    let result = try run(program, input: plain)
    try #require(result.exitCode == 0, "\(result.errorText)")
    return result.output
  }

  /// Everything up to the end or an error, read in pieces.
  private func read(_ bytes: [UInt8], _ kind: Kind, step: Int = .max, room: Int = 10_000) throws -> ([UInt8], IOError?)
  {
    var source: any ByteSource & ~Copyable
    switch kind {
    case .zlib: source = try DecompressingSource(zlib: MemorySource(bytes, step: step))
    case .gzip: source = try DecompressingSource(frames: MemorySource(bytes, step: step), .gzip)
    case .lz4: source = try DecompressingSource(frames: MemorySource(bytes, step: step), .lz4)
    case .zstd: source = try DecompressingSource(frames: MemorySource(bytes, step: step), .zstd)
    }
    return drained(&source, room: room)
  }

  private func drained(_ source: inout any ByteSource & ~Copyable, room: Int) -> ([UInt8], IOError?) {
    var heap = ByteHeap(capacity: room), all: [UInt8] = []
    while true {
      var failure: IOError?
      var isOver = true
      do throws(IOError) { isOver = try heap.fill(from: &source) } catch { failure = error }
      all += Array(heap.span)
      heap.removeAll()
      if isOver { return (all, failure) }
    }
  }

  @Test(arguments: Kind.allCases) func comesBackWhateverTheSteps(_ kind: Kind) throws {
    let bytes = try packed(Self.plain, kind)
    for (step, room) in [(Int.max, 1 << 20), (1, 1 << 16), (4096, 17), (7, 4096)] {
      let (plain, failure) = try read(bytes, kind, step: step, room: room)
      #expect(plain == Self.plain && failure == nil, "step \(step), room \(room)")
    }
    #expect(try read(packed([], kind), kind) == ([], nil))
  }

  @Test(arguments: Kind.allCases) func bytesBeforeACutAreDelivered(_ kind: Kind) throws {
    let bytes = try packed(Self.plain, kind)
    for count in stride(from: 0, to: bytes.count, by: bytes.count / 97) + [bytes.count - 1] {
      let (plain, failure) = try read(Array(bytes.prefix(count)), kind)
      #expect(failure != nil && Self.plain.starts(with: plain), "cut at \(count)")
      if count > bytes.count * 3 / 4 { #expect(plain.count > Self.plain.count / 2, "cut at \(count)") }
    }
  }

  /// zlib's own decoder gives all that comes before a cut, whatever the room.
  @Test func roomDoesNotMatterAtACut() throws {
    let bytes = try packed(Array(Self.plain.prefix(3_000)), .zlib)
    for count in 1..<bytes.count {
      var last: [UInt8]?
      for room in [1 << 16, 1, 5] {
        var source: any ByteSource & ~Copyable = try DecompressingSource(
          zlib: MemorySource(Array(bytes.prefix(count))), isExact: true)
        let (plain, failure) = drained(&source, room: room)
        #expect(failure != nil && plain == last ?? plain, "cut at \(count), room \(room)")
        last = plain
      }
    }
  }

  @Test(arguments: Kind.allCases) func whatFollowsIsRefused(_ kind: Kind) throws {
    let bytes = try packed(Self.plain, kind)
    // isa-l takes up to three bytes behind a zlib stream unseen.
    for rest in [[0], [0x1F], Array("junk".utf8), [UInt8](repeating: 0, count: 100)]
    where kind != .zlib || rest.count > 3 {
      let (plain, failure) = try read(bytes + rest, kind)
      #expect(plain == Self.plain && failure != nil)
    }
    let (twice, failure) = try read(bytes + bytes, kind)
    if kind == .zlib { #expect(failure != nil) } else { #expect(twice == Self.plain + Self.plain && failure == nil) }
  }

  /// Members of gzip that end near the end of a block of input: isa-l gives back what it has read too far.
  @Test func membersMayEndAnywhereInABlock() throws {
    let script = """
      import gzip, io, random, sys
      n = int(sys.argv[1])
      data = random.Random(1).randbytes(65000)
      def member(name):
          out = io.BytesIO()
          with gzip.GzipFile(name, 'wb', 9, out, 0) as f: f.write(data)
          return out.getvalue()
      sys.stdout.buffer.write(member('x' * (n - len(member('')) - 1)) + member('end'))
      """
    for count in 65_536 - 12...65_536 + 12 {
      let result = try run(["python3", "-c", script, "\(count)"])
      try #require(result.exitCode == 0, "\(result.errorText)")
      let (plain, failure) = try read(result.output, .gzip)
      #expect(plain.count == 130_000 && failure == nil, "member of \(count) bytes")
    }
  }

  /// zlib and gzip carry checksums of the plain bytes; the others may let a changed byte through.
  @Test(arguments: [Kind.zlib, .gzip]) func changedBitsAreNoticed(_ kind: Kind) throws {
    let bytes = try packed(Self.plain, kind)
    for at in stride(from: 20, to: bytes.count, by: bytes.count / 211) {
      var changed = bytes
      changed[at] ^= 0x20
      #expect(try read(changed, kind).1 != nil, "bit at \(at)")
    }
  }

  @Test func windowsBeyondTheLimitAreRefused() throws {
    let result = try run(["zstd", "-c", "--long=28", "--ultra", "-22", "--single-thread"], input: Self.plain)
    try #require(result.exitCode == 0)
    // A window of 2^28 bytes, said in the frame's head when its size is not known.
    var bytes = result.output
    bytes[4] &= 0b0001_1111
    bytes[5] = 18 << 3
    #expect(try read(bytes, .zstd).1 != nil)
  }
}
