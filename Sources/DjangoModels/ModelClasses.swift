internal import Bytes
internal import Records

/// Finds models among the classes of `models.py`: what inherits from `models.Model`, directly or through others.
struct ModelClasses {
  private struct Found {
    var app: Name
    var made: PythonClass
  }
  private var classes: [Found] = []
  private var byName: [Name: [Int]] = [:]
  /// Classes whose bodies depend on conditions.
  private(set) var conditional = 0

  mutating func add(_ app: Name, _ module: PythonClass) {
    for made in module.classes {
      byName[made.name, default: []].append(classes.count)
      classes.append(Found(app: app, made: made))
    }
  }

  /// The class that a base names: of the same application first.
  private func base(_ name: Name, _ app: Name) -> Int? {
    let short = Name(Array(name.bytes.split(separator: UInt8(ascii: ".")).last ?? []))
    let found = byName[short] ?? []
    return found.first { classes[$0].app == app } ?? found.first
  }

  /// Bases that make a class a model although it is not among ours.
  private static let roots: Set<Name> = [
    "Model", "AbstractUser", "AbstractBaseUser", "PermissionsMixin", "MPTTModel", "TimeStampedModel",
    "PolymorphicModel",
  ]
  private static func short(_ name: Name) -> Name {
    Name(Array(name.bytes.split(separator: UInt8(ascii: ".")).last ?? []))
  }

  private func isModel(_ c: Int, _ seen: inout Set<Int>) -> Bool {
    guard seen.insert(c).inserted, seen.count < 64 else { return false }
    for name in classes[c].made.bases {
      if let other = base(name, classes[c].app), other != c {
        if isModel(other, &seen) { return true }
      } else if Self.roots.contains(Self.short(name)) {
        return true
      }
    }
    return false
  }

  private func meta(_ c: Int) -> PythonClass? { classes[c].made.classes.last { $0.name == "Meta" } }
  private func isAbstract(_ c: Int) -> Bool { meta(c)?["abstract"]?.boolean ?? false }

  /// All models, abstract ones left out and their fields taken over.
  mutating func models(_ facts: ProjectFacts) -> [ModelState] {
    var models: [ModelState] = []
    for c in classes.indices {
      var seen: Set<Int> = []
      guard isModel(c, &seen), !isAbstract(c) else { continue }
      if classes[c].made.isConditional { conditional += 1 }
      var model = ModelState(app: classes[c].app, name: classes[c].made.name)
      // Options of an abstract base hold where the model has none of its own.
      var visited: Set<Int> = []
      collect(c, &model, &visited, isOwn: true)
      models.append(model)
    }
    return models
  }

  private func collect(_ c: Int, _ model: inout ModelState, _ visited: inout Set<Int>, isOwn: Bool) {
    guard visited.insert(c).inserted, visited.count < 64 else { return }
    let found = classes[c]
    for name in found.made.bases {
      if let other = base(name, found.app), other != c {
        var seen: Set<Int> = []
        guard isModel(other, &seen) else { continue }
        if isAbstract(other) {
          collect(other, &model, &visited, isOwn: false)
        } else {
          model.bases.append(classes[other].app + "." + classes[other].made.name.lowercased)
        }
      } else if let inherited = Inherited.fields[Self.short(name)] {
        for (field, call) in inherited { model.set(field, call) }
      }
    }
    for (field, value) in found.made.assignments {
      guard let call = value.call, FieldClasses.isField(call) else { continue }
      model.set(field, call)
    }
    guard let meta = meta(c) else { return }
    for (option, value) in meta.assignments where isOwn || option != "abstract" && option != "db_table" {
      model.options[option] = value
    }
  }
}

/// Fields that classes of Django itself hand down.
enum Inherited {
  private static func call(_ name: String, _ keywords: [(Name, PythonValue)] = []) -> PythonCall {
    PythonCall(name: Array(name.utf8), keywords: keywords.map { (name: $0.0, value: $0.1) })
  }
  private static func text(_ length: String) -> PythonCall {
    call("CharField", [("max_length", .number(Array(length.utf8)))])
  }
  private static let base: [(Name, PythonCall)] = [
    ("password", text("128")), ("last_login", call("DateTimeField", [("null", .boolean(true))])),
  ]
  private static let permissions: [(Name, PythonCall)] = [
    ("is_superuser", call("BooleanField")),
    ("groups", call("ManyToManyField", [("to", .string(Array("auth.Group".utf8)))])),
    ("user_permissions", call("ManyToManyField", [("to", .string(Array("auth.Permission".utf8)))])),
  ]
  static let fields: [Name: [(Name, PythonCall)]] = [
    "AbstractBaseUser": base,
    "PermissionsMixin": permissions,
    "AbstractUser": base + permissions + [
      ("username", call("CharField", [("max_length", .number(Array("150".utf8))), ("unique", .boolean(true))])),
      ("first_name", text("150")), ("last_name", text("150")), ("email", call("EmailField")),
      ("is_staff", call("BooleanField")), ("is_active", call("BooleanField")), ("date_joined", call("DateTimeField")),
    ],
  ]
}
