internal import Bytes
internal import ConvexValues
internal import Records

/// What `npx convex data` prints of documents, turned into the JSON of the uniform generation, token by token.
///
///     { "_id": "…", "count": 5n, "price": 5, "rest": NaN, "data": Bytes("…") }
///     { "_id": "…", "count": 5, "price": 5.0, "rest": {"$float":"…"}, "data": {"$bytes":"…"} }
///
/// Texts stand there as in JSON, keys without any escapes.
struct PrintedText: ~Copyable {
  private var source: any ByteSource & ~Copyable
  private var input = ByteHeap(capacity: 1 << 16)
  private var position = 0
  /// Bytes of the source before `input`.
  private var base = 0
  private var isExhausted = false
  var out = ByteHeap(capacity: 1 << 16)
  /// Bytes that were made and taken out of `out`.
  private(set) var taken = 0
  /// Values that JSON has no literals for.
  private(set) var marks = 0

  private enum State { case between, text, key, bytes, bytesEnd }
  private var state = State.between
  private var isEscaped = false
  /// Whether each open bracket is a brace, the innermost in the lowest bit.
  private var braces: UInt64 = 0
  private var depth = 0
  private var expectsKey = false

  /// Convex itself nests values no deeper.
  private static let depthLimit = 64
  /// The longest number or word.
  private static let tokenLimit = 64

  init(_ source: consuming any ByteSource & ~Copyable) { self.source = source }

  /// Where in the printed text the next token begins.
  var offset: Int { base + position }
  /// Bytes made so far.
  var made: Int { taken + out.count }

  /// Forgets what was made.
  mutating func takeAll() {
    taken += out.count
    out.removeAll()
  }

  /// Takes a token or a part of a text; false at the end.
  mutating func advance() throws(ReadError) -> Bool {
    if position == input.count, try !more() { return false }
    switch state {
    case .text, .key, .bytes: try takeText()
    case .bytesEnd:
      try expect(")")
      append("}")
      state = .between
    case .between: try takeToken()
    }
    return true
  }

  private mutating func more() throws(ReadError) -> Bool {
    guard !isExhausted else { return false }
    base += position
    input.removePrefix(position)
    position = 0
    let count = input.count
    if count == input.capacity { input.reserve(count * 2) }
    do throws(IOError) { isExhausted = try input.fill(from: &source) } catch { throw ReadError(.io(error)) }
    return input.count > count
  }

  private func failed(_ what: String) -> ReadError { ReadError(.syntax(what), offset: offset) }

  private mutating func append(_ text: String) { for byte in text.utf8 { out.append(byte) } }

  private mutating func expect(_ byte: Unicode.Scalar) throws(ReadError) {
    if position == input.count, try !more() { throw ReadError(.truncated, offset: offset) }
    guard input[position] == UInt8(ascii: byte) else { throw failed("'\(byte)' expected") }
    position += 1
  }

  // MARK: Texts

  private mutating func takeText() throws(ReadError) {
    let start = position
    while position < input.count {
      let byte = input[position]
      position += 1
      if isEscaped {
        isEscaped = false
        continue
      }
      if byte == UInt8(ascii: "\\") {
        guard state == .text else {
          position -= 1
          throw failed("a backslash in a \(state == .key ? "key is printed without an escape" : "value of bytes")")
        }
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        out.append(from: input, at: start, count: position - start)
        state = state == .bytes ? .bytesEnd : .between
        return
      }
    }
    out.append(from: input, at: start, count: position - start)
  }

  // MARK: Tokens

  private mutating func takeToken() throws(ReadError) {
    let byte = input[position]
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":"):
      if byte == UInt8(ascii: ":") { expectsKey = false }
      take(byte)
    case UInt8(ascii: ","):
      expectsKey = depth > 0 && braces & 1 == 1
      take(byte)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth < Self.depthLimit else { throw ReadError(.tooDeep(limit: Self.depthLimit), offset: offset) }
      let isBrace = byte == UInt8(ascii: "{")
      braces = braces << 1 | (isBrace ? 1 : 0)
      depth += 1
      expectsKey = isBrace
      take(byte)
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      guard depth > 0, braces & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else {
        throw failed("no bracket is open that it closes")
      }
      braces >>= 1
      depth -= 1
      expectsKey = false
      take(byte)
    case UInt8(ascii: "\""):
      state = expectsKey ? .key : .text
      take(byte)
    default: try takeWord()
    }
  }

  private mutating func take(_ byte: UInt8) {
    out.append(byte)
    position += 1
  }

  private mutating func takeWord() throws(ReadError) {
    var end = position
    while true {
      while end < input.count, end - position <= Self.tokenLimit, Self.isWordByte(input[end]) { end += 1 }
      guard end == input.count, !isExhausted, end - position <= Self.tokenLimit else { break }
      let count = end - position
      _ = try more()
      end = count
    }
    let count = end - position
    guard count > 0, count <= Self.tokenLimit else { throw failed("a value expected") }
    let word = Array(input.span(at: position, count: count))
    switch Name(word) {
    case "true", "false", "null": out.append(word.span)
    case "NaN": tag(.nan)
    case "Infinity": tag(.infinity)
    case "-Infinity": tag(-.infinity)
    case "Bytes":
      position = end
      try expect("(")
      try expect("\"")
      marks += 1
      append("{\"$bytes\":\"")
      state = .bytes
      return
    default: try takeNumber(word)
    }
    position = end
  }

  /// Letters, digits, signs and points.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  private mutating func tag(_ value: Double) {
    marks += 1
    let text = taggedFloat(value)
    out.append(text.span)
  }

  /// An integer has an `n` behind it, whatever else is a number is a float.
  private mutating func takeNumber(_ word: [UInt8]) throws(ReadError) {
    if word.last == UInt8(ascii: "n") {
      let digits = Array(word.dropLast())
      guard isCanonicalInteger(digits.span) else { throw failed("no integer stands before 'n'") }
      guard Int64(digits: digits.span) != nil else { throw failed("the integer does not fit 64 bits") }
      marks += 1
      out.append(digits.span)
      return
    }
    guard input.jsonNumberCount(at: position) == word.count else { throw failed("no value of Convex is printed so") }
    out.append(word.span)
    if !word.contains(where: { [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0) }) {
      append(".0")
    }
  }
}

extension PrintedText {
  /// What a head becomes, as far as it can be read; nil when nothing in it is printed otherwise than JSON is.
  static func json(_ head: [UInt8]) -> [UInt8]? {
    guard let brace = head.firstIndex(of: UInt8(ascii: "{")),
      head[..<brace].allSatisfy({ $0 <= 0x20 || $0 == UInt8(ascii: "[") })
    else { return nil }
    var text = PrintedText(MemorySource(head)), isOver = false
    while !isOver {
      do throws(ReadError) { isOver = try !text.advance() } catch { isOver = true }
    }
    // The printer leaves a space behind each brace; no other that is known does.
    let isSpaced = head[brace...].starts(with: Array("{ \"".utf8))
    guard text.marks > 0 || isSpaced else { return nil }
    return Array(text.out.span)
  }
}
