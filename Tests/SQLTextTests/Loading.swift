import Bytes
import Records
import Synchronization
import TestSupport
import Testing

@testable import SQLText

/// Takes in every statement of a text.
func load(_ bytes: [UInt8], _ syntax: SQLSyntax = .postgres) -> DumpSchema {
  var schema = DumpSchema(syntax)
  forEachStatement(bytes, &schema) { statement, offset, schema in _ = schema.add(statement, at: offset) }
  return schema
}
func load(_ text: String, _ syntax: SQLSyntax = .postgres) -> DumpSchema { load(Array(text.utf8), syntax) }

/// Calls `body` with every statement, INSERT too; commands of psql go to the schema, rows of COPY are left out.
func forEachStatement(
  _ bytes: [UInt8], _ schema: inout DumpSchema, _ body: ([UInt8], Int, inout DumpSchema) -> Void
) {
  let found = Mutex<[(bytes: [UInt8], offset: Int)]>([])
  var reader = SQLDumpReader(MemorySource(bytes), schema.syntax)
  reader.watcher = { bytes, offset in found.withLock { $0.append((bytes, offset)) } }
  do { while try reader.nextTable() != nil {} } catch { if error.code != .truncated { Issue.record("\(error)") } }
  for (bytes, offset) in found.withLock({ $0 }) {
    if bytes.first == UInt8(ascii: "\\") {
      schema.addMetaCommand(bytes, at: offset)
    } else {
      body(bytes, offset, &schema)
    }
  }
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
