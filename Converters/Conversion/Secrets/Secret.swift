package import Bytes
package import Diagnostics
package import Records

/// What a secret is; the raw value is the code of its finding.
package enum SecretKind: String, Sendable, CaseIterable {
  case plaintextPassword = "plaintext-passwords"
  case privateKey = "private-keys"
  case apiKey = "api-keys"
  case token = "tokens"
  case session = "sessions"
  case passwordHash = "password-hashes"

  /// How much it matters that a backup holds one.
  package var severity: Severity {
    switch self {
    case .plaintextPassword: .critical
    case .privateKey, .apiKey: .error
    case .token, .session, .passwordHash: .warning
    }
  }

  /// What the values are, for messages.
  package var words: String {
    switch self {
    case .plaintextPassword: "plaintext passwords"
    case .privateKey: "private keys"
    case .apiKey: "keys or credentials"
    case .token: "tokens"
    case .session: "sessions"
    case .passwordHash: "password hashes"
    }
  }

  /// What the user can do.
  var advice: String {
    switch self {
    case .plaintextPassword:
      "restrict access to this backup, have the passwords reset, and store only hashes"
    case .privateKey, .apiKey: "restrict access to this backup, and revoke what has been seen by others"
    case .token, .session: "restrict access to this backup until they have expired"
    case .passwordHash: "restrict access to this backup; exports leave them out with --safe"
    }
  }
}

/// Secrets of one kind in one column, or under one key of its JSON values.
package struct ColumnSecret: Equatable, Sendable {
  package var column: Name
  /// The key within JSON values; nil when the cells themselves are secrets.
  package var key: Name?
  package var kind: SecretKind
  /// The forms recognised, such as `bcrypt`, most frequent first.
  package var families: [String]
  /// Values recognised; at least so many where JSON values were sampled.
  package var count: Int
  /// Values that were looked at.
  package var valueCount: Int
  /// From 0 to 1.
  package var confidence: Double
  /// Why, one phrase each.
  package var evidence: [String]
  /// Whether the column as a whole is secret: never indexed, masked when shown.
  package var coversColumn: Bool
}

/// What a scan found in one table.
package struct SecretReport: Equatable, Sendable {
  package var secrets: [ColumnSecret] = []
  /// One finding for each secret that has values; no values in it.
  package var findings: [Finding] = []
  /// Columns to be masked: those of `secrets` that cover their column, and those whose names alone say so.
  package var secretColumns: Set<Name> = []

  package init() {}

  /// Marks the secret columns of a table; marks that are there stay.
  package func mark(_ table: inout TableSchema) {
    for i in table.columns.indices where secretColumns.contains(table.columns[i].name) {
      table.columns[i].isSecret = true
    }
  }
}
