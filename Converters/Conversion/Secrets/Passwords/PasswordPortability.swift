/// A system that users may be moved to.
package enum PasswordTarget: String, CaseIterable, Sendable {
  case convex, django, prisma, supabase

  package var title: String {
    switch self {
    case .convex: "Convex"
    case .django: "Django"
    case .prisma: "Prisma"
    case .supabase: "Supabase"
    }
  }
}

/// What becomes of passwords whose hashes are moved.
package enum PasswordOutcome: Hashable, Sendable {
  /// Users log in as before; with what has to be so for it, if anything.
  case works(String?)
  /// They do when this stands before each hash.
  case worksWithPrefix(String)
  /// They do when this is taken away from the beginning of each hash.
  case worksWithoutPrefix(String)
  /// They have to choose new ones.
  case mustReset
  /// There are none.
  case none

  /// Whether users log in with the hash as it is or after its beginning is changed.
  package var isPortable: Bool {
    switch self {
    case .works, .worksWithPrefix, .worksWithoutPrefix: true
    case .mustReset, .none: false
    }
  }

  /// A word for programs.
  package var word: String {
    switch self {
    case .works: "works"
    case .worksWithPrefix: "works-with-prefix"
    case .worksWithoutPrefix: "works-without-prefix"
    case .mustReset: "must-reset"
    case .none: "no-password"
    }
  }

  /// The same for people.
  package var words: String {
    switch self {
    case .works(let condition): condition.map { "works if \($0)" } ?? "works"
    case .worksWithPrefix(let text): "works with '\(text)' before it"
    case .worksWithoutPrefix(let text): "works without its '\(text)'"
    case .mustReset: "must reset"
    case .none: "no password"
    }
  }
}

/// Which families of hashes the systems verify, as data; what is not listed has to be reset.
enum PasswordRules {
  private struct Rule: Sendable {
    var families: [String]
    var outcomes: [PasswordTarget: PasswordOutcome]
  }

  /// Django by its own hashers, Supabase by what its server of authentication verifies, Convex by Convex Auth, and applications
  /// with Prisma by the libraries that most of them use.
  private static let rules: [Rule] = [
    Rule(
      families: ["Django pbkdf2_sha256", "Django pbkdf2_sha1", "Django bcrypt_sha256", "Django scrypt"],
      outcomes: [.django: .works(nil)]),
    Rule(
      families: ["Django argon2"],
      outcomes: [
        .django: .works("argon2-cffi is installed"), .supabase: .worksWithoutPrefix("argon2"),
        .prisma: .worksWithoutPrefix("argon2"),
      ]),
    Rule(
      families: ["Django bcrypt"],
      outcomes: [
        .django: .works("BCryptPasswordHasher is listed"), .supabase: .worksWithoutPrefix("bcrypt$"),
        .prisma: .worksWithoutPrefix("bcrypt$"),
      ]),
    Rule(families: ["Django md5"], outcomes: [.django: .works("MD5PasswordHasher is listed")]),
    Rule(families: ["Django sha1"], outcomes: [.django: .works("it is older than 5.1 and lists SHA1PasswordHasher")]),
    Rule(
      families: ["bcrypt"],
      outcomes: [
        .django: .worksWithPrefix("bcrypt$"), .supabase: .works(nil), .prisma: .works("the application uses bcrypt"),
      ]),
    Rule(
      families: ["argon2"],
      outcomes: [
        .django: .worksWithPrefix("argon2"), .supabase: .works(nil), .prisma: .works("the application uses argon2"),
      ]),
    Rule(
      families: ["argon2d"],
      outcomes: [.django: .worksWithPrefix("argon2"), .prisma: .works("the application uses argon2")]),
    Rule(families: ["Firebase scrypt"], outcomes: [.supabase: .works(nil)]),
    Rule(
      families: ["Lucia scrypt"],
      outcomes: [.convex: .works(nil), .prisma: .works("the application uses Lucia or Better Auth")]),
  ]
  private static let byFamily: [String: [PasswordTarget: PasswordOutcome]] = Dictionary(
    rules.flatMap { rule in rule.families.map { ($0, rule.outcomes) } }, uniquingKeysWith: { first, _ in first })

  static func outcome(_ form: PasswordForm, in target: PasswordTarget) -> PasswordOutcome {
    switch form {
    case .hash(let family): byFamily[family]?[target] ?? .mustReset
    case .plain: .mustReset
    case .unusable, .absent: .none
    }
  }
}

extension PasswordTarget {
  /// A hash in the form that the system verifies; nil when it verifies none of its family, or when it is none.
  package func portable(_ value: [UInt8]) -> [UInt8]? {
    guard let form = PasswordForm(value.span, isNamed: false) else { return nil }
    switch PasswordRules.outcome(form, in: self) {
    case .works: return value
    case .worksWithPrefix(let text): return Array(text.utf8) + value
    case .worksWithoutPrefix(let text): return Array(value.dropFirst(text.utf8.count))
    case .mustReset, .none: return nil
    }
  }
}
