internal import Bytes

/// Hashes the bytes that a text stands for: `\x` and hexadecimal digits, otherwise padded base64. The text comes in pieces.
struct EncodedBytesDigest {
  private enum Encoding { case unknown, backslash, hexadecimal, base64 }

  private var encoding = Encoding.unknown
  private var isValid = true
  private var base64 = Base64Decoder()
  private var pendingDigit: UInt8?
  private var stream: HashStream
  private var decoded: [UInt8] = []

  /// A digest of the bytes at a place.
  init(_ place: CanonicalPlace) { stream = HashStream(seed: CanonicalTag.bytes.seed(place.seed)) }

  /// Begins another value; what is allocated stays.
  mutating func restart(_ place: CanonicalPlace) {
    (encoding, isValid, base64, pendingDigit) = (.unknown, true, Base64Decoder(), nil)
    stream = HashStream(seed: CanonicalTag.bytes.seed(place.seed))
  }

  /// Takes the next piece of the text.
  mutating func update(_ text: Span<UInt8>) {
    var at = 0
    while at < text.count && isValid {
      switch encoding {
      case .unknown where text[at] == UInt8(ascii: "\\"):
        encoding = .backslash
        at += 1
      case .unknown: encoding = .base64
      case .backslash:
        isValid = text[at] == UInt8(ascii: "x")
        encoding = .hexadecimal
        at += 1
      case .hexadecimal, .base64:
        // A slice at a time, so that the decoded bytes need little room.
        let end = min(text.count, at + 4096)
        decode(text.extracting(at..<end))
        at = end
      }
    }
  }

  private mutating func decode(_ text: Span<UInt8>) {
    decoded.removeAll(keepingCapacity: true)
    if encoding == .base64 {
      isValid = base64.decode(text, into: &decoded)
    } else {
      for i in text.indices {
        guard let digit = hexValue(text[i]) else {
          isValid = false
          return
        }
        if let high = pendingDigit {
          decoded.append(high << 4 | digit)
          pendingDigit = nil
        } else {
          pendingDigit = digit
        }
      }
    }
    hashDecoded()
  }

  private mutating func hashDecoded() {
    var stream = stream
    stream.update(decoded.span)
    self.stream = stream
  }

  /// The hash of the bytes; nil when the text stands for none.
  mutating func finish() -> Hash128? {
    guard isValid, encoding != .backslash, pendingDigit == nil else { return nil }
    if encoding == .base64 {
      decoded.removeAll(keepingCapacity: true)
      guard base64.finish(into: &decoded) else { return nil }
      hashDecoded()
    }
    return stream.result
  }
}
