internal import Bytes
internal import JSONStream
internal import Records

/// What kind of Django document a text is.
enum DjangoDocument: String, Sendable, CaseIterable {
  case fixture = "dumpdata fixture"
  case fixtureLines = "dumpdata fixture, JSON Lines"
  case fixtureXML = "dumpdata fixture, XML"
  case fixtureYAML = "dumpdata fixture, YAML"
  case fixtureLists = "fixture objects by model"
  case userData = "user data backup"
  case tableLists = "table lists"

  var shape: JSONShape {
    switch self {
    case .fixture, .fixtureLists: .fixture
    // XML and YAML are read as lines of JSON.
    case .fixtureLines, .fixtureXML, .fixtureYAML: .fixtureLines
    case .userData, .tableLists: .document
    }
  }
  var layout: Layout { self == .userData || self == .tableLists ? .rows : .fixture }
  /// The format of the bytes.
  var format: String {
    switch self {
    case .fixtureLines: "jsonl"
    case .fixtureXML: "xml"
    case .fixtureYAML: "yaml"
    default: "json"
    }
  }

  /// A document with the reasons to take it for one.
  struct Sighting {
    var document: DjangoDocument
    var confidence: Double
    var evidence: [String]
    /// `export_date` as it stands.
    var exportDate: [UInt8] = []
  }

  /// What the first bytes of a text show; nil when they show no Django document.
  static func sighting(_ head: [UInt8]) -> Sighting? {
    guard let outline = JSONOutline(head) else { return MarkupSighting.fixture(head) }
    if let fixture = fixture(outline) { return fixture }
    if outline.isArray { return nil }
    return fixtureLists(outline) ?? userData(outline) ?? tableLists(outline)
  }

  private static func fixture(_ outline: JSONOutline) -> Sighting? {
    guard let model = outline["model"], model.value == .text, isModelName(model.text), let fields = outline["fields"],
      fields.value == .object
    else { return nil }
    // Fixture objects have these keys and no others.
    guard outline.members.allSatisfy({ ["model", "pk", "fields"].contains($0.key) }) else { return nil }
    if outline.isArray {
      return Sighting(
        document: .fixture, confidence: 1, evidence: ["array of objects with 'model' and 'fields'"])
    }
    return Sighting(
      document: .fixtureLines, confidence: 1, evidence: ["lines of objects with 'model' and 'fields'"])
  }

  private static func fixtureLists(_ outline: JSONOutline) -> Sighting? {
    let lists = outline.members.filter { $0.value == .array && isModelName($0.key.bytes) }
    let isFixture = lists.contains { list in
      let keys = Set(list.members.map(\.key))
      return keys.isSuperset(of: ["model", "fields"]) && keys.isSubset(of: ["model", "pk", "fields"])
    }
    guard isFixture, outline.members.allSatisfy({ $0.value != .array || isModelName($0.key.bytes) }) else { return nil }
    return Sighting(
      document: .fixtureLists, confidence: 0.9, evidence: ["lists of objects with 'model' and 'fields' by model"])
  }

  private static func userData(_ outline: JSONOutline) -> Sighting? {
    var evidence: [String] = []
    if outline["django_version"]?.value == .text { evidence.append("key 'django_version'") }
    let lists = outline.members.filter { $0.value == .array }
    let isUsers = lists.contains { list in
      let names = Set(list.members.map(\.key))
      return names.contains("password") && names.isSuperset(of: ["is_superuser", "date_joined"])
    }
    if isUsers { evidence.append("list of users with 'password', 'is_superuser' and 'date_joined'") }
    guard !evidence.isEmpty, !lists.isEmpty else { return nil }
    let keys = UserData.keys.filter { outline[$0] != nil }
    if keys.count == UserData.keys.count { evidence.append("all keys of export_user_data.py") }
    let isCertain = keys.count == UserData.keys.count || isUsers && evidence.count > 1
    return Sighting(
      document: .userData, confidence: isCertain ? 1 : 0.6, evidence: evidence,
      exportDate: outline["export_date"]?.text ?? [])
  }

  private static func tableLists(_ outline: JSONOutline) -> Sighting? {
    guard let tables = outline["tables"], tables.value == .object, !tables.members.isEmpty,
      tables.members.allSatisfy({ $0.value == .array || $0.value == .cut }),
      tables.members.contains(where: { table in table.members.contains { $0.key == "id" } }),
      tables.members.allSatisfy({ $0.key.bytes.contains(UInt8(ascii: "_")) })
    else { return nil }
    let date = outline["exported_at"] ?? outline["export_date"]
    return Sighting(
      document: .tableLists, confidence: 0.4, evidence: ["lists of rows by table name, as Django names tables"],
      exportDate: date?.text ?? [])
  }

  /// Whether a text is `app.model`.
  static func isModelName(_ text: [UInt8]) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        guard let first = part.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return part.allSatisfy {
          $0 == UInt8(ascii: "_") || asciiLower($0) &- UInt8(ascii: "a") < 26 || $0 &- UInt8(ascii: "0") < 10
            || $0 >= 0x80
        }
      }
  }
}
