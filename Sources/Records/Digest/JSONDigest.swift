internal import Bytes

/// Hashes the structure of a JSON text, which may come in pieces; nothing but the open containers is kept.
///
/// Each value has a hash: a scalar that of `CanonicalPlace`, an array that of its elements in turn, an object the sum over its
/// members of (name, value). With a form other than `json`, scalars outside of objects are taken as spellings of that form.
struct JSONDigest: Sendable {
  /// What may come next.
  private enum Expectation { case value, valueOrEnd, nameOrEnd, name, colon, commaOrEnd, nothing }
  /// Inside of which token the last piece ended.
  private enum Token { case none, string, word }

  /// Inside of which escape the last byte lies.
  private enum Escape { case none, backslash, first, second, third, fourth }

  /// A container that is not closed yet.
  private struct Frame {
    enum Kind { case text, array, object }
    var kind: Kind
    /// What the values so far add up to; the value itself for the whole text.
    var sum: Hash128
    /// Hash of the member's name, until its value has come.
    var name = Hash128()
    var count: UInt64 = 0
  }

  static var depthLimit: Int { 512 }
  /// The place of everything inside JSON: the column comes in at the end.
  static var place: CanonicalPlace { CanonicalPlace(seed: 0x6A73_6F6E) }

  private var form = CanonicalForm.json
  /// Whether the text has to be an object or array.
  private var needsContainer = false
  private var expectation = Expectation.value
  private var token = Token.none
  /// The innermost container, and those around it.
  private var top = Frame(kind: .text, sum: Hash128())
  private var outer: [Frame] = []
  private var objectDepth = 0
  private var isValid = true

  /// Bytes of the word begun, or of the string begun while `holdsString`.
  private var held: [UInt8] = []

  // The string begun.
  private var string = HashStream(seed: 0)
  /// Whether the string is the name of a member.
  private var isName = false
  /// Whether the string is to be looked at as a whole.
  private var holdsString = false
  private var escape = Escape.none
  /// UTF-16 unit of the escape being read.
  private var unit: UInt32 = 0
  /// High surrogate whose other half may follow; 0 when there is none.
  private var highSurrogate: UInt32 = 0

  init() { outer.reserveCapacity(16) }

  /// Begins another text; what is allocated stays. A text that is no object or array is wrong with `needsContainer`.
  mutating func restart(as form: CanonicalForm, needsContainer: Bool = false) {
    self.form = form
    self.needsContainer = needsContainer
    expectation = .value
    token = .none
    top = Frame(kind: .text, sum: Hash128())
    if !outer.isEmpty { outer.removeAll(keepingCapacity: true) }
    objectDepth = 0
    isValid = true
  }

  /// Takes the next piece of the text, a range of `heap`.
  @inline(never) mutating func update(_ heap: borrowing ByteHeap, at offset: Int, count: Int) {
    let end = offset + count
    var at = offset
    while at < end && isValid {
      switch token {
      case .string: at = continueString(heap, at: at, end: end)
      case .word: at = continueWord(heap, at: at, end: end)
      case .none: at = step(heap, at: at, end: end)
      }
    }
  }

  /// The hash of the structure; nil when the text is not one JSON value.
  mutating func finish() -> Hash128? {
    if isValid && token == .word { finishWord() }
    return isValid && token == .none && expectation == .nothing ? top.sum : nil
  }

  // MARK: Structure

  /// Takes one token, or its beginning; returns where it ends.
  @inline(__always) private mutating func step(_ heap: borrowing ByteHeap, at offset: Int, end: Int) -> Int {
    let byte = heap[offset]
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
      return offset + 1
    case UInt8(ascii: "\"") where !needsContainer:
      return beginString(heap, at: offset + 1, end: end)
    case UInt8(ascii: ","):
      guard expectation == .commaOrEnd else { break }
      expectation = top.kind == .object ? .name : .value
      return offset + 1
    case UInt8(ascii: ":"):
      guard expectation == .colon else { break }
      expectation = .value
      return offset + 1
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard expectation == .value || expectation == .valueOrEnd, outer.count < Self.depthLimit else { break }
      open(byte == UInt8(ascii: "{") ? .object : .array)
      return offset + 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      let isObject = byte == UInt8(ascii: "}")
      guard top.kind == (isObject ? .object : .array),
        expectation == .commaOrEnd || expectation == (isObject ? .nameOrEnd : .valueOrEnd)
      else { break }
      close()
      return offset + 1
    default:
      guard expectation == .value || expectation == .valueOrEnd, !needsContainer else { break }
      return beginWord(heap, at: offset, end: end)
    }
    isValid = false
    return offset
  }

  /// Begins a container.
  private mutating func open(_ kind: Frame.Kind) {
    outer.append(top)
    let tag = kind == .object ? CanonicalTag.object : .array
    top = Frame(kind: kind, sum: .of(0, 0, seed: tag.seed(Self.place.seed)))
    if kind == .object { objectDepth += 1 }
    needsContainer = false
    expectation = kind == .object ? .nameOrEnd : .valueOrEnd
  }

  /// Ends the innermost container.
  private mutating func close() {
    let isObject = top.kind == .object
    let value = top.sum.mixed(with: Hash128(low: top.count, high: isObject ? 1 : 2))
    if isObject { objectDepth -= 1 }
    top = outer.removeLast()
    complete(value)
  }

  /// Takes note of a value that is complete.
  @inline(__always) private mutating func complete(_ value: Hash128) {
    top.count &+= 1
    expectation = .commaOrEnd
    switch top.kind {
    case .object: top.sum += top.name.mixed(with: value)
    case .array: top.sum = top.sum.mixed(with: value)
    case .text:
      top.sum = value
      expectation = .nothing
    }
  }

  /// How a scalar at this place is to be understood.
  private var scalarForm: CanonicalForm { objectDepth == 0 ? form : .json }

  // MARK: Numbers and literals

  /// Begins a word; one that is whole is done at once.
  private mutating func beginWord(_ heap: borrowing ByteHeap, at offset: Int, end: Int) -> Int {
    let at = heap.jsonWordEnd(from: offset, to: end)
    guard at < end else {
      token = .word
      held.removeAll(keepingCapacity: true)
      return hold(heap, offset, at)
    }
    let count = at - offset
    guard count > 0 else {  // a control character
      isValid = false
      return at
    }
    // JSON has no leading zeros; what begins with a sign or point is looked at below.
    if let limit = scalarForm.plainNumberLimit,
      count == 1 || heap[offset] > UInt8(ascii: "0") || heap[offset + 1] == UInt8(ascii: "."),
      heap[offset] >= UInt8(ascii: "0"),
      let number = Self.place.plainNumber(heap, at: offset, count: count, limit: limit)
    {
      complete(number)
    } else {
      finish(word: heap.span(at: offset, count: count))
    }
    return at
  }

  /// Takes more bytes of a word, up to what ends it.
  private mutating func continueWord(_ heap: borrowing ByteHeap, at offset: Int, end: Int) -> Int {
    let at = heap.jsonWordEnd(from: offset, to: end)
    _ = hold(heap, offset, at)
    if at < end && isValid { finishWord() }
    return at
  }

  /// Keeps bytes of a word whose end is not known; returns their end.
  private mutating func hold(_ heap: borrowing ByteHeap, _ start: Int, _ end: Int) -> Int {
    isValid = held.count + end - start <= scalarLimit
    if isValid { for i in start..<end { held.append(heap[i]) } }
    return end
  }

  private mutating func finishWord() {
    token = .none
    let word = held
    finish(word: word.span)
  }

  /// Takes a whole number or literal, Python's three special numbers included.
  private mutating func finish(word: Span<UInt8>) {
    let first = word[0]
    let form = scalarForm
    if first == UInt8(ascii: "n") {
      isValid = isWord(word, "null")
      return complete(Self.place.null)
    }
    if first == UInt8(ascii: "t") || first == UInt8(ascii: "f") {
      let isTrue = first == UInt8(ascii: "t")
      isValid = isWord(word, isTrue ? "true" : "false")
      return complete(form == .json ? Self.place.boolean(isTrue) : Self.place.scalar(word, as: form))
    }
    let isSpecial = isWord(word, "NaN") || isWord(word, "Infinity") || isWord(word, "-Infinity")
    isValid = isSpecial || isJSONNumber(word)
    if isValid { complete(Self.place.scalar(word, as: form == .json ? .number : form)) }
  }

}

// Strings, escapes undone on the way.
extension JSONDigest {
  /// Begins a string past its quote; one that is whole and has no escape is done at once.
  @inline(__always) private mutating func beginString(_ heap: borrowing ByteHeap, at offset: Int, end: Int) -> Int {
    switch expectation {
    case .name, .nameOrEnd: isName = true
    case .value, .valueOrEnd: isName = false
    default:
      isValid = false
      return offset
    }
    let form = stringForm
    let stop = heap.jsonSpecial(from: offset, to: end)
    if stop < end && heap[stop] == UInt8(ascii: "\"") {
      let count = stop - offset
      if form == .text {
        finish(string: heap.hash(at: offset, count: count, seed: CanonicalTag.text.seed(Self.place.seed)))
      } else {
        finish(string: Self.place.scalar(heap.span(at: offset, count: count), as: form))
      }
      return stop + 1
    }
    token = .string
    (escape, highSurrogate) = (.none, 0)
    holdsString = form != .text
    held.removeAll(keepingCapacity: true)
    string = HashStream(seed: (holdsString ? CanonicalTag.notUnderstood : .text).seed(Self.place.seed))
    return continueString(heap, at: offset, end: end)
  }

  /// How the string begun is to be understood.
  private var stringForm: CanonicalForm { isName || scalarForm == .json ? .text : scalarForm }

  /// Takes note of a string that is complete.
  @inline(__always) private mutating func finish(string hash: Hash128) {
    token = .none
    guard isName else { return complete(hash) }
    top.name = hash
    expectation = .colon
  }

  /// Takes more of a string's inside; returns where it ends.
  @inline(never) private mutating func continueString(_ heap: borrowing ByteHeap, at offset: Int, end: Int) -> Int {
    var at = offset
    while at < end && isValid {
      let byte = heap[at]
      guard escape == .none else {
        take(escaped: byte)
        at += 1
        continue
      }
      if byte == UInt8(ascii: "\\") {
        escape = .backslash
        at += 1
        continue
      }
      flushSurrogate()
      if byte == UInt8(ascii: "\"") {
        if holdsString {
          let whole = held
          finish(string: Self.place.scalar(whole.span, as: stringForm))
        } else {
          finish(string: string.result)
        }
        return at + 1
      }
      let stop = heap.jsonSpecial(from: at, to: end)
      isValid = stop > at  // otherwise a control character
      append(heap.span(at: at, count: stop - at))
      at = stop
    }
    return at
  }

  /// Takes a byte of an escape.
  private mutating func take(escaped byte: UInt8) {
    if escape == .backslash {
      if byte == UInt8(ascii: "u") {
        escape = .first
        unit = 0
        return
      }
      flushSurrogate()
      escape = .none
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): append(scalar: UInt32(byte))
      case UInt8(ascii: "b"): append(scalar: 8)
      case UInt8(ascii: "f"): append(scalar: 12)
      case UInt8(ascii: "n"): append(scalar: 10)
      case UInt8(ascii: "r"): append(scalar: 13)
      case UInt8(ascii: "t"): append(scalar: 9)
      default: isValid = false
      }
      return
    }
    guard let digit = hexValue(byte) else {
      isValid = false
      return
    }
    unit = unit << 4 | UInt32(digit)
    switch escape {
    case .first: escape = .second
    case .second: escape = .third
    case .third: escape = .fourth
    default:
      escape = .none
      takeUnit()
    }
  }

  /// Takes a whole `\uXXXX`.
  private mutating func takeUnit() {
    if highSurrogate != 0 && unit & 0xFC00 == 0xDC00 {
      append(scalar: 0x10000 + (highSurrogate & 0x3FF) << 10 + unit & 0x3FF)
      highSurrogate = 0
      return
    }
    flushSurrogate()
    if unit & 0xFC00 == 0xD800 { highSurrogate = unit } else { append(scalar: unit) }
  }

  /// Gives up waiting for the other half of a surrogate pair.
  private mutating func flushSurrogate() {
    guard highSurrogate != 0 else { return }
    append(scalar: highSurrogate)
    highSurrogate = 0
  }

  /// Appends a scalar as UTF-8, a lone surrogate as WTF-8.
  private mutating func append(scalar: UInt32) {
    var bytes: [4 of UInt8] = [0, 0, 0, 0]
    let count = encodeUTF8(scalar, into: &bytes)
    append(bytes.span.extracting(0..<count))
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    guard holdsString else { return string.update(bytes) }
    if held.count + bytes.count <= scalarLimit {
      for i in bytes.indices { held.append(bytes[i]) }
      return
    }
    // Too long for anything but text: what it would have been had it not been understood.
    holdsString = false
    var string = string
    string.update(held.span)
    string.update(bytes)
    self.string = string
  }
}
