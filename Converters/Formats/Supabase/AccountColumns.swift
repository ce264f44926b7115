internal import Bytes
internal import Conversion
internal import Records

/// The columns of a table of users that an account is made of, found by their names.
struct AccountColumns {
  var key: Int?
  let email: Int?
  let password: Int?
  let created: Int?
  let updated: Int?
  let lastLogin: Int?
  /// When the address was confirmed, or whether it was.
  let verified: Int?
  let active: Int?

  /// Names by which columns are known, words joined; the first that is there counts.
  private static let names: [String: [String]] = [
    "email": ["email", "email_address", "mail", "e_mail"],
    "created": ["created_at", "date_joined", "creation_time", "created", "joined_at", "registered_at", "created_on"],
    "updated": ["updated_at", "modified_at", "updated"],
    "lastLogin": ["last_login", "last_login_at", "last_sign_in_at", "last_sign_in", "last_seen_at"],
    "verified": [
      "email_verified", "email_verified_at", "email_confirmed_at", "email_verification_time", "is_verified",
    ],
    "active": ["is_active", "active", "enabled", "is_enabled"],
  ]
  private static let people = wordSet("user users account accounts member members profile profiles")

  private init(_ table: TableSchema) {
    let names = table.columns.map { column in
      String(decoding: Array(NameWords(column.name).words.joined(separator: [UInt8(ascii: "_")])), as: UTF8.self)
    }
    func find(_ use: String) -> Int? { (Self.names[use] ?? []).lazy.compactMap { names.firstIndex(of: $0) }.first }
    // Where nothing is declared, what is called so is the key.
    key =
      table.primaryKey.count == 1
      ? table.index(of: table.primaryKey[0]) : table.index(of: "id") ?? table.index(of: "_id")
    email = find("email")
    password = table.columns.firstIndex { PasswordColumns.isNamed($0.name, table: table.name) && $0.type == .text }
    created = find("created")
    updated = find("updated")
    lastLogin = find("lastLogin")
    verified = find("verified")
    active = find("active")
  }

  /// The table that is most surely one of users; nil when none has addresses and a name or passwords that say so.
  static func find(in tables: [TableSchema]) -> (table: TableSchema, columns: AccountColumns)? {
    var best: (table: TableSchema, columns: AccountColumns, score: Int)?
    for table in tables where PlatformSchemas.isApplication(table) {
      let columns = AccountColumns(table), words = NameWords(table.localName).words
      guard columns.email != nil else { continue }
      let last = words.last.map { people.contains($0) } ?? false
      var score = (columns.password == nil ? 0 : 4) + (last ? 2 : 0)
      guard score > 0 else { continue }
      // A table called after users alone, before one of something that users have.
      if last, words.count == 1 || words.count == 2 && words[0] == Array("auth".utf8) { score += 2 }
      if score > best?.score ?? 0 { best = (table, columns, score) }
    }
    return best.map { ($0.table, $0.columns) }
  }

  /// A value as text; nil for none.
  func text(_ column: Int?, _ row: Int, of batch: borrowing RecordBatch) -> [UInt8]? {
    guard let column, column < batch.columnCount else { return nil }
    let cell = batch[row, column]
    switch cell.kind {
    case .text, .number: return Array(batch.bytes(of: cell))
    case .integer: return Array(cell.integer.description.utf8)
    default: return nil
    }
  }

  /// A point in time; numbers are milliseconds since 1970, times without a zone are UTC.
  func moment(_ column: Int?, _ row: Int, of batch: borrowing RecordBatch) -> [UInt8]? {
    guard let column, column < batch.columnCount else { return nil }
    let cell = batch[row, column]
    var microseconds: Int64?
    switch cell.kind {
    case .text:
      if let date = DateText(batch.bytes(of: cell)), [.date, .timestamp, .timestamptz].contains(date.kind) {
        microseconds = date.microseconds
      }
    case .double: microseconds = Int64(exactly: cell.double.rounded()).flatMap(Self.microseconds)
    case .integer: microseconds = Self.microseconds(cell.integer)
    case .number:
      let whole = Array(batch.bytes(of: cell)).prefix { $0 != UInt8(ascii: ".") }
      microseconds = Int64(digits: Array(whole).span).flatMap(Self.microseconds)
    default: break
    }
    // Times of people, in four digits of years.
    guard let microseconds, microseconds > -62_135_596_800_000_000, microseconds < 253_402_300_800_000_000 else {
      return nil
    }
    return Array(rfc3339(microseconds: microseconds).utf8)
  }

  /// Of milliseconds; nil for numbers that are certainly none of our time, such as seconds.
  private static func microseconds(_ milliseconds: Int64) -> Int64? {
    milliseconds > 100_000_000_000 && milliseconds < 253_402_300_800_000 ? milliseconds * 1000 : nil
  }

  /// When the address was confirmed; nil when it was not. Where nothing says so, whoever could log in could be reached.
  func confirmed(_ row: Int, of batch: borrowing RecordBatch, since created: [UInt8]?) -> [UInt8]? {
    let start = created ?? Array("1970-01-01T00:00:00Z".utf8)
    guard let verified, verified < batch.columnCount else { return start }
    let cell = batch[row, verified]
    switch cell.kind {
    case .boolean: return cell.boolean ? start : nil
    case .null, .missing: return nil
    default: return moment(verified, row, of: batch) ?? start
    }
  }

  /// Whether the source lets the user not in.
  func isInactive(_ row: Int, of batch: borrowing RecordBatch) -> Bool {
    guard let active, active < batch.columnCount else { return false }
    let cell = batch[row, active]
    return cell.kind == .boolean && !cell.boolean
  }
}
