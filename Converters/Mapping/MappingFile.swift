internal import Bytes
internal import Diagnostics
internal import Records
internal import TOML

// A mapping as a file of TOML, or the same as an object of JSON, states it.
extension Mapping {
  /// Bytes that a mapping file may have.
  package static var sizeLimit: Int { 1 << 20 }

  /// Reads the text of a mapping file; `path` is for messages.
  package init(_ text: [UInt8], path: [UInt8]) throws(MappingError) {
    let entries: [TOMLEntry]
    let isJSON = text.first { $0 > 0x20 } == UInt8(ascii: "{")
    do throws(TOMLError) {
      entries = try isJSON ? TOML.readJSON(text, path: path) : TOML.read(text, path: path)
    } catch {
      throw MappingError(.file(error.place), error.message, advice: error.advice)
    }
    self.init()
    for entry in entries {
      switch try entry.key(["names", "ids", "nested", "tables"]) {
      case "names": policy = try entry.value.choice()
      case "ids": identifiers = try entry.value.choice()
      case "nested": nesting = try entry.value.choice()
      default:
        for table in try entry.value.table() {
          try change(table.name, .file(table.place)) { (rule) throws(MappingError) in try rule.read(table.value) }
        }
      }
    }
  }
}

extension TableRule {
  fileprivate mutating func read(_ value: TOMLValue) throws(MappingError) {
    if case .text(let text) = value.content {
      name = try value.name(text)
      return
    }
    for entry in try value.table() {
      switch try entry.key(["name", "skip", "key", "nested", "drop", "references", "columns"]) {
      case "name": name = try entry.value.name(try entry.value.text())
      case "skip": isSkipped = try entry.value.flag()
      case "nested": nesting = try entry.value.choice()
      case "key":
        key = try entry.value.texts().map { Name($0.text) }
        keyPlace = .file(entry.value.place)
      case "references":
        for value in try entry.value.list() { references.append(try value.tableReference()) }
      case "drop":
        for (column, place) in try entry.value.texts() {
          try change(Name(column), place) { (rule) throws(MappingError) in rule.isDropped = true }
        }
      default:
        for entry in try entry.value.table() {
          try change(entry.name, .file(entry.place)) { (rule) throws(MappingError) in try rule.read(entry.value) }
        }
      }
    }
  }
}

extension ColumnRule {
  fileprivate mutating func read(_ value: TOMLValue) throws(MappingError) {
    if case .text(let text) = value.content {
      name = try value.name(text)
      return
    }
    for entry in try value.table() {
      switch try entry.key(["name", "drop", "type", "using", "values", "default", "references", "nested"]) {
      case "name": name = try entry.value.name(try entry.value.text())
      case "drop": isDropped = try entry.value.flag()
      case "nested": nesting = try entry.value.choice()
      case "type": type = try logicalType(try entry.value.text(), .file(entry.value.place))
      case "using":
        for (word, place) in try entry.value.texts() { functions.append(try castFunction(word, place)) }
      case "values":
        for entry in try entry.value.table() { values.append((entry.name.bytes, try entry.value.literal())) }
      case "default": fallback = try entry.value.literal()
      default: reference = try entry.value.reference()
      }
    }
  }
}

/// The type that a word names.
func logicalType(_ word: [UInt8], _ place: RulePlace) throws(MappingError) -> LogicalType {
  if let type = TypeWords.type(String(decoding: word, as: UTF8.self)) { return type }
  throw MappingError(
    place, "there is no type '\(displayed(word))'", advice: "one of: " + TypeWords.known.joined(separator: ", "),
    unknown: (displayed(word), TypeWords.known))
}

/// The function that a word names.
func castFunction(_ word: [UInt8], _ place: RulePlace) throws(MappingError) -> CastFunction {
  if let function = CastFunction(rawValue: String(decoding: word, as: UTF8.self)) { return function }
  throw MappingError(
    place, "there is no function '\(displayed(word))'",
    advice: "one of: " + CastFunction.words.joined(separator: ", "), unknown: (displayed(word), CastFunction.words))
}

extension TOMLEntry {
  /// The name, which is one of some.
  fileprivate func key(_ known: [String]) throws(MappingError) -> String {
    if let found = known.first(where: { $0.utf8.elementsEqual(name.bytes) }) { return found }
    throw MappingError(
      .file(place), "a mapping has no '\(displayed(name))' here", advice: "one of: " + known.joined(separator: ", "),
      unknown: (displayed(name), known))
  }
}

extension TOMLValue {
  private func error(_ message: String) -> MappingError { MappingError(.file(place), message) }

  fileprivate func text() throws(MappingError) -> [UInt8] {
    if case .text(let text) = content { return text }
    throw error("text in quotes is expected here")
  }
  fileprivate func flag() throws(MappingError) -> Bool {
    if case .flag(let isOn) = content { return isOn }
    throw error("true or false is expected here")
  }
  fileprivate func table() throws(MappingError) -> [TOMLEntry] {
    if case .table(let entries) = content { return entries }
    throw error("a section, or { … }, is expected here")
  }
  /// One value or a list of them.
  fileprivate func list() throws(MappingError) -> [TOMLValue] {
    if case .list(let values) = content { return values }
    return [self]
  }
  /// `{ columns = ["a", "b"], table = "orders", to = ["x", "y"] }`.
  fileprivate func tableReference() throws(MappingError) -> TableRule.Reference {
    var reference = TableRule.Reference(place: .file(place))
    for entry in try table() {
      switch try entry.key(["columns", "table", "to"]) {
      case "columns": reference.columns = try entry.value.texts().map { Name($0.text) }
      case "table": reference.table = Name(try entry.value.text())
      default: reference.referencedColumns = try entry.value.texts().map { Name($0.text) }
      }
    }
    guard !reference.columns.isEmpty, reference.columns.count == reference.referencedColumns.count else {
      throw error("'columns' and 'to' are expected here, with as many names in each, and 'table'")
    }
    return reference
  }
  /// One text or a list of them.
  fileprivate func texts() throws(MappingError) -> [(text: [UInt8], place: RulePlace)] {
    guard case .list(let values) = content else { return [(try text(), .file(place))] }
    var texts: [([UInt8], RulePlace)] = []
    for value in values { texts.append((try value.text(), .file(value.place))) }
    return texts
  }
  /// A text that can be a name.
  fileprivate func name(_ text: [UInt8]) throws(MappingError) -> Name {
    guard !text.isEmpty, !text.contains(0) else { throw error("a name is not empty") }
    return Name(text)
  }
  fileprivate func choice<T: RawRepresentable<String> & CaseIterable>() throws(MappingError) -> T {
    let word = try text(), known = T.allCases.map(\.rawValue)
    if let found = T(rawValue: String(decoding: word, as: UTF8.self)) { return found }
    throw MappingError(
      .file(place), "'\(displayed(word))' is not known here", advice: "one of: " + known.joined(separator: ", "),
      unknown: (displayed(word), known))
  }
  fileprivate func literal() throws(MappingError) -> Literal {
    switch content {
    case .text(let text):
      guard text.count <= 4096 else { throw error("a value of a mapping has 4,096 bytes at most") }
      return .text(text)
    case .flag(let isOn): return .boolean(isOn)
    case .integer(let number): return .integer(number)
    case .list, .table: throw error("a text, a whole number, true or false is expected here")
    }
  }
  /// `table.column`.
  fileprivate func reference() throws(MappingError) -> ColumnRule.Reference {
    let text = try text()
    guard let dot = text.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot + 1 < text.count else {
      throw error("'table.column' is expected here")
    }
    return ColumnRule.Reference(
      table: Name(Array(text[..<dot])), column: Name(Array(text[(dot + 1)...])), place: .file(place))
  }
}
