internal import Bytes
internal import Records

/// Makes fields of the calls that declare them.
struct FieldReading {
  /// The application of the model.
  let app: Name
  /// The model's own name in lower case.
  let model: Name
  let userModel: Name

  func field(_ name: Name, _ call: PythonCall) -> DeclaredField {
    let className = call.short
    var field = DeclaredField(name, className: className), call = call
    if className == "GeneratedField", let output = call["output_field"]?.call {
      field.isGenerated = true
      call.name = output.name
      call.keywords = output.keywords + call.keywords
    }
    let fact = FieldClasses.fact(call.short)
    field.type = fact?.type
    field.maximumLength = call["max_length"]?.integer ?? fact?.length
    if fact == nil {
      // A class of the project's own: what it is given shows what it is.
      if call["to"] != nil { field.className = "ForeignKey" } else if field.maximumLength != nil { field.type = .text }
    }
    if fact?.name.description == "DecimalField" {
      field.type = .decimal(precision: call["max_digits"]?.integer, scale: call["decimal_places"]?.integer)
    }
    field.sourceType = sourceType(call)
    if className == "ArrayField", let (base, depth) = element(of: call, depth: 1),
      let element = FieldClasses.fact(base.short)?.type ?? (base.short == "DateTimeField" ? .timestamptz : nil)
    {
      field.type = .array(element)
      field.arrayDepth = depth
      field.maximumLength = nil
      if let length = base["max_length"]?.integer, element == .text {
        field.sourceType = Array("character varying(\(length))[]".utf8)
      }
    }
    field.isNullable = call["null"]?.boolean ?? (className == "NullBooleanField")
    field.isPrimaryKey = call["primary_key"]?.boolean ?? (className == "CompositePrimaryKey")
    field.isUnique = call["unique"]?.boolean ?? false
    field.isIndexed = call["db_index"]?.boolean ?? fact?.isIndexed ?? false
    field.isParentLink = call["parent_link"]?.boolean ?? false
    if className == "CompositePrimaryKey" {
      field.column = nil
      field.members = call.arguments.compactMap(\.string)
    }
    refer(&field, call)
    if let column = call["db_column"]?.string, field.column != nil { field.column = column }
    return field
  }

  /// What the innermost of arrays within arrays hold.
  private func element(of array: PythonCall, depth: Int) -> (base: PythonCall, depth: Int)? {
    guard let base = array.argument("base_field", at: 0)?.call, depth <= 8 else { return nil }
    return base.short == "ArrayField" ? element(of: base, depth: depth + 1) : (base, depth)
  }

  /// Types of PostGIS and PostgreSQL's own that Django makes of its field classes.
  private static let shapes: [Name: String] = [
    "GeometryField": "GEOMETRY", "PointField": "POINT", "LineStringField": "LINESTRING", "PolygonField": "POLYGON",
    "MultiPointField": "MULTIPOINT", "MultiLineStringField": "MULTILINESTRING", "MultiPolygonField": "MULTIPOLYGON",
    "GeometryCollectionField": "GEOMETRYCOLLECTION",
  ]

  private func sourceType(_ call: PythonCall) -> [UInt8]? {
    switch call.short {
    case "HStoreField": return Array("hstore".utf8)
    case "SearchVectorField": return Array("tsvector".utf8)
    case "RasterField": return Array("raster".utf8)
    default:
      guard let shape = Self.shapes[call.short] else { return nil }
      let word = call["geography"]?.boolean ?? false ? "geography" : "geometry"
      let dimension = call["dim"]?.integer == 3 ? "Z" : ""
      return Array("\(word)(\(shape)\(dimension),\(call["srid"]?.integer ?? 4326))".utf8)
    }
  }

  private func refer(_ field: inout DeclaredField, _ call: PythonCall) {
    guard ["ForeignKey", "OneToOneField", "ManyToManyField"].contains(field.className) || call["to"] != nil,
      let to = call.argument("to", at: 0).flatMap(target)
    else { return }
    field.target = to
    if field.className == "ManyToManyField" || field.className.hasSuffix("ManyToManyField") {
      field.isList = true
      field.column = nil
      field.joinTable = call["db_table"]?.string
      field.hasThrough = call["through"] != nil
      return
    }
    field.column = field.name + "_id"
    field.targetField = call["to_field"]?.string
    field.isIndexed = call["db_index"]?.boolean ?? true
    if field.className == "OneToOneField" {
      field.isUnique = true
      field.isIndexed = false
    }
  }

  /// The model that an argument names: `'self'`, `'Tag'`, `'shop.Tag'`, `Tag`, `settings.AUTH_USER_MODEL`.
  func target(_ value: PythonValue) -> Name? {
    if let call = value.call { return call.short == "get_user_model" ? userModel : nil }
    guard let name = value.named else { return nil }
    if name.bytes.suffix(15).elementsEqual("AUTH_USER_MODEL".utf8) { return userModel }
    let lower = name.lowercased
    if lower == "self" || lower == "recursive_relationship_constant" { return app + "." + model }
    let parts = lower.bytes.split(separator: UInt8(ascii: "."))
    guard let last = parts.last else { return nil }
    guard parts.count > 1 else { return app + "." + Name(Array(last)) }
    return Name(Array(parts[parts.count - 2])) + "." + Name(Array(last))
  }
}
