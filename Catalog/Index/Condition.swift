/// What a row's terms have to be like, so that the row can match at all.
indirect enum Condition: Hashable, Sendable {
  /// Any row.
  case any
  /// Rows with a term.
  case term(Term)
  /// Rows with a term of some classes that holds bytes; at its beginning, at its end, or anywhere.
  case part([UInt8], kinds: [Term.Kind], starts: Bool, ends: Bool)
  /// Rows with a UUID that has some digits in some places.
  case uuid([UUIDPattern])
  /// Rows with a run that is longer than a term.
  case longRun
  case all([Condition])
  case either([Condition])

  /// All of some conditions, without those that say nothing.
  static func every(_ conditions: [Condition]) -> Condition {
    var seen = Set<Condition>(), kept: [Condition] = []
    for condition in conditions where condition != .any && seen.insert(condition).inserted { kept.append(condition) }
    return kept.isEmpty ? .any : kept.count == 1 ? kept[0] : .all(kept)
  }
  /// One of some conditions.
  static func some(_ conditions: [Condition]) -> Condition {
    var seen = Set<Condition>(), kept: [Condition] = []
    for condition in conditions where seen.insert(condition).inserted { kept.append(condition) }
    return kept.contains(.any) ? .any : kept.count == 1 ? kept[0] : .either(kept)
  }

  /// How dear it is to find the rows: the cheap ones first.
  var cost: Int {
    switch self {
    case .any: 0
    // Numbers and ids are rarer than words, and in many segments they are not at all.
    case .term(let term): term.kind == .word || term.kind == .time ? 2 : 1
    case .longRun: 1
    case .part(let bytes, let kinds, let starts, _):
      starts ? 2 : kinds == [.time] ? 3 : bytes.count > 3 ? 6 : bytes.count > 2 ? 7 : 8
    case .uuid: 5
    case .all(let all): all.map(\.cost).min() ?? 0
    case .either(let all): all.map(\.cost).max() ?? 0
    }
  }
}

/// Digits of a UUID in their places: bytes where `mask` is set.
struct UUIDPattern: Hashable, Sendable {
  var value = [UInt8](repeating: 0, count: 16)
  var mask = [UInt8](repeating: 0, count: 16)
}
