import Bytes
import Records

@testable import SQLText

/// Takes in every statement of a text.
func load(_ bytes: [UInt8], _ syntax: SQLSyntax = .postgres) -> DumpSchema {
  var schema = DumpSchema(syntax)
  forEachStatement(bytes, &schema) { statement, offset, schema in _ = schema.add(statement, at: offset) }
  return schema
}
func load(_ text: String, _ syntax: SQLSyntax = .postgres) -> DumpSchema { load(Array(text.utf8), syntax) }

/// Calls `body` with every statement, rows of INSERT too; commands of psql go to the schema, rows of COPY are left out.
func forEachStatement(
  _ bytes: [UInt8], _ schema: inout DumpSchema, _ body: ([UInt8], Int, inout DumpSchema) -> Void
) {
  var heap = ByteHeap(capacity: bytes.count + 1), rule = StatementRule(family: schema.syntax.family.quoting), at = 0
  heap.append(bytes.span)
  heap.append(UInt8(ascii: "\n"))
  heap.clearPadding()
  while true {
    rule.hasBackslashes = schema.syntax.backslashEscapes
    rule.hasANSIQuotes = schema.syntax.ansiQuotes
    let start = heap.sqlSpace(from: at, rule).end
    guard start < bytes.count else { return }
    let line = bytes[start...].prefix { $0 != UInt8(ascii: "\n") }
    if line.first == UInt8(ascii: "\\") {
      schema.addMetaCommand(Array(line), at: start)
      at = line.endIndex
      continue
    }
    if line.starts(with: "DELIMITER ".utf8) {
      rule.delimiter = Array(line.dropFirst(10))
      at = line.endIndex
      continue
    }
    let end: Int
    switch heap.statementEnd(from: start, rule) {
    case .cut: return body(Array(bytes[start...]), start, &schema)
    case .delimiter(let place):
      end = place
      at = place + rule.delimiter.count
    case .command(let place):
      end = place
      let isDelimiter = bytes[place...].starts(with: "\\;".utf8)
      at = isDelimiter ? place + 2 : bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }
    let statement = Array(bytes[start..<end])
    body(statement, start, &schema)
    if SQLCopyHeader(statement) != nil { at = copyEnd(bytes, at) }
  }
}

private func copyEnd(_ bytes: [UInt8], _ start: Int) -> Int {
  var at = start
  while at < bytes.count {
    let line = bytes[at...].prefix { $0 != UInt8(ascii: "\n") }
    at = line.endIndex + 1
    if line.elementsEqual("\\.".utf8) || line.elementsEqual("\\.\r".utf8) { return at }
  }
  return bytes.count
}

func text(_ name: Name) -> String { String(decoding: name.bytes, as: UTF8.self) }
func text(_ names: [Name]) -> String { names.map(text).joined(separator: ",") }
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A table as lines: its name and keys, then its columns.
func describe(_ table: TableSchema) -> String {
  var head = text(table.name)
  if let namespace = table.namespace { head += " in \(text(namespace))" }
  if !table.primaryKey.isEmpty { head += " key(\(text(table.primaryKey)))" }
  for key in table.uniqueKeys { head += " unique(\(text(key)))" }
  for key in table.indexes { head += " index(\(text(key)))" }
  for key in table.foreignKeys {
    head += " \(key.name.map(text) ?? "")(\(text(key.columns)))->\(text(key.table))(\(text(key.referencedColumns)))"
    if !key.actions.isEmpty { head += " " + text(key.actions) }
  }
  return ([head] + table.columns.map(describe)).joined(separator: "\n")
}

func describe(_ column: Column) -> String {
  var line = "  \(text(column.name)) \(column.type.word)"
  if case .enumeration(let labels) = column.type { line += "(\(labels.joined(separator: "|")))" }
  if let source = column.sourceType { line += " <\(text(source))>" }
  if let length = column.maximumLength { line += " max \(length)" }
  if !column.isNullable { line += " required" }
  if column.isIdentity { line += " identity" }
  if let value = column.defaultValue { line += " default \(text(value))" }
  if let value = column.generation { line += " as \(text(value))" }
  return line
}

/// The objects of some kind: name, table and attributes but for the offset.
func describe(_ objects: [SchemaObject], _ kind: String) -> [String] {
  objects.filter { $0.kind == kind }.map { object in
    let attributes = object.attributes.filter { $0.name != "offset" }.map { "\($0.name)=\(text($0.value))" }
    return ([text(object.name) + (object.table.map { " on " + text($0) } ?? "")] + attributes).joined(separator: "; ")
  }
}
