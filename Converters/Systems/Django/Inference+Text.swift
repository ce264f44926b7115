internal import Bytes
internal import Conversion
internal import Records

// Fields that hold texts, which may be keys.
extension Inference {
  /// Asks for the values of a text field that is named like a model, and of the columns it may refer to.
  mutating func askForText(_ m: Int, _ f: Int) {
    let base = DjangoNames.withoutID(models[m].fields[f].name)
    let groups = candidates(base, m, isList: false)
    let isUser = UserNames.contains(base, isList: false) && identities.contains(where: \.isUser)
    guard !groups.isEmpty || isUser || base == "parent" else { return }
    textQuestions.append(FieldPlace(model: m, field: f))
    for target in groups.first(where: { $0.match == .whole })?.targets ?? [] {
      guard let index = target.index else { continue }
      for (g, column) in models[index].fields.enumerated() where column.isText && column.absent == 0 {
        let place = FieldPlace(model: index, field: g)
        if g != models[index].keyField, !textColumns.contains(place) { textColumns.append(place) }
      }
    }
  }

  /// Collects the values of text columns that are in question.
  mutating func observeText(
    _ batch: borrowing RecordBatch, model m: Int, fields positions: [Int]
  ) throws(ReadError) {
    for (column, f) in positions.enumerated() {
      guard let set = textSets[FieldPlace(model: m, field: f)] else { continue }
      do throws(IOError) { try index.add(batch, column: column, to: set) } catch { throw ReadError(.io(error)) }
    }
  }

  /// Makes room for the values of text columns.
  mutating func beginText() {
    for place in textQuestions + textColumns where textSets[place] == nil { textSets[place] = index.makeSet() }
  }

  /// Decides the text columns once their values are collected.
  mutating func decideText() throws(ReadError) {
    for place in textQuestions {
      let values = textSets[place]
      if let known = knownTarget(place) {
        if declared(place.model, place.field) != nil, try decideDeclaredText(place, known) { continue }
        let missing = try countMissing(values, in: known) ?? 0
        roles[place.model][place.field] = .reference(
          Reference(to: known, isInferred: false, evidence: "a field of a model that Django defines", missing: missing))
      } else if let found = try bestTarget(place.model, place.field, values: values, isList: false), found.missing == 0
      {
        roles[place.model][place.field] = .reference(found)
      } else if let found = try otherColumn(place) {
        roles[place.model][place.field] = .reference(found)
      }
    }
  }

  /// A unique text column of the model named like the field that has all its values (`to_field`).
  func otherColumn(_ place: FieldPlace) throws(ReadError) -> Reference? {
    let field = models[place.model].fields[place.field]
    let groups = candidates(DjangoNames.withoutID(field.name), place.model, isList: false)
    guard let group = groups.first(where: { $0.match == .whole }), group.targets.count == 1,
      let target = group.targets[0].index, field.isText, let values = textSets[place]
    else { return nil }
    var columns: [Int] = []
    for g in models[target].fields.indices {
      let other = FieldPlace(model: target, field: g)
      guard textColumns.contains(other), other != place, let set = textSets[other] else { continue }
      do throws(IOError) {
        if try index.counts(of: set).isKey, try index.inclusion(of: values, in: set).holds { columns.append(g) }
      } catch { throw ReadError(.io(error)) }
    }
    guard columns.count == 1 else { return nil }
    return Reference(
      to: group.targets[0], column: models[target].fields[columns[0]].name, type: .text, isInferred: true,
      evidence: "\(group.match.words); every value is in its one unique column that holds them all")
  }
}
