internal import Bytes
internal import Records

// Types, domains and sequences.
extension DumpSchema {
  /// CREATE TYPE; the cursor stands behind TYPE.
  mutating func type(declaration cursor: inout SQLCursor) {
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    let (name, schema) = labelled(parts), place = place(creating: parts)
    var form = "base", labels: [UInt8] = [], known = UserType.other
    if cursor.accept("as", "enum") {
      form = "enum"
      let start = cursor.at
      if let values = strings(&cursor) { known = .enumeration(values) }
      labels = cursor.text((start + 1)..<max(start + 1, cursor.at - 1))
    } else if cursor.accept("as", "range") {
      form = "range"
    } else if cursor.accept("as") {
      form = "composite"
    }
    setType(place, known)
    addObject(
      "type", name, schema: schema, definition: cursor.bytes,
      [SchemaAttribute("form", Array(form.utf8)), SchemaAttribute("labels", labels)])
  }

  private mutating func setType(_ place: Place, _ type: UserType) {
    guard types.count < Self.tableLimit || types[place] != nil else { return }
    types[place] = type
  }

  /// ALTER TYPE … ADD VALUE; false when it is another change.
  mutating func addValue(_ cursor: inout SQLCursor, _ parts: [Name]) -> Bool {
    let start = cursor
    let place = place(parts) { types[$0] != nil }
    if cursor.accept("add", "value") {
      _ = cursor.accept("if", "not", "exists")
      guard case .enumeration(var labels) = types[place], let value = cursor.string(), Name(value).isUTF8 else {
        cursor = start
        return false
      }
      let label = String(decoding: value, as: UTF8.self), isBefore = cursor.accept("before")
      let other = isBefore || cursor.accept("after") ? cursor.string() : nil
      // Taken out first, so that the list is changed in place.
      types[place] = .other
      // Longer lists are not looked through for each value.
      let at = (labels.count > 1000 ? nil : other).flatMap { other in labels.firstIndex { Array($0.utf8) == other } }
        .map { isBefore ? $0 : $0 + 1 }
      if labels.count < 100_000 { labels.insert(label, at: at ?? labels.count) }
      types[place] = .enumeration(labels)
      return true
    }
    if cursor.accept("rename", "value"), case .enumeration(var labels) = types[place], let old = cursor.string(),
      cursor.accept("to"), let new = cursor.string(), Name(new).isUTF8,
      let at = labels.firstIndex(where: { Array($0.utf8) == old })
    {
      labels[at] = String(decoding: new, as: UTF8.self)
      types[place] = .enumeration(labels)
      return true
    }
    cursor = start
    return false
  }

  mutating func domain(_ cursor: inout SQLCursor) {
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    let (name, schema) = labelled(parts), place = place(creating: parts)
    _ = cursor.accept("as")
    if var base = type(&cursor) {
      var rest = cursor
      while !rest.isAtEnd {
        if rest.accept("not", "null") { base.isNotNull = true }
        if rest.isSymbol("(") { rest.skipBrackets() } else { rest.skip() }
      }
      setType(place, .domain(base))
    }
    addObject("domain", name, schema: schema, definition: cursor.bytes)
  }

  /// CREATE SEQUENCE; the cursor stands behind SEQUENCE.
  mutating func sequence(_ cursor: inout SQLCursor) {
    _ = cursor.accept("if", "not", "exists")
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    let (name, schema) = labelled(parts)
    addObject("sequence", name, schema: schema, definition: cursor.bytes, sequenceOptions(&cursor))
    ownSequence(parts, cursor)
  }

  /// What the options of a sequence say.
  func sequenceOptions(_ cursor: inout SQLCursor) -> [SchemaAttribute] {
    var attributes: [SchemaAttribute] = []
    while !cursor.isAtEnd {
      if cursor.accept("start") {
        _ = cursor.accept("with")
        attributes.append(SchemaAttribute("start", signedNumber(&cursor)))
      } else if cursor.accept("increment") {
        _ = cursor.accept("by")
        attributes.append(SchemaAttribute("increment", signedNumber(&cursor)))
      } else if cursor.accept("as") {
        attributes.append(SchemaAttribute("data-type", cursor.name()?.bytes ?? []))
      } else if cursor.isNext("owned") {
        return attributes
      } else {
        cursor.skip()
      }
    }
    return attributes
  }

  private func signedNumber(_ cursor: inout SQLCursor) -> [UInt8] {
    let start = cursor.at
    if cursor.isSymbol("-") || cursor.isSymbol("+") { cursor.skip() }
    if cursor.peek()?.kind == .number { cursor.skip() }
    return cursor.text(from: start)
  }

  /// `OWNED BY t.c`, wherever it comes.
  mutating func ownSequence(_ parts: [Name], _ cursor: SQLCursor) {
    var cursor = cursor
    while !cursor.isAtEnd, !cursor.accept("owned", "by") { cursor.skip() }
    guard let target = cursor.qualifiedName(), target.count > 1 else { return }
    let tableParts = Array(target.dropLast()), column = target[target.count - 1]
    let place = place(parts) { sequenceOwners[$0] != nil }, name = labelled(parts).name
    set(
      "owned-by", (tableLabel(tableParts) + "." + column).bytes, of: ObjectKey(kind: "sequence", name: name, table: nil)
    )
    guard let table = number(tableParts), let number = entries[table].numbers[column] else { return }
    sequenceOwners[place] = (table, number)
  }
}
