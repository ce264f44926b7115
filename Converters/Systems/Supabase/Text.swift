internal import Bytes
internal import Conversion
internal import Records

/// Whether the bytes hold a word.
func contains(_ text: [UInt8], _ word: String) -> Bool { firstOffset(of: Array(word.utf8).span, in: text.span) != nil }

/// The bytes without white space at both ends.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var bytes = bytes
  while let first = bytes.first, first <= 0x20 { bytes = bytes.dropFirst() }
  while let last = bytes.last, last <= 0x20 { bytes = bytes.dropLast() }
  return bytes
}

/// The lines of a text with their offsets, line ends left out.
func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
  text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}

/// The words of a text in small letters, those with other letters than ASCII's left out.
func words(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
  NameWords(Name(text.map(asciiLower))).words.filter { $0.allSatisfy { $0 < 0x80 } }
}

/// Words with blanks between them.
func phrase(_ words: [[UInt8]]) -> Name { Name(Array(words.joined(separator: [0x20]))) }

/// A place before which a text has been looked through, for walks over bytes of unknown origin.
struct Cursor {
  let bytes: ArraySlice<UInt8>
  private(set) var at: Int
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }
  var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }
  func byte(after count: Int) -> UInt8? { count < bytes.endIndex - at ? bytes[at + count] : nil }
  func starts(with text: String) -> Bool { bytes[at...].starts(with: text.utf8) }
  mutating func skip(_ count: Int = 1) { at = min(bytes.endIndex, at + count) }
  mutating func skip(while isSkipped: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = at
    while at < bytes.endIndex, isSkipped(bytes[at]) { at += 1 }
    return bytes[start..<at]
  }
}
