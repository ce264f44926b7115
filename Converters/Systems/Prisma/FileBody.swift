internal import Bytes
internal import Conversion

/// The bytes of a file as base64 gives them, a piece at a time: their number, checksum and beginning.
///
/// Line breaks, the other alphabet and missing padding are accepted and noted.
struct FileBody: ~Copyable {
  private(set) var byteCount: Int64 = 0
  private(set) var head: [UInt8] = []
  /// Whether the text was not strict base64.
  private(set) var isLenient = false
  /// Whether it was no base64 at all.
  private(set) var isBroken = false
  private var digest = SHA256()
  private var decoder = Base64Decoder()
  private var letterCount = 0
  private var hasPadding = false
  private var output: [UInt8] = []
  private let copy: (any AppendableFile)?

  /// `copy` gets the bytes, too.
  init(copy: (any AppendableFile)? = nil) { self.copy = copy }

  /// Takes the next letters of base64.
  mutating func take(_ text: Span<UInt8>) throws(IOError) {
    guard !isBroken else { return }
    output.removeAll(keepingCapacity: true)
    var at = 0
    while at < text.count, !isBroken {
      let run = decoder.decodeGroups(text.extracting(at..<text.count), into: &output)
      if run > 0 {
        letterCount &+= run
        at += run
      } else {
        takeOther(text[at])
        at += 1
      }
    }
    try deliver()
  }

  private mutating func takeOther(_ byte: UInt8) {
    var letter: [1 of UInt8] = [byte]
    switch byte {
    case 0x09, 0x0A, 0x0D, 0x20:
      isLenient = true
      return
    case UInt8(ascii: "-"), UInt8(ascii: "_"):
      isLenient = true
      letter[0] = byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : UInt8(ascii: "/")
    case UInt8(ascii: "="): hasPadding = true
    default: break
    }
    letterCount &+= 1
    if !decoder.decode(letter.span, into: &output) { isBroken = true }
  }

  private mutating func deliver() throws(IOError) {
    guard !output.isEmpty else { return }
    var bytes: [UInt8] = []
    swap(&bytes, &output)
    byteCount &+= Int64(bytes.count)
    digest.update(bytes.span)
    if head.count < FileType.headCount { head += bytes.prefix(FileType.headCount - head.count) }
    try copy?.append(bytes.span)
    swap(&bytes, &output)
  }

  /// The SHA-256 of the bytes; called once, at the end.
  mutating func finish() throws(IOError) -> [UInt8] {
    output.removeAll(keepingCapacity: true)
    if !isBroken {
      let missing = (4 - letterCount % 4) % 4
      if missing > 0, !hasPadding {
        isLenient = true
        let padding = Array(repeating: UInt8(ascii: "="), count: missing)
        if !decoder.decode(padding.span, into: &output) { isBroken = true }
      }
      if !isBroken, !decoder.finish(into: &output) { isBroken = true }
      try deliver()
    }
    return digest.finish()
  }
}
