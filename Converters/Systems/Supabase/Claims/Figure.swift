internal import Bytes

/// A number that a document states, with as much exactness as it is stated with.
///
///     25            exactly 25
///     40+           at least 40
///     ~250          about 250
///     131,876 bytes exactly
///     132 KB        what rounds to it, whether a KB has 1000 or 1024 bytes
///     XX            never filled in
struct Figure: Equatable, Sendable {
  /// What the number counts.
  enum Unit: Equatable, Sendable { case things, bytes }
  var unit = Unit.things
  /// Values that bear the statement out; none when the figure was never filled in.
  var admitted: [ClosedRange<Int>] = []
  /// Where it stands in the text, unit and sign included.
  var range: Range<Int>

  var isFilled: Bool { !admitted.isEmpty }
  func admits(_ value: Int) -> Bool { admitted.contains { $0.contains(value) } }
  /// The one value that is stated; nil for figures with a tolerance.
  var exact: Int? {
    admitted.count == 1 && admitted[0].lowerBound == admitted[0].upperBound ? admitted[0].lowerBound : nil
  }

  /// All figures of a line; what is part of a name, date, version, path or option is none.
  static func all(in line: ArraySlice<UInt8>) -> [Figure] {
    var figures: [Figure] = [], at = line.startIndex
    while at < line.endIndex {
      if let figure = Figure(in: line, at: at) {
        figures.append(figure)
        at = figure.range.upperBound
      } else {
        // The rest of a word cannot begin a figure.
        let isWord = Self.isWordByte(line[at])
        at += 1
        while isWord, at < line.endIndex, Self.isWordByte(line[at]) { at += 1 }
      }
    }
    return figures
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    let lower = asciiLower(byte)
    return isDigit(byte) || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || byte >= 0x80
      || "_-./:$@#%\\".utf8.contains(byte)
  }

  private init?(in line: ArraySlice<UInt8>, at start: Int) {
    var cursor = Cursor(line[start...])
    var isAbout = false
    if cursor.next == UInt8(ascii: "~") {
      isAbout = true
      cursor.skip()
    } else if cursor.starts(with: "≈") {
      isAbout = true
      cursor.skip(3)
    }
    range = start..<start
    let blanks = cursor.skip { $0 == UInt8(ascii: "X") }
    if blanks.count > 1 {
      guard cursor.next.map({ !Self.isWordByte($0) }) ?? true else { return nil }
      range = start..<cursor.at
      return
    }
    guard blanks.isEmpty, let (digits, scale) = Self.numeral(&cursor) else { return nil }
    let factors = Self.unit(&cursor)
    let isLeast = cursor.next == UInt8(ascii: "+")
    if isLeast { cursor.skip() }
    if let next = cursor.next, Self.isWordByte(next) {
      // A full stop or colon may end the sentence.
      let ends = cursor.byte(after: 1).map { $0 <= 0x20 || $0 == UInt8(ascii: "*") } ?? true
      guard ends, next == UInt8(ascii: ".") || next == UInt8(ascii: ":") else { return nil }
    }
    guard let factors else {
      guard scale == 1 else { return nil }
      admitted = Self.admitted(digits, 1, scale, isAbout, isLeast)
      range = start..<cursor.at
      return
    }
    unit = .bytes
    admitted = factors.flatMap { Self.admitted(digits, $0, scale, isAbout, isLeast) }
    guard !admitted.isEmpty else { return nil }
    range = start..<cursor.at
  }

  /// Digits with or without separators of thousands, and what they are to be divided by for their fraction.
  private static func numeral(_ cursor: inout Cursor) -> (digits: Int, scale: Int)? {
    var value = 0, count = 0
    func add(_ digits: ArraySlice<UInt8>) -> Bool {
      count += digits.count
      guard count <= 15 else { return false }
      for digit in digits { value = value * 10 + Int(digit - UInt8(ascii: "0")) }
      return true
    }
    let first = cursor.skip(while: isDigit)
    guard !first.isEmpty, add(first) else { return nil }
    while first.count <= 3, cursor.next == UInt8(ascii: ",") || cursor.next == UInt8(ascii: "'"),
      (1...3).allSatisfy({ cursor.byte(after: $0).map { isDigit($0) } ?? false }),
      !(cursor.byte(after: 4).map { isDigit($0) } ?? false)
    {
      cursor.skip()
      guard add(cursor.skip(while: isDigit)) else { return nil }
    }
    var scale = 1
    if cursor.next == UInt8(ascii: "."), cursor.byte(after: 1).map({ isDigit($0) }) ?? false {
      cursor.skip()
      let fraction = cursor.skip(while: isDigit)
      guard fraction.count <= 3, add(fraction) else { return nil }
      for _ in fraction { scale *= 10 }
    }
    return (value, scale)
  }

  private static let units: [(name: String, factors: [Int])] = [
    ("bytes", [1]), ("byte", [1]),
    ("kib", [1 << 10]), ("mib", [1 << 20]), ("gib", [1 << 30]),
    ("kb", [1000, 1 << 10]), ("mb", [1_000_000, 1 << 20]), ("gb", [1_000_000_000, 1 << 30]),
    ("k", [1000, 1 << 10]), ("m", [1_000_000, 1 << 20]), ("g", [1_000_000_000, 1 << 30]),
  ]

  /// Bytes of the unit that follows; nil when none does.
  private static func unit(_ cursor: inout Cursor) -> [Int]? {
    var ahead = cursor
    let isApart = ahead.next == UInt8(ascii: " ")
    if isApart { ahead.skip() }
    let word = ahead.skip { isWordByte($0) && !isDigit($0) && $0 != UInt8(ascii: ".") }.map(asciiLower)
    guard !word.isEmpty, !isApart || word.count > 1,
      let found = units.first(where: { word.elementsEqual($0.name.utf8) })
    else { return nil }
    cursor = ahead
    return found.factors
  }

  /// Values that print as the digits with this factor; `ls -h` rounds up, others to the nearest.
  private static func admitted(
    _ digits: Int, _ factor: Int, _ scale: Int, _ isAbout: Bool, _ isLeast: Bool
  ) -> [ClosedRange<Int>] {
    let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
    guard !overflow, product <= .max / 4 else { return [] }
    let value = product / scale
    if isLeast { return [value...Int.max] }
    let step = factor == 1 ? 0 : factor / scale
    let low = isAbout ? max(value / 10, step / 2) : max(0, step - 1)
    let high = isAbout ? max(value / 10, step / 2) : step / 2
    return [max(0, value - low)...(value + high)]
  }
}
