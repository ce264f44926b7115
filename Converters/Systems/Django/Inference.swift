internal import Bytes
internal import Conversion
internal import DjangoModels
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
  /// The models by their names.
  let names: ModelNames
  var roles: [[Role]]
  let layout: Layout
  /// Values of keys and of the fields that may refer to them.
  var index: KeyIndex
  /// Values that are no keys of a model, by set of values and model.
  var counted: [KeyIndex.ID: [Int: Int?]] = [:]
  /// Text fields that may be foreign keys, and text columns such fields may refer to.
  var textQuestions: [FieldPlace] = []
  var textColumns: [FieldPlace] = []
  /// Their values.
  var textSets: [FieldPlace: KeyIndex.ID] = [:]
  /// Fields whose lists or objects may be natural keys.
  var naturalQuestions: [FieldPlace] = []
  /// What is declared of the models.
  let declarations: Declarations
  /// References that primary keys are though no field says so.
  var keyReferences: [Reference?] = []

  init(
    _ models: [ModelFacts], _ index: KeyIndex, layout: Layout, _ declarations: Declarations = Declarations()
  ) throws(ReadError) {
    self.declarations = declarations
    self.models = models
    self.index = index
    self.layout = layout
    identities = models.indices.map { m in
      var identity = Identity(models[m], index: m, layout: layout)
      if layout == .fixture { identity.declare(declarations, models[m]) }
      return identity
    }
    names = ModelNames(identities.map(\.short))
    roles = models.map { $0.fields.map { _ in .plain } }
    for m in models.indices {
      try decideKeys(m)
      for f in models[m].fields.indices { try decide(m, f) }
    }
    try decideKeyReferences()
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
    if declared(m)?.isExact ?? false, try decideDeclared(m, f) { return }
    let known = knownModel(m)
    if let list = known?.lists.first(where: { Name($0.name) == field.name }) {
      return try decideKnown(m, f, target: identity(ofModel: Name(list.target)), isList: true)
    }
    let bare = DjangoNames.withoutID(field.name)
    if let known = known?.fields.first(where: { Name($0.name) == field.name || Name($0.name) == bare }) {
      guard let model = known.references else { return }
      return try decideKnown(m, f, target: identity(ofModel: Name(model)), isList: false)
    }
    if try decideDeclared(m, f) { return }
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
    return DjangoTables.model(name).map(Identity.init(absent:)) ?? identity(declared: name)
  }

  mutating func decideKnown(_ m: Int, _ f: Int, target: Identity?, isList: Bool) throws(ReadError) {
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
      // The key may be another field than the primary one.
      guard declared(m, f) != nil, let t = target.index else { return }
      for (g, column) in models[t].fields.enumerated() where column.isText && column.absent == 0 {
        let place = FieldPlace(model: t, field: g)
        if g != models[t].keyField, !textColumns.contains(place) { textColumns.append(place) }
      }
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

  /// The model that a field refers to for certain: by Django's own definition, or as a content type.
  func knownTarget(_ place: FieldPlace) -> Identity? {
    let name = models[place.model].fields[place.field].name, bare = DjangoNames.withoutID(name)
    if let target = declared(place.model, place.field)?.target { return identity(ofModel: target) }
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
}
