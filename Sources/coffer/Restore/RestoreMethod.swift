internal import Bytes

/// The program that restores a backup.
enum RestoreMethod: Sendable, Equatable {
  /// SQL that psql runs.
  case psql
  /// What pg_dump writes for pg_restore: `custom`, `directory` or `tar`.
  case pgRestore(String)
  case loaddata
  case convex
  case sqliteScript, sqliteFile
  case mysql
  /// Rows alone: converted to SQL first.
  case convert

  /// The method for a file of a backup. What the system states as `dump_format` and `dialect` goes before what names suggest.
  init(_ file: RestoreFacts.File, _ facts: RestoreFacts) {
    func fact(_ name: String) -> String? { facts.attributes[name].map { String(decoding: $0, as: UTF8.self) } }
    let format = file.format.lowercased()
    switch facts.system {
    case "django": self = facts.kind == "dumpdata fixture" ? .loaddata : .convert
    case "convex": self = .convex
    default:
      let words = Self.words(format), isScript = words.contains("sql") || words.contains("script")
      // A kind may speak of a directory of scripts, too.
      let archive =
        Self.archives.first { $0 == fact("dump_format") } ?? Self.archives.first(where: words.contains)
        ?? (isScript ? nil : Self.archives.first(where: Self.words(facts.kind.lowercased()).contains))
      let isPostgres = ["postgres", "supabase"].contains(facts.system) || format.hasPrefix("pg")
      if let archive, isPostgres {
        self = .pgRestore(archive)
      } else if isScript || format.contains("sql") {
        self = Self.script(fact("dialect") ?? "\(facts.system) \(facts.kind) \(format)".lowercased())
      } else {
        self = .convert
      }
    }
  }

  private static let archives = ["custom", "directory", "tar"]

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { !$0.isLetter }.map(String.init))
  }

  /// The method for a script or database file, from words that name its dialect.
  private static func script(_ words: String) -> RestoreMethod {
    if words.contains("mysql") || words.contains("mariadb") { return .mysql }
    guard words.contains("sqlite") else { return .psql }
    return words.contains("script") || words.contains("dump") ? .sqliteScript : .sqliteFile
  }
}

/// What a dump holds of the tables.
enum RestoreContent: String, Sendable {
  case complete, schema, data

  /// What the system states as `dump_content`, else what the kind and the file's name say.
  init(_ file: RestoreFacts.File, _ facts: RestoreFacts) {
    if let stated = facts.attributes["dump_content"].flatMap({ Self(rawValue: String(decoding: $0, as: UTF8.self)) }),
      facts.files.count == 1
    {
      self = stated
      return
    }
    let name = String(decoding: (file.member ?? file.place).lastPathComponent.map(asciiLower), as: UTF8.self)
    let kind = facts.kind.lowercased()
    if facts.files.count > 1, name.contains("data"), !name.contains("database"), !name.contains("schema") {
      self = .data
    } else if kind.contains("data-only") || kind.contains("data only") {
      self = .data
    } else if kind.contains("schema-only") || kind.contains("schema only")
      || facts.files.count > 1 && name.contains("schema")
    {
      self = .schema
    } else {
      self = .complete
    }
  }
}
