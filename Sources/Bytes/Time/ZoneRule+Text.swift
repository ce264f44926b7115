extension ZoneRule {
  /// The rule that the whole of `text` spells; nil for anything else.
  init?(_ text: [UInt8]) {
    var reader = ZoneRuleReader(text: text)
    guard reader.takeName(), let west = reader.takeClock() else { return nil }
    (standard, summer) = (-west, -west)
    if reader.isAtEnd { return }
    guard reader.takeName() else { return nil }
    summer = standard + 3600
    if reader.peek != UInt8(ascii: ",") {
      guard let west = reader.takeClock() else { return nil }
      summer = -west
    }
    guard let start = reader.takeChange(), let end = reader.takeChange(), reader.isAtEnd else { return nil }
    (self.start, self.end) = (start, end)
  }
}

/// Reads the parts of a rule from left to right.
private struct ZoneRuleReader {
  let text: [UInt8]
  var at = 0

  init(text: [UInt8]) { self.text = text }

  var peek: UInt8? { at < text.count ? text[at] : nil }
  var isAtEnd: Bool { at == text.count }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// `CET` or `<+0330>`: at least three letters, or what stands in angle brackets.
  mutating func takeName() -> Bool {
    let start = at
    if skip("<") {
      while let byte = peek, byte != UInt8(ascii: ">") { at += 1 }
      return skip(">") && at - start > 2
    }
    while let byte = peek, byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z") { at += 1 }
    return at - start >= 3
  }

  /// Up to three digits.
  mutating func takeNumber() -> Int? {
    let start = at
    var value = 0
    while let byte = peek, isDigit(byte), at - start < 3 {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      at += 1
    }
    return at > start ? value : nil
  }

  /// `[±]H[:MM[:SS]]` in seconds, up to a week.
  mutating func takeClock() -> Int? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard let hours = takeNumber(), hours <= 167 else { return nil }
    var seconds = hours * 3600
    if skip(":") {
      guard let minutes = takeNumber(), minutes < 60 else { return nil }
      seconds += minutes * 60
      if skip(":") {
        guard let rest = takeNumber(), rest < 60 else { return nil }
        seconds += rest
      }
    }
    return isNegative ? -seconds : seconds
  }

  /// `,M3.5.0/2`, `,J60` or `,59`; the time is 02:00 when it is not said.
  mutating func takeChange() -> ZoneRule.Change? {
    guard skip(",") else { return nil }
    let day: ZoneRule.Change.Day
    if skip("M") {
      guard let month = takeNumber(), skip("."), let week = takeNumber(), skip("."), let weekday = takeNumber(),
        (1...12).contains(month), (1...5).contains(week), weekday <= 6
      else { return nil }
      day = .weekday(month: month, week: week, day: weekday)
    } else if skip("J") {
      guard let number = takeNumber(), (1...365).contains(number) else { return nil }
      day = .counted(number)
    } else {
      guard let number = takeNumber(), number <= 365 else { return nil }
      day = .ordinal(number)
    }
    guard skip("/") else { return ZoneRule.Change(day: day, time: 7200) }
    guard let time = takeClock() else { return nil }
    return ZoneRule.Change(day: day, time: time)
  }
}
