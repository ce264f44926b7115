internal import Bytes

// Scalars, and collections without elements.
extension YAMLElements {
  /// A value that begins at `at` and takes the rest of its line and of those that continue it; or a key up to behind its
  /// colon, if there may be one.
  mutating func scalar(
    _ heap: borrowing ByteHeap, mayBeKey: Bool, _ isKey: inout Bool, _ texts: inout ByteHeap
  ) -> Verdict {
    switch heap[at] {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return quoted(heap, mayBeKey: mayBeKey, &isKey, &texts)
    case UInt8(ascii: "["): return empty(heap, UInt8(ascii: "]"), .beginSequence, .endSequence)
    case UInt8(ascii: "{"): return empty(heap, UInt8(ascii: "}"), .beginMapping, .endMapping)
    case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
      guard at + 1 < end else { return over }
      // Before a space or at a line's end they are marks of their own.
      guard heap[at + 1] > UInt8(ascii: " ") else { return .other }
    case let byte where !Self.beginsPlain(byte): return .other
    default: break
    }
    return plain(heap, mayBeKey: mayBeKey, &isKey, &texts)
  }

  private static func beginsPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "*"),
      UInt8(ascii: ","), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "|"),
      UInt8(ascii: "}"):
      false
    default: byte > UInt8(ascii: " ")
    }
  }

  /// Whether a line, and with it a value, is over at `at`.
  private func lineEnd(_ heap: borrowing ByteHeap) -> Verdict {
    guard at < end else { return isLast ? .taken : .cut }
    return heap[at] == UInt8(ascii: "\n") ? .taken : .other
  }

  private mutating func empty(
    _ heap: borrowing ByteHeap, _ last: UInt8, _ begin: YAMLEvent.Kind, _ finish: YAMLEvent.Kind
  ) -> Verdict {
    guard at + 1 < end else { return over }
    guard heap[at + 1] == last else { return .other }
    pieces.append(Piece(kind: begin, place: at))
    pieces.append(Piece(kind: finish, place: at + 1))
    at += 2
    return lineEnd(heap)
  }

  /// The first of three bytes from a place on; `end` when there is none.
  @inline(__always)
  private func first(_ heap: borrowing ByteHeap, _ from: Int, _ a: UInt8, _ b: UInt8, _ c: UInt8) -> Int {
    var at = from
    while at < end {
      let mask = heap.mask(at: at, matching: a, b, c)
      if mask != 0 { return min(at &+ mask.trailingZeroBitCount, end) }
      at &+= 64
    }
    return end
  }

  // MARK: Plain

  private mutating func plain(
    _ heap: borrowing ByteHeap, mayBeKey: Bool, _ isKey: inout Bool, _ texts: inout ByteHeap
  ) -> Verdict {
    let start = at, indent = frames[depth - 1].indent
    /// Where the piece of the line at hand begins, and that of the text in `texts` if there are more.
    var from = at, textStart: Int?
    var stop = at
    while true {
      stop = first(heap, stop, UInt8(ascii: "\n"), UInt8(ascii: ":"), UInt8(ascii: "#"))
      guard stop < end || isLast else { return .cut }
      if stop < end, heap[stop] != UInt8(ascii: "\n") {
        if heap[stop] == UInt8(ascii: "#") {
          // Behind a space it begins a comment.
          guard heap[stop - 1] != UInt8(ascii: " ") else { return .other }
        } else {
          guard stop + 1 < end else { return over }
          if heap[stop + 1] == UInt8(ascii: " ") || heap[stop + 1] == UInt8(ascii: "\n") {
            guard mayBeKey, textStart == nil, stop - start <= Self.keyLimit, heap[stop - 1] != UInt8(ascii: " ") else {
              return .other
            }
            isKey = true
            pieces.append(Piece(kind: .scalar, isPlain: true, place: start, start: start, count: stop - start))
            at = stop + 1
            return .taken
          }
        }
        stop &+= 1
        continue
      }
      guard heap[stop - 1] != UInt8(ascii: " ") else { return .other }
      var next = min(stop + 1, end)
      let line = next
      while next < end, heap[next] == UInt8(ascii: " ") { next &+= 1 }
      guard next < end || isLast && next == line else { return over }
      if next < end, heap[next] == UInt8(ascii: "\n") { return .other }
      let isContinued = next - line > indent
      if textStart != nil || isContinued {
        if textStart != nil { texts.append(UInt8(ascii: " ")) }
        textStart = textStart ?? texts.count
        texts.append(heap.span(at: from, count: stop - from))
      }
      guard isContinued else { break }
      (from, stop) = (next, next)
    }
    if let textStart {
      pieces.append(
        Piece(
          kind: .scalar, isPlain: true, isRespelt: true, place: start, start: textStart, count: texts.count - textStart)
      )
    } else {
      pieces.append(Piece(kind: .scalar, isPlain: true, place: start, start: start, count: stop - start))
    }
    at = stop
    return .taken
  }

  // MARK: Quoted

  private mutating func quoted(
    _ heap: borrowing ByteHeap, mayBeKey: Bool, _ isKey: inout Bool, _ texts: inout ByteHeap
  ) -> Verdict {
    let start = at, quote = heap[at], textStart = texts.count
    let isDouble = quote == UInt8(ascii: "\""), escape = isDouble ? UInt8(ascii: "\\") : quote
    var from = at + 1, isRespelt = false, isOneLine = true
    at = from
    while true {
      at = first(heap, at, quote, escape, UInt8(ascii: "\n"))
      guard at < end else { return over }
      if heap[at] == quote {
        guard !isDouble, at + 1 < end || !isLast else { break }
        guard at + 1 < end else { return .cut }
        guard heap[at + 1] == quote else { break }
        // A quote is written twice.
        texts.append(heap.span(at: from, count: at + 1 - from))
        at += 2
      } else if heap[at] == UInt8(ascii: "\n") {
        var last = at
        while last > from, heap[last - 1] == UInt8(ascii: " ") { last &-= 1 }
        texts.append(heap.span(at: from, count: last - from))
        isOneLine = false
        let verdict = fold(heap, isEscaped: false, &texts)
        guard verdict == .taken else { return verdict }
      } else {
        texts.append(heap.span(at: from, count: at - from))
        at += 1
        guard at < end else { return over }
        let isBreak = heap[at] == UInt8(ascii: "\n")
        if isBreak { isOneLine = false }
        let verdict = isBreak ? fold(heap, isEscaped: true, &texts) : unescape(heap, &texts)
        guard verdict == .taken else { return verdict }
      }
      isRespelt = true
      from = at
    }
    if isRespelt {
      texts.append(heap.span(at: from, count: at - from))
      pieces.append(
        Piece(kind: .scalar, isRespelt: true, place: start, start: textStart, count: texts.count - textStart))
    } else {
      pieces.append(Piece(kind: .scalar, place: start, start: from, count: at - from))
    }
    at += 1
    if at < end, heap[at] == UInt8(ascii: ":") {
      guard at + 1 < end else { return over }
      guard mayBeKey, isOneLine, at - start <= Self.keyLimit,
        heap[at + 1] == UInt8(ascii: " ") || heap[at + 1] == UInt8(ascii: "\n")
      else { return .other }
      isKey = true
      at += 1
      return .taken
    }
    return lineEnd(heap)
  }

  /// Steps over the end of a line within quotes and what is empty behind it; one end alone is a space unless it is escaped.
  private mutating func fold(_ heap: borrowing ByteHeap, isEscaped: Bool, _ texts: inout ByteHeap) -> Verdict {
    var line = at + 1, count = 0
    while true {
      at = line
      while at < end, heap[at] == UInt8(ascii: " ") { at &+= 1 }
      guard at < end else { return over }
      guard heap[at] == UInt8(ascii: "\n") else { break }
      count += 1
      line = at + 1
    }
    // At the left margin a mark of documents might stand.
    guard at > line else { return .other }
    if count == 0, !isEscaped { texts.append(UInt8(ascii: " ")) }
    for _ in 0..<count { texts.append(UInt8(ascii: "\n")) }
    return .taken
  }

  /// Appends what an escape stands for, whose letter is at `at`.
  private mutating func unescape(_ heap: borrowing ByteHeap, _ texts: inout ByteHeap) -> Verdict {
    var digits = 0
    let letter = heap[at]
    at += 1
    switch letter {
    case UInt8(ascii: "0"): texts.append(0)
    case UInt8(ascii: "a"): texts.append(0x07)
    case UInt8(ascii: "b"): texts.append(0x08)
    case UInt8(ascii: "t"): texts.append(0x09)
    case UInt8(ascii: "n"): texts.append(0x0A)
    case UInt8(ascii: "v"): texts.append(0x0B)
    case UInt8(ascii: "f"): texts.append(0x0C)
    case UInt8(ascii: "r"): texts.append(0x0D)
    case UInt8(ascii: "e"): texts.append(0x1B)
    case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "\\"): texts.append(letter)
    case UInt8(ascii: "N"): append(character: 0x85, &texts)
    case UInt8(ascii: "_"): append(character: 0xA0, &texts)
    case UInt8(ascii: "L"): append(character: 0x2028, &texts)
    case UInt8(ascii: "P"): append(character: 0x2029, &texts)
    case UInt8(ascii: "x"): digits = 2
    case UInt8(ascii: "u"): digits = 4
    case UInt8(ascii: "U"): digits = 8
    default: return .other
    }
    guard digits > 0 else { return .taken }
    guard at + digits <= end else { return over }
    var value: UInt32 = 0
    for i in at..<(at + digits) {
      guard let digit = hexValue(heap[i]) else { return .other }
      value = value << 4 | UInt32(digit)
    }
    guard Unicode.Scalar(value) != nil else { return .other }
    append(character: value, &texts)
    at += digits
    return .taken
  }

  private func append(character: UInt32, _ texts: inout ByteHeap) {
    guard let scalar = Unicode.Scalar(character) else { return }
    for byte in UTF8.encode(scalar) ?? .init() { texts.append(byte) }
  }
}
