internal import Bytes
internal import CatalogModel
internal import CommandLine
internal import Diagnostics
internal import Records

/// A list of things as a section of a report: columns and how a row is made.
struct RowShape<Item>: Sendable {
  let section: Section
  let row: @Sendable (Item) -> [Value]
  init(_ name: String, _ columns: [ReportColumn], row: @escaping @Sendable (Item) -> [Value]) {
    section = Section(name, columns)
    self.row = row
  }

  /// The same of one item as a JSON object.
  func object(of item: Item) -> Value {
    .object(zip(section.columns, row(item)).map { Value.Field(String(decoding: $0.name, as: UTF8.self), $1) })
  }
}

extension Report {
  /// Writes a list as a section.
  mutating func list<Item>(_ items: [Item], as shape: RowShape<Item>) throws(Failure) {
    try begin(shape.section)
    for item in items { try row(shape.row(item)) }
  }
}

extension RowShape where Item == Backup {
  /// Backups in `list`.
  static var backups: RowShape {
    RowShape("backups", Item.columns) { $0.values }
  }
}

extension Backup {
  /// Columns of backups, in lists and alone.
  static let columns = [
    ReportColumn("backup", isFixed: true), ReportColumn("id", isDetail: true), ReportColumn("project"),
    ReportColumn("environment", "env", isDetail: true), ReportColumn("taken_at", "taken", isFixed: true),
    ReportColumn("taken_at_origin", isDetail: true), ReportColumn("system"), ReportColumn("kind"),
    ReportColumn("tables", isNumeric: true), ReportColumn("records", isNumeric: true),
    ReportColumn("files", isNumeric: true, isDetail: true), ReportColumn("bytes", "size", isNumeric: true),
    ReportColumn("findings", isNumeric: true), ReportColumn("label", isDetail: true), ReportColumn("aliases"),
    ReportColumn("tags"), ReportColumn("note", isDetail: true), ReportColumn("registered_at", isDetail: true),
    ReportColumn("indexed", isDetail: true),
  ]
  /// The values of these columns.
  var values: [Value] {
    [
      .text(id.short), .text(id.description), .name(project), Value(environment),
      .time(takenAt.moment.microseconds),
      .text(takenAt.origin.rawValue + (takenAt.hasZone ? "" : ", zone assumed")), .text(system), .text(kind),
      .integer(counts.tables), .integer(counts.records), .integer(counts.artifacts), .size(counts.bytes),
      .integer(counts.findings), Value(label),
      .names(aliases),
      tags.isEmpty ? .absent : .list(tags.map { .bytes($0.text) }), Value(note),
      .time(registeredAt.microseconds), .text(indexing.rawValue),
    ]
  }
}

extension Tag {
  /// As it is given: `key` or `key:value`.
  var text: [UInt8] { value.isEmpty ? key.bytes : key.bytes + [UInt8(ascii: ":")] + value }
}

extension RowShape where Item == Project {
  /// Projects in `projects`.
  static var projects: RowShape {
    RowShape(
      "projects",
      [
        ReportColumn("project"), ReportColumn("backups", isNumeric: true), ReportColumn("newest", isFixed: true),
        ReportColumn("bytes", "size", isNumeric: true), ReportColumn("environments"), ReportColumn("note"),
        ReportColumn("created_at", isDetail: true),
      ]
    ) { project in
      [
        .name(project.name), .integer(project.backupCount), Value(time: project.newestBackup?.microseconds),
        .size(project.byteCount),
        .names(project.environments),
        Value(project.note), .time(project.createdAt.microseconds),
      ]
    }
  }
}

extension RowShape where Item == CatalogTable {
  /// Tables of a backup.
  static var tables: RowShape {
    RowShape(
      "tables",
      [
        ReportColumn("table"), ReportColumn("records", isNumeric: true), ReportColumn("columns", isNumeric: true),
        ReportColumn("primary_key"), ReportColumn("foreign_keys", isNumeric: true, isDetail: true),
        ReportColumn("secrets"), ReportColumn("digest", isDetail: true),
      ]
    ) { table in
      let secrets = table.columns.filter(\.isSecret).map { Value.bytes($0.name.bytes) }
      return [
        .name(table.name), .integer(table.statistics.recordCount), .integer(table.columns.count),
        .names(table.primaryKey),
        .integer(table.foreignKeys.count), secrets.isEmpty ? .absent : .list(secrets),
        Value(table.statistics.digest),
      ]
    }
  }
}

/// A column and the table it belongs to.
struct ColumnOfTable: Sendable {
  var table: CatalogTable
  var column: CatalogColumn
}

extension RowShape where Item == ColumnOfTable {
  /// Columns of one or all tables; `namesTable` says whether people need the table's name.
  static func columns(namesTable: Bool) -> RowShape {
    RowShape(
      "columns",
      [
        ReportColumn("table", isDetail: !namesTable), ReportColumn("column"), ReportColumn("type"),
        ReportColumn("nullable"), ReportColumn("key"), ReportColumn("references"), ReportColumn("secret"),
        ReportColumn("nulls", isNumeric: true), ReportColumn("missing", isNumeric: true),
        ReportColumn("distinct", isNumeric: true), ReportColumn("shortest", isNumeric: true, isDetail: true),
        ReportColumn("longest", isNumeric: true, isDetail: true), ReportColumn("kinds", isDetail: true),
      ]
    ) { item in
      let column = item.column, statistics = column.statistics
      let foreign = item.table.foreignKeys.first { $0.key.columns == [column.name] }
      return [
        .name(item.table.name), .name(column.name), .text(column.type), .boolean(column.isNullable),
        item.table.primaryKey.contains(column.name) ? .text("primary") : .absent,
        foreign.map { .bytes($0.key.table.bytes) } ?? .absent, column.isSecret ? .boolean(true) : .absent,
        .integer(statistics.nullCount), .integer(statistics.missingCount), Value(statistics.distinctEstimate),
        Value(statistics.shortest), Value(statistics.longest), .list(statistics.kinds.map { .text($0.word) }),
      ]
    }
  }
}

extension RowShape where Item == Artifact {
  /// Files of a backup.
  static var files: RowShape {
    RowShape(
      "files",
      [
        ReportColumn("path"), ReportColumn("role"), ReportColumn("format"),
        ReportColumn("bytes", "size", isNumeric: true),
        ReportColumn("table"), ReportColumn("modified", isDetail: true), ReportColumn("mode", isDetail: true),
        ReportColumn("sha256", isDetail: true), ReportColumn("locations", isDetail: true),
      ]
    ) { artifact in
      [
        .bytes(artifact.path), .text(artifact.role), .text(artifact.format), .size(artifact.byteCount),
        Value(artifact.table), Value(time: artifact.modified.map { $0 / 1000 }),
        artifact.mode.map { .text(String($0, radix: 8)) } ?? .absent, .text(hexadecimal(artifact.checksum)),
        .list(artifact.locations.map { .bytes($0.path) }),
      ]
    }
  }
}

extension RowShape where Item == Claim {
  /// What a backup says of itself, and whether that is so.
  static var claims: RowShape {
    RowShape(
      "claims",
      [
        ReportColumn("verdict"), ReportColumn("subject"), ReportColumn("stated"), ReportColumn("measured"),
        ReportColumn("file"),
      ]
    ) { claim in
      [
        .text(claim.verdict.rawValue), .text(claim.subject), .bytes(claim.stated), Value(claim.measured),
        .bytes(claim.artifact),
      ]
    }
  }
}

extension RowShape where Item == Finding {
  /// What is wrong or risky.
  static var findings: RowShape {
    RowShape(
      "findings",
      [
        ReportColumn("severity"), ReportColumn("code"), ReportColumn("message"), ReportColumn("count", isNumeric: true),
        ReportColumn("table"), ReportColumn("column"), ReportColumn("file"),
        ReportColumn("offset", isNumeric: true, isDetail: true), ReportColumn("advice", isDetail: true),
      ]
    ) { finding in fields(of: finding).map(\.value) }
  }
}

/// A finding as fields, in the order of its columns.
func fields(of finding: Finding) -> [Value.Field] {
  [
    .init("severity", .text(finding.severity.word)), .init("code", .text(finding.code)),
    .init("message", .text(finding.message)), .init("count", .integer(finding.count)),
    .init("table", Value(finding.table)),
    .init("column", Value(finding.column)),
    .init("file", Value(finding.artifact)),
    .init("offset", Value(finding.offset)), .init("advice", Value(finding.advice)),
  ]
}
