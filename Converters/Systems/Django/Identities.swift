internal import Bytes
internal import Conversion
internal import DjangoModels
internal import Records

/// A model as others refer to it, whether its rows are in the backup or not.
struct Identity: Sendable {
  /// Position among the surveyed models; nil when the backup has no rows of it.
  var index: Int?
  /// `app.model` in lower case.
  let model: Name
  let app: Name
  /// The model's own name.
  let short: Name
  var table: Name
  var known: KnownModel?
  var isUser = false
  var keyName: Name
  var keyType: LogicalType
  var keyLength: Int?
}

/// How documents lay out their rows.
enum Layout: Sendable {
  /// Fixture objects: columns are the primary key and the model's fields.
  case fixture
  /// Rows of tables or models by name, with their columns.
  case rows
}

extension Identity {
  /// What the facts alone say of a model.
  init(_ facts: ModelFacts, index: Int, layout: Layout) {
    let names = facts.fields.map(\.name)
    var known = DjangoTables.model(facts.name)
    var split = DjangoNames.split(facts.name)
    var table = DjangoNames.table(facts.name)
    if layout == .rows, split.app.isEmpty {
      known = UserData.model(facts.name, names) ?? DjangoTables.models.first { Name($0.table) == facts.name }
      split = DjangoNames.splitTable(facts.name)
      table = facts.name
    }
    if let known {
      split = DjangoNames.split(Name(known.model))
      table = Name(known.table)
    }
    self.index = index
    model = split.app.isEmpty ? split.model : split.app + "." + split.model
    app = split.app
    short = split.model
    self.table = table
    self.known = known
    isUser = known?.model.description == "auth.user" || known == nil && DjangoTables.isUserModel(names)
    keyName = Identity.keyName(facts, known, layout)
    keyType = Identity.keyType(facts, known)
    keyLength = known?.keyLength
  }

  /// Takes over what is declared of the model.
  mutating func declare(_ declarations: Declarations, _ facts: ModelFacts) {
    guard let model = declarations[model], model.isExact else { return }
    table = model.table
    isUser = isUser || declarations.userModel == model.name
    guard let key = model.primaryKey, let column = key.column else { return }
    keyName = column
    guard let type = key.type, let keyField = facts.keyField else { return }
    let field = facts.fields[keyField]
    let isWhole = facts.hasOnlyWholeKeys && field.isKeyLike
    if field.present == 0
      || (type == .int32 || type == .int64 ? isWhole : type == .text || type.holds(field.inferredType))
    {
      keyType = type
      keyLength = key.maximumLength
    }
  }

  /// A model that is only declared, or only named.
  init(named name: Name, _ declared: DeclaredModel?) {
    let split = DjangoNames.split(name), key = declared?.primaryKey
    index = nil
    model = name
    app = split.app
    short = split.model
    table = declared?.table ?? DjangoNames.table(name)
    keyName = key?.column ?? "id"
    keyType = key?.type ?? .int64
    keyLength = key?.maximumLength
  }

  /// A known model without rows in the backup.
  init(absent known: KnownModel) {
    let split = DjangoNames.split(Name(known.model))
    index = nil
    model = Name(known.model)
    app = split.app
    short = split.model
    table = Name(known.table)
    self.known = known
    isUser = known.model.description == "auth.user"
    keyName = Name(known.key)
    keyType = known.keyType
    keyLength = known.keyLength
  }

  private static func keyName(_ facts: ModelFacts, _ known: KnownModel?, _ layout: Layout) -> Name {
    if layout == .rows { return facts.keyField.map { facts.fields[$0].name } ?? "id" }
    if let known { return Name(known.key) }
    guard let other = facts.index["id"] else { return "id" }
    return facts.fields[other].repeatsKey ? "id" : "pk"
  }

  private static func keyType(_ facts: ModelFacts, _ known: KnownModel?) -> LogicalType {
    guard let keyField = facts.keyField else { return known?.keyType ?? .int64 }
    let field = facts.fields[keyField]
    if field.present == 0 { return known?.keyType ?? .int64 }
    if let known, known.keyType == .text || facts.hasOnlyWholeKeys && field.isKeyLike { return known.keyType }
    // Text of digits alone may be a text key; numbers or rows that leave the key to the database say that it is a number.
    if facts.hasOnlyWholeKeys, field.isKeyLike, field.wholeNumbers > 0 || field.absent > 0 { return .int64 }
    return field.inferredType
  }
}

extension FieldFacts {
  /// The type that the values suggest, whichever way the model's name is spelt.
  var inferredType: LogicalType {
    let types = Set(profiles.map { $0.inferredType(from: .json, name: name).type })
    guard let type = types.first else { return .text }
    return types.count == 1 ? type : isText ? .text : .json
  }

  /// Whether times with fractions of a second, as dumpdata writes them, end at milliseconds.
  var holdsMilliseconds: Bool {
    guard inferredType == .timestamptz else { return false }
    // 2024-02-29T13:14:15.123Z
    return profiles.allSatisfy { $0.maximumLength <= 24 } && profiles.contains { $0.maximumLength == 24 }
  }

  /// Whether every value is the primary key's.
  var repeatsKey: Bool { equalToKey > 0 && otherThanKey == 0 }
}

extension DjangoNames {
  /// Application and model of a table's name: what precedes the first underscore is the application.
  static func splitTable(_ table: Name) -> (app: Name, model: Name) {
    let bytes = table.lowercased.bytes
    guard let at = bytes.firstIndex(of: UInt8(ascii: "_")), at > 0, at + 1 < bytes.count else {
      return ("", Name(bytes))
    }
    return (Name(Array(bytes[..<at])), Name(Array(bytes[(at + 1)...])))
  }
}
