internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Conversion
internal import Diagnostics
internal import Records

/// What a restore plan is made from.
struct RestoreFacts: Sendable {
  /// A file to restore from.
  struct File: Sendable, Equatable {
    /// Where it lies, or where the archive lies that holds it.
    var place: [UInt8]
    /// Its path within the archive; nil when it is a file of its own.
    var member: [UInt8]?
    var format: String
    var table: Name?
    var byteCount: Int64 = 0
  }
  struct Table: Sendable, Equatable {
    var name: Name
    var records: Int64
    var secrets: [Name] = []
  }

  /// How the user names it: an address or a path.
  var address: [UInt8]
  /// Its short id, or its path.
  var name: [UInt8]
  var system: String
  var kind: String
  var files: [File] = []
  /// Facts that the system gives; see `RestoreMethod` and `RestoreContent` for those that matter here.
  var attributes: [String: [UInt8]] = [:]
  var tables: [Table] = []
  /// How many objects there are of each kind.
  var objects: [String: Int] = [:]
  /// Groups of tables whose foreign keys form a cycle.
  var cycles: [[Name]] = []
  /// Roles that own something or that policies are for, without those that the backup creates.
  var neededRoles: [[UInt8]] = []
  var refutedClaims = 0
  var isDamaged = false
  /// Rows of the project that were erased, which the files may still hold.
  var erasedRows = 0

  var recordCount: Int64 { tables.reduce(0) { $0 &+ $1.records } }
}

extension RestoreFacts {
  init(_ surveyed: SurveyedBackup, address: [UInt8]) {
    let backup = surveyed.backup, contents = surveyed.contents
    // What is the newest backup today is another one tomorrow.
    let id = Array(backup.id.short.utf8)
    self.init(
      address: surveyed.isRegistered ? id : address, name: surveyed.isRegistered ? id : address, system: backup.system,
      kind: backup.kind)
    files = contents.artifacts.filter { $0.role == ArtifactRole.data.rawValue }.map { artifact in
      let place = artifact.locations.max { $0.lastSeen < $1.lastSeen }?.path ?? artifact.path
      let isMember =
        place != artifact.path && place.suffix(artifact.path.count + 1) != [UInt8(ascii: "/")] + artifact.path
      return File(
        place: place, member: isMember ? artifact.path : nil, format: artifact.format, table: artifact.table,
        byteCount: artifact.byteCount)
    }
    for attribute in backup.attributes where attributes[attribute.name] == nil {
      attributes[attribute.name] = attribute.value
    }
    tables = contents.tables.map { table in
      Table(
        name: table.name, records: table.statistics.recordCount,
        secrets: table.columns.filter(\.isSecret).map(\.name))
    }
    objects = Dictionary(grouping: contents.objects, by: \.kind).mapValues(\.count)
    cycles = referenceCycles(
      contents.tables.map { TableSchema($0.name, [], foreignKeys: $0.foreignKeys.map(\.key)) })
    neededRoles = Self.neededRoles(contents.objects)
    refutedClaims = contents.claims.count { $0.verdict == .refuted }
    isDamaged = contents.findings.contains(where: \.leavesInputUnread)
  }

  /// Roles that objects belong to or that policies are for, and that the backup does not create.
  private static func neededRoles(_ objects: [SchemaObject]) -> [[UInt8]] {
    let created = Set(objects.filter { $0.kind == "role" }.map(\.name.bytes))
    let named = objects.flatMap { object -> [[UInt8]] in
      let roles = object.kind == "policy" ? object.attribute("roles") ?? [] : []
      return [object.attribute("owner") ?? []]
        + roles.split(separator: UInt8(ascii: ",")).map { Array($0.drop { $0 <= 0x20 }.prefix { $0 > 0x20 }) }
    }
    return Set(named).subtracting(created).subtracting([[], Array("public".utf8), Array("PUBLIC".utf8)])
      .sorted { $0.lexicographicallyPrecedes($1) }
  }
}
