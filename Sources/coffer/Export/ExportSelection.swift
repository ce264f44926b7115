internal import Bytes
internal import CatalogModel
internal import CommandLine
internal import Diagnostics
internal import Records

/// What `--only` asks for: kinds of objects as SQL, or the rows of some tables.
enum ExportSelection: Sendable {
  /// A word of `--only` and the kinds of objects that belong to it.
  case kinds(String, Set<String>)
  /// Whatever has to do with encryption.
  case encryption
  case users
  case table(Name)

  /// The words and the kinds they stand for. The only list to extend.
  private static let words: [(word: String, kinds: Set<String>)] = [
    ("roles", ["role", "role-setting", "role-membership"]), ("policies", ["row-security", "policy"]),
    ("functions", ["function", "procedure", "aggregate"]), ("triggers", ["trigger", "event-trigger"]),
    ("views", ["view", "materialized-view", "rule"]), ("migrations", ["migration"]), ("types", ["type", "domain"]),
    ("extensions", ["extension"]),
  ]
  /// All words, for help.
  static let known = ["users"] + words.map(\.word) + ["encryption", "table:NAME"]

  /// What one argument of `--only` means.
  init(_ argument: [UInt8]) throws(Failure) {
    let prefix = Array("table:".utf8)
    if argument.starts(with: prefix), argument.count > prefix.count {
      self = .table(Name(Array(argument.dropFirst(prefix.count))))
      return
    }
    let word = String(decoding: argument, as: UTF8.self)
    switch word {
    case "users": self = .users
    case "encryption": self = .encryption
    default:
      guard let found = Self.words.first(where: { $0.word == word }) else {
        let meant = suggestion(for: displayed(argument), among: Self.known).map { "did you mean '\($0)'? " } ?? ""
        throw .usage(
          "--only does not know '\(displayed(argument))'",
          advice: meant + "one of: " + Self.known.joined(separator: ", "))
      }
      self = .kinds(word, found.kinds)
    }
  }

  /// Such as `policies`.
  var word: String {
    switch self {
    case .kinds(let word, _): word
    case .encryption: "encryption"
    case .users: "users"
    case .table(let name): "table \(displayed(name))"
    }
  }

  /// Whether it asks for rows.
  var isRows: Bool {
    switch self {
    case .users, .table: true
    case .kinds, .encryption: false
    }
  }

  /// Whether an object belongs to it.
  func contains(_ object: SchemaObject) -> Bool {
    switch self {
    case .kinds(_, let kinds): kinds.contains(object.kind)
    case .encryption:
      ["function", "procedure", "trigger", "extension", "view", "type", "domain"].contains(object.kind)
        && (Self.mentionsEncryption(object.name.bytes) || Self.mentionsEncryption(object.definition))
    case .users, .table: false
    }
  }

  private static let encryptionWords = ["encrypt", "decrypt", "pgcrypto", "vault", "pgsodium"].map { Array($0.utf8) }

  /// Whether a text speaks of encryption; capitals do not count.
  static func mentionsEncryption(_ text: [UInt8]) -> Bool {
    let lower = text.map(asciiLower)
    return encryptionWords.contains { firstOffset(of: $0.span, in: lower.span, from: 0) != nil }
  }
}

/// Where systems keep their users, the most certain first; the first group of which a table is there counts.
enum UserTables {
  private static let groups = [
    ["auth.users", "auth.identities"], ["auth_user"], ["users", "identities"], ["user"], ["user_profiles"],
    ["profiles"],
    ["accounts"],
  ]

  /// The tables of users among some; none when nothing looks like them.
  static func find(in tables: [TableSchema]) -> [Name] {
    for group in groups {
      let found = tables.filter { table in
        group.contains { $0.utf8.elementsEqual(table.name.bytes.map(asciiLower)) }
      }
      if !found.isEmpty { return found.map(\.name) }
    }
    // A model of the project's own: named after users, with a password.
    return tables.filter { table in
      ExportSelection.mentionsUsers(table.name) && table.columns.contains(where: \.isSecret)
    }.map(\.name)
  }
}

extension ExportSelection {
  /// Whether the last word of a table's name is `user` or `users`.
  fileprivate static func mentionsUsers(_ name: Name) -> Bool {
    let lower = name.bytes.map(asciiLower)
    return ["user", "users"].contains { word in
      lower.suffix(word.utf8.count).elementsEqual(word.utf8)
        && (lower.count == word.utf8.count || "_.-".utf8.contains(lower[lower.count - word.utf8.count - 1]))
    }
  }
}
