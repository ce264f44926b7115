internal import Bytes
internal import Conversion
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
  /// Values of keys and of the fields that may refer to them.
  private var index: KeyIndex
  /// Values that are no keys of a model, by set of values and model.
  private var counted: [KeyIndex.ID: [Int: Int?]] = [:]
  /// Text fields that may be foreign keys, and text columns such fields may refer to.
  private(set) var textQuestions: [FieldPlace] = []
  private(set) var textColumns: [FieldPlace] = []
  /// Their values.
  private var textSets: [FieldPlace: KeyIndex.ID] = [:]
  /// Fields whose lists or objects may be natural keys.
  private(set) var naturalQuestions: [FieldPlace] = []

  init(_ models: [ModelFacts], _ index: KeyIndex, layout: Layout) throws(ReadError) {
    self.models = models
    self.index = index
    self.layout = layout
    identities = models.indices.map { Identity(models[$0], index: $0, layout: layout) }
    roles = models.map { $0.fields.map { _ in .plain } }
    for m in models.indices {
      try decideKeys(m)
      for f in models[m].fields.indices { try decide(m, f) }
    }
  }

  // MARK: Primary keys

  private mutating func decideKeys(_ m: Int) throws(ReadError) {
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
          missing: try countMissing(models[m].keySet, in: target) ?? 0)
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

  private mutating func decide(_ m: Int, _ f: Int) throws(ReadError) {
    guard case .plain = roles[m][f] else { return }
    let field = models[m].fields[f]
    let known = knownModel(m)
    if let list = known?.lists.first(where: { Name($0.name) == field.name }) {
      return try decideKnown(m, f, target: identity(ofModel: Name(list.target)), isList: true)
    }
    let bare = DjangoNames.withoutID(field.name)
    if let known = known?.fields.first(where: { Name($0.name) == field.name || Name($0.name) == bare }) {
      guard let model = known.references else { return }
      return try decideKnown(m, f, target: identity(ofModel: Name(model)), isList: false)
    }
    if field.objects > 0 || field.isList, bare == "content_type" || field.objects == 0 {
      return try decideNested(m, f)
    }
    if field.isWhole { return try decideWhole(m, f) }
    if field.isKeyLike { askForText(m, f) }
  }

  /// The identity of a model by its full name; of the user model, whichever the project uses. Known models only.
  func identity(ofModel name: Name) -> Identity? {
    if let found = identities.first(where: { $0.model == name }) { return found }
    if name == "auth.user", let own = identities.first(where: \.isUser) { return own }
    return DjangoTables.model(name).map(Identity.init(absent:))
  }

  private mutating func decideKnown(_ m: Int, _ f: Int, target: Identity?, isList: Bool) throws(ReadError) {
    guard let target else { return }
    let field = models[m].fields[f]
    let evidence = "a field of a model that Django defines"
    if isList {
      guard field.arrays == field.present, field.lists.others == 0 else { return }
      if field.lists.arraysOfScalars > 0 { return naturalQuestions.append(FieldPlace(model: m, field: f)) }
      let missing = try countMissing(field.elementSet, in: target) ?? 0
      roles[m][f] = .list(Reference(to: target, isInferred: false, evidence: evidence, missing: missing))
    } else if field.arrays + field.objects > 0 {
      naturalQuestions.append(FieldPlace(model: m, field: f))
    } else if field.isWhole || field.present == 0 {
      let missing = try countMissing(field.keySet, in: target) ?? 0
      roles[m][f] = .reference(Reference(to: target, isInferred: false, evidence: evidence, missing: missing))
    } else if field.isKeyLike {
      textQuestions.append(FieldPlace(model: m, field: f))
    }
  }

  private mutating func decideWhole(_ m: Int, _ f: Int) throws(ReadError) {
    let field = models[m].fields[f]
    if let found = try bestTarget(m, f, values: field.keySet, isList: false) {
      roles[m][f] = .reference(found)
    } else if DjangoNames.withoutID(field.name) == "content_type",
      let target = identity(ofModel: "contenttypes.contenttype")
    {
      let missing = try countMissing(field.keySet, in: target) ?? 0
      roles[m][f] = .reference(
        Reference(to: target, isInferred: true, evidence: "the field of a generic relation", missing: missing))
    }
  }

  /// The one model that a field is named like and that has all its values as keys.
  private mutating func bestTarget(
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

  private mutating func targets(
    holding values: KeyIndex.ID, among targets: [Identity]
  ) throws(ReadError) -> [Identity] {
    var holding: [Identity] = []
    for target in targets where try countMissing(values, in: target) == 0 { holding.append(target) }
    return holding
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

  /// Number of distinct values that are no keys of a model; nil when not all could be looked at. No values: none.
  private mutating func countMissing(_ values: KeyIndex.ID?, in target: Identity) throws(ReadError) -> Int? {
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

  private func countDistinct(_ values: KeyIndex.ID) throws(ReadError) -> Int {
    do throws(IOError) { return try index.counts(of: values, joining: true).distinct } catch {
      throw ReadError(.io(error))
    }
  }

  // MARK: Lists and objects

  private mutating func decideNested(_ m: Int, _ f: Int) throws(ReadError) {
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
  private func emptyListTarget(_ m: Int, _ f: Int) -> Reference? {
    let name = models[m].fields[f].name
    guard let group = candidates(name, m, isList: true).first, group.match == .whole, group.targets.count == 1 else {
      return nil
    }
    return Reference(to: group.targets[0], isInferred: true, evidence: "\(group.match.words); all lists are empty")
  }

  /// The one model whose text keys hold all elements of a list, whatever its name.
  private mutating func onlyTextTarget(_ m: Int, _ f: Int) throws(ReadError) -> Reference? {
    guard let values = models[m].fields[f].elementSet else { return nil }
    let textual = identities.filter { target in target.index.map { !models[$0].hasOnlyWholeKeys } ?? false }
    let holding = try targets(holding: values, among: textual)
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
  private func otherColumn(_ place: FieldPlace) throws(ReadError) -> Reference? {
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
