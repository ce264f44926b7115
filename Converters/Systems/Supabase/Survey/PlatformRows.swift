internal import Bytes
internal import Conversion
internal import Records

/// What rows of the platform's own tables say of the backup: users, buckets, stored files, applied migrations.
struct PlatformRows: Sendable {
  struct User: Sendable {
    var id: [UInt8]
    var email: [UInt8]
    /// Of the password's hash, such as `bcrypt`; nil for users without one.
    var scheme: String?
  }
  private(set) var users: [User] = []
  private(set) var buckets: [(name: Name, isPublic: Bool?)] = []
  private(set) var objects: [StorageBodies.Object] = []
  /// Of all stored files, by bucket; buckets beyond what is kept are left out.
  private(set) var totals: [Name: StorageTotal] = [:]
  private(set) var objectCount = 0
  private(set) var migrations: [(version: Name, name: Name)] = []
  /// Whether there was a table of migrations.
  private(set) var hasMigrations = false
  /// Rows that went beyond what is kept.
  private(set) var unkept = 0

  /// Rows of each table that are kept; all are counted.
  static let limit = 20_000

  static let tables: Set<Name> = [
    "auth.users", "storage.buckets", "storage.objects", "supabase_migrations.schema_migrations",
  ]

  /// Notes that a table is there even if it has no rows.
  mutating func begin(_ table: Name) {
    if table == "supabase_migrations.schema_migrations" { hasMigrations = true }
  }

  /// Looks at the rows of a batch of one of `tables`.
  mutating func add(_ batch: borrowing RecordBatch, _ schema: TableSchema) {
    begin(schema.name)
    for row in 0..<batch.rowCount {
      switch schema.name {
      case "auth.users": addUser(batch, row, schema)
      case "storage.buckets": addBucket(batch, row, schema)
      case "storage.objects": addObject(batch, row, schema)
      default: addMigration(batch, row, schema)
      }
    }
  }

  private func bytes(_ batch: borrowing RecordBatch, _ row: Int, _ schema: TableSchema, _ column: Name) -> [UInt8]? {
    guard let place = schema.index(of: column), place < batch.columnCount else { return nil }
    let cell = batch[row, place]
    switch cell.kind {
    case .text, .number, .json: return Array(batch.bytes(of: cell))
    default: return nil
    }
  }

  private mutating func addUser(_ batch: borrowing RecordBatch, _ row: Int, _ schema: TableSchema) {
    guard users.count < Self.limit else { return unkept += 1 }
    let hash = bytes(batch, row, schema, "encrypted_password") ?? []
    let scheme = hash.isEmpty ? nil : secretMatch(hash.span)?.family ?? "unknown"
    users.append(
      User(
        id: bytes(batch, row, schema, "id") ?? [], email: bytes(batch, row, schema, "email") ?? [], scheme: scheme))
  }

  private mutating func addBucket(_ batch: borrowing RecordBatch, _ row: Int, _ schema: TableSchema) {
    guard buckets.count < Self.limit else { return unkept += 1 }
    var isPublic: Bool?
    if let text = bytes(batch, row, schema, "public") {
      isPublic = text.first == UInt8(ascii: "t")
    } else if let place = schema.index(of: "public"), place < batch.columnCount, batch[row, place].kind == .boolean {
      isPublic = batch[row, place].boolean
    }
    buckets.append((Name(bytes(batch, row, schema, "id") ?? []), isPublic))
  }

  private mutating func addObject(_ batch: borrowing RecordBatch, _ row: Int, _ schema: TableSchema) {
    let bucket = Name(bytes(batch, row, schema, "bucket_id") ?? []), metadata = bytes(batch, row, schema, "metadata")
    let size = metadata.flatMap(Self.size)
    objectCount += 1
    if totals.count < Self.limit || totals[bucket] != nil { totals[bucket, default: StorageTotal()].add(size) }
    guard objects.count < Self.limit else { return unkept += 1 }
    objects.append(
      StorageBodies.Object(
        bucket: bucket, name: bytes(batch, row, schema, "name") ?? [],
        version: bytes(batch, row, schema, "version") ?? [], size: size,
        checksum: metadata.flatMap(Self.checksum)))
  }

  /// The number of the member `size` of an object in JSON.
  static func size(_ json: [UInt8]) -> Int? {
    guard let key = firstOffset(of: Array("\"size\"".utf8).span, in: json.span) else { return nil }
    let rest = json[(key + 6)...].drop { $0 <= 0x20 }
    guard rest.first == UInt8(ascii: ":") else { return nil }
    let digits = Array(rest.dropFirst().drop { $0 <= 0x20 }.prefix { isDigit($0) })
    return Int64(digits: digits.span).flatMap { Int(exactly: $0) }
  }

  /// The MD5 checksum in the member `eTag`, which stands in quotes of its own; nil for what was uploaded in parts (`…-2`).
  static func checksum(_ json: [UInt8]) -> [UInt8]? {
    guard let key = firstOffset(of: Array("\"eTag\"".utf8).span, in: json.span) else { return nil }
    let value = json[(key + 6)...].drop { $0 <= 0x20 || $0 == UInt8(ascii: ":") }
    // `"\"…\""`, or without the inner quotes.
    let digits = value.drop { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }.prefix { hexValue($0) != nil }
    let end = value[digits.endIndex...].first
    guard digits.count == 32, end == UInt8(ascii: "\"") || end == UInt8(ascii: "\\") else { return nil }
    return digits.map(asciiLower)
  }

  private mutating func addMigration(_ batch: borrowing RecordBatch, _ row: Int, _ schema: TableSchema) {
    guard migrations.count < Self.limit else { return unkept += 1 }
    migrations.append(
      (Name(bytes(batch, row, schema, "version") ?? []), Name(bytes(batch, row, schema, "name") ?? [])))
  }

  /// The users as objects of the catalog, which never hold a hash.
  var userObjects: [SchemaObject] {
    users.map { user in
      var object = SchemaObject(kind: "user", name: Name(user.email.isEmpty ? user.id : user.email))
      object.attributes = [SchemaAttribute("id", user.id)]
      object.attributes.append(SchemaAttribute("has-password", Array((user.scheme == nil ? "no" : "yes").utf8)))
      if let scheme = user.scheme { object.attributes.append(SchemaAttribute("hash", Array(scheme.utf8))) }
      return object
    }
  }
}

/// How many files a bucket holds, and their bytes as far as sizes are known.
struct StorageTotal: Sendable {
  private(set) var objects = 0
  private(set) var bytes = 0

  mutating func add(_ size: Int?) {
    objects += 1
    bytes &+= size ?? 0
  }
}
