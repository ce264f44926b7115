internal import Bytes

/// Reads the elements of a sequence in the block layout that `dumpdata` has PyYAML write.
///
///     - model: shop.order         an element begins at the left margin
///       pk: 1
///       fields:
///         note: 'it''s'           scalars are plain or quoted, long ones folded at spaces
///         tags:
///         - a                     lists stand below their key's first letter
///         seen: []                of what is in brackets and braces, only what is empty
///
/// An element is taken whole, or not at all: whatever else there may be in it, is for the library to read. What is taken
/// gives the pieces that the library would give, in the same places.
struct YAMLElements {
  /// What became of an element.
  enum Verdict {
    case taken
    /// The bytes end before it does.
    case cut
    /// It is not as simple as that.
    case other
  }
  /// A piece; its place and text are counted from the first byte of the heap.
  struct Piece {
    var kind: YAMLEvent.Kind
    var isPlain = false
    /// Whether the text stands in `texts`, because it is not as it is written.
    var isRespelt = false
    var place: Int
    var start = 0
    var count = 0
  }
  struct Frame {
    var indent: Int
    var isMapping: Bool
    /// Whether it is a list that begins no further to the right than the key it belongs to.
    var isFlush = false
  }

  /// Sequences and mappings within each other, pieces of one element, bytes of a key on its one line.
  static let depthLimit = 32, pieceLimit = 1 << 16, keyLimit = 1000

  var pieces: [Piece] = []
  var frames = [Frame](repeating: Frame(indent: 0, isMapping: false), count: depthLimit)
  var depth = 1
  /// Whether a key stands alone on its line, so that its value follows.
  var isValueDue = false
  /// The first byte that has not been looked at, and the end of what may be.
  var at = 0, end = 0
  /// Whether the text ends there.
  var isLast = false

  /// Takes the element that begins at a line's start; `at` is behind it then. A piece that ends the text follows the last.
  mutating func take(
    _ heap: borrowing ByteHeap, from start: Int, to end: Int, isLast: Bool, _ texts: inout ByteHeap
  ) -> Verdict {
    pieces.removeAll(keepingCapacity: true)
    texts.removeAll()
    (at, self.end, self.isLast, depth, isValueDue) = (start, end, isLast, 1, false)
    guard isDash(heap, start) else { return start + 1 < end ? .other : over }
    at += 2
    var verdict = entry(heap, at: 2, &texts)
    while verdict == .taken {
      guard pieces.count < Self.pieceLimit else { return .other }
      let line = min(at + 1, end)
      guard line < end else {
        guard isLast, !isValueDue else { return over }
        close(downTo: 1, at: end)
        for kind in [.endSequence, .endDocument, .end] as [YAMLEvent.Kind] {
          pieces.append(Piece(kind: kind, place: end))
        }
        at = end
        return .taken
      }
      at = line
      while at < end, heap[at] == UInt8(ascii: " ") { at &+= 1 }
      guard at < end else { return over }
      if at > line {
        verdict = self.line(heap, at: at - line, &texts)
        continue
      }
      guard !isValueDue, isDash(heap, line) else { return line + 1 < end ? .other : over }
      close(downTo: 1, at: line)
      return .taken
    }
    return verdict
  }

  /// Puts what begins a text before its first element.
  mutating func beginDocument() {
    pieces.insert(contentsOf: [Piece(kind: .beginDocument, place: 0), Piece(kind: .beginSequence, place: 0)], at: 0)
  }

  /// What it is when the bytes are over where they should not be.
  var over: Verdict { isLast ? .other : .cut }

  /// Whether a dash and a space stand at a place.
  private func isDash(_ heap: borrowing ByteHeap, _ at: Int) -> Bool {
    at + 1 < end && heap[at] == UInt8(ascii: "-") && heap[at + 1] == UInt8(ascii: " ")
  }

  // MARK: Layout

  private mutating func open(_ kind: YAMLEvent.Kind, at column: Int, place: Int) -> Bool {
    guard depth < Self.depthLimit else { return false }
    let parent = frames[depth - 1]
    frames[depth] = Frame(
      indent: column, isMapping: kind == .beginMapping, isFlush: parent.isMapping && parent.indent == column)
    depth += 1
    pieces.append(Piece(kind: kind, place: place))
    return true
  }

  private mutating func closeOne(at place: Int) {
    depth -= 1
    pieces.append(Piece(kind: frames[depth].isMapping ? .endMapping : .endSequence, place: place))
  }
  private mutating func close(downTo depth: Int, at place: Int) {
    while self.depth > depth { closeOne(at: place) }
  }

  /// A line whose text begins at `at`, in a column behind the first.
  private mutating func line(_ heap: borrowing ByteHeap, at column: Int, _ texts: inout ByteHeap) -> Verdict {
    let place = at, isEntry = isDash(heap, at)
    if isValueDue {
      isValueDue = false
      let indent = frames[depth - 1].indent
      guard column > indent || isEntry && column == indent else { return .other }
      guard open(isEntry ? .beginSequence : .beginMapping, at: column, place: place) else { return .other }
    } else {
      while frames[depth - 1].indent > column { closeOne(at: place) }
      if !isEntry, frames[depth - 1].isFlush { closeOne(at: place) }
      guard frames[depth - 1].indent == column, frames[depth - 1].isMapping != isEntry else { return .other }
    }
    if isEntry {
      at += 2
      return entry(heap, at: column + 2, &texts)
    }
    let verdict = key(heap, &texts)
    return verdict == .taken ? value(heap, &texts) : verdict
  }

  /// What follows a dash and a space.
  private mutating func entry(_ heap: borrowing ByteHeap, at column: Int, _ texts: inout ByteHeap) -> Verdict {
    var column = column
    while isDash(heap, at) {
      guard open(.beginSequence, at: column, place: at) else { return .other }
      at += 2
      column += 2
    }
    guard at < end else { return over }
    var isKey = false
    let place = at, verdict = scalar(heap, mayBeKey: true, &isKey, &texts)
    guard isKey, verdict == .taken, let key = pieces.popLast() else { return verdict }
    guard open(.beginMapping, at: column, place: place) else { return .other }
    pieces.append(key)
    return value(heap, &texts)
  }

  private mutating func key(_ heap: borrowing ByteHeap, _ texts: inout ByteHeap) -> Verdict {
    var isKey = false
    let verdict = scalar(heap, mayBeKey: true, &isKey, &texts)
    return verdict == .taken && !isKey ? .other : verdict
  }

  /// What follows a key and its colon.
  private mutating func value(_ heap: borrowing ByteHeap, _ texts: inout ByteHeap) -> Verdict {
    guard at < end else { return over }
    if heap[at] == UInt8(ascii: "\n") {
      isValueDue = true
      return .taken
    }
    at += 1
    guard at < end else { return over }
    var isKey = false
    return scalar(heap, mayBeKey: false, &isKey, &texts)
  }
}
