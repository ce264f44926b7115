internal import Bytes

/// What a column's name says about secrets in it, and what its values have to look like for that to hold.
struct SecretName: Equatable, Sendable {
  enum Requirement: Sendable {
    /// Any text: the name is proof enough.
    case any
    /// Text without white space that is no plain word.
    case opaque
    /// Opaque text of 16 bytes or more with many different ones.
    case random
    /// Opaque text, or a few digits: one-time codes.
    case code
    /// A form that is known: the name alone says little.
    case knownForm
  }
  var kind: SecretKind
  var requirement: Requirement
  /// The words that decided, for the evidence.
  var words: String
}

extension SecretName {
  /// What a name says; nil when it says nothing. The table's name tells apart the `key` of a table of tokens from others.
  init?(_ name: Name, table: Name) {
    let words = Self.normalized(NameWords(name).words)
    guard !words.isEmpty else { return nil }
    let inTable = Set(Self.normalized(NameWords(table).words))
    for rule in Self.rules {
      guard rule.table.isEmpty || !rule.table.isDisjoint(with: inTable) else { continue }
      guard rule.table.isEmpty || words.count == rule.phrase.count else { continue }
      guard let start = Self.position(of: rule.phrase, in: words) else { continue }
      let before = words[..<start], after = words[(start + rule.phrase.count)...]
      guard !before.contains(where: Self.harmlessBefore.contains), after.allSatisfy(Self.neutralAfter.contains) else {
        continue
      }
      let text = rule.phrase.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
      self.init(kind: rule.kind, requirement: rule.requirement, words: text)
      return
    }
    return nil
  }

  /// Words in the singular, and those that are two words written as one taken apart.
  private static func normalized(_ words: [[UInt8]]) -> [[UInt8]] {
    words.flatMap { word -> [[UInt8]] in
      if let parts = compounds[word] { return parts }
      guard word.count > 3, word.last == UInt8(ascii: "s"), word[word.count - 2] != UInt8(ascii: "s") else {
        return [word]
      }
      let singular = Array(word.dropLast())
      return compounds[singular] ?? (singulars.contains(singular) ? [singular] : [word])
    }
  }

  private static func position(of phrase: [[UInt8]], in words: [[UInt8]]) -> Int? {
    guard phrase.count <= words.count else { return nil }
    return (0...(words.count - phrase.count)).last { words[$0..<($0 + phrase.count)].elementsEqual(phrase) }
  }

  private struct Rule: Sendable {
    var kind: SecretKind
    var requirement: Requirement
    var phrase: [[UInt8]]
    /// Words one of which the table's name has to hold; the column's name is then the phrase and nothing else.
    var table: Set<[UInt8]> = []
  }

  /// In this order; the first that applies decides.
  private static let rules: [Rule] =
    phrases(
      .passwordHash, .any, "password", "passwd", "passwort", "pwd", "passphrase", "passcode", "senha", "contrasena",
      "contraseña", "wachtwoord", "passwordhash", "mot de passe")
    + phrases(.privateKey, .any, "seed phrase", "mnemonic phrase", "mnemonic")
    + phrases(.privateKey, .opaque, "private key", "privkey", "private pem")
    + phrases(.session, .opaque, "session data", "session cookie", "cookie")
    + phrases(.session, .random, "session key", "session id", "session token", "sid", "phpsessid")
    + phrases(
      .token, .code, "otp", "totp", "recovery code", "backup code", "verification code", "confirmation code",
      "reset code", "auth code", "authorization code", "activation code", "login code", "mfa code", "pin hash")
    + phrases(
      .token, .opaque, "otp secret", "totp secret", "mfa secret", "two factor secret", "recovery key",
      "activation key", "reset key", "token", "jwt", "bearer")
    + phrases(
      .apiKey, .opaque, "api key", "api secret", "secret key", "client secret", "access key", "service role key",
      "anon key", "signing key", "encryption key", "encrypt key", "master key", "deploy key", "auth key", "shared key",
      "hmac key", "service key", "credential", "secret")
    + phrases(.apiKey, .random, "consumer key", "license key", "licence key", "app key", "webhook key")
    + phrases(.passwordHash, .random, "salt")
    + phrases(.passwordHash, .knownForm, "hash", "pass", "pw", "digest")
    + phrases(.token, .random, table: "token authtoken otp invitation reset", "key", "value", "code", "digest", "hash")
    + phrases(.apiKey, .random, table: "apikey api secret credential vault", "key", "value", "hash", "digest")
    + phrases(.session, .random, table: "session", "data", "key", "payload", "value")

  private static func phrases(
    _ kind: SecretKind, _ requirement: Requirement, table: String = "", _ phrases: String...
  ) -> [Rule] {
    phrases.map { phrase in
      Rule(
        kind: kind, requirement: requirement, phrase: phrase.split(separator: " ").map { Array($0.utf8) },
        table: wordSet(table))
    }
  }

  /// Two words that are often written as one.
  private static let compounds: [[UInt8]: [[UInt8]]] = {
    let pairs = [
      "api key", "api secret", "api token", "access token", "access key", "refresh token", "auth token",
      "session token",
      "session key", "session id", "session data", "reset token", "bearer token", "csrf token", "id token",
      "secret key", "private key", "client secret", "app secret", "password hash", "passwd hash", "pwd hash",
      "pass hash",
      "hashed password", "encrypted password", "user password", "user pass", "user pwd", "db password",
      "admin password",
      "login password", "password salt", "recovery code", "backup code", "otp secret", "totp secret", "signing key",
      "encryption key", "webhook secret", "seed phrase", "pass word", "pass phrase", "pass code", "verification code",
      "license key", "remember token", "device token", "push token", "service key", "public key",
    ]
    var table: [[UInt8]: [[UInt8]]] = [:]
    for pair in pairs {
      let words = pair.split(separator: " ").map { Array($0.utf8) }
      table[words.flatMap { $0 }] = words
    }
    for word in ["password", "passphrase", "passcode"] { table[Array(word.utf8)] = [Array(word.utf8)] }
    return table
  }()

  /// Words whose plural is made singular.
  private static let singulars = wordSet(
    """
    password passwd pwd passphrase passcode token key secret code credential cookie session hash digest jwt mnemonic apikey \
    authtoken invitation
    """)

  /// Words after which a phrase names no secret: `has_password`, `public_key`, `next_page_token`, `total_tokens`.
  private static let harmlessBefore = wordSet(
    """
    is has have can needs need requires require required must should no num number count total max min avg sum use uses used \
    show hide allow allows enable enabled disable disabled public page cursor continuation sync design prompt completion \
    input output cached reasoning forgot path
    """)

  /// Words that may follow a phrase: `password_hash`, `token_new`, `password2`, `secret_encrypted`. Any other makes it the
  /// name of something else: `password_changed_at`, `token_type`, `token_count`, `secret_santa`.
  private static let neutralAfter = wordSet(
    """
    hash hashed digest value new current old previous last enc encrypted encoded raw plain plaintext text clear salt secret \
    sha md bcrypt argon string str confirm confirmation repeat again history hex base b key token data field column code
    """)
}
