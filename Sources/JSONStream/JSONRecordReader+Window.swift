internal import Bytes
internal import Records

// Bytes from the source: filling, growing, and values too large to hold.
extension JSONRecordReader {
  /// Gets more bytes behind those from `position` on; false when there are none.
  ///
  /// `valueStart` is the place of the value that was cut off, if one was: when it is what fills the window it goes to the
  /// spill file, otherwise the window grows.
  mutating func more(valueStart: Int = -1) throws(ReadError) -> Bool {
    if isExhausted { return false }
    let start = valueStart - position
    compact()
    repeat {
      guard isFull else { continue }
      if valueStart >= 0, window.count - start > Self.largeValue {
        try spillValue(at: start)
        return true
      }
      guard window.capacity < Self.recordLimit else {
        throw failed(.tooLarge(what: "a record without its large values", limit: Self.recordLimit), at: 0)
      }
      let larger = min(Self.recordLimit, max(window.capacity * 2, 256))
      window.reserve(larger)
    } while !fill()
    return true
  }

  /// Whether the window has no room for more than the beginning of a character that is due to it.
  private var isFull: Bool { window.count + tail.count >= window.capacity }

  /// Drops what is used up.
  mutating func compact() {
    guard position > 0 else { return }
    window.removePrefix(position)
    use(position)
    position = 0
  }

  /// Accounts for `count` bytes that left the front of the window.
  mutating func use(_ count: Int) {
    base += count
    guard !cuts.isEmpty else { return }
    for cut in cuts where cut.at < count { base += cut.count }
    cuts = cuts.compactMap { $0.at < count ? nil : (at: $0.at - count, count: $0.count) }
  }

  /// Fills the window up; true when characters came or the end became known. The window holds whole characters only: the
  /// beginning of one that is cut waits in `tail`.
  private mutating func fill() -> Bool {
    let before = window.count
    let beginning = tail
    tail = []
    window.append(beginning.span)
    do throws(IOError) {
      isExhausted = try window.fill(from: &source)
    } catch {
      isExhausted = true
      endError = ReadError(.io(error), offset: absolute(window.count))
    }
    let added = window.count - before
    let valid = window.validUTF8Prefix(at: before, count: added)
    if valid < added {
      if isExhausted ? endError == nil : added - valid > 3 {
        isExhausted = true
        endError = failed(.invalidUTF8, at: before + valid)
      } else if !isExhausted {
        tail = Array(window.span(at: before + valid, count: added - valid))
      }
      window.truncate(to: before + valid)
    }
    window.clearPadding()
    return window.count > before || isExhausted
  }

  /// Moves the value that begins at `start` and fills the rest of the window to where it is kept, piece by piece, and puts a
  /// placeholder where it stood: into the spill file, or to a sink that wants it.
  private mutating func spillValue(at start: Int) throws(ReadError) {
    var sink: (any JSONMemberSink)?
    if let key = openMember, let memberSink, memberSink.begin(key) { sink = memberSink }
    let isText = window[start] == UInt8(ascii: "\""), place = absolute(start), firstCut = cuts.count
    let file: any AppendableFile
    if let sink { file = sink } else { file = try spillFile() }
    let begin = spilled
    var walk = JSONWalk(python: dialect.python), at = start, isFirst = true
    var flags: UInt32 = 0
    while true {
      let stop = window.jsonWalk(&walk, at: &at, isLast: isExhausted && endError == nil)
      let isDone = stop == .done
      guard isDone || stop == .needsMore else { throw failed(JSONRecordParser.code(of: stop), at: at) }
      // Text goes without its quotes and escapes.
      let count = try spillPiece(
        from: isText && isFirst ? start + 1 : start, to: isText && isDone ? at - 1 : at, isText: isText, flags: &flags,
        file)
      if sink == nil { spilled += Int64(count) }
      removeFromWindow(from: start, to: at)
      if isFirst, sink != nil { shrinkWindow() }
      isFirst = false
      at = start
      if isDone { break }
      if isExhausted { throw cutOff() }
      if isFull {
        // Nothing but a number stays whole: it has to fit.
        guard window.count - start <= Self.largeValue else {
          throw failed(.tooLarge(what: "a number", limit: Self.largeValue), at: start)
        }
        window.reserve(window.capacity * 2)
      }
      _ = fill()
    }
    guard let sink else {
      externals.append(
        ExternalValue(
          try spillFile(), offset: begin, byteCount: spilled - begin, kind: isText ? .text : .json,
          flags: Cell.Flags(rawValue: UInt8(flags))))
      return insertPlaceholder(externals.count - 1, at: start)
    }
    let null = Array("null".utf8), cut = cuts[firstCut...].reduce(0) { $0 + $1.count }
    window.insert(null.span, at: start)
    // No placeholder is to be looked for here.
    cuts.removeSubrange(firstCut...)
    cuts.append((at: start, count: cut - null.count))
    sink.end(place..<absolute(start + null.count))
  }

  private mutating func insertPlaceholder(_ index: Int, at start: Int) {
    let bytes = JSONPlaceholder.bytes(index)
    window.insert(bytes.span, at: start)
    // The placeholder stands for bytes already counted as cut.
    cuts.append((at: start, count: -bytes.count))
  }

  /// Gives the window the size that it had, for work with long values that stays in the processor's caches.
  private mutating func shrinkWindow() {
    guard window.capacity > Self.usualCapacity, window.count < Self.usualCapacity / 2 else { return }
    var smaller = ByteHeap(capacity: Self.usualCapacity)
    smaller.append(window.span)
    swap(&smaller, &window)
  }

  /// Appends a piece to a file; returns how many bytes these are without escapes.
  private mutating func spillPiece(
    from: Int, to end: Int, isText: Bool, flags: inout UInt32, _ file: any AppendableFile
  ) throws(ReadError) -> Int {
    guard from < end else { return 0 }
    var count = end - from
    if isText {
      var bad = -1
      count = window.jsonUnescape(at: from, count: count, flags: &flags, bad: &bad)
      if bad >= 0 { throw failed(.syntax("wrong escape in a string"), at: bad) }
    }
    do throws(IOError) { try file.append(window.span(at: from, count: count)) } catch { throw ReadError(.io(error)) }
    return count
  }

  private mutating func spillFile() throws(ReadError) -> SpillFile {
    if let spill { return spill }
    do throws(IOError) {
      let file = try SpillFile()
      spill = file
      return file
    } catch { throw ReadError(.io(error)) }
  }

  private mutating func removeFromWindow(from start: Int, to end: Int) {
    guard end > start else { return }
    window.replace(start..<end, with: [UInt8]().span)
    cuts.append((at: start, count: end - start))
  }

  /// Puts a finished record's oversized values outside as well, so that what is large does not depend on the window.
  mutating func externalise(_ cells: inout [Cell], from first: Int, _ heap: borrowing ByteHeap) throws(ReadError) {
    for i in first..<cells.count {
      let cell = cells[i]
      guard cell.kind == .text || cell.kind == .json, cell.count > Self.largeValue else { continue }
      let begin = spilled, file = try spillFile()
      do throws(IOError) { try file.append(heap.span(at: cell.offset, count: cell.count)) } catch {
        throw ReadError(.io(error))
      }
      spilled += Int64(cell.count)
      externals.append(
        ExternalValue(file, offset: begin, byteCount: Int64(cell.count), kind: cell.kind, flags: cell.flags))
      cells[i] = .external(externals.count - 1)
    }
  }
}
