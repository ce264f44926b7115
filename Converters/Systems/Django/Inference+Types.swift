internal import Bytes
internal import Records

// Types of keys and references, once all are decided.
extension Inference {
  /// Gives references the types of the keys they refer to, once all are decided: a key of text whose digits others refer to
  /// as numbers is a number, and the key of a child model is its parent's.
  mutating func settleTypes() {
    for m in models.indices {
      for f in models[m].fields.indices {
        guard case .reference(let reference) = roles[m][f], let target = reference.target.index else { continue }
        if models[m].fields[f].isWhole, models[target].hasOnlyWholeKeys, identities[target].keyType == .text,
          identities[target].known == nil, reference.column == identities[target].keyName
        {
          identities[target].keyType = .int64
        }
      }
    }
    // A parent may itself be a child; the depth of inheritance bounds the rounds.
    for _ in 0..<8 { settleParents() }
    for m in keyReferences.indices {
      guard let reference = keyReferences[m] else { continue }
      let now = settled(reference)
      keyReferences[m] = now
    }
    for m in models.indices {
      for f in models[m].fields.indices {
        switch roles[m][f] {
        case .reference(let reference): roles[m][f] = .reference(settled(reference))
        case .list(let reference): roles[m][f] = .list(settled(reference))
        case .parentLink(let reference): roles[m][f] = .parentLink(settled(reference))
        default: continue
        }
      }
    }
  }

  private mutating func settleParents() {
    for m in models.indices {
      if let target = keyReferences[m]?.target.index { identities[m].keyType = identities[target].keyType }
      for case .parentLink(let reference) in roles[m] {
        if let target = reference.target.index { identities[m].keyType = identities[target].keyType }
      }
    }
  }

  private func settled(_ reference: Reference) -> Reference {
    guard let target = reference.target.index else { return reference }
    var reference = reference
    let refersToKey = reference.column == reference.target.keyName
    let isUnresolved = reference.natural != nil && reference.missing > 0
    reference.target = identities[target]
    if refersToKey {
      reference.column = identities[target].keyName
      if !isUnresolved { reference.type = identities[target].keyType }
    }
    return reference
  }
}
