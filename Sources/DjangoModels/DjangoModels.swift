internal import Bytes
package import Diagnostics
internal import Records

/// Reads what a Django project declares of its models, from the text of its files: migrations where an application has them,
/// `models.py` otherwise. Nothing is imported or run.
package struct DjangoModels {
  /// Files and bytes of them that are read of one project.
  package static var fileLimit: Int { 20_000 }
  package static var byteLimit: Int { 256 << 20 }
  /// Bytes of one file.
  package static var fileSizeLimit: Int { PythonTokenizer.fileLimit }

  package private(set) var declarations = Declarations()
  package private(set) var findings: [Finding] = []
  private var facts = ProjectFacts()
  private var replay = MigrationReplay()
  private var classes = ModelClasses()
  /// Labels of applications by the directories they lie in.
  private var labels: [[UInt8]: Name] = [:]

  /// Whether a file's path says that it may declare something.
  package static func mayDeclare(_ path: [UInt8]) -> Bool {
    let file = ProjectFile(path)
    return file.kind != nil
  }

  /// `files`: paths within the project, and texts.
  package init(_ files: [(path: [UInt8], text: [UInt8])]) {
    var modules: [(file: ProjectFile, module: PythonClass)] = []
    for (path, text) in files.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
      let file = ProjectFile(path)
      guard file.kind != nil else { continue }
      do throws(ReadError) {
        modules.append((file, try PythonParser.module(text)))
      } catch {
        findings.append(
          Finding(
            "unreadable-models", .warning, "this file's declarations are not read: \(error.message)", artifact: path,
            offset: error.offset))
      }
    }
    for (file, module) in modules where file.kind == .settings { readSettings(module) }
    for (file, module) in modules where file.kind == .apps { readApplication(file, module) }
    var migrations: [Migration] = []
    for (file, module) in modules where file.kind == .migration {
      if let migration = Migration(app: label(file), name: file.stem, module) { migrations.append(migration) }
    }
    let migrated = Set(migrations.map(\.app))
    for (file, module) in modules where file.kind == .models && !migrated.contains(label(file)) {
      classes.add(label(file), module)
    }
    replay.run(migrations)
    finish()
  }

  private func label(_ file: ProjectFile) -> Name { labels[file.application] ?? file.label }

  private mutating func readSettings(_ module: PythonClass) {
    if let user = module["AUTH_USER_MODEL"]?.string { facts.userModel = user.lowercased }
    if let key = module["DEFAULT_AUTO_FIELD"]?.string { facts.keyClass = lastPart(key) }
  }

  private mutating func readApplication(_ file: ProjectFile, _ module: PythonClass) {
    for made in module.classes {
      if let label = made["label"]?.string { labels[file.application] = label }
      if let key = made["default_auto_field"]?.string { facts.keyClasses[label(file)] = lastPart(key) }
    }
  }

  private func lastPart(_ name: Name) -> Name {
    Name(Array(name.bytes.split(separator: UInt8(ascii: ".")).last ?? []))
  }

  private mutating func finish() {
    declarations.userModel = facts.userModel
    let states =
      replay.models.filter { !$0.flag("abstract") && !$0.flag("proxy") }
      + classes.models(facts).filter { !$0.flag("proxy") }
    for state in states { declarations.add(ModelMaking.model(state, facts)) }
    declarations.settleParents()
    if replay.unknown > 0 {
      findings.append(
        Finding(
          "migrations-run-code", .info,
          "migrations hold operations that run code or SQL; what those do to tables is not known", count: replay.unknown
        ))
    }
    if classes.conditional > 0 {
      findings.append(
        Finding(
          "conditional-models", .info, "models hold declarations that depend on conditions; those are passed over",
          count: classes.conditional))
    }
  }
}

/// What the path of a file says of it.
struct ProjectFile {
  enum Kind { case settings, apps, migration, models }
  let kind: Kind?
  /// The directory of the application, and its name.
  let application: [UInt8]
  let label: Name
  /// The file's name without its ending.
  let stem: Name

  init(_ path: [UInt8]) {
    let parts = path.split(separator: UInt8(ascii: "/")).map { Array($0) }
    var directory = parts.dropLast()
    let name = Name(parts.last ?? [])
    stem = name.hasSuffix(".py") ? Name(Array(name.bytes.dropLast(3))) : name
    let parent = Name(directory.last ?? [])
    if !name.hasSuffix(".py") || parts.contains(Array("site-packages".utf8))
      || parts.contains(Array("node_modules".utf8))
    {
      kind = nil
    } else if parent == "migrations" {
      kind = stem == "__init__" ? nil : .migration
      directory = directory.dropLast()
    } else if parent == "models" {
      kind = .models
      directory = directory.dropLast()
    } else if stem == "models" {
      kind = .models
    } else if stem == "apps" {
      kind = .apps
    } else if stem.hasPrefix("settings") || parent == "settings" {
      kind = .settings
    } else {
      kind = nil
    }
    application = Array(directory.joined(separator: [UInt8(ascii: "/")]))
    label = Name(directory.last ?? [])
  }
}
