internal import Bytes
internal import Diagnostics
internal import Records

// Adding to tables and objects.
extension DumpSchema {
  /// Makes a table of that name; nil when there are too many, or when it is there and may be.
  mutating func newTable(_ parts: [Name], ifNotExists: Bool) -> Int? {
    let place = place(creating: parts)
    if let index = places[place] {
      if ifNotExists { return nil }
      entries[index].isDropped = true
      places[place] = nil
    }
    guard entries.count < Self.tableLimit else {
      note("too-many-tables", .error, "dump has more than \(Self.tableLimit) tables; the others are left out")
      return nil
    }
    let (name, namespace) = uniqueName(place, local: parts.last ?? "")
    places[place] = entries.count
    entries.append(TableEntry(place, name, namespace))
    return entries.count - 1
  }

  /// Adds a column to a table, as far as there may be more.
  mutating func add(_ column: ColumnEntry, to table: Int) {
    guard columnCount < TableSchema.columnLimit else {
      note(
        "too-many-columns", .error,
        "tables of the dump have more than \(TableSchema.columnLimit) columns; the others are left out")
      return
    }
    columnCount += 1
    entries[table].append(column, as: folded(column.column.name))
  }

  /// The name that an object has, and the attribute that says its schema.
  func labelled(_ parts: [Name]) -> (name: Name, schema: Name?) {
    guard isPostgres, parts.count > 1 || !searchPath.isEmpty else { return (parts.last ?? "", nil) }
    let place = place(creating: parts), namespace = namespace(place)
    return (displayName(place, parts.last ?? ""), namespace)
  }

  /// Adds an object, in the place of one of its kind and name.
  mutating func addObject(
    _ kind: String, _ name: Name, table: Name? = nil, schema: Name? = nil, detail: [UInt8] = [],
    definition: [UInt8], _ attributes: [SchemaAttribute] = []
  ) {
    let key = ObjectKey(kind: kind, name: name, table: table, detail: detail)
    var object = SchemaObject(kind: kind, name: name, table: table, definition: definition)
    object.attributes = attributes.filter { !$0.value.isEmpty }
    if let schema { object.attributes.append(SchemaAttribute("schema", schema.bytes)) }
    if let sessionOwner, kind != "owner" { object.attributes.append(SchemaAttribute("owner", sessionOwner.bytes)) }
    object.attributes.append(SchemaAttribute("offset", Array(String(offset).utf8)))
    guard objects.count < Self.objectLimit, definitionBytes + definition.count <= Self.definitionLimit else {
      note("too-many-objects", .warning, "dump has too many objects to keep; the others are left out")
      return
    }
    definitionBytes += definition.count
    if !["statement", "grant", "comment", "owner", "default-privileges", "setting", "role-setting"].contains(kind) {
      if let number = objectNumbers[key] {
        objects[number] = object
        return
      }
      objectNumbers[key] = objects.count
    }
    objects.append(object)
  }

  /// Adds a statement that is kept as it stands, passwords left out.
  mutating func addStatement(_ cursor: SQLCursor, table: Name? = nil, _ attributes: [SchemaAttribute] = []) {
    var words: [UInt8] = []
    for token in cursor.tokens.prefix(3) where token.kind == .word {
      words += (words.isEmpty ? [] : [UInt8(ascii: " ")]) + cursor.bytes[token.range].prefix(64)
    }
    addObject("statement", Name(words), table: table, definition: masked(cursor), attributes)
  }

  /// Sets an attribute of an object, if it is there.
  @discardableResult
  mutating func set(_ name: String, _ value: [UInt8], of key: ObjectKey) -> Bool {
    guard let number = objectNumbers[key], var object = objects[number] else { return false }
    objects[number] = nil
    if let index = object.attributes.firstIndex(where: { $0.name == name }) {
      object.attributes[index].value = value
    } else {
      object.attributes.append(SchemaAttribute(name, value))
    }
    objects[number] = object
    return true
  }

  /// Appends a statement to the definition of an object; makes the object if it is not there.
  mutating func append(_ statement: [UInt8], to key: ObjectKey, schema: Name? = nil) {
    guard let number = objectNumbers[key], var object = objects[number] else {
      addObject(key.kind, key.name, table: key.table, schema: schema, detail: key.detail, definition: statement)
      return
    }
    guard definitionBytes + statement.count <= Self.definitionLimit else { return }
    definitionBytes += statement.count + 2
    // Taken out first, so that it is changed in place.
    objects[number] = nil
    object.definition += Array(";\n".utf8) + statement
    objects[number] = object
  }

  /// The statement with passwords and options that may hold them replaced.
  func masked(_ cursor: SQLCursor) -> [UInt8] {
    var output: [UInt8] = [], copied = 0, hides = false
    for (i, token) in cursor.tokens.enumerated() {
      if token.kind == .word {
        if ["password", "identified", "connection"].contains(where: { cursor.lexer.isWord(token, $0) }) {
          hides = true
        }
        let isMapping = cursor.lexer.isWord(token, "mapping") || cursor.lexer.isWord(token, "server")
        if isMapping, i < 4 { hides = true }
        if ["valid", "require"].contains(where: { cursor.lexer.isWord(token, $0) }) { hides = false }
      }
      guard hides, token.isString else { continue }
      output += cursor.bytes[copied..<token.range.lowerBound]
      output += Array("'…'".utf8)
      copied = token.range.upperBound
    }
    return output + cursor.bytes[copied...]
  }
}
