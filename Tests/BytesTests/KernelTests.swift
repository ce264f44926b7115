import Bytes
import CBytes
import TestSupport
import Testing

/// Each vector kernel against its plain twin, and the scanners against obvious readings of the same rules.
@Suite struct KernelTests {
  @Test func masksAgreeWithTheirPlainTwins() {
    var dice = Dice(10)
    var blocks: [[UInt8]] = (0...255).map { [UInt8](repeating: UInt8($0), count: 64) }
    for byte in [0x00, 0x1F, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xFF] as [UInt8] {
      for at in 0..<64 {
        var block = [UInt8](repeating: 0x61, count: 64)
        block[at] = byte
        blocks.append(block)
      }
    }
    for _ in 0..<500 { blocks.append((0..<64).map { _ in UInt8.random(in: 0...255, using: &dice) }) }
    for block in blocks {
      let (a, b, c) = (block[3], UInt8(0x22), UInt8.random(in: 0...255, using: &dice))
      block.withUnsafeBufferPointer { buffer in
        let p = buffer.baseAddress!
        #expect(cb_match3_64(p, a, b, c) == cb_plain_match3_64(p, a, b, c))
        #expect(cb_json_special_64(p) == cb_plain_json_special_64(p))
        #expect(cb_json_special_16(p) == cb_plain_json_special_16(p))
        #expect(cb_digits_16(p) == cb_plain_digits_16(p))
        #expect(cb_high_64(p) == cb_plain_high_64(p))
        #expect(cb_yaml_special_16(p) == cb_plain_yaml_special_16(p))
      }
    }
  }

  /// Every character alone, and all of them behind and before others.
  @Test func cleanYAMLIsWhatIsPrintable() {
    for value in (0...0x10FFFF as ClosedRange<UInt32>).filter({ $0 < 0x3000 || $0 % 97 == 0 || $0 | 0x1FF == 0xFFFF }) {
      guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar).map({ Array($0) }) else { continue }
      let isClean =
        switch value {
        case 0x0A, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
        default: false
        }
      for (before, behind) in [(0, 0), (1, 1), (15, 2), (16, 40), (63, 3)] {
        let text = [UInt8](repeating: 0x61, count: before) + bytes + [UInt8](repeating: 0x62, count: behind)
        var heap = ByteHeap(capacity: 16)
        heap.append(text.span)
        let expected = isClean ? text.count : before
        let prefix = heap.cleanYAMLPrefix(at: 0, count: text.count)
        // What is cut off is not clean, whatever follows in memory.
        let cut = bytes.count > 1 ? heap.cleanYAMLPrefix(at: 0, count: before + 1) : before
        guard prefix == expected, cut == before else {
          Issue.record("\(value) behind \(before): \(prefix), \(cut)")
          return
        }
      }
    }
  }

  @Test func cleanYAMLAgreesWithItsPlainTwin() {
    var dice = Dice(11)
    for _ in 0..<5000 {
      let count = Int.random(in: 0...200, using: &dice)
      var text = (0..<count).map { _ in UInt8.random(in: 0x20...0x7E, using: &dice) }
      for _ in 0..<Int.random(in: 0...2, using: &dice) where count > 0 {
        text[Int.random(in: 0..<count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      var heap = ByteHeap(capacity: 256)
      heap.append(text.span)
      let plain = (text + [UInt8](repeating: 0, count: 64)).withUnsafeBufferPointer {
        cb_plain_yaml_clean_prefix($0.baseAddress!, count)
      }
      #expect(heap.cleanYAMLPrefix(at: 0, count: count) == plain)
    }
  }

  // MARK: UTF-8

  /// Every pair of bytes, and every second byte of longer sequences with the others at the edges of what is allowed.
  @Test func utf8AgreesWithPython() throws {
    let edges: [UInt8] = [0x7F, 0x80, 0xBF, 0xC0]
    var inputs: [[UInt8]] = []
    for a in UInt8.min...255 { for b in UInt8.min...255 { inputs.append([a, b]) } }
    for a in 0xE0...255 as ClosedRange<UInt8> {
      for b in UInt8.min...255 {
        for c in edges {
          inputs.append([a, b, c])
          if a >= 0xF0 { for d in edges { inputs.append([a, b, c, d]) } }
        }
      }
    }
    let answers = try python(
      """
      try: b.decode('utf-8'); return len(b)
      except UnicodeDecodeError as e: return e.start
      """, about: inputs)
    #expect(answers.count == inputs.count)
    for (input, answer) in zip(inputs, answers) {
      var heap = ByteHeap(capacity: 8)
      heap.append(input.span)
      let prefix = heap.validUTF8Prefix(at: 0, count: input.count)
      guard "\(prefix)" == answer else {
        Issue.record("\(input.map(hex)): \(prefix), not \(answer)")
        return
      }
    }
  }

  /// Wherever a fault lies among whatever neighbours, both forms stop at the same byte.
  @Test func wideUTF8AgreesWithItsPlainTwin() {
    var dice = Dice(11)
    let pieces = [
      "a", "plain text", "é", "ж", "漢", "字漢", "😀", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
    ]
    let faults: [[UInt8]] = [
      [], [], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xE6, 0xBC], [0xED, 0xA0, 0x80],
      [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80],
      [0xFF], [0xE6, 0xBC, 0xA2, 0xA2], [0xC3, 0xA9, 0xA9],
    ]
    for round in 0..<20_000 {
      var bytes: [UInt8] = []
      let asciiOnly = round % 5 == 0
      let count = Int.random(in: 0..<160, using: &dice)
      while bytes.count < count { bytes += asciiOnly ? "ascii".bytes : dice.one(of: pieces).bytes }
      let fault = faults[Int.random(in: 0..<faults.count, using: &dice)]
      bytes.insert(contentsOf: fault, at: Int.random(in: 0...bytes.count, using: &dice))
      if round % 3 == 0 { bytes.removeLast(min(bytes.count, Int.random(in: 0..<4, using: &dice))) }
      let wide = bytes.withUnsafeBufferPointer { $0.isEmpty ? 0 : cb_utf8_valid_prefix_wide($0.baseAddress!, $0.count) }
      let plain = bytes.withUnsafeBufferPointer {
        $0.isEmpty ? 0 : cb_plain_utf8_valid_prefix($0.baseAddress!, $0.count)
      }
      var heap = ByteHeap(capacity: bytes.count)
      heap.append(bytes.span)
      guard wide == plain, heap.validUTF8Prefix(at: 0, count: bytes.count) == plain else {
        Issue.record("\(bytes.map(hex)): \(wide), not \(plain)")
        return
      }
    }
  }

  // MARK: JSON

  /// Where the string ends, by the rule read aloud.
  private func stringEnd(_ bytes: [UInt8], at start: Int) -> (end: Int, flags: UInt32) {
    var at = start, flags: UInt32 = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") { return (at, flags) }
      if bytes[at] < 0x20 { return (at, flags | 2) }
      if bytes[at] == UInt8(ascii: "\\") {
        flags |= 1
        at += 1
      }
      at += 1
    }
    return (bytes.count, flags)
  }

  @Test func jsonStrings() {
    var dice = Dice(12)
    let pieces = ["a", "long enough to fill a vector", "\\\"", "\\\\", "\"", "é", "\n", "\u{7F}", "\\", " ", "\\u0041"]
    for _ in 0..<5000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<12, using: &dice) { text += dice.one(of: pieces) }
      let bytes = text.bytes
      var heap = ByteHeap(capacity: bytes.count)
      heap.append(bytes.span)
      for at in 0...bytes.count {
        let expected = stringEnd(bytes, at: at)
        var flags: UInt32 = 0
        let end = heap.jsonStringEnd(at: at, flags: &flags)
        // A string that is cut off may be reported as ending anywhere from the end on.
        #expect(min(end, bytes.count) == expected.end && flags == expected.flags, "\(text) at \(at)")
        let special = bytes[at...].firstIndex { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C } ?? bytes.count
        #expect(heap.jsonSpecial(from: at, to: bytes.count) == special)
        #expect(heap.jsonSpecial(from: at, to: (at + bytes.count) / 2) == min(special, (at + bytes.count) / 2))
      }
    }
  }

  @Test func jsonNumbersAgreeWithPython() throws {
    var dice = Dice(13)
    var texts = [
      "", "-", "0", "-0", "00", "01", "1.", ".1", "1e", "1e+", "1E5", "1e-05x", "--1", "+1", "1.2.3", "NaN",
      "-Infinity",
    ]
    for _ in 0..<4000 {
      var text = dice.one(of: ["", "", "-"]) + dice.one(of: ["0", "7", "10", "123456789012345678901"])
      text += dice.one(of: ["", "", ".5", ".005", "."]) + dice.one(of: ["", "", "e5", "E-7", "e+12", "e"])
      text += dice.one(of: ["", "", ",", "]", " ", "x", "5"])
      texts.append(Bool.random(using: &dice) ? text : mutated(text, &dice))
    }
    let answers = try python(
      """
      m = re.match(rb'-?(0|[1-9][0-9]*)', b)
      if not m: return 0
      i = m.end()
      for part in (rb'[.][0-9]*', rb'[eE][+-]?[0-9]*'):
        m = re.match(part, b[i:])
        if m and not m[0][-1:].isdigit(): return 0
        if m: i += m.end()
      return i
      """, about: texts.map(\.bytes))
    for (text, answer) in zip(texts, answers) {
      var heap = ByteHeap(capacity: text.utf8.count)
      heap.append(text.bytes.span)
      #expect("\(heap.jsonNumberCount(at: 0))" == answer, "\(text)")
      #expect(reading(text, isJSONNumber) == (answer != "0" && answer == "\(text.utf8.count)"))
    }
  }

  // MARK: Numbers

  @Test func smallDecimalsAreThoseOfDecimalText() {
    var dice = Dice(14)
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<10, using: &dice) { text += dice.one(of: ["0", "1", "9"]) }
      text += dice.one(of: [".", ".", ""])
      for _ in 0..<Int.random(in: 0..<10, using: &dice) { text += dice.one(of: ["0", "0", "5"]) }
      if Int.random(in: 0..<4, using: &dice) == 0 { text = mutated(text, &dice) }
      var heap = ByteHeap(capacity: 8)
      heap.append("\(text)7.7".bytes.span)
      guard let (value, scale) = heap.smallDecimal(at: 0, count: text.utf8.count) else { continue }
      guard let expected = reading(text, { DecimalText($0) }) else {
        Issue.record("\(text) is no number")
        continue
      }
      // Whole values keep their zeros at the end, fractions have none.
      let coefficient = scale > 0 ? expected.coefficient : UInt64(expected.int64 ?? -1)
      #expect(value == coefficient && (scale == 0 ? expected.isInteger : scale == expected.scale), "\(text)")
    }
    for (text, value, scale) in [("1.50", UInt64(15), 1), ("100.00", 100, 0), ("0.001", 1, 3), ("0.0", 0, 0)] {
      var heap = ByteHeap(capacity: 8)
      heap.append(text.bytes.span)
      let decimal = heap.smallDecimal(at: 0, count: text.utf8.count)
      #expect(decimal?.value == value && decimal?.scale == scale)
    }
  }

  /// What the kernel takes for a moment is one, and the same.
  @Test func momentsAreThoseOfDateText() {
    var dice = Dice(15), taken = 0
    for _ in 0..<50_000 {
      var text = dice.one(of: ["2024-02-29", "1970-01-01", "0001-01-01", "9999-12-31", "2023-04-30", "1900-03-01"])
      text += dice.one(of: ["", "T", "T", " ", "t", "x"])
      text += dice.one(of: ["", "00:00:00", "23:59:59", "13:14:15", "13:14"])
      text += dice.one(of: ["", "", ".123", ".123456", ".5", ".1234", ".123456789", "."])
      text += dice.one(of: ["", "Z", "z", "+00:00", "-03"])
      if Int.random(in: 0..<4, using: &dice) == 0 { text = mutated(text, &dice) }
      var heap = ByteHeap(capacity: 8)
      heap.append("\(text)000Z0".bytes.span)
      var microseconds: Int64 = 0
      let kind = heap.span.withUnsafeBufferPointer { p in
        Int(cb_read_moment(p.baseAddress, text.utf8.count, &microseconds))
      }
      guard kind != Int(CB_MOMENT_NONE) else { continue }
      taken += 1
      let expected = reading(text) { DateText($0) }
      let kinds: [DateText.Kind] = [.date, .timestamp, .timestamptz]
      #expect(expected?.kind == kinds[kind - 1] && expected?.microseconds == microseconds, "\(text)")
      #expect(expected?.zoneOffset == 0 && expected?.nanosecondRest == 0, "\(text)")
    }
    #expect(taken > 3000)
    for text in ["2024-02-29T13:14:15.123Z", "2024-02-29 13:14:15.123456", "2024-02-29T13:14:15Z", "2024-02-29"] {
      var heap = ByteHeap(capacity: 8), microseconds: Int64 = 0
      heap.append(text.bytes.span)
      heap.span.withUnsafeBufferPointer { p in
        #expect(cb_read_moment(p.baseAddress, p.count, &microseconds) != Int32(CB_MOMENT_NONE), "\(text)")
      }
    }
  }

  @Test func everyByteAtEveryPlaceOfAUUID() {
    for sample in ["0123abcd-4567-89ef-8000-00000000ffff", "0123abcd456789ef800000000000ffff"] {
      for at in 0..<sample.utf8.count {
        let isDash = sample.bytes[at] == UInt8(ascii: "-")
        for byte in UInt8.min...255 {
          var bytes = sample.bytes
          bytes[at] = byte
          let uuid = reading(bytes) { UUIDText($0) }
          let isRight = isDash ? byte == UInt8(ascii: "-") : hexValue(byte) != nil
          let digits = bytes.filter { $0 != UInt8(ascii: "-") }.map(asciiLower)
          #expect((uuid != nil) == isRight)
          if let uuid { #expect(uuid.text.filter { $0 != UInt8(ascii: "-") } == digits) }
        }
      }
    }
  }

  @Test func shortestDoubles() {
    var dice = Dice(15)
    for round in 0..<20_000 {
      var value = Double(bitPattern: dice.next())
      if round % 3 == 0 { value = Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &dice)) / 10_000 }
      if round % 7 == 0 { value = Double(Int64.random(in: .min ... .max, using: &dice)) }
      let decimal = DecimalText(shortest: value), description = value.description.bytes
      guard let expected = reading(description, { DecimalText($0) }) else {
        #expect(decimal == nil)
        continue
      }
      let nearest = expected.nearestDouble(in: description.span)
      #expect(nearest == value, "\(value)")
      #expect(
        decimal?.coefficient == expected.coefficient && decimal?.exponent == expected.exponent
          && decimal?.isNegative == expected.isNegative, "\(value)")
    }
    for (text, value) in [
      ("1e400", Double.infinity), ("-1e99999", -.infinity), ("1e-400", 0), ("9007199254740993", 9_007_199_254_740_992),
      ("0.1000000000000000055511151231257827", 0.1), ("179769313486231580793e289", .infinity),
      ("2.2250738585072014e-308", .leastNormalMagnitude),
    ] {
      let nearest = reading(text) { DecimalText($0)?.nearestDouble(in: $0) }
      #expect(nearest == value, "\(text)")
    }
  }
}
