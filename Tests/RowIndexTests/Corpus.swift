import Bytes
import Records
import TestSupport

/// Texts of every kind that the index treats in its own way.
enum Corpus {
  static let words = [
    "order", "Order", "invoice", "the", "and", "mailing", "ann", "Anna", "Müller", "müller", "STRAßE", "café",
    "cafe\u{301}",
    "naïve", "Жизнь", "ЖИЗНЬ", "привет", "мир", "日本語", "日本", "語", "東京都", "안녕", "ひらがな", "ภาษา", "x", "7", "42", "2024",
    "deadbeef", "beef", "0a1b2c3d", "abcdef", "ﬁne", "１２３", "ŒUVRE", "İstanbul", "e\u{301}e\u{301}", "id_7", "a-b",
    "12:30", "T", "t05",
  ]
  static func digits(_ count: Int, _ dice: inout Dice, hex: Bool = false) -> String {
    let all = Array("0123456789abcdef")
    return String((0..<count).map { _ in all[Int.random(in: 0..<(hex ? 16 : 10), using: &dice)] })
  }
  static func uuid(_ dice: inout Dice) -> String {
    // Few digits vary, so that fragments are found more than once.
    [8, 4, 4, 4, 12].map { count in
      Bool.random(using: &dice) ? digits(count, &dice, hex: true) : String("beef0123cafe".prefix(count))
    }.joined(separator: "-")
  }
  static func two(_ range: ClosedRange<Int>, _ dice: inout Dice) -> String {
    let value = Int.random(in: range, using: &dice)
    return value < 10 ? "0\(value)" : "\(value)"
  }
  static func date(_ dice: inout Dice) -> String {
    "202\(Int.random(in: 3...5, using: &dice))-\(two(1...12, &dice))-\(two(1...28, &dice))"
  }
  static func time(_ dice: inout Dice) -> String { "\(two(0...23, &dice)):\(two(0...59, &dice)):\(two(0...59, &dice))" }
  static func moment(_ dice: inout Dice) -> String {
    let zone = dice.one(of: ["", "Z", "z", "+00", "+00:00", "-05:00", ".123", ".123456+00", ".5Z", ".120000", "x"])
    return date(&dice) + dice.one(of: ["T", " ", "t"]) + time(&dice) + zone
  }
  static func piece(_ dice: inout Dice) -> String {
    switch Int.random(in: 0..<16, using: &dice) {
    case 0: uuid(&dice)
    case 1: uuid(&dice).uppercased()
    case 2, 3: moment(&dice)
    case 4: dice.one(of: [date(&dice), time(&dice)])
    case 5: digits(Int.random(in: 1...20, using: &dice), &dice)
    case 6: digits(Int.random(in: 4...40, using: &dice), &dice, hex: true)
    case 7: dice.one(of: words) + "@" + dice.one(of: ["example.org", "mail.example.com"])
    case 8: String(repeating: dice.one(of: ["ab", "xyz", "7", "Ж"]), count: Int.random(in: 30...90, using: &dice))
    case 9: uuid(&dice) + dice.one(of: ["-", ":", "x", "_", ".", ""]) + dice.one(of: ["", "a", "1"])
    case 10: dice.one(of: words) + dice.one(of: words)
    default: dice.one(of: words)
    }
  }
  /// A text of a few pieces; now and then bytes that are no UTF-8, or NUL.
  static func text(_ dice: inout Dice) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...7, using: &dice) {
      bytes += Array(piece(&dice).utf8)
      let joint = [" ", " ", " ", "-", ":", ",", "", "\u{0}", "\u{1}", "_", "—", "。", "\n", "\u{2}", "\u{301}"]
      bytes += Array(dice.one(of: joint).utf8)
      if Int.random(in: 0..<30, using: &dice) == 0 { bytes.append(UInt8.random(in: 0x80...0xFF, using: &dice)) }
    }
    return bytes
  }
}
