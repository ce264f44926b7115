internal import Bytes
internal import Conversion
internal import Records

/// Drafts of the models that a fixture fills.
struct ModelDraft: Sendable {
  /// Texts by the applications that they are of.
  private(set) var files: [(app: Name, text: [UInt8])] = []
  /// What the drafts cannot say.
  private(set) var losses: [Loss] = []
  private let plan: FixturePlan
  private let models: [Name: SourceModel]

  /// Models that Django itself has.
  private static let own: Set<Name> = [
    "auth.user", "auth.group", "auth.permission", "contenttypes.contenttype", "admin.logentry", "sessions.session",
    "sites.site", "redirects.redirect", "flatpages.flatpage", "authtoken.token",
  ]

  init(_ plan: FixturePlan, _ models: [Name: SourceModel]) {
    self.plan = plan
    self.models = models
    var apps: [Name] = [], places: [Name: [Int]] = [:]
    for (t, table) in plan.tables.enumerated() {
      guard case .model = table.role, !Self.own.contains(table.model) else { continue }
      let (app, name) = Self.parts(table.model)
      guard PythonWords.isIdentifier(app), PythonWords.isIdentifier(name) else {
        note("model-left-out", "the drafts have no model for the table: its name is none in Python", t, nil)
        continue
      }
      if places[app] == nil { apps.append(app) }
      places[app, default: []].append(t)
    }
    for app in apps { files.append((app, text(of: app, places[app] ?? []))) }
  }

  /// The application and the name of a model.
  private static func parts(_ model: Name) -> (app: Name, name: Name) {
    let dot = model.bytes.firstIndex(of: UInt8(ascii: ".")) ?? 0
    return (Name(Array(model.bytes[..<dot])), Name(Array(model.bytes[dot...].dropFirst())))
  }

  private mutating func note(_ code: String, _ message: String, _ t: Int, _ column: Name?) {
    losses.append(Loss(code, message, table: plan.schemas[t].name, column: column))
  }

  // MARK: Text

  private mutating func text(of app: Name, _ tables: [Int]) -> [UInt8] {
    var classes: [UInt8] = []
    for t in tables { classes += model(t) }
    var text = Array("# A draft made of a backup's tables, for ".utf8) + app.bytes
    text += Array("/models.py. Compare it with the application's own models before using it.\n".utf8)
    if firstOffset(of: Array("ArrayField(".utf8).span, in: classes.span) != nil {
      text += Array("from django.contrib.postgres.fields import ArrayField\n".utf8)
    }
    return text + Array("from django.db import models\n".utf8) + classes
  }

  private mutating func model(_ t: Int) -> [UInt8] {
    let schema = plan.schemas[t], table = plan.tables[t]
    var name = Self.parts(table.model).name.bytes
    if let first = name.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") { name[0] = first - 32 }
    var lines: [[UInt8]] = []
    if schema.primaryKey.count > 1 {
      let names = table.keys.map { PythonWords.literal(self.name(of: $0, schema).bytes) }
      lines.append(
        Array("pk = models.CompositePrimaryKey(".utf8) + names.joined(separator: Array(", ".utf8)) + Array(")".utf8))
    }
    if schema.primaryKey.isEmpty {
      note("key-added", "the table has no key: Django adds an id to the model", t, nil)
    }
    let fields = (table.keys + table.fields.filter { field in !table.keys.contains { $0.column == field.column } })
      .sorted { $0.column < $1.column }
    for field in fields { lines.append(line(field, t)) }
    for list in table.lists {
      lines.append(
        list.name.bytes + Array(" = models.ManyToManyField(".utf8) + PythonWords.literal(list.target.bytes)
          + Array(", db_table=".utf8) + PythonWords.literal(list.table.bytes) + Array(", related_name=\"+\")".utf8))
    }
    var text = Array("\n\nclass ".utf8) + name + Array("(models.Model):\n".utf8)
    for line in lines { text += Array("    ".utf8) + line + Array("\n".utf8) }
    if plan.natural[t] != nil { text += Array("\n    objects = ".utf8) + name + Array("Manager()\n".utf8) }
    text += Array("\n    class Meta:\n        db_table = ".utf8) + PythonWords.literal(schema.localName.bytes)
    text += Array("\n".utf8)
    if schema.namespace != nil {
      note("namespace-left-out", "the draft does not say in which schema the table lies", t, nil)
    }
    return manager(t, name) + text + meta(t, fields) + naturalKey(t)
  }

  /// What finds rows by their natural key; nothing when they have none.
  private func manager(_ t: Int, _ name: [UInt8]) -> [UInt8] {
    let lookups = plan.lookups(t)
    guard !lookups.isEmpty else { return [] }
    let names = lookups.indices.map { "part\($0)" }
    let pairs = zip(lookups, names).map { $0 + Array("=\($1)".utf8) }.joined(separator: Array(", ".utf8))
    var text =
      Array("\n\nclass ".utf8) + name + Array("Manager(models.Manager):\n    def get_by_natural_key(self, ".utf8)
    text += Array(names.joined(separator: ", ").utf8)
    return text + Array("):\n        return self.get(".utf8) + Array(pairs) + Array(")\n".utf8)
  }

  private func naturalKey(_ t: Int) -> [UInt8] {
    guard let key = plan.natural[t] else { return [] }
    var parts: [[UInt8]] = [], dependencies: [[UInt8]] = []
    for part in key.parts {
      switch part {
      case .value(let column):
        // A reference to a model without a natural key is its value.
        let isReference = NaturalKey.target(of: column, plan.schemas[t], plan) != nil
        parts.append(
          Array("(self.".utf8) + plan.name(t, column) + Array((isReference ? "_id" : "").utf8) + Array(",)".utf8))
      case .reference(let column, let table):
        parts.append(Array("self.".utf8) + plan.name(t, column) + Array(".natural_key()".utf8))
        dependencies.append(PythonWords.literal(plan.tables[table].model.bytes))
      }
    }
    var text = Array("\n    def natural_key(self):\n        return ".utf8)
    text += Array(parts.joined(separator: Array(" + ".utf8))) + Array("\n".utf8)
    guard !dependencies.isEmpty else { return text }
    text += Array("\n    natural_key.dependencies = [".utf8)
    return text + Array(dependencies.joined(separator: Array(", ".utf8))) + Array("]\n".utf8)
  }

  /// Keys and indexes of several fields, and indexes of one.
  private func meta(_ t: Int, _ fields: [FixtureField]) -> [UInt8] {
    let schema = plan.schemas[t]
    func names(_ columns: [Name]) -> [UInt8]? {
      let found = columns.compactMap { column in fields.first { schema.columns[$0.column].name == column }?.name.bytes }
      guard found.count == columns.count, !found.isEmpty else { return nil }
      return Array(found.map { PythonWords.literal($0) }.joined(separator: Array(", ".utf8)))
    }
    var text: [UInt8] = []
    let unique = schema.uniqueKeys.filter { $0.count > 1 && $0 != schema.primaryKey }.compactMap(names)
    if !unique.isEmpty {
      text += Array("        unique_together = [".utf8)
      text += Array(unique.map { Array("(".utf8) + $0 + Array(")".utf8) }.joined(separator: Array(", ".utf8)))
      text += Array("]\n".utf8)
    }
    let references = Set(schema.foreignKeys.map(\.columns)), known = Set(schema.uniqueKeys + [schema.primaryKey])
    let indexes = schema.indexes.filter { !references.contains($0) && !known.contains($0) }.compactMap(names)
    if !indexes.isEmpty {
      text += Array("        indexes = [".utf8)
      let parts = indexes.map { Array("models.Index(fields=[".utf8) + $0 + Array("])".utf8) }
      text += Array(parts.joined(separator: Array(", ".utf8))) + Array("]\n".utf8)
    }
    return text
  }

  // MARK: Fields

  /// The name of a field. Fixtures call every key `pk`, which no field may be called.
  private func name(of field: FixtureField, _ schema: TableSchema) -> Name {
    guard field.name == "pk" else { return field.name }
    let column = FixtureNames.field(schema.columns[field.column].name, isReference: false)
    return column == "pk" ? "pk_field" : column
  }

  private mutating func line(_ field: FixtureField, _ t: Int) -> [UInt8] {
    let schema = plan.schemas[t], column = schema.columns[field.column]
    let isKey = schema.primaryKey == [column.name]
    let isUnique = !isKey && schema.uniqueKeys.contains([column.name])
    var arguments: [[UInt8]] = []
    func add(_ text: String) { arguments.append(Array(text.utf8)) }
    var own = self.name(of: field, schema), name = own.bytes + Array(" = ".utf8)
    if let key = reference(column.name, schema) {
      name += Array((isKey || isUnique ? "models.OneToOneField(" : "models.ForeignKey(").utf8)
      arguments.append(PythonWords.literal(key.target.bytes))
      add("on_delete=models.\(Self.onDelete(key.key, column))")
      if let other = key.field { arguments.append(Array("to_field=".utf8) + PythonWords.literal(other.bytes)) }
      if needsNoName(key.key, t, key.place) { add("related_name=\"+\"") }
      own = own + "_id"
    } else {
      let (type, own) = type(of: column, models[schema.name]?.fields[column.name]?.className, isKey: isKey)
      name += Array("\(type)(".utf8)
      arguments += own
      if isUnique { add("unique=True") }
    }
    if isKey {
      add("primary_key=True")
    } else if column.isNullable, !schema.primaryKey.contains(column.name) {
      add("null=True")
      add("blank=True")
    }
    if own != column.name { arguments.append(Array("db_column=".utf8) + PythonWords.literal(column.name.bytes)) }
    return name + Array(arguments.joined(separator: Array(", ".utf8))) + Array(")".utf8)
  }

  /// What a column refers to, if that is a model with one key.
  private func reference(
    _ column: Name, _ schema: TableSchema
  ) -> (key: ForeignKey, target: Name, field: Name?, place: Int)? {
    guard let key = schema.foreignKeys.first(where: { $0.columns == [column] }),
      let place = plan.schemas.firstIndex(where: { $0.name == key.table }), case .model = plan.tables[place].role
    else { return nil }
    let there = plan.schemas[place], other = key.referencedColumns.first ?? there.primaryKey.first
    guard let other, there.columns.contains(where: { $0.name == other }) else { return nil }
    if there.primaryKey == [other] { return (key, plan.tables[place].model, nil, place) }
    guard there.uniqueKeys.contains([other]),
      let field = plan.tables[place].fields.first(where: { there.columns[$0.column].name == other })
    else { return nil }
    return (key, plan.tables[place].model, self.name(of: field, there), place)
  }

  /// Whether the way back would have a name that is taken.
  private func needsNoName(_ key: ForeignKey, _ t: Int, _ place: Int) -> Bool {
    let schema = plan.schemas[t], model = Self.parts(plan.tables[t].model).name
    if schema.foreignKeys.filter({ $0.table == key.table }).count > 1 { return true }
    if plan.tables[t].lists.contains(where: { $0.target == plan.tables[place].model }) { return true }
    let names = (plan.tables[place].fields + plan.tables[place].keys).map(\.name) + plan.tables[place].lists.map(\.name)
    return names.contains(model) || names.contains(model + "_set")
  }

  private static func onDelete(_ key: ForeignKey, _ column: Column) -> String {
    switch ForeignKeyActions(key.actions).onDelete {
    case .cascade: "CASCADE"
    case .restrict: "RESTRICT"
    case .setNull where column.isNullable: "SET_NULL"
    case .setNull, .setDefault, .noAction: "DO_NOTHING"
    }
  }

  /// Classes of fields that say more than the type of their column, and need no more than a length.
  private static let classes: Set<Name> = [
    "EmailField", "SlugField", "URLField", "PositiveIntegerField", "PositiveSmallIntegerField",
    "PositiveBigIntegerField", "SmallIntegerField", "GenericIPAddressField",
  ]

  private func type(of column: Column, _ className: Name?, isKey: Bool) -> (String, [[UInt8]]) {
    let length = column.maximumLength.map { [Array("max_length=\($0)".utf8)] } ?? []
    if let className, Self.classes.contains(className) {
      return ("models.\(String(decoding: className.bytes, as: UTF8.self))", column.type == .text ? length : [])
    }
    if isKey, column.isIdentity, column.type == .int32 || column.type == .int64 {
      return (column.type == .int32 ? "models.AutoField" : "models.BigAutoField", [])
    }
    switch column.type {
    case .array(let element):
      let (inner, arguments) = type(of: Column(column.name, element), nil, isKey: false)
      let text = Array("\(inner)(".utf8) + Array(arguments.joined(separator: Array(", ".utf8))) + Array(")".utf8)
      return ("ArrayField", [text])
    case .decimal(let precision, let scale):
      return (
        "models.DecimalField",
        [
          Array("max_digits=\(precision ?? 65)".utf8),
          Array("decimal_places=\(precision == nil ? 30 : scale ?? 0)".utf8),
        ]
      )
    case .enumeration(let labels):
      let choices = labels.map { label -> [UInt8] in
        let literal = PythonWords.literal(Array(label.utf8))
        return Array("(".utf8) + literal + Array(", ".utf8) + literal + Array(")".utf8)
      }
      let longest = labels.map(\.unicodeScalars.count).max() ?? 1
      let list = Array("choices=[".utf8) + Array(choices.joined(separator: Array(", ".utf8))) + Array("]".utf8)
      return ("models.CharField", [Array("max_length=\(longest)".utf8), list])
    default:
      let name = FixtureClasses.internalType(nil, column)
      return ("models.\(String(decoding: name.bytes, as: UTF8.self))", name == "CharField" ? length : [])
    }
  }
}
