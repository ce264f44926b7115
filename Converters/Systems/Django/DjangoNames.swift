internal import Bytes
internal import Records

/// How names of models and fields lead to names of tables and columns.
enum DjangoNames {
  private static let dot = UInt8(ascii: ".")
  private static let underscore = UInt8(ascii: "_")

  /// Application and model of `app.model`, both in lower case; the application is empty when there is no dot.
  static func split(_ model: Name) -> (app: Name, model: Name) {
    let bytes = model.lowercased.bytes
    guard let at = bytes.firstIndex(of: dot) else { return ("", Name(bytes)) }
    return (Name(Array(bytes[..<at])), Name(Array(bytes[(at + 1)...])))
  }

  /// The table Django gives a model that names none itself.
  static func table(_ model: Name) -> Name {
    Name(model.lowercased.bytes.map { $0 == dot ? underscore : $0 })
  }

  /// The table of a many-to-many field.
  static func joinTable(_ table: Name, _ field: Name) -> Name { table + "_" + field }

  /// The two columns of a many-to-many table.
  static func joinColumns(_ model: Name, _ target: Name, isSelf: Bool) -> (Name, Name) {
    isSelf ? ("from_" + model + "_id", "to_" + target + "_id") : (model + "_id", target + "_id")
  }

  /// The field a column belongs to: the column without `_id`.
  static func withoutID(_ column: Name) -> Name {
    column.hasSuffix("_id") && column.bytes.count > 3 ? Name(Array(column.bytes.dropLast(3))) : column
  }

  /// Words of a field's name: `last_modified_by` → `last`, `modified`, `by`.
  static func words(_ field: Name) -> [[UInt8]] {
    field.lowercased.bytes.split(separator: underscore).map(Array.init)
  }

  /// The word in the singular, by the common rules of English.
  static func singular(_ word: [UInt8]) -> [UInt8] {
    let name = Name(word)
    if word.count > 4, name.hasSuffix("ies") { return word.dropLast(3) + [UInt8(ascii: "y")] }
    for ending in ["ses", "xes", "zes", "ches", "shes"] where name.hasSuffix(ending) && word.count > 4 {
      return ending == "ses" && !name.hasSuffix("sses") ? word.dropLast(1) : word.dropLast(2)
    }
    if word.count > 2, name.hasSuffix("s"), !name.hasSuffix("ss"), !name.hasSuffix("us") { return word.dropLast(1) }
    return word
  }
}

/// How well a field's name names a model; ordered from the best. See `ModelNames`.
enum NameMatch: Int, Comparable, Sendable {
  /// `content_type` and `contenttype`.
  case whole
  /// `shipping_address` and `address`.
  case lastWords
  /// `program` and `sponsorshipprogram`.
  case modelEnd

  static func < (a: NameMatch, b: NameMatch) -> Bool { a.rawValue < b.rawValue }

  /// Names that usually hold a plain number although some model ends with them.
  private static let plainWords: Set<Name> = [
    "count", "level", "order", "number", "position", "priority", "rank", "size", "state", "status", "type", "value",
    "version", "weight", "year", "index", "score", "rating", "quantity", "amount", "price", "total", "code", "name",
  ]
  /// Whether a word is one of them.
  static func isPlainWord(_ word: [UInt8]) -> Bool { plainWords.contains(Name(word)) }
}

/// Field names that refer to a user although no model is called so.
enum UserNames {
  private static let singular: Set<Name> = [
    "user", "owner", "author", "editor", "creator", "created_by", "updated_by", "modified_by", "last_modified_by",
    "deleted_by", "approved_by", "added_by", "changed_by", "uploaded_by", "submitted_by", "assigned_to", "assignee",
    "reviewer", "sender", "recipient",
  ]

  /// Whether a field's name is one of them; of a list in the plural, or with words before it (`assigned_users`).
  static func contains(_ field: Name, isList: Bool) -> Bool {
    let name = field.lowercased
    if singular.contains(name) { return true }
    guard isList, let last = DjangoNames.words(name).last else { return false }
    return singular.contains(Name(DjangoNames.singular(last)))
  }
}

extension Name {
  /// Whether the name ends with some bytes.
  func hasSuffix(_ suffix: [UInt8]) -> Bool {
    bytes.count >= suffix.count && Array(bytes[(bytes.count - suffix.count)...]) == suffix
  }
}
