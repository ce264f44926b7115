internal import Bytes
internal import Diagnostics

/// Reads configuration files line by line.
///
///     # a comment
///     key = "text with \n \" \\ \u00e9"    # or 'text as it stands'
///     key = true
///     key = -12_000
///
/// Sections, dotted and quoted names, lists, dates and fractions are TOML, too; they are refused by name.
struct SettingsFileReader {
  let text: [UInt8]
  private let path: [UInt8]
  var at = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: [UInt8], _ path: [UInt8]) {
    // A byte order mark is no part of the text.
    self.text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
    self.path = path
  }

  mutating func entries() throws(SettingsFileError) -> [SettingsFile.Entry] {
    try checkCharacters()
    var entries: [SettingsFile.Entry] = []
    while at < text.count {
      skipSpace()
      if let byte = peek, byte != UInt8(ascii: "#"), !isLineEnd {
        let entry = try entry(beginningWith: byte)
        guard !entries.contains(where: { $0.key == entry.key }) else {
          throw SettingsFileError(code: .repeated(entry.key), place: entry.place)
        }
        entries.append(entry)
        skipSpace()
      }
      if peek == UInt8(ascii: "#") { while !isLineEnd { at += 1 } }
      guard isLineEnd else { throw error(.somethingBehind) }
      skipLineEnd()
    }
    return entries
  }

  /// `key = value`.
  private mutating func entry(beginningWith byte: UInt8) throws(SettingsFileError) -> SettingsFile.Entry {
    let place = place(at)
    if byte == UInt8(ascii: "[") { throw error(.unsupported("a section")) }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { throw error(.unsupported("a name in quotes")) }
    let key = takeWord()
    guard !key.isEmpty else { throw error(.noKey) }
    skipSpace()
    if peek == UInt8(ascii: ".") { throw error(.unsupported("a name with a dot in it")) }
    guard peek == UInt8(ascii: "=") else { throw error(.noEquals) }
    at += 1
    skipSpace()
    let valuePlace = self.place(at)
    return SettingsFile.Entry(key: key, value: try value(), place: place, valuePlace: valuePlace)
  }

  /// A name: letters, digits, `-` and `_`.
  mutating func takeWord() -> String {
    let start = at
    while let byte = peek, isWordByte(byte) { at += 1 }
    return String(decoding: text[start..<at], as: UTF8.self)
  }

  /// The whole text is UTF-8 without control characters, as TOML demands.
  private mutating func checkCharacters() throws(SettingsFileError) {
    defer { (at, line, lineStart) = (0, 1, 0) }
    while at < text.count {
      if isLineEnd {
        skipLineEnd()
        continue
      }
      guard let (scalar, count) = unicodeScalar(text.span, at: at),
        scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\t"
      else { throw error(.badCharacter) }
      at += count
    }
  }
}

// Places and the small steps between them.
extension SettingsFileReader {
  /// The next byte.
  var peek: UInt8? { at < text.count ? text[at] : nil }

  /// Whether a line, or the text, ends here.
  var isLineEnd: Bool {
    guard let byte = peek else { return true }
    return byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && text[at...].dropFirst().first == 0x0A
  }

  private mutating func skipLineEnd() {
    guard let byte = peek else { return }
    at += byte == UInt8(ascii: "\r") ? 2 : 1
    line += 1
    lineStart = at
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { at += 1 }
  }

  /// Lines count from 1, columns bytes from 1.
  private func place(_ offset: Int) -> SourceLocation {
    SourceLocation(artifact: path, line: line, column: offset - lineStart + 1)
  }

  func error(_ code: SettingsFileError.Code, at offset: Int? = nil) -> SettingsFileError {
    SettingsFileError(code: code, place: place(offset ?? at))
  }
}

private func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
    UInt8(ascii: "_"):
    true
  default: isDigit(byte)
  }
}
