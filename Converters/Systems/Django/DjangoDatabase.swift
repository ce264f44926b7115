internal import Bytes
internal import Conversion
internal import Diagnostics
internal import DjangoModels
internal import Records
internal import SQLiteFile

/// A project's `db.sqlite3`: a SQLite database whose values mean what Django's fields mean.
enum DjangoDatabase {
  static let kind = "project database"
  private static let mark = Array("django_migrations".utf8)

  /// Databases whose first pages define Django's own tables.
  static func detect(_ container: any BackupContainer, _ toolbox: Toolbox, system: String) -> [DetectedBackup] {
    container.entries.compactMap { entry in
      guard let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16),
        SQLiteFile.isDatabase(content.head), firstOffset(of: mark.span, in: content.head.span) != nil
      else { return nil }
      return SQLiteFile.backup(
        entry, in: container, system: system, kind: kind, confidence: 0.95,
        evidence: ["begins as a SQLite database does", "names the table 'django_migrations'"])
    }
  }

  static func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var findings: [Finding] = [], declared: [Name: DeclaredModel] = [:]
    if let path = input.options.schema {
      let project = try ProjectFiles(path, input.toolbox), models = DjangoModels(project.files)
      findings = project.findings + models.findings
      for model in models.declarations.models { declared[model.table] = model }
    }
    var rules = DatabaseRules()
    let models = declared
    rules.meaning = { table, column, type, definition in
      meaning(models[table]?.fields.first { $0.column == column }, column, type, definition)
    }
    var knowledge = try SQLiteFile.survey(input, rules: rules)
    let artifact = input.backup.artifacts.first?.entry.path
    knowledge.findings += findings
    markSecrets(&knowledge)
    try addHistory(&knowledge)
    try compareContentTypes(&knowledge, declared, artifact: artifact)
    return knowledge
  }

  /// What Django keeps in a column: by its field, where the models are known, else by the type it declares.
  private static func meaning(
    _ field: DeclaredField?, _ column: Name, _ type: [UInt8], _ definition: [UInt8]
  ) -> ColumnMeaning? {
    switch Name(type) {
    case "datetime": return .utc
    case "char(32)": return .bareUUID
    case "bigint" where field?.className == "DurationField": return .microseconds
    case "text":
      let check = Array("JSON_VALID(\"".utf8) + column.bytes + Array("\")".utf8)
      return firstOffset(of: check.span, in: definition.span) != nil ? .json : nil
    default: return field?.type.map { .type($0) }
    }
  }

  /// Marks the columns that hold secrets by Django's own definition.
  private static func markSecrets(_ knowledge: inout Knowledge) {
    for t in knowledge.tables.indices {
      guard let known = DjangoTables.models.first(where: { Name($0.table) == knowledge.tables[t].name }) else {
        continue
      }
      for c in knowledge.tables[t].columns.indices {
        let name = knowledge.tables[t].columns[c].name
        let isKey = known.isKeySecret && name == Name(known.key)
        if isKey || known.fields.contains(where: { $0.isSecret && Name($0.name) == name }) {
          knowledge.tables[t].columns[c].isSecret = true
        }
      }
    }
  }

  /// Migrations of `auth`, and the versions of Django whose last they are.
  private static let generations: [(prefix: String, versions: String)] = [
    ("0012_", "3.1 or later"), ("0011_", "2.2 to 3.0"), ("0010_", "2.1"), ("0009_", "2.0"), ("0008_", "1.10 to 1.11"),
    ("0007_", "1.9"), ("0006_", "1.8"),
  ]

  /// Applications with their last migrations, and what they tell of Django's version.
  private static func addHistory(_ knowledge: inout Knowledge) throws(ReadError) {
    var last: [Name: [UInt8]] = [:], count = 0
    for row in try SQLiteFile.texts(knowledge, table: "django_migrations", columns: ["app", "name"], limit: 100_000) {
      count += 1
      let app = Name(row[0])
      if last[app].map({ $0.lexicographicallyPrecedes(row[1]) }) ?? true { last[app] = row[1] }
    }
    guard count > 0 else { return }
    knowledge.attributes.append((name: "migrations", value: Array(String(count).utf8)))
    let apps = last.keys.sorted()
    knowledge.attributes.append((name: "apps", value: Array(apps.map(\.bytes).joined(separator: Array(", ".utf8)))))
    if let auth = last["auth"], let found = generations.first(where: { auth.starts(with: $0.prefix.utf8) }) {
      knowledge.attributes.append((name: "django_version", value: Array(found.versions.utf8)))
    }
    for app in apps {
      knowledge.objects.append(SchemaObject(kind: "migration", name: app, definition: last[app] ?? []))
    }
  }

  /// Says which models Django knows of that have no table.
  private static func compareContentTypes(
    _ knowledge: inout Knowledge, _ declared: [Name: DeclaredModel], artifact: [UInt8]?
  ) throws(ReadError) {
    let tables = Set(knowledge.tables.map(\.name))
    let named = Dictionary(declared.values.map { ($0.name, $0.table) }, uniquingKeysWith: { first, _ in first })
    var missing: [Name] = []
    for model in declared.values where tables.contains(model.table) {
      knowledge.models[model.table] = SourceModel(model)
    }
    let rows = try SQLiteFile.texts(
      knowledge, table: "django_content_type", columns: ["app_label", "model"], limit: 100_000)
    for row in rows {
      let model = Name(row[0]) + "." + Name(row[1])
      let table = named[model] ?? DjangoTables.model(model).map { Name($0.table) } ?? DjangoNames.table(model)
      if !tables.contains(table) { missing.append(model) }
      if tables.contains(table), knowledge.models[table] == nil { knowledge.models[table] = SourceModel(model) }
    }
    guard !missing.isEmpty else { return }
    let some = missing.sorted().prefix(3).map { "'\(displayed($0))'" }.joined(separator: ", ")
    knowledge.findings.append(
      Finding(
        "content-types-without-table", .info,
        "content types name models without a table of the usual name (\(some)): proxies, models with tables named otherwise, or models that are gone",
        artifact: artifact, count: missing.count))
  }
}

extension SourceModel {
  /// A model as it is declared.
  init(_ model: DeclaredModel) {
    self.init(model.name)
    for field in model.fields {
      guard let column = field.column else { continue }
      fields[column] = Field(
        field.name, className: field.className, target: field.target)
    }
  }
}
