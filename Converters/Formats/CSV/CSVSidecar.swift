internal import Bytes
package import Records

/// The schema file beside a lossless CSV file: `<file>.schema.json`.
///
/// CSV has one kind of value, text, and one way to say nothing. Lossless CSV says the rest in the text itself, so that a tool
/// that quotes differently does no harm:
///
/// | field           | value                                                                         |
/// |-----------------|-------------------------------------------------------------------------------|
/// | `\N`, `\M`      | null, missing (the record has no such key)                                    |
/// | `\\…`           | the column's text, whose first character is a backslash                       |
/// | `\t…`           | text where the column holds another kind                                      |
/// | `\s…`           | text with lone surrogates, as the inside of a JSON string                     |
/// | `\b…` `\i…` `\d…` `\#…` `\j…` `\x…` | boolean, 64-bit integer, double, number by its digits, JSON, base64 |
/// | anything else   | a value of the column's own kind, which the schema file names                 |
///
/// An empty field is an empty text. Every record ends with a line feed, the last too, and their number stands in the schema
/// file: a file that is cut off anywhere is known to be. The schema file holds the table's name, its columns with type and kind, and its keys.
package struct CSVSidecar: Sendable {
  /// Added to the data file's name.
  package static var ending: String { "schema.json" }

  package var table: TableSchema
  /// How an unmarked field of each column is held: by the first value the writer met.
  var kinds: [Cell.Kind]
  var delimiter: UInt8
  /// Number of records written.
  var recordCount: Int

  init(table: TableSchema, kinds: [Cell.Kind], delimiter: UInt8, recordCount: Int) {
    self.table = table
    self.kinds = kinds
    self.delimiter = delimiter
    self.recordCount = recordCount
  }

  /// The kinds a column can hold, their words in the schema file and the letters of their marks.
  static let forms: [(kind: Cell.Kind, word: String, letter: UInt8)] = [
    (.boolean, "boolean", UInt8(ascii: "b")), (.integer, "integer", UInt8(ascii: "i")),
    (.double, "double", UInt8(ascii: "d")), (.number, "number", UInt8(ascii: "#")), (.text, "text", UInt8(ascii: "t")),
    (.json, "json", UInt8(ascii: "j")), (.bytes, "bytes", UInt8(ascii: "x")),
  ]
  /// The letter of the mark of a kind that lies in a field.
  static func letter(_ kind: Cell.Kind) -> UInt8 { forms.first { $0.kind == kind }?.letter ?? UInt8(ascii: "t") }
}

// MARK: Writing

extension CSVSidecar {
  /// Appends the schema file.
  func write(to output: inout OutputBuffer) throws(IOError) {
    try output.append("{\n  \"coffer_csv_schema\": 1,\n  \"table\": ")
    try output.appendJSONString(table.name.bytes.span)
    if let namespace = table.namespace {
      try output.append(",\n  \"namespace\": ")
      try output.appendJSONString(namespace.bytes.span)
    }
    try output.append(",\n  \"delimiter\": ")
    try output.appendJSONString([delimiter].span)
    try output.append(",\n  \"records\": ")
    try output.append(decimal: Int64(recordCount))
    try output.append(",\n  \"null\": \"\\\\N\",\n  \"missing\": \"\\\\M\",\n  \"columns\": [")
    for (i, column) in table.columns.enumerated() {
      try output.append(i == 0 ? "\n    " : ",\n    ")
      try write(column, kind: kinds[i], to: &output)
    }
    try output.append("\n  ],\n  \"primary_key\": ")
    try write(table.primaryKey, to: &output)
    try output.append(",\n  \"unique_keys\": [")
    for (i, key) in table.uniqueKeys.enumerated() {
      if i > 0 { try output.append(", ") }
      try write(key, to: &output)
    }
    try output.append("],\n  \"indexes\": [")
    for (i, index) in table.indexes.enumerated() {
      if i > 0 { try output.append(", ") }
      try write(index, to: &output)
    }
    try output.append("],\n  \"foreign_keys\": [")
    for (i, key) in table.foreignKeys.enumerated() {
      try output.append(i == 0 ? "{\"columns\": " : ", {\"columns\": ")
      try write(key.columns, to: &output)
      try output.append(", \"table\": ")
      try output.appendJSONString(key.table.bytes.span)
      try output.append(", \"references\": ")
      try write(key.referencedColumns, to: &output)
      try output.append(key.isInferred ? ", \"inferred\": true}" : "}")
    }
    try output.append("]\n}\n")
  }

  private func write(_ column: Column, kind: Cell.Kind, to output: inout OutputBuffer) throws(IOError) {
    try output.append("{\"name\": ")
    try output.appendJSONString(column.name.bytes.span)
    let type = Array(column.type.word.utf8), form = Array((Self.forms.first { $0.kind == kind }?.word ?? "text").utf8)
    try output.append(", \"type\": ")
    try output.appendJSONString(type.span)
    if let values = column.type.enumeratedValues {
      try output.append(", \"values\": ")
      try write(values.map { Name($0) }, to: &output)
    }
    try output.append(", \"kind\": ")
    try output.appendJSONString(form.span)
    if !column.isNullable { try output.append(", \"nullable\": false") }
    if let length = column.maximumLength {
      try output.append(", \"maximum_length\": ")
      try output.append(decimal: Int64(length))
    }
    if column.isSecret { try output.append(", \"secret\": true") }
    if column.isIdentity { try output.append(", \"identity\": true") }
    try output.append("}")
  }

  private func write(_ names: [Name], to output: inout OutputBuffer) throws(IOError) {
    try output.append("[")
    for (i, name) in names.enumerated() {
      if i > 0 { try output.append(", ") }
      try output.appendJSONString(name.bytes.span)
    }
    try output.append("]")
  }
}

// MARK: Reading

extension CSVSidecar {
  /// The schema file in `bytes`.
  package init(parsing bytes: [UInt8]) throws(ReadError) {
    guard let root = SchemaJSON(parsing: bytes) else { throw ReadError(.syntax("schema file is not JSON")) }
    guard root["coffer_csv_schema"]?.integer == 1 else {
      throw ReadError(.syntax("schema file is not one of version 1"))
    }
    guard let name = root["table"]?.string, let columns = root["columns"]?.array,
      let delimiter = root["delimiter"]?.string, delimiter.count == 1, let count = root["records"]?.integer, count >= 0
    else { throw ReadError(.syntax("schema file lacks table, delimiter, records or columns")) }
    var table = TableSchema(Name(name), [])
    kinds = []
    for column in columns {
      guard let (column, kind) = Self.column(column) else {
        throw ReadError(.syntax("schema file has a column that is not understood"))
      }
      table.columns.append(column)
      kinds.append(kind)
    }
    table.namespace = root["namespace"]?.string.map { Name($0) }
    table.primaryKey = Self.names(root["primary_key"])
    table.uniqueKeys = (root["unique_keys"]?.array ?? []).map { Self.names($0) }
    table.indexes = (root["indexes"]?.array ?? []).map { Self.names($0) }
    for key in root["foreign_keys"]?.array ?? [] {
      guard let target = key["table"]?.string else { continue }
      table.foreignKeys.append(
        ForeignKey(
          Self.names(key["columns"]), references: Name(target), Self.names(key["references"]),
          isInferred: key["inferred"]?.boolean ?? false))
    }
    self.table = table
    self.delimiter = delimiter[0]
    recordCount = count
  }

  private static func column(_ value: SchemaJSON) -> (Column, Cell.Kind)? {
    guard let name = value["name"]?.string, let typeWord = value["type"]?.string, let kindWord = value["kind"]?.string,
      let form = forms.first(where: { $0.word.utf8.elementsEqual(kindWord) }),
      let type = type(String(decoding: typeWord, as: UTF8.self), values: names(value["values"]))
    else { return nil }
    let column = Column(
      Name(name), type, isNullable: value["nullable"]?.boolean ?? true,
      maximumLength: value["maximum_length"]?.integer, isSecret: value["secret"]?.boolean ?? false,
      isIdentity: value["identity"]?.boolean ?? false)
    return (column, form.kind)
  }

  /// The type of a word; the values of an enumeration, or of an array of them, stand beside it.
  private static func type(_ word: String, values: [Name]) -> LogicalType? {
    if word == LogicalType.enumeration([]).word {
      return .enumeration(values.map { String(decoding: $0.bytes, as: UTF8.self) })
    }
    guard !word.hasSuffix(String(repeating: "[]", count: LogicalType.depthLimit + 1)) else { return nil }
    if word.hasSuffix("[]") { return type(String(word.dropLast(2)), values: values).map { .array($0) } }
    return LogicalType(word: word)
  }

  private static func names(_ value: SchemaJSON?) -> [Name] {
    (value?.array ?? []).compactMap { $0.string.map { Name($0) } }
  }
}

extension LogicalType {
  /// The values of an enumeration, or of an array of them; nil for other types.
  fileprivate var enumeratedValues: [String]? {
    switch self {
    case .enumeration(let values): values
    case .array(let element): element.enumeratedValues
    default: nil
    }
  }
}
