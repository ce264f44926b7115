internal import Bytes
internal import Conversion
internal import Records

// Which model a set of values belongs to.
extension Inference {
  /// The one model that a field is named like and that has all its values as keys.
  mutating func bestTarget(
    _ m: Int, _ f: Int, values: KeyIndex.ID?, isList: Bool
  ) throws(ReadError) -> Reference? {
    guard let values else { return nil }
    let base = DjangoNames.withoutID(models[m].fields[f].name)
    let groups = candidates(base, m, isList: isList)
    for group in groups {
      let holding = try targets(holding: values, among: group.targets)
      if holding.count == 1 {
        return Reference(
          to: holding[0], isInferred: true, evidence: "\(group.match.words); every value is one of its keys")
      }
    }
    if let user = identities.first(where: \.isUser), UserNames.contains(base, isList: isList),
      try countMissing(values, in: user) == 0
    {
      return Reference(to: user, isInferred: true, evidence: "named like a user; every value is a user's key")
    }
    if base == "parent", try countMissing(values, in: identities[m]) == 0 {
      return Reference(
        to: identities[m], isInferred: true, evidence: "named parent; every value is a key of the model itself")
    }
    // Most values lead somewhere: a foreign key with rows missing from the backup.
    guard let group = groups.first, group.match == .whole, group.targets.count == 1,
      let missing = try countMissing(values, in: group.targets[0]), try missing * 2 < countDistinct(values)
    else { return nil }
    return Reference(
      to: group.targets[0], isInferred: true, evidence: "\(group.match.words); most values are among its keys",
      missing: missing)
  }

  /// Those of some models that have all values as keys.
  mutating func targets(
    holding values: KeyIndex.ID, among targets: [Identity]
  ) throws(ReadError) -> [Identity] {
    var holding: [Identity] = []
    for target in targets where try countMissing(values, in: target) == 0 { holding.append(target) }
    return holding
  }

  /// Models that a field is named like, the best match first and the own application before others.
  func candidates(_ field: Name, _ m: Int, isList: Bool) -> [(match: NameMatch, targets: [Identity])] {
    var groups: [(match: NameMatch, targets: [Identity])] = []
    let matches = names.matches(field, isList: isList).map { (match: $0.match, target: identities[$0.model]) }
    for match in [NameMatch.whole, .lastWords, .modelEnd] {
      let found = matches.filter { $0.match == match }.map(\.target)
      let own = found.filter { $0.app == identities[m].app }, others = found.filter { $0.app != identities[m].app }
      for targets in [own, others] where !targets.isEmpty { groups.append((match, targets)) }
    }
    return groups
  }

  /// Number of distinct values that are no keys of a model; nil when not all could be looked at. No values: none.
  mutating func countMissing(_ values: KeyIndex.ID?, in target: Identity) throws(ReadError) -> Int? {
    guard let values else { return 0 }
    guard let model = target.index else { return try countDistinct(values) }
    if let known = counted[values]?[model] { return known }
    do throws(IOError) {
      let inclusion = try index.inclusion(of: values, in: models[model].keySet, joining: true)
      let missing = inclusion.isComplete ? inclusion.danglingValues : nil
      counted[values, default: [:]][model] = .some(missing)
      return missing
    } catch { throw ReadError(.io(error)) }
  }

  /// Number of distinct values.
  func countDistinct(_ values: KeyIndex.ID) throws(ReadError) -> Int {
    do throws(IOError) { return try index.counts(of: values, joining: true).distinct } catch {
      throw ReadError(.io(error))
    }
  }
}

extension NameMatch {
  /// The match as evidence.
  var words: String {
    switch self {
    case .whole: "named like the model"
    case .lastWords: "its last words name the model"
    case .modelEnd: "the model's name ends with it"
    }
  }
}
