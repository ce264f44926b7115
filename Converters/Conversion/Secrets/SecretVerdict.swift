internal import Bytes

/// What values and name together say about one column or key.
struct SecretVerdict {
  var kind: SecretKind
  var families: [String]
  var count: Int
  var confidence: Double
  var evidence: [String]
  /// Whether so many values are secrets that the column as a whole is.
  var isWhole: Bool
}

extension SecretStats {
  /// Part of a column's values that have to be secrets for the column to be secret whatever its name.
  private static let wholeShare = 10
  /// Everything that is known: none, one or two verdicts (hashes and plaintext passwords side by side).
  func verdicts(_ name: SecretName?) -> [SecretVerdict] {
    guard let name else { return shapeVerdicts() }
    if name.kind == .passwordHash && name.requirement == .any { return passwordVerdicts(name) }
    let known = shapeVerdicts().map { verdict in
      var verdict = verdict
      verdict.evidence.append(evidence(name))
      verdict.confidence = 0.99
      return verdict
    }
    guard let verdict = namedVerdict(name) else { return known }
    // The name's kind holds for what has no form of its own.
    return known + (verdict.count > 0 || known.isEmpty ? [verdict] : [])
  }

  /// Verdicts by the forms of values alone, one for each kind.
  private func shapeVerdicts() -> [SecretVerdict] {
    SecretKind.allCases.compactMap { kind in
      let matching = shapes.filter { SecretShapes.all[$0.shape].kind == kind }
      let count = matching.reduce(0) { $0 + $1.count }
      guard count > 0 else { return nil }
      return SecretVerdict(
        kind: kind, families: ranked(matching.map { (SecretShapes.all[$0.shape].family, $0.count) }), count: count,
        confidence: 0.95, evidence: ["values have the form of \(kind.words)"],
        isWhole: count * Self.wholeShare >= valueCount)
    }
  }

  /// A verdict by the name, borne out by values that have no known form; nil when they speak against it.
  private func namedVerdict(_ name: SecretName) -> SecretVerdict? {
    let rest = valueCount - shapeCount
    let fitting: Int
    switch name.requirement {
    case .any: fitting = rest
    case .opaque: fitting = opaqueCount
    case .random: fitting = name.kind == .session ? max(randomCount - uuidCount, 0) : randomCount
    case .code: fitting = max(opaqueCount, codeCount)
    case .knownForm: return nil
    }
    let fits = rest == 0 || fitting * 10 >= rest * 8
    let isNumber = numberCount > 0 && (name.requirement != .code || codeCount * 10 < numberCount * 8)
    guard fits, !isNumber, booleanCount == 0 else { return nil }
    return SecretVerdict(
      kind: name.kind, families: [], count: (rest > 0 ? fitting : 0) + numberCount,
      confidence: name.requirement == .any ? 0.9 : 0.8, evidence: [evidence(name)], isWhole: true)
  }

  /// Verdicts for a column named like a password.
  private func passwordVerdicts(_ name: SecretName) -> [SecretVerdict] {
    guard booleanCount == 0 else { return [] }  // a flag
    var verdicts = shapeVerdicts()
    for i in verdicts.indices {
      verdicts[i].evidence.append(evidence(name))
      verdicts[i].confidence = 0.99
      verdicts[i].isWhole = true
    }
    func add(_ kind: SecretKind, _ families: [String], _ count: Int, _ confidence: Double, _ why: String?) {
      guard count > 0 || why == nil && verdicts.isEmpty else { return }
      verdicts.append(
        SecretVerdict(
          kind: kind, families: families, count: count, confidence: confidence,
          evidence: [why].compactMap(\.self) + [evidence(name)], isWhole: true))
    }
    let digestCount = digests.values.reduce(0, +)
    add(
      .passwordHash, ranked(digests.map { ($0.key.family, $0.value) }), digestCount, 0.9,
      "values have the form of a digest")
    // Hashes of one kind have one length; short ones of many lengths were typed by people or their password managers.
    let areHashes = longMinimum == longMaximum || longMaximum >= 40
    add(.passwordHash, ["unknown"], areHashes ? longCount : 0, 0.6, "values are long and random")
    add(
      .plaintextPassword, [], plainCount + numberCount + (areHashes ? 0 : longCount), 0.95,
      "values have no form of a hash")
    add(.passwordHash, [], 0, 0.7, nil)
    return verdicts
  }

  private func evidence(_ name: SecretName) -> String { "the name says '\(name.words)'" }

  /// Names of forms, the most frequent first.
  private func ranked(_ counts: [(family: String, count: Int)]) -> [String] {
    var totals: [String: Int] = [:]
    for (family, count) in counts { totals[family, default: 0] += count }
    return totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }
}
