package import Bytes

/// The words of a column's or table's name, in lower case: `apiKey2`, `API_KEY`, `api-key` are `api`, `key`.
///
/// Words end at anything that is no ASCII letter and where a small letter is followed by a capital; digits are left out.
package struct NameWords: Equatable, Sendable {
  package var words: [[UInt8]]

  package init(_ name: Name) {
    words = []
    var word: [UInt8] = []
    var previousIsSmall = false
    let bytes = name.bytes
    for (i, byte) in bytes.enumerated() {
      let isSmall = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard isSmall || isCapital || byte >= 0x80 else {
        previousIsSmall = false
        if !word.isEmpty { words.append(word) }
        word = []
        continue
      }
      // `APIKey`: the last capital before a small letter begins a word.
      let next = i + 1 < bytes.count ? bytes[i + 1] : 0
      let beginsAfterCapitals =
        isCapital && !previousIsSmall && !word.isEmpty && next >= UInt8(ascii: "a") && next <= UInt8(ascii: "z")
      if isCapital && previousIsSmall || beginsAfterCapitals {
        if !word.isEmpty { words.append(word) }
        word = []
      }
      word.append(asciiLower(byte))
      previousIsSmall = isSmall
    }
    if !word.isEmpty { words.append(word) }
  }

  /// Whether one of the words is among `others`.
  package func contains(anyOf others: Set<[UInt8]>) -> Bool { words.contains { others.contains($0) } }
}

/// A set of our own words as bytes, from a text with spaces between them.
package func wordSet(_ text: String) -> Set<[UInt8]> { Set(text.split(separator: " ").map { Array($0.utf8) }) }
