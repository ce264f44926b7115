internal import Bytes
internal import Conversion
internal import Records

/// Names of models and fields of tables that no model is known for, by the rules of `inspectdb`: what it makes of the same
/// tables reads the fixture.
enum FixtureNames {
  /// Tables of Django's own whose names do not begin with their application.
  private static let own: [Name: Name] = [
    "django_content_type": "contenttypes.contenttype", "django_admin_log": "admin.logentry",
    "django_session": "sessions.session", "django_site": "sites.site", "django_redirect": "redirects.redirect",
    "django_flatpage": "flatpages.flatpage", "authtoken_token": "authtoken.token",
  ]
  /// The tables that a model may be read as.
  static func tables(of model: Name) -> [Name] {
    let usual = Name(model.bytes.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 })
    return own.filter { $0.value == model }.map(\.key) + [usual]
  }

  /// What Django keeps beside the models.
  static let history: Name = "django_migrations"

  /// Whether tables are those of a Django project.
  static func isProject(_ tables: [TableSchema]) -> Bool {
    tables.contains { $0.name == history || $0.name == "django_content_type" }
  }

  /// The model of a project's table: what precedes the first underscore is the application.
  static func model(ofProject table: Name) -> Name {
    if let known = own[table] { return known }
    let bytes = table.lowercased.bytes
    guard let at = bytes.firstIndex(of: UInt8(ascii: "_")), at > 0, at + 1 < bytes.count else {
      return "app." + Name(word(bytes))
    }
    return Name(bytes[..<at] + [UInt8(ascii: ".")] + bytes[(at + 1)...])
  }

  /// The model of another table.
  static func model(of table: TableSchema, label: Name?) -> Name {
    let app = label ?? table.namespace.map { Name(identifier($0.bytes)) } ?? "app"
    return app + "." + Name(word(table.localName.bytes))
  }

  /// Letters and digits alone, small.
  private static func word(_ bytes: [UInt8]) -> [UInt8] {
    let letters = bytes.map(asciiLower).filter { isDigit($0) || $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x80 }
    guard let first = letters.first else { return Array("model".utf8) }
    return isDigit(first) ? Array("table".utf8) + letters : letters
  }

  private static func identifier(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map(asciiLower).map { isDigit($0) || $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x80 ? $0 : UInt8(ascii: "_") }
  }

  private static let keywords: Set<Name> = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
  ]

  /// The field of a column; a reference goes without `_id`.
  static func field(_ column: Name, isReference: Bool) -> Name {
    var bytes = column.lowercased.bytes
    if isReference, column.hasSuffix("_id"), bytes.count > 3 { bytes.removeLast(3) }
    var name: [UInt8] = []
    for byte in identifier(bytes) where byte != UInt8(ascii: "_") || name.last != byte { name.append(byte) }
    if name.first == UInt8(ascii: "_") { name = Array("field".utf8) + name }
    if name.last == UInt8(ascii: "_") { name += Array("field".utf8) }
    if let first = name.first, isDigit(first) { name = Array("number_".utf8) + name }
    if name.isEmpty { name = Array("field".utf8) }
    return keywords.contains(Name(name)) ? Name(name) + "_field" : Name(name)
  }

  /// The field that a project's table of pairs holds the values of; nil when it is no such table.
  static func list(_ table: TableSchema, among tables: [Name: TableSchema]) -> (owner: Name, list: SourceModel.List)? {
    let columns = table.columns.map(\.name).filter { $0 != "id" }
    guard columns.count == 2, table.columns.count <= 3 else { return nil }
    func key(_ column: Name) -> ForeignKey? { table.foreignKeys.first { $0.columns == [column] } }
    guard let first = key(columns[0]), let second = key(columns[1]), let owner = tables[first.table] else { return nil }
    let prefix = owner.name.bytes + [UInt8(ascii: "_")]
    let isPair = table.uniqueKeys.contains { Set($0) == Set(columns) } || Set(table.primaryKey) == Set(columns)
    guard isPair, table.name.bytes.count > prefix.count, table.name.bytes.starts(with: prefix) else { return nil }
    let field = Name(Array(table.name.bytes.dropFirst(prefix.count)))
    return (
      owner.name,
      SourceModel.List(
        field, table: table.name, owner: columns[0], element: columns[1], target: model(ofProject: second.table))
    )
  }
}
