internal import Bytes
internal import Conversion
internal import DjangoModels
internal import Records

// What models, or the attributes of XML, declare.
extension Inference {
  /// What is declared of a model.
  func declared(_ m: Int) -> DeclaredModel? { layout == .fixture ? declarations[identities[m].model] : nil }

  /// What is declared of a field. Fixtures of other programs name it like its column.
  func declared(_ m: Int, _ f: Int) -> DeclaredField? {
    guard let model = declared(m) else { return nil }
    let name = models[m].fields[f].name
    return model.field(name) ?? model.fields.first { $0.column == name && $0.column != $0.name }
  }

  /// The column of a field, when its model is declared exactly.
  func column(_ m: Int, _ f: Int) -> Name? {
    guard declared(m)?.isExact ?? false else { return nil }
    return declared(m, f)?.column
  }

  /// The identity of a model that is only declared, or only named.
  func identity(declared name: Name) -> Identity? {
    guard layout == .fixture, !declarations.models.isEmpty else { return nil }
    return Identity(named: name, declarations[name])
  }

  /// Decides a field that is declared; false when it is not.
  mutating func decideDeclared(_ m: Int, _ f: Int) throws(ReadError) -> Bool {
    guard let field = declared(m, f) else { return false }
    guard let name = field.target else { return true }
    let target = identity(ofModel: name)
    if let other = field.targetField, let target, target.keyName != other, !field.isList,
      try refer(m, f, target, to: other)
    {
      return true
    }
    try decideKnown(m, f, target: target, isList: field.isList)
    return true
  }

  /// Decides a foreign key to a field that is not the primary key; false when there is no such field among the rows.
  private mutating func refer(_ m: Int, _ f: Int, _ target: Identity, to other: Name) throws(ReadError) -> Bool {
    guard let t = target.index, let g = models[t].index[other] else { return false }
    let values = models[m].fields[f], keys = models[t].fields[g]
    if values.isText || keys.isText {
      textQuestions.append(FieldPlace(model: m, field: f))
      textColumns.append(FieldPlace(model: t, field: g))
      return true
    }
    guard values.arrays + values.objects == 0 else { return false }
    var missing = 0
    if let mine = values.keySet, let theirs = keys.keySet {
      do throws(IOError) { missing = try index.inclusion(of: mine, in: theirs).danglingValues } catch {
        throw ReadError(.io(error))
      }
    }
    roles[m][f] = .reference(
      Reference(
        to: target, column: declared(t, g)?.column ?? other, type: keys.inferredType, isInferred: false,
        evidence: "declared by the model", missing: missing))
    return true
  }

  /// Decides a text field that is declared to refer to a field of another model, or that refers to one though only the model
  /// is known.
  mutating func decideDeclaredText(_ place: FieldPlace, _ target: Identity) throws(ReadError) -> Bool {
    guard let t = target.index, let values = textSets[place] else { return false }
    let named = declared(place.model, place.field)?.targetField
    var found: [(field: Int, missing: Int)] = []
    for g in models[t].fields.indices {
      let other = FieldPlace(model: t, field: g)
      guard other != place, named.map({ $0 == models[t].fields[g].name }) ?? true, let set = textSets[other] else {
        continue
      }
      do throws(IOError) {
        let inclusion = try index.inclusion(of: values, in: set)
        let isKey = try index.counts(of: set).isKey
        if isKey, named != nil || inclusion.holds { found.append((g, inclusion.danglingValues)) }
      } catch { throw ReadError(.io(error)) }
    }
    guard found.count == 1 else { return false }
    let column = declared(t, found[0].field)?.column ?? models[t].fields[found[0].field].name
    roles[place.model][place.field] = .reference(
      Reference(
        to: target, column: column, type: .text, isInferred: false, evidence: "declared by the model",
        missing: found[0].missing))
    return true
  }

  /// References that primary keys are: to the parent's row, or one to one.
  mutating func decideKeyReferences() throws(ReadError) {
    keyReferences = Array(repeating: nil, count: models.count)
    for m in models.indices {
      guard let key = declared(m)?.primaryKey, let name = key.target, let target = identity(ofModel: name) else {
        continue
      }
      let isLinked = roles[m].contains { if case .parentLink = $0 { true } else { false } }
      guard !isLinked else { continue }
      keyReferences[m] = Reference(
        to: target, isInferred: false, evidence: "declared by the model",
        missing: try countMissing(models[m].keySet, in: target) ?? 0)
    }
  }
}

extension FieldFacts {
  /// The type of a column whose field is declared: what is declared where the values are such, else what they are.
  func type(declared field: DeclaredField) -> LogicalType {
    let inferred = inferredType
    guard let type = field.type else {
      // Whether moments have a zone is a setting, which the values show.
      return present == 0 && field.className == "DateTimeField" ? .timestamptz : inferred
    }
    if present == 0 { return type }
    let shapes = profiles.map(\.text.shape)
    switch type {
    case .text: return isText ? .text : inferred
    case .array: return isText && profiles.allSatisfy { $0.text.isJSON } ? type : inferred
    case .json: return externals == 0 ? .json : inferred
    case .bytes: return isText && shapes.allSatisfy { $0 == .base64 || $0 == .none } ? .bytes : inferred
    case .decimal:
      let isDigits = shapes.allSatisfy { $0 == .integer || $0 == .decimal || $0 == .number || $0 == .none }
      return type.holds(inferred) || isText && isDigits ? type : inferred
    case .float64: return wholeNumbers + otherNumbers == present ? type : inferred
    default: return type.holds(inferred) ? type : inferred
    }
  }
}

extension Declarations {
  /// What a fixture in XML says of its models: types and targets.
  init(_ outline: FixtureOutline) {
    self.init()
    for model in outline.models {
      var made = DeclaredModel(model.name.lowercased, table: DjangoNames.table(model.name))
      made.isExact = false
      for field in model.fields where field.form != .unknown {
        var declared = DeclaredField(
          field.name, className: field.relation == "OneToOneRel" ? "OneToOneField" : field.type)
        declared.type = FixtureTypes.fact(field.type)?.type
        declared.target = field.target
        declared.isList = field.form == .list
        // Of other classes nothing is known.
        guard declared.target != nil || declared.type != nil else { continue }
        made.add(declared)
      }
      add(made)
    }
  }
}
