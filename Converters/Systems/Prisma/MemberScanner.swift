internal import Bytes

/// Takes the members of a JSON object piece by piece, however long their texts are. The text has been checked by the reader
/// that kept it; what is wrong all the same ends the scan.
struct MemberScanner {
  enum Event {
    /// The name of a member, without escapes.
    case key
    /// A text begins.
    case text
    /// Another value begins, which comes as it stands.
    case other
    /// The next bytes of the value.
    case piece
    case end
  }
  private enum State { case start, beforeKey, key, beforeColon, beforeValue, text, other, afterValue, done, failed }

  private var state = State.start
  private var key: [UInt8] = []
  private var escape = Escape()
  /// Of a value that is no text: how deep it is nested, and whether a text in it is open or behind a backslash.
  private var depth = 0
  private var isInText = false
  private var isEscaped = false

  /// Names of members that are kept.
  private static let keyLimit = 4096

  var isFailed: Bool { state == .failed }
  var isDone: Bool { state == .done }

  /// Takes the next bytes; `body` is told what they are.
  mutating func scan<E: Error>(_ bytes: Span<UInt8>, _ body: (Event, Span<UInt8>) throws(E) -> Void) throws(E) {
    let none: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch state {
      case .key, .text:
        let run = escape.isIdle ? jsonPlainCount(bytes.extracting(at..<bytes.count)) : 0
        if run > 0 {
          let part = bytes.extracting(at..<(at + run))
          if state == .text {
            try body(.piece, part)
          } else if key.count + run <= Self.keyLimit {
            for i in part.indices { key.append(part[i]) }
          }
          at += run
          continue
        }
        at += 1
        if escape.isIdle, byte == UInt8(ascii: "\"") {
          if state == .text {
            try body(.end, none.span)
            state = .afterValue
          } else {
            try body(.key, key.span)
            state = .beforeColon
          }
        } else if let output = escape.take(byte) {
          if state == .text { try body(.piece, output.span) } else if key.count < Self.keyLimit { key += output }
        }
      case .other:
        let start = at
        var isOver = false
        while at < bytes.count, !isOver {
          if isInText, !isEscaped { at += jsonPlainCount(bytes.extracting(at..<bytes.count)) }
          if at < bytes.count { isOver = takeOther(bytes[at], &at) }
        }
        if at > start { try body(.piece, bytes.extracting(start..<at)) }
        if isOver {
          try body(.end, none.span)
          state = .afterValue
        }
      case .beforeValue where byte > 0x20:
        if byte == UInt8(ascii: "\"") {
          at += 1
          escape = Escape()
          state = .text
          try body(.text, none.span)
        } else {
          (depth, isInText, isEscaped) = (0, false, false)
          state = .other
          try body(.other, none.span)
        }
      default:
        at += 1
        if byte > 0x20 { step(byte) }
      }
    }
  }

  /// Takes a byte between values.
  private mutating func step(_ byte: UInt8) {
    switch (state, byte) {
    case (.start, UInt8(ascii: "{")): state = .beforeKey
    case (.beforeKey, UInt8(ascii: "\"")):
      key.removeAll(keepingCapacity: true)
      escape = Escape()
      state = .key
    case (.beforeColon, UInt8(ascii: ":")): state = .beforeValue
    case (.afterValue, UInt8(ascii: ",")): state = .beforeKey
    case (.afterValue, UInt8(ascii: "}")), (.beforeKey, UInt8(ascii: "}")): state = .done
    case (.done, _): break
    default: state = .failed
    }
  }

  /// Takes a byte of a value that is no text; true when the value ends, before the byte or with it.
  private mutating func takeOther(_ byte: UInt8, _ at: inout Int) -> Bool {
    if isInText {
      at += 1
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInText = false
      }
      return false
    }
    switch byte {
    case UInt8(ascii: "\""): isInText = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}") where depth == 0, UInt8(ascii: ",") where depth == 0, 0...0x20 where depth == 0: return true
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      at += 1
      return depth == 0
    default: break
    }
    at += 1
    return false
  }
}

/// An escape of a JSON text whose bytes come one by one.
private struct Escape {
  private var digits = 0
  private var code: UInt32 = 0
  private var high: UInt32 = 0
  private var isOpen = false

  /// Whether the next byte stands for itself.
  var isIdle: Bool { !isOpen }

  /// Takes a backslash or what follows it; what the escape stands for when it is over.
  mutating func take(_ byte: UInt8) -> [UInt8]? {
    guard isOpen else {
      isOpen = true
      digits = 0
      return nil
    }
    if digits > 0 {
      code = code << 4 | UInt32(hexValue(byte) ?? 0)
      digits += 1
      guard digits > 4 else { return nil }
      isOpen = false
      return scalar()
    }
    if byte == UInt8(ascii: "u") {
      (digits, code) = (1, 0)
      return nil
    }
    isOpen = false
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    default: return [byte]
    }
  }

  /// The bytes of the code; none for the first half of a pair.
  private mutating func scalar() -> [UInt8]? {
    if code >= 0xD800 && code < 0xDC00 {
      high = code
      return nil
    }
    var value = code
    if code >= 0xDC00 && code < 0xE000, high != 0 { value = 0x10000 + (high - 0xD800) << 10 + (code - 0xDC00) }
    high = 0
    return Unicode.Scalar(value).map { Array(String($0).utf8) } ?? Array("\u{FFFD}".utf8)
  }
}
