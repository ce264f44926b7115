internal import Bytes

/// Bytes looked for in a text, both folded or both as they are.
package struct LiteralPattern: Hashable, Sendable {
  package var bytes: [UInt8]
  /// Whether a hit may not begin or end inside a word; set only where the pattern itself begins or ends with a letter.
  package var checksStart: Bool
  package var checksEnd: Bool

  /// A pattern that stands between word boundaries, with an open end when `isPrefix`; anywhere when not `isWhole`.
  init(_ bytes: [UInt8], isWhole: Bool = true, isPrefix: Bool = false) {
    self.bytes = bytes
    checksStart = isWhole && bytes.first != nil && wordKind(in: bytes.span, after: 0) == .letter
    checksEnd = isWhole && !isPrefix && wordKind(in: bytes.span, before: bytes.count) == .letter
  }

  /// The first hit at `start` or later.
  func firstRange(in text: Span<UInt8>, from start: Int = 0) -> Range<Int>? {
    let bytes = bytes
    var at = start
    while let offset = firstOffset(of: bytes.span, in: text, from: at) {
      let end = offset + bytes.count
      if isBoundary(text, offset, end) { return offset..<end }
      at = offset + 1
    }
    return nil
  }

  /// Whether the pattern stands at `offset`.
  func matches(_ text: Span<UInt8>, at offset: Int) -> Bool {
    let bytes = bytes
    guard bytes.count <= text.count - offset else { return false }
    let end = offset + bytes.count
    return areEqual(text.extracting(offset..<end), bytes.span) && isBoundary(text, offset, end)
  }

  private func isBoundary(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if checksStart, start > 0, isInsideWord(wordKind(in: text, before: start)) { return false }
    if checksEnd, end < text.count, isInsideWord(wordKind(in: text, after: end)) { return false }
    return true
  }

  /// Marks continue a word: they occur only in texts that were not folded.
  private func isInsideWord(_ kind: FoldedScalar.Kind) -> Bool { kind == .letter || kind == .dropped }
}

/// What the scalar that begins at an offset is to words.
func wordKind(in text: Span<UInt8>, after offset: Int) -> FoldedScalar.Kind {
  FoldedScalar(of: decodeScalar(text, at: offset).value).kind
}

/// What the scalar that ends at an offset is to words.
func wordKind(in text: Span<UInt8>, before offset: Int) -> FoldedScalar.Kind {
  var start = offset - 1
  while start > 0, offset - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
  let (value, count) = decodeScalar(text, at: start)
  return start + count == offset ? FoldedScalar(of: value).kind : .separator
}

/// Words that follow each other in one value with nothing but separators between them.
package struct PhrasePattern: Hashable, Sendable {
  package var words: [LiteralPattern]

  /// The first hit at `start` or later.
  func firstRange(in text: Span<UInt8>, from start: Int = 0) -> Range<Int>? {
    guard let first = words.first else { return nil }
    var at = start
    while let head = first.firstRange(in: text, from: at) {
      if let end = end(after: head.upperBound, in: text) { return head.lowerBound..<end }
      at = head.lowerBound + 1
    }
    return nil
  }

  /// Where the phrase ends when its first word ends at an offset; nil when the others do not follow.
  private func end(after offset: Int, in text: Span<UInt8>) -> Int? {
    var end = offset
    for word in words.dropFirst() {
      var at = end
      while at < text.count {
        let (value, count) = decodeScalar(text, at: at)
        let kind = FoldedScalar(of: value).kind
        guard kind == .separator || kind == .dropped else { break }
        at += count
      }
      guard word.matches(text, at: at) else { return nil }
      end = at + word.bytes.count
    }
    return end
  }
}

/// The words of a text, folded, in order.
func foldedWords(of text: [UInt8]) -> [[UInt8]] {
  var heap = ByteHeap(capacity: text.count * 2 + 2)
  Folding.appendWords(of: text.span, to: &heap)
  return [UInt8](heap.span).split { $0 < 0x80 && !isASCIIWord($0) }.map { Array($0) }
}

/// A text folded, everything between words as it stands.
package func foldedText(_ text: [UInt8]) -> [UInt8] {
  var heap = ByteHeap(capacity: text.count * 2 + 2)
  Folding.appendFolded(text.span, to: &heap)
  return [UInt8](heap.span)
}
