internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

// References as relations, which have a field at both ends.
extension DraftPlan {
  /// A reference that can be a relation.
  private struct Reference {
    let owner: Int
    let target: Int
    let fields: [Int]
    let references: [Int]
    let key: ForeignKey
  }

  mutating func addRelations() {
    var references: [Reference] = [], seen: Set<[Int]> = []
    for owner in models.indices {
      for key in models[owner].schema.foreignKeys {
        guard let reference = reference(key, of: owner) else {
          note(
            "relation-left-out",
            "the draft cannot have a reference as a relation: it has to lead to a key, by the same types",
            models[owner].schema.name, key.columns.first)
          continue
        }
        if seen.insert([owner, reference.target] + reference.fields).inserted { references.append(reference) }
      }
    }
    var names = models.map { model in
      var names = DraftNames()
      for field in model.fields { _ = names.keep(field.name) }
      return names
    }
    var counts: [[Int]: Int] = [:]
    for reference in references { counts[Self.pair(reference), default: 0] += 1 }
    for reference in references {
      let isNamed = reference.owner == reference.target || counts[Self.pair(reference), default: 0] > 1
      add(reference, isNamed: isNamed, &names)
      findLate(reference)
    }
  }

  private static func pair(_ reference: Reference) -> [Int] { [reference.owner, reference.target].sorted() }

  /// What a foreign key is between models; nil when Prisma has no relation for it.
  private mutating func reference(_ key: ForeignKey, of owner: Int) -> Reference? {
    guard let target = models.firstIndex(where: { $0.schema.name == key.table }), !models[owner].isIgnored,
      !models[target].isIgnored
    else { return nil }
    let there = models[target].schema
    let columns = key.referencedColumns.isEmpty ? there.primaryKey : key.referencedColumns
    guard !columns.isEmpty, columns.count == key.columns.count,
      columns == there.primaryKey || there.uniqueKeys.contains(columns)
    else { return nil }
    let fields = key.columns.compactMap { models[owner].schema.index(of: $0) }
    let references = columns.compactMap { models[target].schema.index(of: $0) }
    guard fields.count == columns.count, references.count == columns.count, Set(fields).count == fields.count else {
      return nil
    }
    for (own, other) in zip(fields, references) {
      let (a, b) = (models[owner].fields[own], models[target].fields[other])
      guard !a.isList, !b.isList, a.kind != .json, b.kind != .json else { return nil }
      if a.type == "Int", b.type == "BigInt", !a.isID, owner != target {
        // The reference takes the width of what it leads to.
        models[owner].fields[own].type = "BigInt"
        models[owner].fields[own].native = nil
        models[owner].fields[own].kind = .bigInt
      } else if a.type != b.type {
        return nil
      }
    }
    return Reference(owner: owner, target: target, fields: fields, references: references, key: key)
  }

  private mutating func add(_ reference: Reference, isNamed: Bool, _ names: inout [DraftNames]) {
    let (owner, target) = (reference.owner, reference.target), own = models[owner]
    let fields = reference.fields.map { own.fields[$0].name }
    let isOptional = reference.fields.contains { own.fields[$0].isOptional }
    let name = isNamed ? Name(Array(([own.name] + fields).map(\.bytes).joined(separator: [UInt8(ascii: "_")]))) : nil
    let field = names[owner].field(Self.fieldName(reference.key.columns, models[target].accessor))
    models[owner].relations.append(
      DraftRelation(
        field: field, model: target, mark: isOptional ? "?" : "", name: name,
        owner: (
          fields, reference.references.map { models[target].fields[$0].name },
          Self.actions(reference.key, isOptional: reference.fields.allSatisfy { own.fields[$0].isOptional })
        )))
    let isSingle =
      own.key == reference.fields || own.uniqueKeys.contains(fields)
      || fields.count == 1 && own.fields[reference.fields[0]].isUnique
    let back = isNamed ? own.accessor + "_" + field : own.accessor
    models[target].relations.append(
      DraftRelation(field: names[target].field(back), model: owner, mark: isSingle ? "?" : "[]", name: name))
  }

  /// `author` for a column `author_id`, what it leads to for several.
  private static func fieldName(_ columns: [Name], _ target: Name) -> Name {
    guard columns.count == 1 else { return target }
    for ending in ["_id", "Id", "ID", "_fk"] where columns[0].hasSuffix(ending) {
      let rest = Name(Array(columns[0].bytes.dropLast(ending.utf8.count)))
      if DraftNames.isLegal(rest) { return rest }
    }
    return columns[0] + "_" + target
  }

  /// What follows changes of the other end, in Prisma's words.
  private static func actions(_ key: ForeignKey, isOptional: Bool) -> String {
    let actions = ForeignKeyActions(key.actions)
    func word(_ action: ForeignKeyActions.Action) -> String {
      switch action {
      case .noAction: "NoAction"
      case .restrict: "Restrict"
      case .cascade: "Cascade"
      case .setNull: isOptional ? "SetNull" : "NoAction"
      case .setDefault: "SetDefault"
      }
    }
    return "onDelete: \(word(actions.onDelete)), onUpdate: \(word(actions.onUpdate))"
  }

  // MARK: The order of rows

  /// Takes note of a reference that leads to rows that are inserted later or at the same time.
  private mutating func findLate(_ reference: Reference) {
    guard reference.target >= reference.owner else { return }
    let optional = reference.fields.filter { models[reference.owner].fields[$0].isOptional }
    models[reference.owner].late.formUnion(optional)
    guard optional.isEmpty else { return }
    note(
      "reference-not-deferred",
      "references that may not be empty lead to rows that come later: the seed script inserts them in the order of the backup",
      models[reference.owner].schema.name, reference.key.columns.first)
  }
}
