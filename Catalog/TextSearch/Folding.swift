package import Bytes

/// What a scalar is to the words of a text, and what it folds to.
///
/// Words are runs of letters and digits of any script, without regard to case and to the marks on letters. Scripts that are
/// written without spaces (Chinese, Japanese, Korean, Thai…) give one word per scalar, so that any run of them is a phrase.
/// Indexing, asking and verifying use the same folding; folding what is folded changes nothing.
struct FoldedScalar: Equatable {
  enum Kind: UInt8 {
    /// Stands between words.
    case separator
    /// Belongs to no word and separates none: a mark above or below a letter.
    case dropped
    /// Part of a word.
    case letter
    /// A word of its own.
    case single
  }
  var kind: Kind
  /// The scalar it folds to.
  var scalar: UInt32
  /// Position in `FoldingTable.expansions` when it folds to several scalars, otherwise -1.
  var expansion = -1

  init(_ kind: Kind, _ scalar: UInt32) {
    self.kind = kind
    self.scalar = scalar
  }

  /// Folds a scalar; any number that is no scalar is a separator.
  init(of scalar: UInt32) {
    switch scalar {
    case 0..<0x80: self = Self.ascii(UInt8(scalar))
    case 0x80..<0xA0: self.init(.separator, scalar)
    case 0xA0..<0x700: self = Self.tabulated(FoldingTable.from00A0[Int(scalar) - 0xA0], scalar)
    case 0x1E00..<0x2000: self = Self.tabulated(FoldingTable.from1E00[Int(scalar) - 0x1E00], scalar)
    case 0xFB00..<0xFB07: self = Self.tabulated(FoldingTable.fromFB00[Int(scalar) - 0xFB00], scalar)
    case 0xFF01...0xFF5E: self = Self.ascii(UInt8(scalar - 0xFEE0))  // the wide forms of ASCII
    default:
      if Self.isSpaceless(scalar) {
        self.init(.single, scalar)
      } else if Self.isMark(scalar) {
        self.init(.dropped, scalar)
      } else {
        self = Self.fromProperties(scalar)
      }
    }
  }

  private static func ascii(_ byte: UInt8) -> FoldedScalar {
    let lower = asciiLower(byte)
    let isWord =
      (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
      || (lower >= UInt8(ascii: "0") && lower <= UInt8(ascii: "9"))
    return FoldedScalar(isWord ? .letter : .separator, UInt32(lower))
  }

  private static func tabulated(_ entry: UInt16, _ scalar: UInt32) -> FoldedScalar {
    switch entry {
    case FoldingTable.separator: return FoldedScalar(.separator, scalar)
    case FoldingTable.dropped: return FoldedScalar(.dropped, scalar)
    case FoldingTable.firstExpansion...:
      var folded = FoldedScalar(.letter, scalar)
      folded.expansion = Int(entry - FoldingTable.firstExpansion)
      return folded
    default: return FoldedScalar(.letter, UInt32(entry))
    }
  }

  /// Scripts written without spaces between words.
  private static func isSpaceless(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD, 0x3005...0x3007: true  // Han
    case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: true
    case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xD7B0...0xD7FB: true  // Hangul
    case 0x3105...0x312F, 0x31A0...0x31BF: true  // Bopomofo
    case 0x0E01...0x0E3A, 0x0E40...0x0E4E, 0x0E50...0x0E59, 0x0E81...0x0EDF: true  // Thai, Lao
    case 0x1000...0x1049, 0x1050...0x109D, 0x1780...0x17D3: true  // Myanmar, Khmer
    default: false
    }
  }

  /// Marks outside the tables.
  private static func isMark(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0x3099...0x309A, 0xFE00...0xFE0F, 0xFE20...0xFE2F: true
    default: false
    }
  }

  private static func fromProperties(_ value: UInt32) -> FoldedScalar {
    guard let scalar = Unicode.Scalar(value) else { return FoldedScalar(.separator, value) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter:
      let lower = scalar.properties.lowercaseMapping.unicodeScalars
      guard lower.count == 1, let first = lower.first, first != scalar else { return FoldedScalar(.letter, value) }
      return FoldedScalar(of: first.value)
    case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber, .otherNumber,
      .nonspacingMark, .spacingMark:
      return FoldedScalar(.letter, value)
    default: return FoldedScalar(.separator, value)
    }
  }
}

/// The scalar at an offset and its length; bytes that are no UTF-8 come one by one as a number that is no scalar.
@inline(__always)
func decodeScalar(_ text: Span<UInt8>, at offset: Int) -> (value: UInt32, count: Int) {
  let first = text[offset]
  if first < 0x80 { return (UInt32(first), 1) }
  let count = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
  let invalid: (UInt32, Int) = (0x11_0000 + UInt32(first), 1)
  guard count > 0, offset + count <= text.count else { return invalid }
  var value = UInt32(first) & (0xFF >> UInt32(count + 1))
  for i in 1..<count {
    let next = text[offset + i]
    guard next & 0xC0 == 0x80 else { return invalid }
    value = value << 6 | UInt32(next & 0x3F)
  }
  let least: UInt32 = count == 2 ? 0x80 : count == 3 ? 0x800 : 0x10000
  guard value >= least, value < 0x11_0000, value & 0xFFFF_F800 != 0xD800 else { return invalid }
  return (value, count)
}

/// Folds whole texts.
package enum Folding {
  /// Appends the folded text to `output`: letters folded, marks left out, everything between words as it stands.
  package static func appendFolded(_ text: Span<UInt8>, to output: inout ByteHeap) {
    if isASCII(text) { return output.append(lowercasing: text) }
    output.append(atMost: text.count * 2) { fold(text, wordsOnly: false, into: &$0) }
  }

  /// Appends the words of a text, folded and with spaces between them, then one space more.
  static func appendWords(of text: Span<UInt8>, to output: inout ByteHeap) {
    output.append(atMost: text.count * 2 + 1) {
      fold(text, wordsOnly: true, into: &$0)
      $0.append(0x20)
    }
  }

  /// Appends the folded text as the row index splits it: a space for everything from U+0080 on that is no part of a word and
  /// for control characters, 0x01 before each character that is a word of its own and 0x02 between it and a letter.
  package static func appendIndexed(_ text: Span<UInt8>, to output: inout ByteHeap) {
    if isASCII(text) { return output.append(lowercasing: text) }
    output.append(atMost: text.count * 2) { index(text, into: &$0) }
  }

  private static func index(_ text: Span<UInt8>, into output: inout OutputSpan<UInt8>) {
    var at = 0, followsSingle = false
    while at < text.count {
      let (value, count) = decodeScalar(text, at: at)
      let folded = FoldedScalar(of: value)
      at += count
      switch folded.kind {
      case .dropped: continue
      case .separator:
        output.append(folded.scalar >= 0x20 && folded.scalar < 0x80 ? UInt8(folded.scalar) : 0x20)
      case .single:
        output.append(0x01)
        append(folded, to: &output)
      case .letter:
        if followsSingle { output.append(0x02) }
        append(folded, to: &output)
      }
      followsSingle = folded.kind == .single
    }
  }

  /// No scalar becomes longer than twice its own bytes, spaces around single words included.
  private static func fold(_ text: Span<UInt8>, wordsOnly: Bool, into output: inout OutputSpan<UInt8>) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte < 0x80 {
        let folded = asciiLower(byte)
        output.append(wordsOnly && !isASCIIWord(folded) ? 0x20 : folded)
        at += 1
        continue
      }
      let (value, count) = decodeScalar(text, at: at)
      let folded = FoldedScalar(of: value)
      switch folded.kind {
      case .dropped: break
      case .separator:
        if wordsOnly {
          output.append(0x20)
        } else if value == folded.scalar {
          for i in at..<(at + count) { output.append(text[i]) }
        } else {
          append(folded, to: &output)
        }
      case .single:
        if wordsOnly { output.append(0x20) }
        append(folded, to: &output)
        if wordsOnly { output.append(0x20) }
      case .letter: append(folded, to: &output)
      }
      at += count
    }
  }

  /// The range of the original text that a range of its folded form stands for, with the marks that follow the last letter.
  static func originalRange(of range: Range<Int>, in text: Span<UInt8>) -> Range<Int> {
    var at = 0, produced = 0
    var start: Int?
    while at < text.count {
      let (value, count) = decodeScalar(text, at: at)
      let length = foldedLength(value, count)
      if start == nil, produced + length > range.lowerBound { start = at }
      if produced >= range.upperBound && length > 0 { break }
      produced += length
      at += count
    }
    return min(start ?? at, at)..<at
  }

  private static func foldedLength(_ value: UInt32, _ count: Int) -> Int {
    let folded = FoldedScalar(of: value)
    if folded.kind == .dropped { return 0 }
    if folded.expansion >= 0 { return FoldingTable.expansions[folded.expansion].count }
    return folded.scalar == value ? count : utf8Length(folded.scalar)
  }

  private static func append(_ folded: FoldedScalar, to output: inout OutputSpan<UInt8>) {
    if folded.expansion >= 0 {
      for byte in FoldingTable.expansions[folded.expansion] { output.append(byte) }
      return
    }
    appendUTF8(folded.scalar, to: &output)
  }
}

/// Whether a byte with capitals made small is an ASCII letter or digit.
@inline(__always)
func isASCIIWord(_ lower: UInt8) -> Bool {
  lower &- UInt8(ascii: "a") < 26 || lower &- UInt8(ascii: "0") < 10
}

/// Bytes of a scalar in UTF-8.
func utf8Length(_ scalar: UInt32) -> Int { scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4 }

/// Appends a scalar in UTF-8.
func appendUTF8(_ scalar: UInt32, to output: inout OutputSpan<UInt8>) {
  switch utf8Length(scalar) {
  case 1: output.append(UInt8(scalar))
  case 2:
    output.append(UInt8(0xC0 | scalar >> 6))
    output.append(UInt8(0x80 | scalar & 0x3F))
  case 3:
    output.append(UInt8(0xE0 | scalar >> 12))
    output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
    output.append(UInt8(0x80 | scalar & 0x3F))
  default:
    output.append(UInt8(0xF0 | scalar >> 18))
    output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
    output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
    output.append(UInt8(0x80 | scalar & 0x3F))
  }
}
