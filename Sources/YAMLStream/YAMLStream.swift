package import Bytes
package import Records

/// Reads YAML as pieces; values are not resolved, aliases not followed.
///
/// Elements as `dumpdata` writes them are read by `YAMLElements`, all others, and all other texts, by libyaml.
package struct YAMLStream: ~Copyable {
  /// Sequences and mappings within each other.
  package static var depthLimit: Int { 128 }
  /// Bytes of one scalar: the library keeps it whole.
  package static var scalarLimit: Int { 64 << 20 }

  private let input: YAMLInput
  private var elements = YAMLElements()
  /// Texts of scalars that are not as they are written.
  private var texts = ByteHeap(capacity: 1 << 10)
  /// The element's next piece.
  private var nextPiece = 0
  private var parser: YAMLParser?
  /// Pieces of the library's that have been there before.
  private var knownPieces = 0
  /// The character of the library's from which on elements are read without it again.
  private var resumption: Int
  private let resumptionStep: Int

  /// Where the piece at hand begins: a byte, or a character of the library's.
  private var place = 0
  private var depth = 0
  private var failure: ReadError?

  /// The text of the scalar at hand.
  package private(set) var text = ByteHeap(capacity: 1 << 12)

  /// `byLibrary`: everything is read by libyaml; `windowSize`: bytes that are looked at together.
  package init(
    _ source: consuming any ByteSource & ~Copyable, byLibrary: Bool = false, windowSize: Int = 1 << 17
  ) throws(IOError) {
    // That it is missing is said before anything is read.
    _ = try YAMLLibrary.functions()
    let input = YAMLInput(source, windowSize: windowSize)
    self.init(input, byLibrary ? try YAMLParser(input) : nil, windowSize: windowSize)
  }
  private init(_ input: YAMLInput, _ parser: YAMLParser?, windowSize: Int) {
    self.input = input
    self.parser = parser
    resumption = .max
    resumptionStep = windowSize / 8
  }

  /// Elements that were read without the library.
  package private(set) var elementCount = 0
  /// Bytes read so far.
  package var byteCount: Int { input.byteCount }
  /// Offset of the piece at hand, nearly.
  package var offset: Int { parser == nil ? input.base + place : input.offset(ofCharacter: place) }

  /// The next piece.
  package mutating func next() throws(ReadError) -> YAMLEvent {
    if let failure { throw failure }
    do throws(ReadError) {
      let event = try piece()
      switch event.kind {
      case .beginMapping, .beginSequence:
        depth += 1
        guard depth <= Self.depthLimit else { throw ReadError(.tooDeep(limit: Self.depthLimit), offset: offset) }
      case .endMapping, .endSequence: depth -= 1
      default: break
      }
      return event
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func piece() throws(ReadError) -> YAMLEvent {
    while true {
      if let parser {
        let event = try parser.next(&text, &place)
        input.limit = input.byteCount + Self.scalarLimit
        if event.kind == .endDocument { resumption = .max }
        if knownPieces > 0 {
          knownPieces -= 1
        } else if depth != 1 || event.kind != .beginMapping || place < resumption || !resume() {
          return event
        }
      } else if nextPiece < elements.pieces.count {
        return take()
      } else {
        try takeElement()
      }
    }
  }

  // MARK: Elements

  /// The element's next piece. The last piece of a text stays the next.
  private mutating func take() -> YAMLEvent {
    let piece = elements.pieces[nextPiece]
    if piece.kind != .end { nextPiece += 1 }
    place = piece.place
    if piece.kind == .scalar {
      text.removeAll()
      if piece.isRespelt {
        text.append(from: texts, at: piece.start, count: piece.count)
      } else {
        text.append(from: input.window, at: piece.start, count: piece.count)
      }
      text.clearPadding()
    }
    return YAMLEvent(kind: piece.kind, isPlain: piece.isPlain)
  }

  /// Reads an element, or leaves it to the library.
  private mutating func takeElement() throws(ReadError) {
    let isFirst = input.byteCount == 0
    var verdict = YAMLElements.Verdict.cut
    repeat {
      verdict = elements.take(input.window, from: input.at, to: input.cleanCount, isLast: input.isLast, &texts)
    } while verdict == .cut && input.extend()
    if verdict == .taken {
      input.take(to: elements.at)
      nextPiece = 0
      elementCount += 1
      if isFirst { elements.beginDocument() }
      return
    }
    elements.pieces.removeAll(keepingCapacity: true)
    // Directives hold for all elements: where there may be some, the library is not left.
    resumption = input.beginsPlainly ? resumptionStep : .max
    do throws(IOError) { parser = try YAMLParser(input) } catch { throw ReadError(.io(error)) }
    knownPieces = isFirst ? 0 : 2
  }

  /// Leaves the library where an element begins, if one does at the piece at hand.
  private mutating func resume() -> Bool {
    let offset = input.offset(ofCharacter: place)
    guard input.elementBegins(before: offset), input.endLibrary(at: offset - 2) else {
      resumption = place + max(resumptionStep, input.window.count)
      return false
    }
    parser = nil
    return true
  }
}
