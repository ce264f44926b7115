internal import Bytes
internal import Records

/// A reference from a field to a model's rows.
struct Reference: Sendable {
  var target: Identity
  /// The column referred to, and its type.
  var column: Name
  var type: LogicalType
  var isInferred: Bool
  /// Why it was concluded, for the catalog.
  var evidence: String
  /// Values that lead nowhere.
  var missing = 0
  /// Position among the natural keys that lead from values to primary keys; nil when values are keys themselves.
  var natural: Int?

  init(
    to target: Identity, column: Name? = nil, type: LogicalType? = nil, isInferred: Bool, evidence: String,
    missing: Int = 0, natural: Int? = nil
  ) {
    self.target = target
    self.column = column ?? target.keyName
    self.type = type ?? target.keyType
    self.isInferred = isInferred
    self.evidence = evidence
    self.missing = missing
    self.natural = natural
  }
}

/// What a field is to its table.
enum Role: Sendable {
  case plain
  /// The primary key.
  case key
  /// Repeats the primary key and is left out.
  case keyCopy
  /// Repeats the primary key because that is a reference to the parent model.
  case parentLink(Reference)
  /// Part of a composite primary key, by its position in it.
  case member(Int)
  case reference(Reference)
  /// Many-to-many.
  case list(Reference)
}

/// A field whose values have to be collected in a further pass before it can be decided.
struct FieldPlace: Hashable, Sendable {
  var model: Int
  var field: Int
}

/// Decides from the facts of all models what each field is.
struct Inference: Sendable {
  var models: [ModelFacts]
  var identities: [Identity]
  var roles: [[Role]]
  let layout: Layout
  /// Text fields that may be foreign keys, and text columns such fields may refer to.
  private(set) var textQuestions: [FieldPlace] = []
  private(set) var textColumns: [FieldPlace] = []
  /// Fields whose lists or objects may be natural keys.
  private(set) var naturalQuestions: [FieldPlace] = []

  init(_ models: [ModelFacts], layout: Layout) {
    self.models = models
    self.layout = layout
    identities = models.indices.map { Identity(models[$0], index: $0, layout: layout) }
    roles = models.map { $0.fields.map { _ in .plain } }
    for m in models.indices {
      decideKeys(m)
      for f in models[m].fields.indices { decide(m, f) }
    }
  }

  // MARK: Primary keys

  private mutating func decideKeys(_ m: Int) {
    guard let keyField = models[m].keyField else { return }
    roles[m][keyField] = .key
    if models[m].isComposite { return decideMembers(m) }
    guard layout == .fixture else { return }
    for (f, field) in models[m].fields.enumerated() where f != keyField && field.repeatsKey && field.isKeyLike {
      if field.name == "id" {
        roles[m][f] = .keyCopy
      } else if let target = parent(of: field.name, m) {
        let link = Reference(
          to: target, isInferred: true, evidence: "the field is named after the model and repeats the primary key",
          missing: countMissing(models[m].keys, in: target))
        roles[m][f] = .parentLink(link)
        identities[m].keyName = DjangoNames.withoutID(field.name) + "_id"
        identities[m].keyType = target.keyType
      }
    }
  }

  /// The model that `place_ptr` points to.
  private func parent(of field: Name, _ m: Int) -> Identity? {
    let name = DjangoNames.withoutID(field)
    guard name.hasSuffix("_ptr") else { return nil }
    let short = Name(Array(DjangoNames.words(name).dropLast().joined()))
    let found = identities.filter { $0.short == short && $0.index != m }
    return found.first { $0.app == identities[m].app } ?? found.first
  }

  private mutating func decideMembers(_ m: Int) {
    guard let candidates = models[m].memberCandidates, !candidates.isEmpty else { return }
    var members: [Int] = []
    for part in candidates {
      guard let field = part.first(where: { !members.contains($0) && models[m].fields[$0].present > 0 }) else { return }
      members.append(field)
    }
    for (i, field) in members.enumerated() { roles[m][field] = .member(i) }
  }

  /// Whether the parts of a model's composite keys are fields of their own.
  func hasMembers(_ m: Int) -> Bool {
    roles[m].contains { if case .member = $0 { true } else { false } }
  }

  // MARK: Fields

  private mutating func decide(_ m: Int, _ f: Int) {
    guard case .plain = roles[m][f] else { return }
    let field = models[m].fields[f]
    let known = knownModel(m)
    if let list = known?.lists.first(where: { Name($0.name) == field.name }) {
      return decideKnown(m, f, target: identity(ofModel: Name(list.target)), isList: true)
    }
    let bare = DjangoNames.withoutID(field.name)
    if let known = known?.fields.first(where: { Name($0.name) == field.name || Name($0.name) == bare }) {
      guard let model = known.references else { return }
      return decideKnown(m, f, target: identity(ofModel: Name(model)), isList: false)
    }
    if field.objects > 0 || field.isList, bare == "content_type" || field.objects == 0 {
      return decideNested(m, f)
    }
    if field.isWhole { return decideWhole(m, f) }
    if field.isKeyLike { askForText(m, f) }
  }

  /// The identity of a model by its full name; of the user model, whichever the project uses. Known models only.
  func identity(ofModel name: Name) -> Identity? {
    if let found = identities.first(where: { $0.model == name }) { return found }
    if name == "auth.user", let own = identities.first(where: \.isUser) { return own }
    return DjangoTables.model(name).map(Identity.init(absent:))
  }

  private mutating func decideKnown(_ m: Int, _ f: Int, target: Identity?, isList: Bool) {
    guard let target else { return }
    let field = models[m].fields[f]
    let evidence = "a field of a model that Django defines"
    if isList {
      guard field.arrays == field.present, field.lists.others == 0 else { return }
      if field.lists.arraysOfScalars > 0 { return naturalQuestions.append(FieldPlace(model: m, field: f)) }
      let missing = field.lists.elements == 0 ? 0 : countMissing(field.lists.keys, in: target)
      roles[m][f] = .list(Reference(to: target, isInferred: false, evidence: evidence, missing: missing))
    } else if field.arrays + field.objects > 0 {
      naturalQuestions.append(FieldPlace(model: m, field: f))
    } else if field.isWhole || field.present == 0 {
      let missing = countMissing(field.keys, in: target)
      roles[m][f] = .reference(Reference(to: target, isInferred: false, evidence: evidence, missing: missing))
    } else if field.isKeyLike {
      textQuestions.append(FieldPlace(model: m, field: f))
    }
  }

  private mutating func decideWhole(_ m: Int, _ f: Int) {
    let field = models[m].fields[f]
    if let found = bestTarget(m, f, values: field.keys, isList: false) {
      roles[m][f] = .reference(found)
    } else if DjangoNames.withoutID(field.name) == "content_type",
      let target = identity(ofModel: "contenttypes.contenttype")
    {
      let missing = countMissing(field.keys, in: target)
      roles[m][f] = .reference(
        Reference(to: target, isInferred: true, evidence: "the field of a generic relation", missing: missing))
    }
  }

  /// The one model that a field is named like and that has all its values as keys.
  private func bestTarget(_ m: Int, _ f: Int, values: KeyValues, isList: Bool) -> Reference? {
    let name = models[m].fields[f].name
    guard values.isComplete else { return nil }
    let base = DjangoNames.withoutID(name)
    let groups = candidates(base, m, isList: isList)
    for group in groups {
      let holding = group.targets.filter { countMissing(values, in: $0) == 0 && isChecked($0) }
      if holding.count == 1 {
        return Reference(
          to: holding[0], isInferred: true, evidence: "\(group.match.words); every value is one of its keys")
      }
    }
    if let user = identities.first(where: \.isUser), UserNames.contains(base, isList: isList), values.count > 0,
      countMissing(values, in: user) == 0, isChecked(user)
    {
      return Reference(to: user, isInferred: true, evidence: "named like a user; every value is a user's key")
    }
    if base == "parent", values.count > 0, isChecked(identities[m]), countMissing(values, in: identities[m]) == 0 {
      return Reference(
        to: identities[m], isInferred: true, evidence: "named parent; every value is a key of the model itself")
    }
    // Most values lead somewhere: a foreign key with rows missing from the backup.
    if let group = groups.first, group.match == .whole, group.targets.count == 1, values.count > 0 {
      let missing = countMissing(values, in: group.targets[0])
      if missing * 2 < values.count {
        return Reference(
          to: group.targets[0], isInferred: true, evidence: "\(group.match.words); most values are among its keys",
          missing: missing)
      }
    }
    return nil
  }

  /// Models that a field is named like, the best match first and the own application before others.
  func candidates(_ field: Name, _ m: Int, isList: Bool) -> [(match: NameMatch, targets: [Identity])] {
    var groups: [(match: NameMatch, targets: [Identity])] = []
    let matches = identities.compactMap { target in
      NameMatch(field: field, model: target.short, isList: isList).map { (match: $0, target: target) }
    }
    for match in [NameMatch.whole, .lastWords, .modelEnd] {
      let found = matches.filter { $0.match == match }.map(\.target)
      let own = found.filter { $0.app == identities[m].app }, others = found.filter { $0.app != identities[m].app }
      for targets in [own, others] where !targets.isEmpty { groups.append((match, targets)) }
    }
    return groups
  }

  /// Number of values that are no keys of a model.
  func countMissing(_ values: KeyValues, in target: Identity) -> Int {
    guard let index = target.index else { return values.count }
    return values.countMissing(in: models[index].keys)
  }

  /// Whether all keys of a model are at hand.
  func isChecked(_ target: Identity) -> Bool { target.index.map { models[$0].keys.isComplete } ?? false }

  // MARK: Lists and objects

  private mutating func decideNested(_ m: Int, _ f: Int) {
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
      if let found = bestTarget(m, f, values: lists.keys, isList: true), found.missing == 0 || lists.texts == 0 {
        roles[m][f] = .list(found)
        return
      }
      if lists.wholeNumbers == 0, let found = onlyTextTarget(m, f) {
        roles[m][f] = .list(found)
        return
      }
    }
    if lists.isTuples || lists.isTuple && lists.wholeNumbers == 0 {
      naturalQuestions.append(FieldPlace(model: m, field: f))
    }
  }

  /// The model of a list that is empty in every row: only one named exactly so.
  private func emptyListTarget(_ m: Int, _ f: Int) -> Reference? {
    let name = models[m].fields[f].name
    guard let group = candidates(name, m, isList: true).first, group.match == .whole, group.targets.count == 1 else {
      return nil
    }
    return Reference(to: group.targets[0], isInferred: true, evidence: "\(group.match.words); all lists are empty")
  }

  /// The one model whose text keys hold all elements of a list, whatever its name.
  private func onlyTextTarget(_ m: Int, _ f: Int) -> Reference? {
    let values = models[m].fields[f].lists.keys
    guard values.isComplete else { return nil }
    let holding = identities.filter { target in
      guard let index = target.index, !models[index].hasOnlyWholeKeys, isChecked(target) else { return false }
      return countMissing(values, in: target) == 0
    }
    guard holding.count == 1 else { return nil }
    return Reference(to: holding[0], isInferred: true, evidence: "every element is a key of this one model")
  }

  // MARK: Text

  private mutating func askForText(_ m: Int, _ f: Int) {
    let base = DjangoNames.withoutID(models[m].fields[f].name)
    let groups = candidates(base, m, isList: false)
    let isUser = UserNames.contains(base, isList: false) && identities.contains(where: \.isUser)
    guard !groups.isEmpty || isUser || base == "parent" else { return }
    textQuestions.append(FieldPlace(model: m, field: f))
    for target in groups.first(where: { $0.match == .whole })?.targets ?? [] {
      guard let index = target.index, index != m || groups.count > 0 else { continue }
      for (g, column) in models[index].fields.enumerated() where column.isText && column.absent == 0 {
        let place = FieldPlace(model: index, field: g)
        if g != models[index].keyField, !textColumns.contains(place) { textColumns.append(place) }
      }
    }
  }

  /// Collects the values of text columns that are in question.
  mutating func observeText(_ batch: borrowing RecordBatch, model m: Int, fields positions: [Int]) {
    for (column, f) in positions.enumerated() {
      let place = FieldPlace(model: m, field: f)
      guard textQuestions.contains(place) || textColumns.contains(place) else { continue }
      for row in 0..<batch.rowCount where batch[row, column].kind == .text {
        _ = models[m].fields[f].keys.insert(batch.bytes(of: batch[row, column]))
      }
    }
  }

  /// Decides the text columns once their values are collected.
  mutating func decideText() {
    for place in textQuestions {
      let field = models[place.model].fields[place.field]
      if let known = knownTarget(place) {
        let missing = countMissing(field.keys, in: known)
        roles[place.model][place.field] = .reference(
          Reference(to: known, isInferred: false, evidence: "a field of a model that Django defines", missing: missing))
      } else if let found = bestTarget(place.model, place.field, values: field.keys, isList: false), found.missing == 0
      {
        roles[place.model][place.field] = .reference(found)
      } else if let found = otherColumn(place) {
        roles[place.model][place.field] = .reference(found)
      }
    }
  }

  /// The model that a field refers to for certain: by Django's own definition, or as a content type.
  func knownTarget(_ place: FieldPlace) -> Identity? {
    let name = models[place.model].fields[place.field].name, bare = DjangoNames.withoutID(name)
    let known = knownModel(place.model)
    if let list = known?.lists.first(where: { Name($0.name) == name }) { return identity(ofModel: Name(list.target)) }
    let field = known?.fields.first { Name($0.name) == name || Name($0.name) == bare }
    if let model = field?.references { return identity(ofModel: Name(model)) }
    return bare == "content_type" ? identity(ofModel: "contenttypes.contenttype") : nil
  }

  /// What Django defines of a model; of a project's own user model, what it inherits.
  func knownModel(_ m: Int) -> KnownModel? {
    identities[m].known ?? (identities[m].isUser ? DjangoTables.model("auth.user") : nil)
  }

  /// A unique text column of the model named like the field that has all its values (`to_field`).
  private func otherColumn(_ place: FieldPlace) -> Reference? {
    let field = models[place.model].fields[place.field]
    let groups = candidates(DjangoNames.withoutID(field.name), place.model, isList: false)
    guard let group = groups.first(where: { $0.match == .whole }), group.targets.count == 1,
      let index = group.targets[0].index, field.isText
    else { return nil }
    let columns = models[index].fields.indices.filter { g in
      let column = models[index].fields[g]
      return textColumns.contains(FieldPlace(model: index, field: g)) && column.keys.isComplete
        && column.keys.count == column.texts && field.keys.countMissing(in: column.keys) == 0
    }
    guard columns.count == 1 else { return nil }
    return Reference(
      to: group.targets[0], column: models[index].fields[columns[0]].name, type: .text, isInferred: true,
      evidence: "\(group.match.words); every value is in its one unique column that holds them all")
  }
}

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
