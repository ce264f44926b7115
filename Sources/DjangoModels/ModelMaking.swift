internal import Bytes
internal import Records

/// Makes declared models of states.
enum ModelMaking {
  static func model(_ state: ModelState, _ facts: ProjectFacts) -> DeclaredModel {
    let key = state.key
    var model = DeclaredModel(key, table: state.options["db_table"]?.string ?? state.app + "_" + state.name.lowercased)
    if let managed = state.options["managed"]?.boolean { model.isManaged = managed }
    let reading = FieldReading(app: state.app, model: state.name.lowercased, userModel: facts.userModel)
    var fields: [DeclaredField] = []
    for (name, call) in state.fields where !FieldClasses.virtual.contains(call.short) {
      fields.append(reading.field(name, call))
    }
    if !fields.contains(where: \.isPrimaryKey) {
      model.add(parentLink(state, fields) ?? implicitKey(facts.keyClass(state.app)))
    }
    for field in fields { model.add(field) }
    if case .string? = state.options["order_with_respect_to"] {
      var order = DeclaredField("_order", className: "OrderWrt")
      order.type = .int32
      model.add(order)
    }
    model.uniqueTogether = together(state.options["unique_together"])
    model.indexes = together(state.options["index_together"])
    for item in state.options["constraints"]?.list ?? [] {
      guard let call = item.call, call.short == "UniqueConstraint", call["condition"] == nil, call.arguments.isEmpty,
        let names = call["fields"]?.strings
      else { continue }
      model.uniqueTogether.append(names)
    }
    for item in state.options["indexes"]?.list ?? [] {
      guard let call = item.call, call["condition"] == nil, call.arguments.isEmpty, let names = call["fields"]?.strings
      else { continue }
      model.indexes.append(names.map { $0.hasPrefix("-") ? Name(Array($0.bytes.dropFirst())) : $0 })
    }
    return model
  }

  private static func implicitKey(_ className: Name?) -> DeclaredField {
    var key = DeclaredField("id", className: className ?? "AutoField")
    // Without a setting the version decides how wide it is.
    key.type = className.flatMap { FieldClasses.fact($0)?.type } ?? .int64
    key.isPrimaryKey = true
    return key
  }

  /// The link to the parent that a model with a concrete base has though it is not declared.
  private static func parentLink(_ state: ModelState, _ fields: [DeclaredField]) -> DeclaredField? {
    let parents = state.bases.filter { base in
      base.bytes.split(separator: UInt8(ascii: ".")).count == 2 && base != "models.Model" && !base.hasSuffix(".Model")
        && !base.hasSuffix("Mixin")
    }
    guard let parent = parents.first?.lowercased, !fields.contains(where: \.isParentLink) else { return nil }
    let short = Name(Array(parent.bytes.split(separator: UInt8(ascii: ".")).last ?? []))
    var link = DeclaredField(short + "_ptr", className: "OneToOneField")
    link.column = short + "_ptr_id"
    link.isPrimaryKey = true
    link.isParentLink = true
    link.target = parent
    return link
  }

  /// Groups of fields: one tuple, or several.
  private static func together(_ value: PythonValue?) -> [[Name]] {
    guard let items = value?.list, !items.isEmpty else { return [] }
    if let single = value?.strings { return [single] }
    return items.compactMap(\.strings)
  }
}

extension Declarations {
  /// Gives keys that are references the types of what they lead to.
  mutating func settleParents() {
    // A parent may itself be a child; the depth of inheritance bounds the rounds.
    for _ in 0..<8 {
      for model in models {
        var model = model
        var isChanged = false
        for f in model.fields.indices where model.fields[f].type == nil && !model.fields[f].isList {
          guard let target = model.fields[f].target, let other = self[target] else { continue }
          let field = model.fields[f].targetField.flatMap { other.field($0) } ?? other.primaryKey
          guard let type = field?.type else { continue }
          model.fields[f].type = type
          model.fields[f].maximumLength = field?.maximumLength
          isChanged = true
        }
        if isChanged { add(model) }
      }
    }
  }
}
