internal import Bytes
internal import Records

// Fields that hold lists or objects.
extension Inference {
  /// Decides a field of lists or objects, or leaves it to the natural keys.
  mutating func decideNested(_ m: Int, _ f: Int) throws(ReadError) {
    let field = models[m].fields[f], lists = field.lists
    if field.objects > 0 {
      let keys: [Name] = ["app_label", "model"]
      if field.objects == field.present, lists.objectKeys == keys {
        naturalQuestions.append(FieldPlace(model: m, field: f))
      }
      return
    }
    if lists.elements == 0 || lists.isScalar {
      if lists.elements == 0 {
        if let target = emptyListTarget(m, f) { roles[m][f] = .list(target) }
        return
      }
      if let found = try bestTarget(m, f, values: field.elementSet, isList: true),
        found.missing == 0 || lists.texts == 0
      {
        roles[m][f] = .list(found)
        return
      }
      if lists.wholeNumbers == 0, let found = try onlyTextTarget(m, f) {
        roles[m][f] = .list(found)
        return
      }
    }
    if lists.isTuples || lists.isTuple && lists.wholeNumbers == 0 {
      naturalQuestions.append(FieldPlace(model: m, field: f))
    }
  }

  /// The model of a list that is empty in every row: only one named exactly so.
  func emptyListTarget(_ m: Int, _ f: Int) -> Reference? {
    let name = models[m].fields[f].name
    guard let group = candidates(name, m, isList: true).first, group.match == .whole, group.targets.count == 1 else {
      return nil
    }
    return Reference(to: group.targets[0], isInferred: true, evidence: "\(group.match.words); all lists are empty")
  }

  /// The one model whose text keys hold all elements of a list, whatever its name.
  mutating func onlyTextTarget(_ m: Int, _ f: Int) throws(ReadError) -> Reference? {
    guard let values = models[m].fields[f].elementSet else { return nil }
    let textual = identities.filter { target in target.index.map { !models[$0].hasOnlyWholeKeys } ?? false }
    let holding = try targets(holding: values, among: textual)
    guard holding.count == 1 else { return nil }
    return Reference(to: holding[0], isInferred: true, evidence: "every element is a key of this one model")
  }
}
