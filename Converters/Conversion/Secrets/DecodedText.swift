internal import Bytes

/// A text with one encoding undone, which remembers where each byte comes from.
struct DecodedText {
  private(set) var bytes: [UInt8] = []
  /// For each byte, the first byte that it comes from, and the one behind the last.
  private var starts: [Int32] = []
  private var ends: [Int32] = []
  /// The encodings undone, the outermost first.
  var encodings: [SecretEncoding] = []
  /// Whether anything differs from the text that it was made of.
  private var isChanged = false

  /// The part of the original text that a range comes from.
  func origin(of range: Range<Int>) -> Range<Int> {
    Int(starts[range.lowerBound])..<Int(ends[range.upperBound - 1])
  }

  private mutating func append(_ byte: UInt8, from start: Int, to end: Int) {
    bytes.append(byte)
    starts.append(Int32(truncatingIfNeeded: start))
    ends.append(Int32(truncatingIfNeeded: end))
  }

  private mutating func append(scalar: UInt32, from start: Int, to end: Int) {
    var encoded: [4 of UInt8] = [0, 0, 0, 0]
    let count = encodeUTF8(scalar, into: &encoded)
    for i in 0..<count { append(encoded[i], from: start, to: end) }
  }

  /// The same with places of the text that this one was made of.
  fileprivate func located(in other: DecodedText) -> DecodedText {
    var text = self
    for i in text.bytes.indices {
      let range = other.origin(of: Int(starts[i])..<Int(ends[i]))
      text.starts[i] = Int32(truncatingIfNeeded: range.lowerBound)
      text.ends[i] = Int32(truncatingIfNeeded: range.upperBound)
    }
    text.encodings = other.encodings + encodings
    return text
  }

  /// Everything that a decoded text can be decoded to once more.
  func decoded(quotes: Bool) -> [DecodedText] {
    Self.decoded(bytes.span, quotes: quotes).map { $0.located(in: self) }
  }

  /// Everything that a text can be decoded to, one encoding each. `quotes`: doubled ones, too.
  static func decoded(_ text: Span<UInt8>, quotes: Bool) -> [DecodedText] {
    let signs = Signs(text)
    var all: [DecodedText] = []
    func add(_ encoding: SecretEncoding, _ decode: (inout DecodedText) -> Void) {
      var decoded = DecodedText()
      decode(&decoded)
      guard decoded.isChanged else { return }
      decoded.encodings = [encoding]
      all.append(decoded)
    }
    if signs.hasBackslash { add(.escapes) { $0.unescape(text) } }
    if signs.hasPercent { add(.percent) { $0.undo(text, sign: UInt8(ascii: "%")) } }
    if signs.hasAmpersand { add(.entities) { $0.resolve(text) } }
    if signs.hasEquals { add(.quotedPrintable) { $0.undo(text, sign: UInt8(ascii: "=")) } }
    if signs.hasNul { add(.utf16) { $0.drop(text) { $0 == 0 } } }
    if signs.hasLongLines { add(.lines) { $0.drop(text) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } } }
    if quotes { add(.quotes) { $0.undouble(text) } }
    if signs.hasLongRuns {
      add(.base64) { $0.decodeRuns(text, isBase64: true) }
      add(.lowerHex) { $0.decodeRuns(text, isBase64: false) }
    }
    return all
  }

  /// What a text holds that speaks for an encoding.
  private struct Signs {
    var hasBackslash = false, hasPercent = false, hasAmpersand = false, hasEquals = false, hasNul = false
    var hasLongLines = false, hasLongRuns = false

    init(_ text: Span<UInt8>) {
      var run = 0
      for i in text.indices {
        let byte = text[i]
        if DecodedText.isBase64[Int(byte)] {
          run &+= 1
          if run == DecodedText.leastRun { hasLongRuns = true }
          continue
        }
        switch byte {
        case UInt8(ascii: "\\"): hasBackslash = true
        case UInt8(ascii: "%"): hasPercent = true
        case UInt8(ascii: "&"): hasAmpersand = true
        case UInt8(ascii: "="): hasEquals = true
        case 0: hasNul = true
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): if run >= 40 { hasLongLines = true }
        default: break
        }
        run = 0
      }
    }
  }

  private static let isBase64: [Bool] = (0..<256).map { byte in
    let found = ByteClass.table[byte]
    return ByteClass([.word, .joiner, .base64Sign]).contains(found)
  }
  /// Letters of base64 in a row that are taken for base64, or for hexadecimal digits.
  private static let leastRun = 16

  private mutating func drop(_ text: Span<UInt8>, _ isDropped: (UInt8) -> Bool) {
    for i in text.indices {
      if isDropped(text[i]) { isChanged = true } else { append(text[i], from: i, to: i + 1) }
    }
  }

  private mutating func undouble(_ text: Span<UInt8>) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      let isDouble =
        (byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")) && at + 1 < text.count && text[at + 1] == byte
      append(byte, from: at, to: isDouble ? at + 2 : at + 1)
      if isDouble { isChanged = true }
      at += isDouble ? 2 : 1
    }
  }

  /// Undoes `%41`, or `=41` and line breaks behind the sign.
  private mutating func undo(_ text: Span<UInt8>, sign: UInt8) {
    var at = 0
    while at < text.count {
      if text[at] == sign, at + 2 < text.count, let high = hexValue(text[at + 1]), let low = hexValue(text[at + 2]) {
        append(high << 4 | low, from: at, to: at + 3)
        isChanged = true
        at += 3
      } else if sign == UInt8(ascii: "="), text[at] == sign, at + 1 < text.count, text[at + 1] <= UInt8(ascii: "\r"),
        text[at + 1] >= UInt8(ascii: "\n")
      {
        at += text[at + 1] == UInt8(ascii: "\r") && at + 2 < text.count && text[at + 2] == UInt8(ascii: "\n") ? 3 : 2
        isChanged = true
      } else {
        append(text[at], from: at, to: at + 1)
        at += 1
      }
    }
  }
}

// Escapes, entities and runs.
extension DecodedText {
  private mutating func unescape(_ text: Span<UInt8>) {
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
        append(text[at], from: at, to: at + 1)
        at += 1
        continue
      }
      isChanged = true
      let start = at, kind = text[at + 1]
      at += 2
      switch kind {
      case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
        append(UInt8(ascii: "\n"), from: start, to: at)
      case UInt8(ascii: "u"):
        guard var scalar = Self.hex(text, at, count: 4) else { break }
        at += 4
        if scalar >> 10 == 0x36, at + 5 < text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u"),
          let low = Self.hex(text, at + 2, count: 4), low >> 10 == 0x37
        {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
          at += 6
        }
        append(scalar: scalar, from: start, to: at)
      case UInt8(ascii: "x"):
        guard let byte = Self.hex(text, at, count: 2) else { break }
        at += 2
        append(UInt8(truncatingIfNeeded: byte), from: start, to: at)
      case UInt8(ascii: "0")...UInt8(ascii: "3"):
        guard at + 1 < text.count, text[at] & 0xF8 == 0x30, text[at + 1] & 0xF8 == 0x30 else { break }
        at += 2
        append((kind & 3) << 6 | (text[at - 2] & 7) << 3 | text[at - 1] & 7, from: start, to: at)
      default: append(kind, from: start, to: at)
      }
    }
  }

  private static func hex(_ text: Span<UInt8>, _ start: Int, count: Int) -> UInt32? {
    guard start + count <= text.count else { return nil }
    var value: UInt32 = 0
    for i in start..<(start + count) {
      guard let digit = hexValue(text[i]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private static let entities: [(name: [UInt8], byte: UInt8)] = [
    ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"), ("sol;", "/"), ("plus;", "+"),
    ("equals;", "="), ("dollar;", "$"), ("period;", "."), ("colon;", ":"), ("lowbar;", "_"), ("commat;", "@"),
    ("num;", "#"), ("excl;", "!"), ("percnt;", "%"), ("ast;", "*"), ("quest;", "?"), ("hyphen;", "-"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)[0]) }

  private mutating func resolve(_ text: Span<UInt8>) {
    var at = 0
    while at < text.count {
      if text[at] == UInt8(ascii: "&"), let (scalar, end) = Self.entity(text, at + 1) {
        append(scalar: scalar, from: at, to: end)
        isChanged = true
        at = end
      } else {
        append(text[at], from: at, to: at + 1)
        at += 1
      }
    }
  }

  /// What stands behind an ampersand.
  private static func entity(_ text: Span<UInt8>, _ start: Int) -> (UInt32, end: Int)? {
    guard start + 1 < text.count else { return nil }
    guard text[start] == UInt8(ascii: "#") else {
      for (name, byte) in entities where start + name.count <= text.count {
        if name.indices.allSatisfy({ text[start + $0] == name[$0] }) { return (UInt32(byte), start + name.count) }
      }
      return nil
    }
    let isHex = text[start + 1] | 0x20 == UInt8(ascii: "x")
    var at = start + (isHex ? 2 : 1), value: UInt32 = 0, digits = 0
    while at < text.count, digits < 8, let digit = hexValue(text[at]), isHex || digit < 10 {
      value = min(value &* (isHex ? 16 : 10) &+ UInt32(digit), 0x110000)
      at += 1
      digits += 1
    }
    guard digits > 0, value < 0x110000, at < text.count, text[at] == UInt8(ascii: ";") else { return nil }
    return (value, at + 1)
  }

  /// Decodes runs of base64 or of hexadecimal digits that turn out to be text, a line each. All of a run is where its bytes come
  /// from.
  private mutating func decodeRuns(_ text: Span<UInt8>, isBase64 wantsBase64: Bool) {
    var at = 0
    while at < text.count {
      guard Self.isBase64[Int(text[at])] else {
        at += 1
        continue
      }
      let start = at
      while at < text.count, Self.isBase64[Int(text[at])] { at += 1 }
      guard at - start >= Self.leastRun else { continue }
      wantsBase64 ? decodeBase64Run(text, start..<at) : decodeHexRun(text, start..<at)
    }
  }

  private static func isText(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\t")
  }

  private mutating func finishRun(from count: Int, _ run: Range<Int>, isText: Bool) {
    guard isText, bytes.count > count else {
      bytes.removeLast(bytes.count - count)
      starts.removeLast(starts.count - count)
      ends.removeLast(ends.count - count)
      return
    }
    append(UInt8(ascii: "\n"), from: run.lowerBound, to: run.upperBound)
    isChanged = true
  }

  private mutating func decodeBase64Run(_ text: Span<UInt8>, _ run: Range<Int>) {
    let count = bytes.count
    var bits: UInt32 = 0, held = 0
    for i in run {
      let value: UInt8
      switch text[i] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = text[i] - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = text[i] - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = text[i] - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
      default: value = 63
      }
      bits = bits << 6 | UInt32(value)
      held += 6
      guard held >= 8 else { continue }
      held -= 8
      let byte = UInt8(truncatingIfNeeded: bits >> UInt32(held))
      guard Self.isText(byte) else { return finishRun(from: count, run, isText: false) }
      append(byte, from: run.lowerBound, to: run.upperBound)
    }
    finishRun(from: count, run, isText: true)
  }

  private mutating func decodeHexRun(_ text: Span<UInt8>, _ run: Range<Int>) {
    let count = bytes.count
    var i = run.lowerBound
    while i + 1 < run.upperBound {
      guard let high = hexValue(text[i]), let low = hexValue(text[i + 1]), Self.isText(high << 4 | low) else {
        return finishRun(from: count, run, isText: false)
      }
      append(high << 4 | low, from: run.lowerBound, to: run.upperBound)
      i += 2
    }
    finishRun(from: count, run, isText: true)
  }
}
