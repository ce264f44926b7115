internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CommandLine
internal import Records

/// The schema objects of a backup by their kinds.
struct ObjectGroups: Sendable {
  /// In the order of `ObjectKind.all`, names unknown to it last; objects keep their order.
  let groups: [(kind: ObjectKind, objects: [SchemaObject])]

  init(_ objects: [SchemaObject]) {
    groups = Dictionary(grouping: objects) { ObjectKind($0.kind) }.map { ($0.key, $0.value) }
      .sorted { ($0.kind.rank, $0.kind.word) < ($1.kind.rank, $1.kind.word) }
  }

  var isEmpty: Bool { groups.isEmpty }
  var count: Int { groups.reduce(0) { $0 + $1.objects.count } }
  /// All objects, those of a kind together.
  var objects: [SchemaObject] { groups.flatMap(\.objects) }

  /// Such as `88 policies · 20 functions`, the most frequent kind first.
  var summary: String {
    groups.sorted { ($1.objects.count, $0.kind.rank) < ($0.objects.count, $1.kind.rank) }
      .map { $0.kind.counted($0.objects.count) }.joined(separator: " · ")
  }

  /// How many there are of each kind, for programs.
  var counts: Value { .object(groups.map { .init($0.kind.word, .integer($0.objects.count)) }) }
}

extension SchemaObject {
  /// What is worth showing of a definition in one phrase, by kind.
  private static let shown: [String: [String]] = [
    "policy": ["command", "roles", "permissive"], "row-security": ["state"], "function": ["language", "security"],
    "procedure": ["language", "security"], "trigger": ["timing", "events", "function"],
    "migration": ["version", "applied"],
    "extension": ["schema"], "type": ["form", "labels"], "index": ["method", "unique"],
    "sequence": ["owned-by", "last-value"], "edge-function": ["files", "bytes", "verify-jwt"],
    "bucket": ["public", "objects", "bytes"], "role": ["attributes", "has-password"],
    "grant": ["privileges", "on", "to"], "model": ["form", "backed-up"],
    "inferred relation": ["references", "confidence", "evidence"], "embedded-file": ["type", "bytes", "file-name"],
    "large-object": ["type", "bytes", "owner"],
  ]

  /// Such as `command ALL, roles authenticated`.
  var detail: [UInt8] { Self.detail(kind, attributes) }

  /// The same of attributes that were found alone.
  static func detail(_ kind: String, _ attributes: [SchemaAttribute]) -> [UInt8] {
    let parts = (shown[kind] ?? []).compactMap { name in
      attributes.first { $0.name == name && !$0.value.isEmpty }.map { Array("\(name) ".utf8) + $0.value }
    }
    return Array(parts.joined(separator: ", ".utf8))
  }

  /// Whether it is a file within the backup: what `cat` prints of it is its content.
  var isFile: Bool { kind == "embedded-file" || kind == "large-object" && attribute("bytes") != nil }

  /// How `cat` is told of it: `kind:table.name`, or `kind:name` without a table.
  var address: [UInt8] {
    Array("\(kind):".utf8) + (table.map { $0.bytes + [UInt8(ascii: ".")] } ?? []) + name.bytes
  }
}

extension Value {
  /// Attributes as an object; of a name that occurs twice the first.
  init(_ attributes: [SchemaAttribute]) {
    var names: Set<String> = []
    self = .object(attributes.filter { names.insert($0.name).inserted }.map { .init($0.name, .bytes($0.value)) })
  }
}

extension Report {
  /// Writes objects: for people a list for each kind, for programs one list with everything.
  mutating func list(_ groups: ObjectGroups, showsSecrets: Bool) throws(Failure) {
    guard format == .table || format == .md else {
      return try list(groups.objects, as: .objects(showsSecrets: showsSecrets))
    }
    for (kind, objects) in groups.groups {
      try begin(
        Section(kind.counted(objects.count), [ReportColumn("name"), ReportColumn("table"), ReportColumn("detail")]))
      for object in objects { try row([.name(object.name), Value(object.table), .bytes(object.detail)]) }
    }
  }
}

extension RowShape where Item == SchemaObject {
  /// Objects of a backup that are no rows.
  static func objects(showsSecrets: Bool) -> RowShape {
    RowShape(
      "objects",
      [
        ReportColumn("kind"), ReportColumn("name"), ReportColumn("table"), ReportColumn("detail"),
        ReportColumn("definition", isDetail: true), ReportColumn("attributes", isDetail: true),
      ]
    ) { object in
      let shown = showsSecrets ? object : object.masked
      return [
        .text(shown.kind), .name(shown.name), Value(shown.table), .bytes(shown.detail), .bytes(shown.definition),
        Value(shown.attributes),
      ]
    }
  }
}
