internal import Bytes
internal import Records

/// Django's field classes and the columns they make.
enum FieldClasses {
  struct Fact: Sendable {
    let name: StaticString
    let type: LogicalType?
    var length: Int?
    var isIndexed = false
    var isIdentity = false
  }
  static let facts: [Fact] = [
    Fact(name: "AutoField", type: .int32, isIdentity: true),
    Fact(name: "BigAutoField", type: .int64, isIdentity: true),
    Fact(name: "SmallAutoField", type: .int32, isIdentity: true),
    Fact(name: "BooleanField", type: .boolean), Fact(name: "NullBooleanField", type: .boolean),
    Fact(name: "CharField", type: .text), Fact(name: "TextField", type: .text),
    Fact(name: "EmailField", type: .text, length: 254), Fact(name: "URLField", type: .text, length: 200),
    Fact(name: "SlugField", type: .text, length: 50, isIndexed: true),
    Fact(name: "FileField", type: .text, length: 100), Fact(name: "ImageField", type: .text, length: 100),
    Fact(name: "FilePathField", type: .text, length: 100),
    Fact(name: "IPAddressField", type: .text, length: 15), Fact(name: "GenericIPAddressField", type: .text, length: 39),
    Fact(name: "CommaSeparatedIntegerField", type: .text),
    Fact(name: "CIText", type: .text), Fact(name: "CICharField", type: .text), Fact(name: "CIEmailField", type: .text),
    Fact(name: "CITextField", type: .text),
    Fact(name: "IntegerField", type: .int32), Fact(name: "BigIntegerField", type: .int64),
    Fact(name: "SmallIntegerField", type: .int32), Fact(name: "PositiveIntegerField", type: .int32),
    Fact(name: "PositiveBigIntegerField", type: .int64), Fact(name: "PositiveSmallIntegerField", type: .int32),
    Fact(name: "OrderWrt", type: .int32),
    Fact(name: "FloatField", type: .float64), Fact(name: "DecimalField", type: .decimal),
    Fact(name: "DateField", type: .date), Fact(name: "TimeField", type: .time),
    Fact(name: "DateTimeField", type: nil), Fact(name: "DurationField", type: .interval),
    Fact(name: "UUIDField", type: .uuid), Fact(name: "JSONField", type: .json), Fact(name: "BinaryField", type: .bytes),
    Fact(name: "ForeignKey", type: nil), Fact(name: "OneToOneField", type: nil),
    Fact(name: "ManyToManyField", type: nil),
    Fact(name: "ArrayField", type: nil), Fact(name: "HStoreField", type: nil),
    Fact(name: "IntegerRangeField", type: nil), Fact(name: "BigIntegerRangeField", type: nil),
    Fact(name: "DecimalRangeField", type: nil), Fact(name: "DateTimeRangeField", type: nil),
    Fact(name: "DateRangeField", type: nil), Fact(name: "SearchVectorField", type: .text),
    Fact(name: "GeometryField", type: .text), Fact(name: "PointField", type: .text),
    Fact(name: "LineStringField", type: .text),
    Fact(name: "PolygonField", type: .text), Fact(name: "MultiPointField", type: .text),
    Fact(name: "MultiLineStringField", type: .text), Fact(name: "MultiPolygonField", type: .text),
    Fact(name: "GeometryCollectionField", type: .text), Fact(name: "RasterField", type: .text),
    Fact(name: "GeneratedField", type: nil), Fact(name: "CompositePrimaryKey", type: nil),
  ]
  private static let byName = Dictionary(
    facts.map { (Name($0.name.description), $0) }, uniquingKeysWith: { first, _ in first })

  static func fact(_ name: Name) -> Fact? { byName[name] }

  /// Attributes that are no columns although they are made by classes whose names end in `Field` or `Key`.
  static let virtual: Set<Name> = ["GenericForeignKey", "GenericRelation", "GenericRel", "ForeignObject"]

  /// Whether a call makes a field, to judge by its name alone.
  static func isField(_ call: PythonCall) -> Bool {
    let name = call.short
    if virtual.contains(name) { return false }
    return fact(name) != nil || name.hasSuffix("Field") || name.hasSuffix("ForeignKey")
  }
}
