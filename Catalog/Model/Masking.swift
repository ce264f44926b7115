internal import Bytes

/// What is shown in place of a secret: its family when its shape tells one, otherwise a class of length.
///
/// Never shows a byte of the value beyond the family's own marker.
package func masked(_ secret: Span<UInt8>) -> String {
  if secret.isEmpty { return "•••• (empty)" }
  if let family = hashFamily(of: secret) { return "•••• (\(family))" }
  let range =
    switch secret.count {
    case 1...7: "1–7"
    case 8...15: "8–15"
    case 16...31: "16–31"
    case 32...63: "32–63"
    case 64...127: "64–127"
    default: "128 or more"
    }
  return "•••• (\(range) bytes)"
}

/// The family of a password hash, token or key whose shape is known; nil otherwise.
package func hashFamily(of secret: Span<UInt8>) -> String? {
  for (prefix, family, least) in secretFamilies where secret.count >= least && starts(secret, with: prefix) {
    return family
  }
  return isJSONWebToken(secret) ? "JWT" : nil
}

/// Marker, name and least length of the families told by how they begin.
private let secretFamilies: [(prefix: StaticString, family: String, least: Int)] = [
  ("pbkdf2_sha256$", "PBKDF2-SHA256", 20), ("pbkdf2_sha1$", "PBKDF2-SHA1", 20), ("pbkdf2:", "PBKDF2", 20),
  ("$pbkdf2", "PBKDF2", 20), ("argon2$", "Argon2", 20), ("$argon2", "Argon2", 20), ("bcrypt_sha256$", "bcrypt", 20),
  ("bcrypt$", "bcrypt", 20), ("$2a$", "bcrypt", 59), ("$2b$", "bcrypt", 59), ("$2y$", "bcrypt", 59),
  ("$2x$", "bcrypt", 59), ("scrypt$", "scrypt", 20), ("scrypt:", "scrypt", 20), ("$scrypt$", "scrypt", 20),
  ("$7$", "scrypt", 20), ("$y$", "yescrypt", 20), ("$6$", "SHA-512 crypt", 20), ("$5$", "SHA-256 crypt", 20),
  ("$1$", "MD5 crypt", 20), ("$apr1$", "MD5 crypt", 20), ("SCRAM-SHA-256$", "SCRAM-SHA-256", 20),
  ("md5$", "salted MD5", 20), ("sha1$", "salted SHA-1", 20), ("unsalted_md5$", "MD5", 20), ("{SSHA", "LDAP hash", 20),
  ("{SHA", "LDAP hash", 20), ("$P$", "phpass", 20), ("$H$", "phpass", 20), ("-----BEGIN ", "PEM key", 20),
  ("ssh-", "SSH key", 20), ("sk_live_", "API key", 16), ("sk_test_", "API key", 16), ("sk-", "API key", 16),
  ("rk_live_", "API key", 16), ("pk_live_", "API key", 16), ("whsec_", "API key", 16), ("ghp_", "API key", 16),
  ("gho_", "API key", 16), ("ghs_", "API key", 16), ("github_pat_", "API key", 16), ("glpat-", "API key", 16),
  ("xoxb-", "API key", 16), ("xoxp-", "API key", 16), ("AKIA", "API key", 16), ("AIza", "API key", 16),
  ("SG.", "API key", 16), ("npm_", "API key", 16),
]

private func starts(_ bytes: Span<UInt8>, with prefix: StaticString) -> Bool {
  let wanted = prefix.utf8CodeUnitCount
  guard bytes.count >= wanted else { return false }
  var at = 0
  for byte in prefix.description.utf8 {
    guard bytes[at] == byte else { return false }
    at += 1
  }
  return true
}

/// Three base64url parts of which the first begins like an encoded `{"`.
private func isJSONWebToken(_ bytes: Span<UInt8>) -> Bool {
  guard bytes.count >= 20, bytes[0] == UInt8(ascii: "e"), bytes[1] == UInt8(ascii: "y"), bytes[2] == UInt8(ascii: "J")
  else { return false }
  var dots = 0
  for i in bytes.indices {
    switch bytes[i] {
    case UInt8(ascii: "."): dots += 1
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      break
    default: return false
    }
  }
  return dots == 2
}
