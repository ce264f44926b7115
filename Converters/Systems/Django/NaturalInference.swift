internal import Bytes
internal import Diagnostics
internal import Records

/// A table that the backup describes only through the values that refer to it.
struct SyntheticTable: Sendable {
  var schema: TableSchema
  /// Texts behind the key, which counts from 1.
  var rows: [[[UInt8]]]
}

/// Decides the fields whose values may be natural keys.
struct NaturalInference: Sendable {
  /// A field in question and the models that its values may belong to.
  private struct Question: Sendable {
    var place: FieldPlace
    var arity: Int
    var isList: Bool
    /// Known for certain, by name, or any model at all.
    var certainty: Certainty
    var targets: [Int]
  }
  private enum Certainty: Sendable { case known, named, any }

  private var questions: [Question] = []
  private var searches: [NaturalSearch] = []
  /// Options of each question: position in `indexes`.
  private var options: [[Int]] = []
  private(set) var indexes: [NaturalIndex] = []
  private(set) var synthetic: [SyntheticTable] = []
  /// Fields whose natural keys lead to no row of the backup, and how many values.
  private(set) var unresolved: [(place: FieldPlace, count: Int)] = []

  /// Indexes that fields were decided by.
  private var used: Set<Int> = []

  /// Whether a pass over the rows is needed to find out which fields make up the keys.
  var needsSearch: Bool { !searches.isEmpty }
  /// Whether a pass over the rows is needed to collect the keys.
  var needsIndex: Bool { indexes.contains { $0.target != nil } }

  init(_ inference: Inference) {
    for place in inference.naturalQuestions { ask(place, inference) }
    for (q, question) in questions.enumerated() where question.certainty != .known {
      for target in question.targets {
        if !searches.contains(where: { $0.target == target }) { searches.append(NaturalSearch(target: target)) }
        for i in searches.indices where searches[i].target == target {
          searches[i].add(
            question: q, inference.models[question.place.model].fields[question.place.field].lists.samples)
        }
      }
    }
  }

  private mutating func ask(_ place: FieldPlace, _ inference: Inference) {
    let lists = inference.models[place.model].fields[place.field].lists
    guard !lists.lostTuples else { return }
    let isList = lists.arraysOfScalars > 0
    if let known = inference.knownTarget(place) {
      questions.append(
        Question(
          place: place, arity: 0, isList: isList, certainty: .known, targets: known.index.map { [$0] } ?? []))
      return
    }
    guard let arity = lists.arity, arity > 0 else { return }
    let name = inference.models[place.model].fields[place.field].name
    let groups = inference.candidates(DjangoNames.withoutID(name), place.model, isList: isList)
    var targets = groups.flatMap { $0.targets.compactMap(\.index) }
    if targets.isEmpty, UserNames.contains(name, isList: isList) {
      targets = inference.identities.filter(\.isUser).compactMap(\.index)
    }
    let certainty = targets.isEmpty ? Certainty.any : .named
    if targets.isEmpty { targets = Array(inference.models.indices) }
    questions.append(
      Question(place: place, arity: arity, isList: isList, certainty: certainty, targets: targets))
  }

  /// Looks for natural keys in the rows of a model.
  mutating func search(_ batch: borrowing RecordBatch, model: Int, fields: [Int], keyField: Int?) {
    for i in searches.indices where searches[i].target == model {
      searches[i].observe(batch, fields: fields, keyField: keyField)
    }
  }

  /// Decides which fields make up the keys of each target, after the search.
  mutating func choose(_ inference: Inference) {
    for (q, question) in questions.enumerated() {
      var mine: [Int] = []
      if question.certainty == .known, let known = inference.knownTarget(question.place) {
        if let target = known.index {
          if let sources = Self.knownSources(target, inference) { mine.append(index(target, sources)) }
        } else if let made = synthesize(known, question.place, inference) {
          mine.append(made)
        }
      }
      for search in searches where question.certainty != .known && question.targets.contains(search.target) {
        let own = search.target == question.place.model ? question.place.field : nil
        guard let sources = search.sources(question: q, arity: question.arity, except: own) else { continue }
        mine.append(index(search.target, sources))
      }
      options.append(mine)
    }
  }

  private mutating func index(_ target: Int, _ sources: [PartSource]) -> Int {
    if let found = indexes.firstIndex(where: { $0.target == target && $0.sources == sources }) { return found }
    indexes.append(NaturalIndex(target: target, sources: sources))
    return indexes.count - 1
  }

  /// The parts of a natural key that Django itself defines.
  private static func knownSources(_ target: Int, _ inference: Inference) -> [PartSource]? {
    let identity = inference.identities[target], facts = inference.models[target]
    var names: [Name] = (identity.known?.naturalKey ?? []).map { Name($0) }
    if names.isEmpty, identity.isUser { names = facts.index["username"] != nil ? ["username"] : ["email"] }
    var sources: [PartSource] = []
    for name in names {
      guard let field = facts.index[name] else { return nil }
      let other = identity.known?.fields.first { Name($0.name) == name }?.references
      guard let other else {
        sources.append(.field(field))
        continue
      }
      // Only the content type is part of another natural key.
      let parts = DjangoTables.model(Name(other))?.naturalKey.count ?? 1
      sources.append(.nested(field, count: parts))
    }
    return sources.isEmpty ? nil : sources
  }

  /// A table made of the objects that describe its rows; keys count in byte order of the natural key.
  private mutating func synthesize(_ known: Identity, _ place: FieldPlace, _ inference: Inference) -> Int? {
    let lists = inference.models[place.model].fields[place.field].lists
    guard let model = known.known, lists.objectKeys == model.naturalKey.map({ Name($0) }).sorted() else { return nil }
    let rows = lists.samples.sorted { a, b in a.lexicographicallyPrecedes(b) { $0.lexicographicallyPrecedes($1) } }
    var made = NaturalIndex(target: nil, sources: [])
    for (i, row) in rows.enumerated() {
      var tuple = Tuple()
      for part in row { tuple.append(part.span) }
      made.insert(tuple.hash, number: Int64(i + 1))
    }
    indexes.append(made)
    let columns = (lists.objectKeys ?? []).map { name in
      let field = model.fields.first { Name($0.name) == name }
      return Column(name, field?.type ?? .text, isNullable: false, maximumLength: field?.maximumLength)
    }
    let schema = TableSchema(
      known.table, [Column(known.keyName, known.keyType, isNullable: false, isIdentity: true)] + columns,
      primaryKey: [known.keyName], uniqueKeys: model.unique.map { $0.map { Name($0) } })
    synthetic.append(SyntheticTable(schema: schema, rows: rows))
    return indexes.count - 1
  }

  /// Collects the keys of a model.
  mutating func collect(_ batch: borrowing RecordBatch, model: Int, fields: [Int], _ facts: ModelFacts)
    throws(ReadError)
  {
    for i in indexes.indices where indexes[i].target == model {
      try indexes[i].observe(batch, facts, fields: fields)
    }
  }

  /// What is to be said about natural keys that lead nowhere, or to several rows.
  func findings(_ inference: Inference) -> [Finding] {
    var findings = unresolved.map { place, count in
      let name = displayed(inference.models[place.model].fields[place.field].name)
      return Finding(
        "natural-key-unresolved", .warning,
        "natural keys in '\(name)' lead to no row of the backup, or to several; they are kept as JSON text",
        advice: "dump the models they refer to as well", table: inference.identities[place.model].table,
        column: inference.models[place.model].fields[place.field].name, count: count)
    }
    for (i, index) in indexes.enumerated() where index.repeated > 0 && used.contains(i) {
      guard let target = index.target else { continue }
      findings.append(
        Finding(
          "natural-key-ambiguous", .warning, "rows have the same natural key; references lead to the last of them",
          table: inference.identities[target].table, count: index.repeated))
    }
    return findings
  }

  /// Decides the fields, once all keys are collected.
  mutating func decide(_ inference: inout Inference) {
    for (question, mine) in zip(questions, options) {
      let lists = inference.models[question.place.model].fields[question.place.field].lists
      let total = lists.tuples.values.reduce(0, +)
      let counted = mine.map { i in
        (index: i, missing: lists.tuples.reduce(0) { indexes[i].contains($1.key) ? $0 : $0 + $1.value })
      }
      let useful = counted.filter {
        question.certainty == .any
          ? $0.missing == 0 && isPlausible(indexes[$0.index], question, inference) : $0.missing < total
      }
      let least = useful.map(\.missing).min()
      let best = useful.filter { $0.missing == least }
      guard let choice = best.first, best.count == 1 || question.certainty != .any else {
        if question.certainty != .any || question.isList { unresolved.append((question.place, total)) }
        continue
      }
      settle(question, choice.index, choice.missing, &inference)
    }
  }

  /// Whether a model that nothing but its values suggests may be meant: its keys are unique and hold a field of its own, and
  /// a single text is taken for a key only when the dump shows natural keys elsewhere.
  private func isPlausible(_ index: NaturalIndex, _ question: Question, _ inference: Inference) -> Bool {
    guard index.repeated == 0, let target = index.target else { return false }
    let hasOwnField = index.sources.contains { if case .field = $0 { true } else { false } }
    let lists = inference.models[question.place.model].fields[question.place.field].lists
    guard hasOwnField, lists.arraysOfNumbers == 0 else { return false }
    if question.arity > 1 || question.isList || inference.models[target].missingKeys > 0 { return true }
    return questions.contains { $0.certainty == .known || $0.isList }
      || inference.models.contains { $0.missingKeys > 0 }
  }

  private mutating func settle(_ question: Question, _ index: Int, _ missing: Int, _ inference: inout Inference) {
    let place = question.place
    guard let target = indexes[index].target.map({ inference.identities[$0] }) ?? inference.knownTarget(place) else {
      return
    }
    used.insert(index)
    let isKnown = question.certainty == .known
    let reference = Reference(
      to: target, type: missing > 0 ? .text : nil, isInferred: !isKnown,
      evidence: isKnown ? "a natural key that Django defines" : "its values are natural keys of the model",
      missing: missing, natural: index)
    inference.roles[place.model][place.field] = question.isList ? .list(reference) : .reference(reference)
    if missing > 0 { unresolved.append((place, missing)) }
  }
}
