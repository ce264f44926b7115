internal import Bytes
internal import Records

/// Django's field types as fixtures in XML name them, and what they say.
enum FixtureTypes {
  struct Fact: Sendable {
    let name: StaticString
    let form: FixtureOutline.Form
    /// The type of the column, where the name alone tells it.
    var type: LogicalType?
  }

  static let facts: [Fact] = [
    Fact(name: "AutoField", form: .number, type: .int32),
    Fact(name: "BigAutoField", form: .number, type: .int64),
    Fact(name: "SmallAutoField", form: .number, type: .int32),
    Fact(name: "IntegerField", form: .number, type: .int32),
    Fact(name: "BigIntegerField", form: .number, type: .int64),
    Fact(name: "SmallIntegerField", form: .number, type: .int32),
    Fact(name: "PositiveIntegerField", form: .number, type: .int32),
    Fact(name: "PositiveBigIntegerField", form: .number, type: .int64),
    Fact(name: "PositiveSmallIntegerField", form: .number, type: .int32),
    Fact(name: "OrderWrt", form: .number, type: .int32),
    Fact(name: "FloatField", form: .number, type: .float64),
    Fact(name: "BooleanField", form: .boolean, type: .boolean),
    Fact(name: "NullBooleanField", form: .boolean, type: .boolean),
    Fact(name: "JSONField", form: .json, type: .json),
    Fact(name: "CharField", form: .text, type: .text),
    Fact(name: "TextField", form: .text, type: .text),
    Fact(name: "SlugField", form: .text, type: .text),
    Fact(name: "FileField", form: .text, type: .text),
    Fact(name: "ImageField", form: .text, type: .text),
    Fact(name: "FilePathField", form: .text, type: .text),
    Fact(name: "EmailField", form: .text, type: .text),
    Fact(name: "URLField", form: .text, type: .text),
    Fact(name: "UUIDField", form: .text, type: .uuid),
    Fact(name: "DateField", form: .text, type: .date),
    Fact(name: "TimeField", form: .text, type: .time),
    Fact(name: "DurationField", form: .text, type: .interval),
    Fact(name: "BinaryField", form: .text),
    Fact(name: "GenericIPAddressField", form: .text, type: .text),
  ]
  private static let byName = Dictionary(
    facts.map { (Name($0.name), $0) }, uniquingKeysWith: { first, _ in first })

  static func fact(_ type: Name) -> Fact? { byName[type] }

  /// How values of a type are written in JSON; fields of a project's own kind as text.
  static func form(_ type: Name) -> FixtureOutline.Form { type.isEmpty ? .unknown : fact(type)?.form ?? .text }
}
