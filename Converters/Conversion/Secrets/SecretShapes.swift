internal import Bytes

/// The forms of secrets that are recognised whatever the column is called.
enum SecretShapes {
  /// More special forms stand before more general ones with the same beginning.
  static let all: [SecretShape] = passwordHashes + tokens + apiKeys + privateKeys + credentials

  /// Values shorter than this have none of the forms.
  static let minimumCount = 16

  /// Position in `all` of the first form that the value has; nil when it has none.
  static func index(of value: Span<UInt8>) -> Int? {
    guard value.count >= minimumCount, beginnings.holds(value[0], value[1]) else { return nil }
    return search(value)
  }

  /// The pairs of bytes that forms begin with.
  static let beginnings = SecretBeginnings(all)

  /// The same for a value that may begin so.
  static func search(_ value: Span<UInt8>) -> Int? {
    guard let candidates = byBeginning[UInt16(value[0]) << 8 | UInt16(value[1])] else { return nil }
    for i in candidates where all[i].matches(value) { return i }
    return nil
  }

  /// The form that something has at a place within a text, and where it ends.
  static func search(in text: Span<UInt8>, at start: Int) -> (shape: Int, end: Int)? {
    guard start + minimumCount <= text.count, beginnings.holds(text[start], text[start + 1]),
      let candidates = byBeginning[UInt16(text[start]) << 8 | UInt16(text[start + 1])]
    else { return nil }
    for i in candidates {
      if let end = all[i].end(in: text, at: start) { return (i, end) }
    }
    return nil
  }

  /// Positions in `all` by the first two bytes.
  private static let byBeginning: [UInt16: [Int]] = {
    var index: [UInt16: [Int]] = [:]
    for (i, shape) in all.enumerated() {
      index[UInt16(shape.prefix[0]) << 8 | UInt16(shape.prefix[1]), default: []].append(i)
    }
    return index
  }()

  private static let passwordHashes: [SecretShape] =
    [
      // Django: algorithm$…
      hash("Django pbkdf2_sha256", ["pbkdf2_sha256$", .digits(1, 9), "$", .salt, "$", .run(.base64, 40, 48)]),
      hash("Django pbkdf2_sha1", ["pbkdf2_sha1$", .digits(1, 9), "$", .salt, "$", .run(.base64, 24, 32)]),
      hash("Django pbkdf2_sha512", ["pbkdf2_sha512$", .digits(1, 9), "$", .salt, "$", .run(.base64, 80, 96)]),
      hash("Django argon2", ["argon2$argon2", .run(.crypt, 20, 400)]),
      hash("Django bcrypt_sha256", ["bcrypt_sha256$$2", .run(.lower, 1, 1), "$", .digits(2, 2), "$", .crypt(53)]),
      hash("Django bcrypt", ["bcrypt$$2", .run(.lower, 1, 1), "$", .digits(2, 2), "$", .crypt(53)]),
      hash("Django scrypt", ["scrypt$", .run(.crypt, 40, 400)]),
      hash("Django md5", ["md5$", .salt, "$", .hex(32)]),
      hash("Django sha1", ["sha1$", .salt, "$", .hex(40)]),
      hash("Django crypt", ["crypt$", .salt, "$", .crypt(13)]),
      hash("sha256 with salt", ["sha256$", .salt, "$", .hex(64)]),
      hash("sha512 with salt", ["sha512$", .salt, "$", .hex(128)]),
      // Modular crypt format: $name$…
      hash("bcrypt", ["$2", .run(.lower, 0, 1), "$", .digits(2, 2), "$", .crypt(53)]),
      hash("argon2", ["$argon2", .run(.lower, 1, 2), "$", .run(.crypt, 20, 400)]),
      hash("scrypt", ["$scrypt$", .run(.crypt, 40, 400)]),
      hash("Firebase scrypt", ["$fbscrypt$", .run(.crypt, 40, 400)]),
      hash("scrypt", ["$7$", .run(.crypt, 40, 400)]),
      hash("sha512crypt", ["$6$", .run(.salt, 0, 40), "$", .crypt(86)]),
      hash("sha512crypt", ["$6$rounds=", .digits(1, 9), "$", .salt, "$", .crypt(86)]),
      hash("sha256crypt", ["$5$", .run(.salt, 0, 40), "$", .crypt(43)]),
      hash("sha256crypt", ["$5$rounds=", .digits(1, 9), "$", .salt, "$", .crypt(43)]),
      hash("md5crypt", ["$1$", .run(.salt, 0, 16), "$", .crypt(22)]),
      hash("apr1", ["$apr1$", .run(.salt, 0, 16), "$", .crypt(22)]),
      hash("sha1crypt", ["$sha1$", .digits(1, 9), "$", .salt, "$", .crypt(28)]),
      hash("yescrypt", ["$y$", .run(.crypt, 40, 200)]),
      hash("gost-yescrypt", ["$gy$", .run(.crypt, 40, 200)]),
      hash("phpass", ["$P$", .crypt(31)]),
      hash("phpass", ["$H$", .crypt(31)]),
      hash("Drupal sha512", ["$S$", .crypt(52)]),
      hash("pbkdf2", ["$pbkdf2", .run(.crypt, 30, 400)]),
      hash("bcrypt-sha256", ["$bcrypt-sha256$", .run(.crypt, 50, 200)]),
      // Other frameworks and servers.
      hash(
        "Werkzeug pbkdf2", ["pbkdf2:sha", .run([.digit, .separator], 1, 12), "$", .salt, "$", .run(.hex, 40, 128)]),
      hash("Werkzeug scrypt", ["scrypt:", .run([.digit, .separator], 1, 24), "$", .salt, "$", .run(.hex, 64, 128)]),
      hash("SCRAM", ["SCRAM-SHA-", .digits(1, 3), "$", .digits(1, 9), ":", .run(.crypt, 40, 300)]),
      hash("PostgreSQL md5", ["md5", .run(.lowerHex, 32, 32)]),
    ]
    + ["SSHA", "SHA", "SSHA256", "SSHA512", "SMD5", "MD5", "CRYPT", "PBKDF2", "PBKDF2-SHA256", "ARGON2"].map {
      hash("LDAP \($0)", [.literal(Array("{\($0)}".utf8)), .run(.crypt, 13, 400)])
    }
    + ["bcrypt", "pbkdf2", "scrypt", "argon2", "sha256", "MD4", "MD5", "SHA-1", "SHA-256"].map {
      hash("Spring \($0)", [.literal(Array("{\($0)}".utf8)), .run([.crypt, .otherSign], 16, 400)])
    }

  private static let tokens: [SecretShape] = [
    SecretShape(.token, "JWT", ["eyJ", .run(.base64URL, 8, 8192), ".", .run(.base64URL, 8, 65_536), ".", .url64(0)]),
    SecretShape(.token, "bearer", ["Bearer ", .run([.base64, .joiner, .separator], 16, 8192)], needsDigit: true),
    SecretShape(.token, "bearer", ["bearer ", .run([.base64, .joiner, .separator], 16, 8192)], needsDigit: true),
    SecretShape(.token, "Google access token", ["ya29.", .url64(20)]),
    SecretShape(.token, "Google refresh token", ["1//0", .url64(40)]),
  ]

  /// Beginnings of keys that providers issue, what follows, and at least and at most how much of it.
  private static let apiKeys: [SecretShape] = [
    key("Stripe", "sk_live_", .word, 10), key("Stripe", "sk_test_", .word, 10), key("Stripe", "rk_live_", .word, 10),
    key("Stripe", "rk_test_", .word, 10), key("Stripe", "pk_live_", .word, 10), key("Stripe", "whsec_", .base64, 20),
    key("Anthropic", "sk-ant-", .base64URL, 20), key("OpenAI", "sk-proj-", .base64URL, 20),
    key("OpenAI", "sk-svcacct-", .base64URL, 20), key("OpenAI", "sk-admin-", .base64URL, 20),
    key("OpenRouter", "sk-or-v1-", .word, 32), key("OpenAI", "sk-", .word, 20, 80),
    key("GitHub", "ghp_", .word, 30), key("GitHub", "gho_", .word, 30), key("GitHub", "ghu_", .word, 30),
    key("GitHub", "ghs_", .base64URL, 30), key("GitHub", "ghr_", .word, 30),
    key("GitHub", "github_pat_", .base64URL, 20), key("GitLab", "glpat-", [.base64URL, .point], 16),
    key("GitLab", "gldt-", .base64URL, 16), key("GitLab", "glrt-", .base64URL, 16),
    key("GitLab", "glptt-", .base64URL, 16), key("GitLab", "glcbt-", .base64URL, 16),
    key("Slack", "xoxb-", .base64URL, 10), key("Slack", "xoxa-", .base64URL, 10), key("Slack", "xoxp-", .base64URL, 10),
    key("Slack", "xoxr-", .base64URL, 10), key("Slack", "xoxs-", .base64URL, 10),
    key("Slack", "xoxe", [.base64URL, .point], 12), key("Slack", "xapp-", .base64URL, 16),
    key("Slack", "https://hooks.slack.com/services/", [.word, .base64Sign], 20),
    key("AWS", "AKIA", [.upper, .digit], 16, 16), key("AWS", "ASIA", [.upper, .digit], 16, 16),
    key("Google", "AIza", .base64URL, 30, 45), key("Google", "GOCSPX-", .base64URL, 20),
    key("SendGrid", "SG.", [.base64URL, .point], 30, 90), key("Mailgun", "key-", .word, 32, 32),
    key("Twilio", "SK", .lowerHex, 32, 32), key("Brevo", "xkeysib-", [.lowerHex, .joiner, .lower], 40),
    key("Resend", "re_", [.word, .joiner], 24, 60), key("Supabase", "sb_secret_", [.base64URL, .point], 16),
    key("Supabase", "sbp_", .word, 32), key("npm", "npm_", .word, 30), key("PyPI", "pypi-", .base64URL, 40),
    key("Docker", "dckr_pat_", .base64URL, 20), key("DigitalOcean", "dop_v1_", .lowerHex, 40),
    key("DigitalOcean", "doo_v1_", .lowerHex, 40), key("DigitalOcean", "dor_v1_", .lowerHex, 40),
    key("Heroku", "HRKU-", .base64URL, 30), key("Shopify", "shpat_", .hex, 32, 32),
    key("Shopify", "shpss_", .hex, 32, 32), key("Shopify", "shpca_", .hex, 32, 32),
    key("Shopify", "shppa_", .hex, 32, 32), key("Square", "sq0atp-", .base64URL, 20),
    key("Square", "sq0csp-", .base64URL, 40), key("Hugging Face", "hf_", .letter, 30, 40),
    key("Replicate", "r8_", .word, 30, 45), key("Groq", "gsk_", .word, 40), key("xAI", "xai-", .word, 60),
    key("Perplexity", "pplx-", .word, 40), key("Notion", "secret_", .word, 40, 50), key("Notion", "ntn_", .word, 40),
    key("Linear", "lin_api_", .word, 32), key("Atlassian", "ATATT3", [.base64URL, .equals], 60),
    key("Databricks", "dapi", .lowerHex, 32, 32), key("Vault", "hvs.", .base64URL, 20),
    key("Vault", "hvb.", .base64URL, 20), key("Doppler", "dp.pt.", .word, 40),
    key("Doppler", "dp.st.", [.base64URL, .point], 40),
    key("Figma", "figd_", .base64URL, 36), key("Postman", "PMAK-", [.lowerHex, .joiner], 50),
    key("New Relic", "NRAK-", [.upper, .digit], 27, 27), key("Sentry", "sntrys_", [.base64, .joiner], 40),
    key("Sentry", "sntryu_", .hex, 60), key("PlanetScale", "pscale_", [.base64URL, .point], 32),
    key("Grafana", "glsa_", .base64URL, 32), key("Grafana", "glc_", .base64, 32),
    key("Razorpay", "rzp_live_", .word, 14, 14), key("Flutterwave", "FLWSECK", .base64URL, 20),
    key("Prisma", "prisma+postgres://", [.base64, .joiner, .separator, .otherSign], 40),
    SecretShape(
      .apiKey, "Convex deploy key", ["prod:", .run(.base64URL, 4, 64), "|", .run([.base64, .joiner], 20, 400)]),
    SecretShape(
      .apiKey, "Convex deploy key", ["dev:", .run(.base64URL, 4, 64), "|", .run([.base64, .joiner], 20, 400)]),
  ]

  private static let privateKeys: [SecretShape] = [
    SecretShape(.privateKey, "PEM", ["-----BEGIN ", .rest(containing: Array("PRIVATE KEY".utf8), within: 40)]),
    SecretShape(.privateKey, "PuTTY", ["PuTTY-User-Key-File-", .rest(containing: Array(": ".utf8), within: 4)]),
    SecretShape(.privateKey, "age", ["AGE-SECRET-KEY-1", .run([.upper, .digit], 40, 80)]),
  ]

  private static let credentials: [SecretShape] = [
    "postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss", "amqp", "amqps", "mssql",
    "sqlserver", "clickhouse", "http", "https", "ftp", "ftps", "sftp", "ssh", "smtp", "smtps", "imap", "imaps", "ldap",
    "ldaps", "libsql", "nats", "kafka",
  ].map { SecretShape(.apiKey, "URL with password", [.literal(Array("\($0)://".utf8)), .credentials]) }

  private static func hash(_ family: String, _ parts: [SecretShape.Part]) -> SecretShape {
    SecretShape(.passwordHash, family, parts)
  }
  private static func key(
    _ provider: String, _ prefix: String, _ alphabet: ByteClass, _ least: Int, _ most: Int = 400
  ) -> SecretShape {
    SecretShape(
      .apiKey, provider + " key", [.literal(Array(prefix.utf8)), .run(alphabet, least, most)],
      needsDigit: alphabet.contains(.digit))
  }
}

/// The pairs of bytes that forms begin with, one bit each.
struct SecretBeginnings: Sendable {
  private var words = [UInt64](repeating: 0, count: 1024)

  init(_ shapes: [SecretShape]) {
    for shape in shapes {
      let pair = Int(shape.prefix[0]) << 8 | Int(shape.prefix[1])
      words[pair >> 6] |= 1 << UInt64(pair & 63)
    }
  }

  @inline(__always)
  func holds(_ first: UInt8, _ second: UInt8) -> Bool {
    let pair = Int(first) << 8 | Int(second)
    return words[pair >> 6] >> UInt64(truncatingIfNeeded: pair & 63) & 1 != 0
  }
}
