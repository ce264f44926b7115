internal import Bytes
internal import Conversion
internal import Records

/// Makes accounts that Supabase's server of authentication accepts of the rows of a table of users.
///
/// Keys that are UUIDs stay; others become UUIDs made of table and key, so that every conversion makes the same, and stand in
/// `raw_app_meta_data` as `source_id`. Passwords stay as far as their hashes are verified there.
struct AccountMaker {
  static let users = madeTable("auth", "users", userColumns)
  static let identities = madeTable("auth", "identities", identityColumns)
  static var tables: [TableSchema] { [users, identities] }

  private static let userColumns: [(Name, LogicalType)] = [
    ("instance_id", .uuid), ("id", .uuid), ("aud", .text), ("role", .text), ("email", .text),
    ("encrypted_password", .text), ("email_confirmed_at", .timestamptz), ("last_sign_in_at", .timestamptz),
    ("raw_app_meta_data", .json), ("raw_user_meta_data", .json), ("created_at", .timestamptz),
    ("updated_at", .timestamptz), ("banned_until", .timestamptz),
    // The server reads these as texts and fails when one is NULL.
    ("confirmation_token", .text), ("recovery_token", .text), ("email_change_token_new", .text),
    ("email_change", .text),
  ]
  private static let identityColumns: [(Name, LogicalType)] = [
    ("id", .uuid), ("provider_id", .text), ("user_id", .uuid), ("identity_data", .json), ("provider", .text),
    ("last_sign_in_at", .timestamptz), ("created_at", .timestamptz), ("updated_at", .timestamptz),
  ]

  /// The table of users.
  let source: TableSchema
  private let columns: AccountColumns
  private var rows: (users: [MadeRow], identities: [MadeRow]) = ([], [])
  /// E-mail addresses that have an account, by their hashes in small letters.
  private var emails: Set<Hash128> = []
  private var counts: [Problem: Int] = [:]
  /// Addresses that are kept for that; repetitions of later ones are left to the target's own unique index.
  private static let emailLimit = 8_000_000

  private enum Problem: Int, CaseIterable {
    case noEmail, sameEmail, password, noPasswordColumn
  }

  /// Nil when no table is one of users.
  init?(_ tables: [TableSchema]) {
    guard let (table, columns) = AccountColumns.find(in: tables) else { return nil }
    source = table
    self.columns = columns
  }

  /// What was made since the last call.
  mutating func made() -> (users: [MadeRow], identities: [MadeRow]) {
    defer { rows = ([], []) }
    return rows
  }

  mutating func take(_ batch: borrowing RecordBatch) {
    for row in 0..<batch.rowCount { take(row, of: batch) }
  }

  private mutating func take(_ row: Int, of batch: borrowing RecordBatch) {
    guard let email = columns.text(columns.email, row, of: batch), email.contains(UInt8(ascii: "@")) else {
      counts[.noEmail, default: 0] += 1
      return
    }
    let small = email.map(asciiLower)
    let hash = Hash128.of(small.span, seed: 0)
    guard emails.count < Self.emailLimit ? emails.insert(hash).inserted : !emails.contains(hash) else {
      counts[.sameEmail, default: 0] += 1
      return
    }
    let key = columns.key.flatMap { columns.text($0, row, of: batch) } ?? small
    let id = UUIDText(key.span)?.text ?? minted("user", source.name.bytes, key)
    let created = columns.moment(columns.created, row, of: batch)
    let seen = columns.moment(columns.lastLogin, row, of: batch)
    let confirmed = columns.confirmed(row, of: batch, since: created)
    let password = self.password(row, of: batch)
    var meta = Array("{\"provider\": \"email\", \"providers\": [\"email\"]".utf8)
    if id != key { meta += Array(", \"source_id\": ".utf8) + jsonText(key) }
    meta += Array(", \"source_table\": ".utf8) + jsonText(source.name.bytes) + Array("}".utf8)
    let isBanned = columns.isInactive(row, of: batch)
    rows.users.append([
      Array("00000000-0000-0000-0000-000000000000".utf8), id, Array("authenticated".utf8), Array("authenticated".utf8),
      email, password, confirmed, seen, meta, Array("{}".utf8), created,
      columns.moment(columns.updated, row, of: batch) ?? created,
      isBanned ? Array("9999-12-31T00:00:00Z".utf8) : nil, [], [], [], [],
    ])
    var identity = Array("{\"sub\": ".utf8) + jsonText(id) + Array(", \"email\": ".utf8) + jsonText(email)
    identity += Array(", \"email_verified\": \(confirmed != nil), \"phone_verified\": false}".utf8)
    rows.identities.append([
      minted("identity", source.name.bytes, key), id, id, identity, Array("email".utf8), seen, created, created,
    ])
  }

  /// The hash as Supabase verifies it; empty when it does not.
  private mutating func password(_ row: Int, of batch: borrowing RecordBatch) -> [UInt8] {
    guard let column = columns.password else {
      counts[.noPasswordColumn, default: 0] += 1
      return []
    }
    guard let hash = columns.text(column, row, of: batch), !hash.isEmpty else { return [] }
    if let portable = PasswordTarget.supabase.portable(hash) { return portable }
    // Who had none has none.
    if hash[0] != UInt8(ascii: "!") { counts[.password, default: 0] += 1 }
    return []
  }

  /// Users for whom not everything could be made.
  var losses: [Loss] {
    Problem.allCases.compactMap { problem in
      guard let count = counts[problem] else { return nil }
      let (code, words): (String, String) =
        switch problem {
        case .noEmail: ("account-without-email", "users without an e-mail address get no account in auth.users")
        case .sameEmail:
          ("account-email-repeated", "users with an e-mail address that another has get no account in auth.users")
        case .password:
          ("password-reset-needed", "Supabase verifies no hashes of their family: users have to choose new passwords")
        case .noPasswordColumn:
          ("password-not-found", "the table of users holds no passwords: users have to choose new ones")
        }
      let column = problem == .password ? columns.password : columns.email
      return Loss(code, words, table: source.name, column: column.map { source.columns[$0].name }, count: count)
    }
  }
}
