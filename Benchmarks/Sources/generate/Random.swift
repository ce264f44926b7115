/// A small deterministic generator (xorshift64*): the same seed gives the same backups on every machine.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
  /// A number from 0 to below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() >> 33) % limit }
  /// True once in `n` times.
  mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }
  mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) } }
}

/// Invented words and people.
enum Words {
  static let given = [
    "Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Grete", "Hana", "Ines", "Jonas", "Keiko", "Lars", "Mira",
    "Noor",
    "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tariq", "Ulla", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoë",
  ]
  static let family = [
    "Abe", "Brandt", "Castro", "Duval", "Eriksen", "Fischer", "García", "Hansen", "Ivanova", "Jensen", "Kowalski",
    "Lindqvist",
    "Müller", "Nakamura", "Okafor", "Petrov", "Quiroga", "Rossi", "Schmidt", "Tanaka", "Ueda", "Vasquez", "Weiß", "Xu",
    "Yamada",
    "Zieliński",
  ]
  static let noun = [
    "lamp", "table", "river", "harbour", "lantern", "notebook", "compass", "kettle", "blanket", "garden", "mirror",
    "bridge",
    "violin", "basket", "window", "ladder", "pocket", "saddle", "anchor", "cushion", "teapot", "feather", "candle",
    "drawer",
  ]
  static let adjective = [
    "quiet", "amber", "northern", "folded", "early", "copper", "woven", "hollow", "bright", "patient", "salted",
    "painted",
    "narrow", "gentle", "winter", "paper", "silver", "plain", "restless", "velvet",
  ]
  static let zones = ["North", "South", "East", "West", "Central"]
  static let states = ["Avonia", "Brightmoor", "Calder", "Dunmere", "Eastfold", "Fenwick", "Gloam", "Hollin"]
  static let cities = [
    "Lisbon", "Ōsaka", "Göteborg", "Tallinn", "Montréal", "Zürich", "Łódź", "Reykjavík", "São Paulo",
  ]

  static func sentence(_ random: inout Random, _ words: Int) -> String {
    var text = ""
    for i in 0..<words {
      if i > 0 { text += random.oneIn(9) ? ", " : " " }
      text += random.oneIn(3) ? random.pick(adjective) : random.pick(noun)
    }
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}

/// The person whom the demo looks for: she is in every project.
enum Persona {
  static let given = "Mira"
  static let family = "Okafor"
  static let email = "mira.okafor@harbourlight.example"
}
