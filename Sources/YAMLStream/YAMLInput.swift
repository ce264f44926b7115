internal import Bytes
internal import Records

/// Bytes of a text on their way to whoever reads them, with what it takes to tell the place of a character.
final class YAMLInput {
  /// Bytes that an element that is read without the library may take.
  static var elementLimit: Int { 1 << 20 }

  private var source: any ByteSource & ~Copyable
  /// Bytes that are held unless an element takes more.
  private let windowSize: Int
  private(set) var window: ByteHeap
  /// Offset of the window's first byte.
  private(set) var base = 0
  /// Bytes of the window that have been taken.
  private(set) var at = 0
  /// Bytes of the window that mean nothing of their own to YAML.
  private(set) var cleanCount = 0
  private var isExhausted = false
  private var late: IOError?

  /// Where the library began to read, how many of its characters lie before the window, and bytes that may be handed out:
  /// more means that a value does not end.
  private(set) var parserStart = 0
  private var charactersBefore = 0
  var limit = 0
  /// What went wrong while the library was reading.
  private(set) var failure: ReadError?

  // The optimiser of Swift 6.3 crashes where it sees through this.
  @_optimize(none)
  init(_ source: consuming any ByteSource & ~Copyable, windowSize: Int) {
    self.source = source
    self.windowSize = windowSize
    window = ByteHeap(capacity: windowSize)
  }

  /// Bytes taken so far.
  var byteCount: Int { base + at }
  /// Whether the window ends the text, and all of it is clean.
  var isLast: Bool { isExhausted && late == nil && cleanCount == window.count }

  private func fill() {
    guard !isExhausted, late == nil else { return }
    do throws(IOError) { isExhausted = try window.fill(from: &source) } catch { late = error }
    window.clearPadding()
  }

  /// Forgets the first bytes of the window.
  private func drop(_ count: Int) {
    window.removePrefix(count)
    base += count
    at -= count
    cleanCount = max(0, cleanCount - count)
  }

  // MARK: Elements

  /// Gets more clean bytes behind those that are not taken; false when there are none.
  func extend() -> Bool {
    let before = cleanCount - at
    drop(at)
    // What takes half of the window gets a larger one, so that nothing is looked at often.
    if window.count > window.capacity / 2 {
      guard window.count < Self.elementLimit else { return false }
      window.reserve(2 * window.capacity)
    }
    let wasLast = isLast
    fill()
    cleanCount += window.cleanYAMLPrefix(at: cleanCount, count: window.count - cleanCount)
    return cleanCount > before || isLast != wasLast
  }

  /// Takes bytes up to a place in the window.
  func take(to end: Int) { at = end }

  // MARK: The library

  /// From the first byte that is not taken on the library reads.
  func beginLibrary() {
    drop(at)
    parserStart = base
    charactersBefore = 0
    limit = base + YAMLStream.scalarLimit
  }

  /// Goes back to a byte that the library has been given; false when it is no longer there.
  func endLibrary(at offset: Int) -> Bool {
    guard offset >= base, offset <= base + at else { return false }
    at = offset - base
    drop(at)
    cleanCount = window.cleanYAMLPrefix(at: 0, count: window.count)
    return true
  }

  /// Fills a buffer of the library's; 0 at the end, nil when the source failed.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    if byteCount > limit { failure = ReadError(.tooLarge(what: "a value", limit: YAMLStream.scalarLimit)) }
    if at == window.count {
      // What was read last stays, for the places of errors.
      if at >= windowSize {
        let count = at - windowSize / 2
        charactersBefore += Self.characters(window.span(at: 0, count: count))
        drop(count)
      }
      fill()
      if at == window.count, let late { failure = ReadError(.io(late)) }
    }
    if failure != nil { return nil }
    var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
    at += output.append(copying: window.span(at: at, count: window.count - at))
    return output.finalize(for: buffer)
  }

  private static func characters(_ bytes: Span<UInt8>) -> Int {
    var at = 0, sum = 0
    // One lane for each byte of a run keeps the sum in the registers.
    while at < bytes.count {
      let end = min(at + 192, bytes.count)
      var count: UInt8 = 0
      while at < end {
        count &+= bytes[at] & 0xC0 != 0x80 ? 1 : 0
        at &+= 1
      }
      sum += Int(count)
    }
    return sum
  }

  /// Offset of the byte that begins one of the library's characters; of the window when it lies before that.
  func offset(ofCharacter index: Int) -> Int {
    guard index >= charactersBefore else { return base }
    var character = charactersBefore - 1
    for i in 0..<at where window[i] & 0xC0 != 0x80 {
      character += 1
      if character >= index { return base + i }
    }
    return base + at
  }

  /// Whether what is not taken begins with an element, or with a document that has no directives.
  var beginsPlainly: Bool { window.matches("- ", at: at) || window.matches("---\n", at: at) }
  /// Whether an element begins before a byte of the window, which begins its text: `- ` at the left margin.
  func elementBegins(before offset: Int) -> Bool {
    let i = offset - base
    return i >= 3 && i < window.count && window[i - 1] == UInt8(ascii: " ") && window[i - 2] == UInt8(ascii: "-")
      && window[i - 3] == UInt8(ascii: "\n")
  }
}

/// Hands the library its next bytes; called by it.
func readYAML(
  _ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ size: Int,
  _ count: UnsafeMutablePointer<Int>?
) -> CInt {
  let input = Unmanaged<YAMLInput>.fromOpaque(context!).takeUnretainedValue()
  guard let read = input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size)) else { return 0 }
  count!.pointee = read
  return 1
}
