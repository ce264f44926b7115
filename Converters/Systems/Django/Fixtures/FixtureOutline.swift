internal import Bytes
internal import Conversion
internal import Records

/// What the attributes of a fixture in XML say of its models, learnt before its values are read.
struct FixtureOutline: Sendable {
  /// How a field's values are written in JSON.
  enum Form: Sendable {
    case text, number, boolean, json
    /// The key of another row, or a natural one.
    case reference
    /// Keys of other rows.
    case list
    /// No type is given.
    case unknown
  }
  struct Field: Sendable {
    var name: Name
    var form: Form
    /// Django's name of the type, such as `CharField`; empty when none is given or objects differ in it.
    var type: Name
    /// Django's name of the relation, such as `ManyToOneRel`; empty when there is none.
    var relation: Name
    /// The model referred to, in lower case.
    var target: Name?
    /// Whether all values so far, those of lists one by one, are whole numbers.
    var isWhole = true
    /// `"name":`
    var key: [UInt8]
  }
  struct Model: Sendable {
    var name: Name
    var fields: [Field] = []
    var index: [Name: Int] = [:]
    /// Whether all primary keys are whole numbers.
    var isKeyWhole = true
    /// `{"model":"name"`
    var head: [UInt8]
  }

  static let modelLimit = 10_000, fieldLimit = 100_000

  private(set) var models: [Model] = []
  private(set) var index: [Name: Int] = [:]
  private var fieldCount = 0

  /// The position of a model, which is added when it is new.
  mutating func model(_ name: Name) throws(ReadError) -> Int {
    if let known = index[name] { return known }
    guard models.count < Self.modelLimit else { throw ReadError(.tooMany(what: "models", limit: Self.modelLimit)) }
    index[name] = models.count
    models.append(Model(name: name, head: Array("{\"model\":".utf8) + jsonString(name)))
    return models.count - 1
  }

  /// The position of a model's field, which is added when it is new.
  mutating func field(_ model: Int, _ name: Name, type: Name, relation: Name, target: Name?) throws(ReadError) -> Int {
    let form = Self.form(type: type, relation: relation)
    if let known = models[model].index[name] {
      // Objects that differ in a field's type: its values are text.
      if models[model].fields[known].form != form {
        models[model].fields[known].form = .text
        models[model].fields[known].type = ""
      }
      return known
    }
    fieldCount += 1
    guard fieldCount <= Self.fieldLimit else { throw ReadError(.tooMany(what: "fields", limit: Self.fieldLimit)) }
    models[model].index[name] = models[model].fields.count
    models[model].fields.append(
      Field(
        name: name, form: form, type: type, relation: relation, target: target,
        key: jsonString(name) + [UInt8(ascii: ":")]))
    return models[model].fields.count - 1
  }

  mutating func noteKey(_ model: Int, _ heap: borrowing ByteHeap, _ at: Int, _ count: Int) {
    if models[model].isKeyWhole, !isPlainInteger(heap.span(at: at, count: count)) { models[model].isKeyWhole = false }
  }
  mutating func noteValue(_ model: Int, _ field: Int, _ value: borrowing ByteHeap) {
    if models[model].fields[field].isWhole, !isPlainInteger(value.span) { models[model].fields[field].isWhole = false }
  }

  /// Whether a field's values stand as numbers: its own are, and the keys they refer to, as far as they are there.
  func isWhole(_ field: Field) -> Bool {
    guard field.isWhole else { return false }
    guard let target = field.target, let model = index[target] else { return true }
    return models[model].isKeyWhole
  }

  private static func form(type: Name, relation: Name) -> Form {
    if !relation.isEmpty { return relation == "ManyToManyRel" ? .list : .reference }
    return FixtureTypes.form(type)
  }

  private func jsonString(_ name: Name) -> [UInt8] {
    var heap = ByteHeap(capacity: name.bytes.count + 8)
    heap.append(jsonString: name.bytes.span)
    return Array(heap.span)
  }
}

/// Whether bytes are an integer as Django writes it, which a JSON number holds unchanged.
func isPlainInteger(_ bytes: Span<UInt8>) -> Bool {
  bytes.count > 0 && bytes.count <= 40
    && !(bytes.count == 2 && bytes[0] == UInt8(ascii: "-") && bytes[1] == UInt8(ascii: "0"))
    && isWholeNumber(bytes)
}

extension FixtureOutline {
  /// Models with the classes of their fields that the fixture names.
  func named(_ models: [Name: SourceModel]) -> [Name: SourceModel] {
    let tables = Dictionary(models.map { ($0.value.name, $0.key) }, uniquingKeysWith: { first, _ in first })
    var models = models
    for outline in self.models {
      guard let table = tables[outline.name.lowercased] else { continue }
      for (column, field) in models[table]?.fields ?? [:] where field.className == nil {
        guard let at = outline.index[field.name], !outline.fields[at].type.isEmpty else { continue }
        models[table]?.fields[column]?.className = outline.fields[at].type
      }
    }
    return models
  }
}
