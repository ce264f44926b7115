internal import Bytes
internal import Conversion

/// Turns JSON of any origin into a value of Convex.
struct NestedValue: Sendable {
  /// What numbers in it become.
  enum Numbers: Sendable {
    /// Floats, unless an integer has more digits than these hold.
    case floats
    /// Texts that keep their digits.
    case texts
    /// What they are: the JSON is Convex's own, tags and all.
    case kept
  }
  /// Levels of a document, its own among them.
  private static let depthLimit = 16
  private static let elementLimit = 8192
  static let fieldLimit = 1024

  private struct Frame {
    var isObject: Bool
    var count = 0
    var expectsKey: Bool
    /// Keys so far, when some are changed.
    var keys: Set<Name> = []
  }

  /// Bytes that Convex counts for the value.
  private(set) var size = 0
  /// What was changed.
  private(set) var changes: [LossKind] = []
  private var frames: [Frame] = []
  /// Whether the keys of each object are kept, because some may not stay.
  private var changesKeys = false
  /// Whether a key was met that is not allowed.
  private var hasIllegalKey = false

  /// Appends the value that valid JSON text stands for; why it is none for Convex otherwise. `mayRepeatKeys`: an object may name
  /// a key twice, of which Convex would take the last.
  mutating func append(
    _ json: [UInt8], _ numbers: Numbers, mayRepeatKeys: Bool, to output: inout ByteHeap
  ) -> LossKind? {
    let start = output.count
    (changesKeys, hasIllegalKey) = (mayRepeatKeys, false)
    if let problem = walk(json, numbers, &output) { return problem }
    guard hasIllegalKey, !mayRepeatKeys else { return nil }
    output.truncate(to: start)
    changesKeys = true
    return walk(json, numbers, &output)
  }

  private mutating func walk(_ json: [UInt8], _ numbers: Numbers, _ output: inout ByteHeap) -> LossKind? {
    var tokens = JSONTokens()
    size = 0
    changes.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    while let token = tokens.next(json) {
      switch token {
      case .open(let isObject):
        guard frames.count < Self.depthLimit - 1 else { return .tooDeep }
        guard countsElement() else { return .tooManyElements }
        frames.append(Frame(isObject: isObject, expectsKey: isObject))
        size += 2
        output.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
      case .close(let isObject):
        _ = frames.popLast()
        output.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
      case .comma:
        if let top = frames.indices.last { frames[top].expectsKey = frames[top].isObject }
        output.append(UInt8(ascii: ","))
      case .colon: output.append(UInt8(ascii: ":"))
      case .text(let range, let isEscaped):
        if frames.last?.expectsKey == true {
          guard appendKey(json, range, isEscaped: isEscaped, numbers, &output) else { return .tooManyElements }
          continue
        }
        guard countsElement() else { return .tooManyElements }
        var count = range.count
        if isEscaped {
          let text = JSONTokens.text(json, range, isEscaped: true)
          guard Name(text).isUTF8 else { return .loneSurrogate }
          count = text.count
        }
        size += count + 2
        output.append(json.span.extracting(range.lowerBound - 1..<range.upperBound + 1))
      case .word(let range):
        guard countsElement() else { return .tooManyElements }
        if let problem = appendWord(json.span.extracting(range), numbers, &output) { return problem }
      }
    }
    return nil
  }

  /// Takes note of a value; false when an array has too many.
  private mutating func countsElement() -> Bool {
    guard let top = frames.indices.last, !frames[top].isObject else { return true }
    frames[top].count += 1
    return frames[top].count <= Self.elementLimit
  }

  /// Appends a key; false when an object has too many.
  private mutating func appendKey(
    _ json: [UInt8], _ range: Range<Int>, isEscaped: Bool, _ numbers: Numbers, _ output: inout ByteHeap
  ) -> Bool {
    let top = frames.count - 1
    frames[top].count += 1
    frames[top].expectsKey = false
    guard frames[top].count <= Self.fieldLimit else { return false }
    let key = JSONTokens.text(json, range, isEscaped: isEscaped)
    if numbers == .kept || ImportNames.allowsKey(key) && !changesKeys {
      size += key.count + 1
      output.append(json.span.extracting(range.lowerBound - 1..<range.upperBound + 1))
      return true
    }
    hasIllegalKey = true
    let name = ImportNames.key(for: key, &frames[top].keys)
    if name != key { changes.append(.keyChanged) }
    size += name.count + 1
    output.append(jsonString: name)
    return true
  }

  /// Appends a number or literal.
  private mutating func appendWord(_ word: Span<UInt8>, _ numbers: Numbers, _ output: inout ByteHeap) -> LossKind? {
    let first = word[0]
    if first == UInt8(ascii: "n") || first == UInt8(ascii: "t") || first == UInt8(ascii: "f") {
      size += 1
      output.append(word)
      return nil
    }
    if numbers == .texts {
      size += word.count + 2
      output.append(jsonString: word)
      return nil
    }
    size += 9
    if let integer = Int64(digits: word), integer != 0 || first != UInt8(ascii: "-") {
      let isFloat = numbers == .floats && integer.magnitude <= NumberText.exactLimit.magnitude
      if isFloat { NumberText.append(float: integer, to: &output) } else { output.append(word) }
      return nil
    }
    switch NumberText.append(float: word, to: &output) {
    case .exact: break
    case .rounded: if numbers != .kept { changes.append(.numberRounded) }
    case .unfit: return .typeMismatch
    }
    return nil
  }
}
