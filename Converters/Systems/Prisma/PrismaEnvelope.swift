internal import Bytes
internal import JSONStream
internal import PrismaSchema

/// What the first bytes of a JSON text show of the envelope around its rows.
struct PrismaEnvelope {
  enum Shape: String { case flat, wrapped, rows, tagged, superjson }
  /// An array of objects, and the members of its first object.
  struct Section {
    var name: Name
    var row: [JSONOutline.Member]
  }

  let shape: Shape
  let sections: [Section]
  /// The member of each record that names its table.
  private(set) var tag: Name?
  /// Members of the root that hold no rows.
  private let root: JSONOutline

  /// Members that hold the sections.
  static let wrappers: [Name] = ["data", "tables", "backup", "models", "json", "collections"]
  /// Members that say something of the backup and hold no rows of it.
  static let services: [Name] = [
    "metadata", "meta", "info", "stats", "statistics", "summary", "environment", "created_by", "createdby", "counts",
  ]

  /// Nil when the text is no JSON object or array.
  init?(_ head: [UInt8]) {
    guard let outline = JSONOutline(head) else { return nil }
    root = outline
    if outline.isArray || outline.isLines, let (tag, sections) = TaggedRecords.sight(head) {
      shape = .tagged
      self.sections = sections
      self.tag = tag
      return
    }
    if outline.isLines { return nil }
    if outline.isArray {
      shape = .rows
      sections = outline.members.isEmpty ? [] : [Section(name: "", row: outline.members)]
      return
    }
    if let wrapper = outline.members.first(where: { $0.value == .object && Self.wrappers.contains($0.key) }) {
      shape = wrapper.key == "json" && outline["meta"] != nil ? .superjson : .wrapped
      sections = Self.sections(wrapper.members)
    } else {
      shape = .flat
      sections = Self.sections(outline.members.filter { !Self.services.contains($0.key.lowercased) })
    }
  }

  private static func sections(_ members: [JSONOutline.Member]) -> [Section] {
    members.compactMap { $0.value == .array ? Section(name: $0.key, row: $0.members) : nil }
  }

  /// A member of the root, or of what it says of itself.
  func member(_ key: Name) -> JSONOutline.Member? {
    guard shape != .rows, shape != .tagged else { return nil }
    if let found = root[key] { return found }
    for service in ["metadata", "meta", "info"] as [Name] {
      if let found = root[service]?[key] { return found }
    }
    return nil
  }

  /// Whether something else than Prisma's client wrote the rows.
  var isForeign: Bool {
    sections.contains { section in
      let keys = Set(section.row.map(\.key))
      return keys.isSuperset(of: ["model", "fields"]) || keys.contains("_creationTime") || keys.contains("_id")
        || keys.isSuperset(of: ["is_superuser", "date_joined"])
        || section.row.contains { $0.value == .object && $0["$oid"] != nil }
    } || root["django_version"] != nil
      || tag == "model" && root["fields"] != nil && sections.contains { $0.name.bytes.contains(UInt8(ascii: ".")) }
  }

  /// Marks of the scripts that embed files and say what they include.
  var marks: [String] {
    var marks: [String] = []
    for key in ["includes_files", "includes_passwords", "auto_discovered"] as [Name] where member(key) != nil {
      marks.append("member '\(String(decoding: key.bytes, as: UTF8.self))'")
    }
    if marks.isEmpty, shape == .wrapped, root["created_by"]?.value == .object, root["timestamp"] != nil,
      root["version"] != nil
    {
      marks.append("members 'timestamp', 'version' and 'created_by' beside 'data'")
    }
    return marks
  }

  /// Sections whose names a client made.
  var accessorCount: Int { sections.count { SectionName.isAccessor($0.name) } }

  /// Sections whose first row has an id as Prisma makes them and a time as JavaScript writes them.
  var clientRowCount: Int {
    sections.count { section in
      let hasID = section.row.contains { $0.key == "id" && $0.value == .text && isPrismaID($0.text) }
      return hasID
        && section.row.contains { member in
          ["createdAt", "updatedAt"].contains(member.key) && member.value == .text && isISOMilliseconds(member.text)
        }
    }
  }

  /// Whether the envelope holds the configuration of an application and no rows.
  var isConfiguration: Bool {
    shape == .wrapped && sections.isEmpty && root["type"]?.text == Array("simple".utf8)
      && root["data"]?["environment"] != nil
  }

  /// When it was taken, as it says itself.
  var takenAt: [UInt8]? {
    for key in ["timestamp", "exportedAt", "exported_at", "createdAt", "created_at", "backup_timestamp", "date"]
      as [Name]
    {
      if let found = member(key), found.value == .text { return found.text }
    }
    return nil
  }
}

/// Whether a text is an id of cuid or cuid2.
func isPrismaID(_ text: [UInt8]) -> Bool {
  guard text.count >= 24, text.count <= 32, text[0] >= UInt8(ascii: "a"), text[0] <= UInt8(ascii: "z") else {
    return false
  }
  return text.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || isDigit($0) }
    && text.contains(where: { isDigit($0) })
}

/// Whether a text is a time as JavaScript writes it: `2025-01-02T03:04:05.678Z`.
func isISOMilliseconds(_ text: [UInt8]) -> Bool {
  text.count == 24 && text[10] == UInt8(ascii: "T") && text[19] == UInt8(ascii: ".") && text[23] == UInt8(ascii: "Z")
}
