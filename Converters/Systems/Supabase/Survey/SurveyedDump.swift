internal import Bytes
internal import Conversion
internal import Records

/// What the dumps of a backup were found to hold: the seam to the readers of PostgreSQL's dumps.
struct SurveyedDump: Sendable {
  /// All tables, objects and findings.
  var knowledge = Knowledge()
  /// Number of rows by table; tables without rows are there with none.
  var rows: [Name: Int] = [:]
  /// Digest of the rows by table.
  var digests: [Name: TableDigest] = [:]
  /// Such as `15.8 (Debian …)`.
  var serverVersion: [UInt8]?
  /// What each file holds, by path.
  var contents: [[UInt8]: DumpContent] = [:]
  /// What the platform's own tables say.
  var platform = PlatformRows()

  /// Takes figures of the content into the facts.
  func add(to facts: inout BackupFacts) {
    facts.rows = rows
    let tables = knowledge.tables.filter { PlatformSchemas.isApplication($0) }
    facts.tables = tables.map(\.name)
    let functions = knowledge.objects.filter { ["function", "procedure"].contains($0.kind) && isApplication($0) }
    facts.functions = functions.map { Self.withoutArguments($0.name) }
    facts.definerFunctions = functions.filter {
      $0.attribute("security").map { $0.elementsEqual("definer".utf8) } ?? false
    }
    .map { Self.withoutArguments($0.name) }
    facts.policies = knowledge.objects.filter { $0.kind == "policy" && isApplication($0) }.map { $0.table ?? "" }
    let secured = Set(
      knowledge.objects.filter { object in
        object.kind == "row-security" && object.attribute("state").map { !$0.elementsEqual("disabled".utf8) } ?? true
      }.map { $0.table ?? $0.name })
    facts.tablesWithoutRowSecurity = tables.map(\.name).filter { !secured.contains($0) }
    facts.serverVersion = serverVersion
    facts.circularTables = referenceCycles(knowledge.tables).flatMap { $0 }
    if rows["storage.buckets"] != nil {
      facts.buckets = rows["storage.buckets"]
      facts.storageObjects = rows["storage.objects"] ?? 0
    }
  }

  private func isApplication(_ object: SchemaObject) -> Bool {
    PlatformSchemas.isApplication(object.attribute("schema").map { Name($0) })
  }

  private static func withoutArguments(_ name: Name) -> Name {
    Name(Array(name.bytes.prefix { $0 != UInt8(ascii: "(") }))
  }
}
