internal import Bytes
internal import Diagnostics
internal import Records

/// A migration as its file declares it.
struct Migration: Sendable {
  var app: Name
  var name: Name
  var dependencies: [(app: Name, name: Name)] = []
  var replaces: [(app: Name, name: Name)] = []
  var operations: [PythonValue] = []

  /// The migration of a file; nil when it holds none.
  init?(app: Name, name: Name, _ module: PythonClass) {
    guard let made = module.classes.first(where: { $0.name == "Migration" }) else { return nil }
    self.app = app
    self.name = name
    dependencies = (made["dependencies"]?.list ?? []).compactMap(Self.reference)
    replaces = (made["replaces"]?.list ?? []).compactMap(Self.reference)
    operations = made["operations"]?.list ?? []
  }

  private static func reference(_ value: PythonValue) -> (app: Name, name: Name)? {
    guard let parts = value.strings, parts.count == 2 else { return nil }
    return (parts[0], parts[1])
  }
}

/// Replays migrations in the order of their dependencies. Operations that run code are passed over and counted.
struct MigrationReplay {
  private(set) var models: [ModelState] = []
  private var index: [Name: Int] = [:]
  /// Operations that could change tables in ways nobody can know.
  private(set) var unknown = 0

  mutating func run(_ migrations: [Migration]) {
    for migration in Self.ordered(migrations) {
      for operation in migration.operations { apply(operation, migration.app, depth: 0) }
    }
  }

  /// Migrations behind those they depend on, by application and name otherwise. Of a squashed one and those it replaces the
  /// squashed one counts.
  private static func ordered(_ all: [Migration]) -> [Migration] {
    var squashed: [Name: Name] = [:]
    let known = Set(all.map { $0.app + "." + $0.name })
    for migration in all {
      for old in migration.replaces { squashed[old.app + "." + old.name] = migration.app + "." + migration.name }
    }
    let left = all.filter { squashed[$0.app + "." + $0.name] == nil }
      .sorted { a, b in a.app == b.app ? a.name < b.name : a.app < b.app }
    var places: [Name: Int] = [:], last: [Name: Name] = [:], first: [Name: Name] = [:]
    for (i, migration) in left.enumerated() {
      let key = migration.app + "." + migration.name
      places[key] = i
      last[migration.app] = key
      first[migration.app] = first[migration.app] ?? key
    }
    // Each waits for those before it; a circle, which Django refuses, is cut.
    var ordered: [Migration] = [], state = Array(repeating: 0, count: left.count), stack: [(at: Int, next: Int)] = []
    func dependencies(_ i: Int) -> [Int] {
      left[i].dependencies.compactMap { dependency in
        var key = dependency.app + "." + dependency.name
        if dependency.name == "__first__" { key = first[dependency.app] ?? key }
        if dependency.name == "__latest__" { key = last[dependency.app] ?? key }
        if !known.contains(key) { return nil }
        return places[squashed[key] ?? key]
      }
    }
    for start in left.indices where state[start] == 0 {
      stack = [(start, 0)]
      state[start] = 1
      while let top = stack.last {
        let needed = dependencies(top.at)
        if top.next < needed.count {
          stack[stack.count - 1].next += 1
          let other = needed[top.next]
          if state[other] == 0 {
            state[other] = 1
            stack.append((other, 0))
          }
        } else {
          ordered.append(left[top.at])
          stack.removeLast()
        }
      }
    }
    return ordered
  }

  private func place(_ app: Name, _ name: Name?) -> Int? { name.flatMap { index[app + "." + $0.lowercased] } }

  private mutating func apply(_ value: PythonValue, _ app: Name, depth: Int) {
    guard let call = value.call, depth < 8 else { return unknown += 1 }
    let model = place(app, call.argument("model_name", at: 0)?.string ?? call.argument("name", at: 0)?.string)
    switch call.short {
    case "CreateModel": create(call, app)
    case "DeleteModel": if let model { remove(model) }
    case "RenameModel": rename(call, app)
    case "AlterModelTable": if let model { models[model].options["db_table"] = call.argument("table", at: 1) }
    case "AlterUniqueTogether":
      if let model { models[model].options["unique_together"] = call.argument("unique_together", at: 1) }
    case "AlterIndexTogether":
      if let model { models[model].options["index_together"] = call.argument("index_together", at: 1) }
    case "AlterOrderWithRespectTo":
      if let model { models[model].options["order_with_respect_to"] = call.argument("order_with_respect_to", at: 1) }
    case "AlterModelOptions": if let model { alterOptions(model, call) }
    case "AddField", "AlterField":
      if let model, let name = call.argument("name", at: 1)?.string, let field = call.argument("field", at: 2)?.call {
        models[model].set(name, field)
      } else {
        unknown += 1
      }
    case "RemoveField":
      if let model, let name = call.argument("name", at: 1)?.string {
        models[model].fields.removeAll { $0.name == name }
      }
    case "RenameField": if let model { renameField(model, call) }
    case "AddIndex": if let model { extend(model, "indexes", call.argument("index", at: 1)) }
    case "AddConstraint": if let model { extend(model, "constraints", call.argument("constraint", at: 1)) }
    case "RemoveIndex", "RemoveConstraint": if let model { drop(model, call) }
    case "SeparateDatabaseAndState":
      for operation in call.argument("state_operations", at: 1)?.list ?? [] { apply(operation, app, depth: depth + 1) }
    case "RunSQL":
      for operation in call["state_operations"]?.list ?? [] { apply(operation, app, depth: depth + 1) }
      unknown += 1
    case "RunPython": unknown += 1
    case "AlterModelManagers", "AlterModelTableComment", "RenameIndex", "AlterConstraint", "AddIndexConcurrently",
      "RemoveIndexConcurrently":
      break
    // Extensions of PostgreSQL, and operations of the project's own.
    default: if !call.short.hasSuffix("Extension") { unknown += 1 }
    }
  }

  private mutating func create(_ call: PythonCall, _ app: Name) {
    guard let name = call.argument("name", at: 0)?.string else { return unknown += 1 }
    var model = ModelState(app: app, name: name)
    for item in call.argument("fields", at: 1)?.list ?? [] {
      guard let pair = item.list, pair.count == 2, let field = pair[0].string, let made = pair[1].call else {
        unknown += 1
        continue
      }
      model.set(field, made)
    }
    if case .dictionary(let members)? = call.argument("options", at: 2) {
      for member in members { if let key = member.key.string { model.options[key] = member.value } }
    }
    model.bases = (call.argument("bases", at: 3)?.list ?? []).compactMap(\.named)
    if let at = index[model.key] { return models[at] = model }
    index[model.key] = models.count
    models.append(model)
  }

  private mutating func remove(_ model: Int) {
    index[models[model].key] = nil
    // Its place stays, so that the others keep theirs.
    models[model].options["abstract"] = .boolean(true)
  }

  private mutating func rename(_ call: PythonCall, _ app: Name) {
    guard let old = call.argument("old_name", at: 0)?.string, let new = call.argument("new_name", at: 1)?.string,
      let model = place(app, old)
    else { return unknown += 1 }
    index[models[model].key] = nil
    models[model].name = new
    index[models[model].key] = model
    let before = old.lowercased, full = app + "." + before
    for m in models.indices {
      for f in models[m].fields.indices {
        for k in models[m].fields[f].call.keywords.indices {
          let keyword = models[m].fields[f].call.keywords[k]
          guard keyword.name == "to" || keyword.name == "through", let named = keyword.value.string?.lowercased,
            named == full || named == before && models[m].app == app
          else { continue }
          models[m].fields[f].call.keywords[k].value = .string((app + "." + new).bytes)
        }
      }
    }
  }

  private mutating func renameField(_ model: Int, _ call: PythonCall) {
    guard let old = call.argument("old_name", at: 1)?.string, let new = call.argument("new_name", at: 2)?.string else {
      return unknown += 1
    }
    for f in models[model].fields.indices where models[model].fields[f].name == old {
      models[model].fields[f].name = new
    }
    for option: Name in ["unique_together", "index_together"] {
      guard let value = models[model].options[option] else { continue }
      models[model].options[option] = renamed(value, old, new, depth: 0)
    }
  }

  private func renamed(_ value: PythonValue, _ old: Name, _ new: Name, depth: Int) -> PythonValue {
    if value.string == old { return .string(new.bytes) }
    guard let items = value.list, depth < 3 else { return value }
    return .list(items.map { renamed($0, old, new, depth: depth + 1) })
  }

  private mutating func alterOptions(_ model: Int, _ call: PythonCall) {
    guard case .dictionary(let members)? = call.argument("options", at: 1) else { return }
    for member in members {
      if let key = member.key.string, key == "managed" || key == "proxy" { models[model].options[key] = member.value }
    }
  }

  private mutating func extend(_ model: Int, _ option: Name, _ item: PythonValue?) {
    guard let item else { return unknown += 1 }
    models[model].options[option] = .list((models[model].options[option]?.list ?? []) + [item])
  }

  private mutating func drop(_ model: Int, _ call: PythonCall) {
    guard let name = call.argument("name", at: 1)?.string else { return unknown += 1 }
    for option: Name in ["indexes", "constraints"] {
      guard let items = models[model].options[option]?.list else { continue }
      models[model].options[option] = .list(items.filter { $0.call?["name"]?.string != name })
    }
  }
}
