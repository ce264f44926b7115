internal import Bytes

/// Turns `{"auth.user": [{…}, …], "auth.group": […]}` into one array of all the objects, which is a plain fixture.
///
/// Members that are no arrays are left out; the content of arrays goes through as it is.
struct FixtureListsSource: ByteSource, ~Copyable {
  private enum Place { case start, envelope, skippedString, skippedNested, list, done }

  private var source: any ByteSource & ~Copyable
  private var input = ByteHeap(capacity: 1 << 16)
  private var at = 0
  private var place = Place.start
  /// Open brackets within the list or the member that is left out.
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// Whether an element has been handed out, and whether the next byte of a list begins one.
  private var hasElements = false
  private var beginsElement = false
  /// Bytes to hand out before any others.
  private var pending: [UInt8] = []

  init(_ source: consuming any ByteSource & ~Copyable) { self.source = source }

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let start = buffer.byteCount
    while buffer.freeCapacity > 0 {
      if let byte = pending.first {
        buffer.append(byte)
        pending.removeFirst()
        continue
      }
      if at == input.count {
        // Without a byte handed out the end of the input would be taken for the end of all.
        if buffer.byteCount > start { return }
        input.removeAll()
        at = 0
        let isOver = try input.fill(from: &source)
        if input.count == 0 && isOver { return }
      }
      let byte = input[at]
      at += 1
      if let byte = step(byte) { buffer.append(byte) }
    }
  }

  /// What becomes of a byte; more may be pending.
  private mutating func step(_ byte: UInt8) -> UInt8? {
    switch place {
    case .start:
      guard byte == UInt8(ascii: "{") else { return byte }
      place = .envelope
      return UInt8(ascii: "[")
    case .envelope: return envelope(byte)
    case .skippedString:
      skipString(byte)
      if !isInString { place = .envelope }
      return nil
    case .skippedNested:
      nest(byte)
      if depth == 0 { place = .envelope }
      return nil
    case .list: return element(byte)
    case .done: return byte
    }
  }

  private mutating func envelope(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""):
      place = .skippedString
      isInString = true
    case UInt8(ascii: "{"):
      place = .skippedNested
      depth = 1
    case UInt8(ascii: "["):
      place = .list
      depth = 1
      beginsElement = true
    case UInt8(ascii: "}"):
      place = .done
      return UInt8(ascii: "]")
    default: break
    }
    return nil
  }

  private mutating func element(_ byte: UInt8) -> UInt8? {
    if depth == 1 && !isInString && byte == UInt8(ascii: "]") {
      place = .envelope
      depth = 0
      return nil
    }
    if beginsElement && byte > UInt8(ascii: " ") {
      beginsElement = false
      nest(byte)
      if hasElements {
        pending.append(byte)
        return UInt8(ascii: ",")
      }
      hasElements = true
      return byte
    }
    nest(byte)
    return byte
  }

  /// Follows strings and brackets.
  private mutating func nest(_ byte: UInt8) {
    if isInString { return skipString(byte) }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
    case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
    default: break
    }
  }

  private mutating func skipString(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
    }
  }
}
