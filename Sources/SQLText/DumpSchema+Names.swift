package import Bytes
internal import Diagnostics
internal import Records

// What names mean: search paths, databases, and the unique names of tables.
extension DumpSchema {
  var isPostgres: Bool { syntax.family == .postgres }

  /// How a column's name is compared.
  func folded(_ name: Name) -> Name { isPostgres ? name : name.lowercased }

  /// The schema in which something without one is created.
  private var currentSchema: Name { searchPath.first { $0 != "pg_catalog" && $0 != "$user" } ?? "public" }

  /// Where something is created that is called so.
  func place(creating parts: [Name]) -> Place {
    let local = parts.last ?? ""
    switch syntax.family {
    case .postgres:
      let schema = parts.count > 1 ? parts[parts.count - 2] : currentSchema
      return Place(database: database, schema: schema, local: local)
    case .mysql: return Place(database: parts.count > 1 ? parts[parts.count - 2] : database, local: local)
    case .sqlite:
      let schema = parts.count > 1 ? parts[0].lowercased : ""
      return Place(schema: schema == "main" || schema == "temp" ? "" : schema, local: local.lowercased)
    }
  }

  /// Where something is that is called so: the first schema of the search path that `has` it.
  func place(_ parts: [Name], has: (Place) -> Bool) -> Place {
    let place = place(creating: parts)
    guard isPostgres, parts.count == 1, !has(place) else { return place }
    for schema in searchPath.prefix(64) + ["public"] {
      let other = Place(database: database, schema: schema, local: place.local)
      if has(other) { return other }
    }
    return place
  }
  func place(table parts: [Name]) -> Place { place(parts) { places[$0] != nil } }
  func userType(_ parts: [Name]) -> Place? {
    let place = place(parts) { types[$0] != nil }
    return types[place] == nil && parts.count == 1 && !isPostgres ? nil : place
  }

  /// The name within a backup: without the usual schema.
  func displayName(_ place: Place, _ local: Name) -> Name {
    guard let namespace = namespace(place) else { return local }
    return namespace + "." + local
  }
  func namespace(_ place: Place) -> Name? {
    place.schema.isEmpty || isPostgres && place.schema == "public" ? nil : place.schema
  }

  /// The unique table name that a reference means.
  package mutating func tableName(_ parts: [Name]) -> Name {
    let place = place(table: parts)
    return uniqueName(place, local: parts.last ?? "").name
  }

  /// The unique name of a table, given out once, with its namespace.
  mutating func uniqueName(_ place: Place, local: Name) -> (name: Name, namespace: Name?) {
    if let index = places[place] { return (entries[index].name, entries[index].namespace) }
    if let name = namesOfPlaces[place], names[name] == place {
      let isUsual = name == displayName(place, local)
      return (name, isUsual ? namespace(place) : nil)
    }
    var namespace = namespace(place), name = displayName(place, local)
    if let other = names[name], other.database != place.database, !place.database.isEmpty {
      namespace = place.database + (place.schema.isEmpty ? "" : "." + place.schema)
      name = place.database + (place.schema.isEmpty ? "" : "." + place.schema) + "." + local
    }
    if names[name] != nil {
      namespace = nil
      name = (place.schema.isEmpty ? "" : quoted(place.schema) + ".") + quoted(local)
    }
    if names[name] != nil { name = quoted(place.database) + "." + name }
    var number = 2
    let stem = name
    while names[name] != nil {
      name = stem + Name("_\(number)")
      number += 1
    }
    if names.count < 4 * Self.tableLimit {
      names[name] = place
      namesOfPlaces[place] = name
    }
    return (name, namespace)
  }

  private func quoted(_ name: Name) -> Name {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in name.bytes { bytes += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
    return Name(bytes + [UInt8(ascii: "\"")])
  }

  /// Number of the table that a reference means.
  func number(_ parts: [Name]) -> Int? { places[place(table: parts)] }

  /// The name of a table for an object that belongs to it; none is given out.
  func tableLabel(_ parts: [Name]) -> Name {
    let place = place(table: parts)
    if let index = places[place] { return entries[index].name }
    return namesOfPlaces[place] ?? displayName(place, parts.last ?? "")
  }

  /// Takes note of something odd; notes of one code are counted.
  mutating func note(
    _ code: String, _ severity: Severity, _ message: String, advice: String? = nil, table: Name? = nil
  ) {
    if let number = noteNumbers[code + message] {
      notes[number].count += 1
      return
    }
    noteNumbers[code + message] = notes.count
    notes.append(Finding(code, severity, message, advice: advice, table: table, offset: offset))
  }

  /// Takes note of a statement that is never run.
  mutating func forbid(_ what: String, isAttack: Bool) {
    note(
      isAttack ? "forbidden-statement" : "code-block", isAttack ? .error : .info, "a statement \(what); it is not run",
      advice: isAttack ? "find out who wrote it into the dump before the dump is given to a server" : nil)
  }
}
