internal import Bytes
internal import Conversion

/// Values of documents as JavaScript prints them.
enum SetValue {
  /// What became of values.
  struct Notes: Equatable {
    /// Whether a number that JSON has no word for became null.
    var hasSpecial = false
    /// Whether bytes became text.
    var hasBytes = false
    /// Whether an integer has more digits than JavaScript's numbers hold.
    var hasLongInteger = false
  }

  private static let bytesTag = Array("$bytes".utf8), floatTag = Array("$float".utf8)

  /// Appends a value of JSON, indented as `JSON.stringify` does, or on one line without spaces.
  static func append(_ value: Span<UInt8>, indent: Int?, to output: inout ByteHeap, _ notes: inout Notes) {
    var tokens = JSONTokens(), depth = 0, isEmpty = false
    func beginLine(_ output: inout ByteHeap) {
      guard let indent else { return }
      output.append("\n")
      for _ in 0..<(indent + 2 * depth) { output.append(UInt8(ascii: " ")) }
    }
    while let token = tokens.next(value) {
      if case .close = token {} else if isEmpty { beginLine(&output) }
      switch token {
      case .open(let isObject):
        isEmpty = false
        if isObject, let tagged = tagged(value, &tokens) {
          append(tagged, of: value, to: &output, &notes)
          continue
        }
        output.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        depth += 1
        isEmpty = true
        continue
      case .close(let isObject):
        depth -= 1
        if !isEmpty { beginLine(&output) }
        output.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
      case .comma:
        output.append(UInt8(ascii: ","))
        beginLine(&output)
      case .colon:
        output.append(UInt8(ascii: ":"))
        if indent != nil { output.append(UInt8(ascii: " ")) }
      case .text(let range, _): output.append(value.extracting(range.lowerBound - 1..<range.upperBound + 1))
      case .word(let range): append(word: value.extracting(range), to: &output, &notes)
      }
      isEmpty = false
    }
  }

  /// Appends what a value is in CSV: text as it is, nothing for null, and JSON for lists and objects.
  static func appendField(_ value: Span<UInt8>, to output: inout ByteHeap) {
    var tokens = JSONTokens(), notes = Notes()
    switch tokens.next(value) {
    case .text(let range, let isEscaped):
      if isEscaped {
        output.append(JSONTokens.text(value, range, isEscaped: true))
      } else {
        output.append(value.extracting(range))
      }
    case .open(isObject: true):
      guard let (range, isBytes) = tagged(value, &tokens) else { fallthrough }
      if isBytes { output.append(value.extracting(range)) }
    case .open: append(value, indent: nil, to: &output, &notes)
    case .word(let range):
      guard value[range.lowerBound] != UInt8(ascii: "n") else { return }
      append(word: value.extracting(range), to: &output, &notes)
    case .close, .comma, .colon, nil: break
    }
  }

  /// The content of an object that stands for bytes or a special float, which the tokens then lie behind.
  private static func tagged(_ value: Span<UInt8>, _ tokens: inout JSONTokens) -> (content: Range<Int>, isBytes: Bool)?
  {
    var ahead = tokens
    guard case .text(let key, false)? = ahead.next(value), key.count == bytesTag.count else { return nil }
    let tag = Array(value.extracting(key))
    guard tag == bytesTag || tag == floatTag, case .colon? = ahead.next(value),
      case .text(let content, false)? = ahead.next(value), case .close? = ahead.next(value)
    else { return nil }
    tokens = ahead
    return (content, tag == bytesTag)
  }

  private static func append(
    _ tagged: (content: Range<Int>, isBytes: Bool), of value: Span<UInt8>, to output: inout ByteHeap,
    _ notes: inout Notes
  ) {
    guard tagged.isBytes else {
      notes.hasSpecial = true
      return output.append("null")
    }
    notes.hasBytes = true
    output.append(value.extracting(tagged.content.lowerBound - 1..<tagged.content.upperBound + 1))
  }

  /// Appends a number or literal; a number of no fraction without a point.
  private static func append(word: Span<UInt8>, to output: inout ByteHeap, _ notes: inout Notes) {
    var count = word.count
    if count > 2, word[count - 1] == UInt8(ascii: "0"), word[count - 2] == UInt8(ascii: ".") {
      count -= 2
    } else if count > 15, let integer = Int64(digits: word), integer.magnitude > NumberText.exactLimit.magnitude {
      notes.hasLongInteger = true
    }
    output.append(word.extracting(0..<count))
  }
}
