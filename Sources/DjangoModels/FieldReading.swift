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
    // Elements of arrays within arrays are texts that hold JSON: those stay as they are.
    if className == "ArrayField", let base = call.argument("base_field", at: 0)?.call,
      let element = FieldClasses.fact(base.short)?.type ?? (base.short == "DateTimeField" ? .timestamptz : nil)
    {
      field.type = .array(element)
      field.maximumLength = nil
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
