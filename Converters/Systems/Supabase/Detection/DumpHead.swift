internal import Bytes

/// What the first bytes of a file say about a Supabase database.
struct DumpHead: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// Plain SQL with definitions: of `supabase db dump`, pg_dump or by hand.
    case script
    /// Rows for a schema that is there: `supabase db dump --data-only`.
    case data
    /// `supabase db dump --role-only`.
    case roles
    /// pg_dumpall, as the dashboard's daily backups are.
    case cluster
    /// An archive of pg_dump.
    case archive
    /// What psql printed for people.
    case printed
  }
  var kind: Kind
  /// From 0 to 1: how surely a Supabase database is behind it.
  var weight: Double
  /// Why, one phrase.
  var evidence: String

  /// Evidence in the text, strongest first; all words of a row have to occur.
  private static let marks: [(weight: Double, evidence: String, words: [[String]])] = [
    (
      0.99, "it has the schema auth with Supabase's table of users",
      [["raw_app_meta_data"], ["supabase_auth_admin", "auth.users", "\"auth\".\"users\""]]
    ),
    (0.97, "it has Supabase's table of migrations", [["supabase_migrations"], ["schema_migrations"]]),
    (
      0.97, "it has Supabase's storage tables",
      [["storage.buckets", "\"storage\".\"buckets\""], ["storage.objects", "\"storage\".\"objects\""]]
    ),
    (
      0.9, "it grants to anon and service_role",
      [["TO \"anon\"", "TO anon;"], ["TO \"service_role\"", "TO service_role;"]]
    ),
    (
      0.9, "its policies name authenticated and service_role",
      [["CREATE POLICY"], ["TO \"authenticated\"", "TO authenticated"], ["service_role"]]
    ),
    (
      0.85, "its policies call auth.uid() or auth.role()",
      [
        ["CREATE POLICY"],
        ["auth.uid()", "\"auth\".\"uid\"()", "auth.jwt()", "\"auth\".\"jwt\"()", "auth.role()", "\"auth\".\"role\"()"],
      ]
    ),
    (0.85, "it calls auth.uid()", [["auth.uid()", "\"auth\".\"uid\"()"], ["CREATE"]]),
    (0.6, "its foreign keys refer to auth.users", [["REFERENCES \"auth\".\"users\"", "REFERENCES auth.users"]]),
  ]
  /// Other services that look alike.
  private static let others = ["neondb_owner", "neon_auth", "hdb_catalog", "storage.files"]

  /// Looks at a head; nil when it is nothing of the kind.
  init?(_ head: [UInt8]) {
    if head.starts(with: "PGDMP".utf8) {
      self.init(.archive, head, least: 0)
    } else if PsqlOutput.isBegun(by: head) {
      self.init(.printed, 0.3, "psql printed it for people")
    } else if Self.firstStatement(head).starts(with: "SET session_replication_role = replica;".utf8) {
      self.init(.data, head, least: 0.9)
      if weight == 0.9 { evidence = "it begins as data dumps of the Supabase command line do" }
    } else if contains(head, "CREATE ROLE"), contains(head, "supabase_admin"),
      contains(head, "\\connect") || contains(head, "PostgreSQL database cluster dump")
    {
      self.init(.cluster, 0.98, "it is a dump of a cluster with the role supabase_admin")
    } else if Self.isRoles(head) {
      self.init(.roles, 0.95, "its only statements set the roles of Supabase")
    } else if contains(head, "CREATE ") || contains(head, "ALTER TABLE") || contains(head, "INSERT INTO")
      || contains(head, "COPY ")
    {
      self.init(.script, head, least: 0)
    } else {
      return nil
    }
  }

  private init(_ kind: Kind, _ weight: Double, _ evidence: String) {
    (self.kind, self.weight, self.evidence) = (kind, weight, evidence)
  }

  private init(_ kind: Kind, _ head: [UInt8], least: Double) {
    self.init(kind, least, "")
    if Self.others.contains(where: { contains(head, $0) }) { return }
    for mark in Self.marks where mark.weight > weight {
      guard mark.words.allSatisfy({ $0.contains { contains(head, $0) } }) else { continue }
      (weight, evidence) = (mark.weight, mark.evidence)
      return
    }
  }

  /// The text from the first line on that is neither empty nor a comment.
  private static func firstStatement(_ head: [UInt8]) -> ArraySlice<UInt8> {
    var at = head.startIndex
    while at < head.endIndex {
      let end = head[at...].firstIndex(of: UInt8(ascii: "\n")) ?? head.endIndex
      let line = trimmed(head[at..<end])
      if !line.isEmpty, !line.starts(with: "--".utf8), !line.starts(with: "\\".utf8) { return head[at...] }
      at = end + 1
    }
    return []
  }

  private static let reserved = ["anon", "authenticated", "authenticator", "service_role", "postgres"]

  /// Whether all statements are settings and roles, and those of Supabase are among them.
  private static func isRoles(_ head: [UInt8]) -> Bool {
    var isKnown = false
    for raw in lines(of: head) {
      let line = trimmed(raw)
      if line.isEmpty
        || ["--", "SET ", "RESET ALL", "\\", "CREATE ROLE", "GRANT \""].contains(where: { line.starts(with: $0.utf8) })
      {
        continue
      }
      guard line.starts(with: "ALTER ROLE ".utf8) else { return false }
      if reserved.contains(where: { line.dropFirst(11).starts(with: "\"\($0)\"".utf8) }) { isKnown = true }
    }
    return isKnown
  }
}
