package import Bytes
internal import Records

/// Where a secret value comes from.
package struct SecretOrigin: Hashable, Sendable {
  package var table: Name
  package var column: Name
  package init(table: Name, column: Name) {
    self.table = table
    self.column = column
  }
}

/// Secret values as keyed hashes, to be found wherever they stand in other bytes, in one pass however many there are.
///
/// Each value is hashed as it is, backwards, in hexadecimal and in base64 at its three alignments. The last eight bytes of each are a
/// window: a filter of bits tells in one step that a place is the end of none. The key is random and never leaves the process.
package struct SecretValues: Sendable {
  /// Values below this say nothing by standing elsewhere.
  package static let minimumCount = 8
  /// Values are looked for in pieces of this size.
  private static let pieceCount = 256
  private static let pieceLimit = 16
  /// Hashes that are kept.
  private static let limit = 1 << 20
  /// Different lengths behind one window.
  private static let lengthLimit = 8

  /// What is known of one piece of a value in one encoding.
  struct Mark: Sendable {
    var encoding: SecretEncoding
    var origin: Int32
  }

  private let key = UInt64.random(in: .min ... .max) | 1
  private let seed = UInt64.random(in: .min ... .max)
  package private(set) var origins: [SecretOrigin] = []
  private var positions: [SecretOrigin: Int32] = [:]
  /// Positions in `lengths` by the keyed window.
  private var windows: [UInt64: Int32] = [:]
  private var lengths: [[UInt16]] = [[]]
  private var lengthPositions: [[UInt16]: Int32] = [[]: 0]
  private var marks: [UInt64: Mark] = [:]
  private var filter: [UInt64] = []
  private var shift: UInt64 = 0
  /// Whether a value holds a quote, so that doubled ones matter.
  private(set) var haveQuotes = false
  /// Values that can be found elsewhere; repeated ones count once.
  package private(set) var count = 0
  /// Values that are too short or too plain to be looked for elsewhere, or too many.
  package private(set) var passedCount = 0

  package init() {}

  package var isEmpty: Bool { marks.isEmpty }

  /// Whether a value is so special that it is no accident when it stands elsewhere.
  static func isSpecial(_ value: Span<UInt8>) -> Bool {
    guard value.count >= minimumCount else { return false }
    let looks = Looks(value)
    if looks.classes.isDisjoint(with: .letter) && looks.classes.isDisjoint(with: .foreign) { return false }
    return looks.isOpaque || value.count >= 16 && looks.distinct >= 8
  }

  /// Adds a value; an empty one counts for nothing.
  package mutating func add(_ value: Span<UInt8>, from origin: SecretOrigin) {
    guard !value.isEmpty else { return }
    guard Self.isSpecial(value), marks.count < Self.limit else {
      passedCount += 1
      return
    }
    let place: Int32
    if let known = positions[origin] {
      place = known
    } else {
      place = Int32(origins.count)
      positions[origin] = place
      origins.append(origin)
    }
    var start = 0, isNew = false
    for _ in 0..<Self.pieceLimit where start < value.count {
      var end = min(value.count, start + Self.pieceCount)
      // No piece that is too short to be told from others.
      if value.count - end < Self.minimumCount * 2 { end = value.count }
      if insert(Array(value.extracting(start..<end)), place) { isNew = true }
      start = end
    }
    if isNew { count += 1 }
  }

  private mutating func insert(_ piece: [UInt8], _ place: Int32) -> Bool {
    guard insert(piece, .plain, place) else { return false }
    if !haveQuotes { haveQuotes = piece.contains { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") } }
    _ = insert(piece.reversed(), .reversed, place)
    var hex: [UInt8] = []
    for byte in piece { hex += [hexDigit(byte >> 4), hexDigit(byte & 15)] }
    _ = insert(hex, .lowerHex, place)
    _ = insert(hex.map { $0 >= UInt8(ascii: "a") ? $0 & 0xDF : $0 }, .upperHex, place)
    for before in 0..<3 {
      let padded = [UInt8](repeating: 0, count: before) + piece
      let first = (before * 8 + 5) / 6, last = padded.count * 8 / 6
      for alphabet in [Base64Alphabet.standard, .url] {
        let text = encodeBase64(padded.span, alphabet)
        _ = insert(Array(text[first..<last]), alphabet == .standard ? .base64 : .base64URL, place)
      }
    }
    return true
  }

  /// False when it is there already.
  private mutating func insert(_ text: [UInt8], _ encoding: SecretEncoding, _ place: Int32) -> Bool {
    let digest = Hash128.of(text.span, seed: seed).low
    guard marks[digest] == nil else { return false }
    var window: UInt64 = 0
    for byte in text.suffix(8) { window = window << 8 | UInt64(byte) }
    let known = Int(windows[window &* key] ?? 0)
    let length = UInt16(text.count)
    if !lengths[known].contains(length) {
      guard lengths[known].count < Self.lengthLimit else {
        passedCount += 1
        return false
      }
      let longer = (lengths[known] + [length]).sorted()
      let position: Int32
      if let there = lengthPositions[longer] {
        position = there
      } else {
        position = Int32(lengths.count)
        lengthPositions[longer] = position
        lengths.append(longer)
      }
      windows[window &* key] = position
    }
    marks[digest] = Mark(encoding: encoding, origin: place)
    return true
  }

  /// Has to be called when all values are there.
  package mutating func finish() {
    var bits: UInt64 = 16
    while bits < 24 && 1 << bits < windows.count * 16 { bits += 1 }
    shift = 64 - bits
    filter = Array(repeating: 0, count: 1 << Int(bits - 6))
    for window in windows.keys {
      let bit = Int(truncatingIfNeeded: window &>> shift)
      filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }
  }

  /// Calls `body` with every place in a text where a value ends, in order.
  func forEach(in text: Span<UInt8>, _ body: (Range<Int>, Mark) -> Void) {
    guard !filter.isEmpty, !marks.isEmpty, text.count >= Self.minimumCount else { return }
    var window: UInt64 = 0
    for i in 0..<7 { window = window << 8 | UInt64(text[i]) }
    for i in 7..<text.count {
      window = window &<< 8 | UInt64(text[i])
      let hash = window &* key
      let bit = Int(truncatingIfNeeded: hash &>> shift)
      guard filter[bit >> 6] &>> UInt64(truncatingIfNeeded: bit & 63) & 1 != 0, let known = windows[hash] else {
        continue
      }
      for length in lengths[Int(known)].reversed() where Int(length) <= i + 1 {
        let range = (i + 1 - Int(length))..<(i + 1)
        guard let mark = marks[Hash128.of(text.extracting(range), seed: seed).low] else { continue }
        body(range, mark)
        break
      }
    }
  }
}
