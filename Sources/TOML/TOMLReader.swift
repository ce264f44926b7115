internal import Bytes
internal import Diagnostics

/// Reads TOML line by line.
///
///     # a comment
///     key = "text with \n \" \\ \u00e9"    # or 'text as it stands'
///     key = true
///     [section."quoted name"]
///     name.inside = [ -12_000, { a = 1 } ]
struct TOMLReader {
  let text: [UInt8]
  private let path: [UInt8]
  /// Whether only lines with simple values are read.
  let isPlain: Bool
  /// Whether the text is JSON.
  let isJSON: Bool
  var at = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: [UInt8], _ path: [UInt8], isPlain: Bool, isJSON: Bool = false) {
    self.isJSON = isJSON
    // A byte order mark is no part of the text.
    self.text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
    self.path = path
    self.isPlain = isPlain
  }

  mutating func entries() throws(TOMLError) -> [TOMLEntry] {
    try checkCharacters()
    let root = TableNode()
    var section = root
    while at < text.count {
      skipSpace()
      if let byte = peek, byte != UInt8(ascii: "#"), !isLineEnd {
        if byte == UInt8(ascii: "[") { section = try header(root) } else { try setting(in: section, depth: 0) }
        skipSpace()
      }
      skipComment()
      guard isLineEnd else { throw error(.somethingBehind) }
      skipLineEnd()
    }
    return root.entries
  }

  /// The members of the object that the text of JSON is.
  mutating func object() throws(TOMLError) -> [TOMLEntry] {
    try checkCharacters()
    skipLines()
    guard peek == UInt8(ascii: "{") else { throw error(.noValue) }
    let entries = try table(depth: 0)
    skipLines()
    guard at == text.count else { throw error(.somethingBehind) }
    return entries
  }

  /// `[section.name]`: its table.
  private mutating func header(_ root: TableNode) throws(TOMLError) -> TableNode {
    if isPlain { throw error(.unsupported("a section")) }
    let place = place(at)
    at += 1
    if peek == UInt8(ascii: "[") { throw error(.unsupported("a list of sections")) }
    let names = try dottedName()
    guard peek == UInt8(ascii: "]") else { throw error(.noKey) }
    at += 1
    var node = root
    for (name, nameplace) in names { node = try node.table(name, nameplace).unwrapped(name, nameplace) }
    guard !node.isNamed else { throw TOMLError(code: .repeated(shown(names)), place: place) }
    node.isNamed = true
    return node
  }

  /// `key = value` into a table.
  mutating func setting(in table: TableNode, depth: Int) throws(TOMLError) {
    let place = place(at)
    let names = try isJSON ? member() : dottedName()
    if !isJSON {
      guard peek == UInt8(ascii: "=") else { throw error(.noEquals) }
    }
    at += 1
    if isJSON { skipLines() } else { skipSpace() }
    let value = try self.value(depth: depth)
    var node = table
    for (name, nameplace) in names.dropLast() { node = try node.table(name, nameplace).unwrapped(name, nameplace) }
    guard node.set(names[names.count - 1].0, value, place) else {
      throw TOMLError(code: .repeated(shown(names)), place: place)
    }
  }

  /// The name of a member of JSON, up to its colon.
  private mutating func member() throws(TOMLError) -> [(Name, SourceLocation)] {
    let place = place(at)
    guard peek == UInt8(ascii: "\"") else { throw error(.noColon) }
    let name = Name(try quoted(by: UInt8(ascii: "\"")))
    skipLines()
    guard peek == UInt8(ascii: ":") else { throw error(.noColon) }
    return [(name, place)]
  }

  /// Names with dots between them, and the space behind them.
  private mutating func dottedName() throws(TOMLError) -> [(Name, SourceLocation)] {
    var names: [(Name, SourceLocation)] = []
    while true {
      skipSpace()
      let place = place(at)
      names.append((try name(), place))
      skipSpace()
      guard peek == UInt8(ascii: ".") else { return names }
      if isPlain { throw error(.unsupported("a name with a dot in it")) }
      guard names.count < TOML.depthLimit else { throw error(.tooDeep) }
      at += 1
    }
  }

  private mutating func name() throws(TOMLError) -> Name {
    if let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      if isPlain { throw error(.unsupported("a name in quotes")) }
      return Name(try quoted(by: quote))
    }
    let word = takeWord()
    guard !word.isEmpty else { throw error(.noKey) }
    return Name(word)
  }

  private func shown(_ names: [(Name, SourceLocation)]) -> String {
    names.map { displayed($0.0) }.joined(separator: ".")
  }

  /// A name: letters, digits, `-` and `_`.
  mutating func takeWord() -> String {
    let start = at
    while let byte = peek, isWordByte(byte) { at += 1 }
    return String(decoding: text[start..<at], as: UTF8.self)
  }

  /// The whole text is UTF-8 without control characters, as TOML demands.
  private mutating func checkCharacters() throws(TOMLError) {
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
extension TOMLReader {
  /// The next byte.
  var peek: UInt8? { at < text.count ? text[at] : nil }

  /// Whether a line, or the text, ends here.
  var isLineEnd: Bool {
    guard let byte = peek else { return true }
    return byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && text[at...].dropFirst().first == 0x0A
  }

  mutating func skipLineEnd() {
    guard let byte = peek else { return }
    at += byte == UInt8(ascii: "\r") ? 2 : 1
    line += 1
    lineStart = at
  }

  mutating func skipSpace() {
    while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { at += 1 }
  }

  mutating func skipComment() {
    if peek == UInt8(ascii: "#"), !isJSON { while !isLineEnd { at += 1 } }
  }

  /// Lines count from 1, columns bytes from 1.
  func place(_ offset: Int) -> SourceLocation {
    SourceLocation(artifact: path, line: line, column: offset - lineStart + 1)
  }

  func error(_ code: TOMLError.Code, at offset: Int? = nil) -> TOMLError {
    TOMLError(code: code, place: place(offset ?? at))
  }
}

extension TableNode? {
  /// The table; an error when its name is a value's.
  fileprivate func unwrapped(_ name: Name, _ place: SourceLocation) throws(TOMLError) -> TableNode {
    guard let self else { throw TOMLError(code: .repeated(displayed(name)), place: place) }
    return self
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
