import Bytes
import Records
import SQLText

/// Takes in every statement of a text: a simple splitter, for tests only.
func load(_ bytes: [UInt8], _ syntax: SQLSyntax = .postgres) -> DumpSchema {
  var schema = DumpSchema(syntax)
  forEachStatement(bytes, &schema) { statement, offset, schema in _ = schema.add(statement, at: offset) }
  return schema
}
func load(_ text: String, _ syntax: SQLSyntax = .postgres) -> DumpSchema { load(Array(text.utf8), syntax) }

/// Calls `body` with every statement; commands of psql go to the schema, rows of COPY are left out.
func forEachStatement(
  _ bytes: [UInt8], _ schema: inout DumpSchema, _ body: ([UInt8], Int, inout DumpSchema) -> Void
) {
  var at = 0, isDoubled = false
  while at < bytes.count {
    var lexer = SQLLexer(bytes, schema.syntax, at: at), start: Int?, depth = 0, end = bytes.count
    var tracker = SQLBody(schema.syntax)
    scan: while let token = lexer.next() {
      let first = bytes[token.range.lowerBound]
      if start == nil {
        start = token.range.lowerBound
        if first == UInt8(ascii: "\\") || lexer.isWord(token, "delimiter") {
          let line = bytes[token.range.lowerBound...].prefix { $0 != UInt8(ascii: "\n") }
          if first == UInt8(ascii: "\\") {
            schema.addMetaCommand(Array(line), at: token.range.lowerBound)
          } else {
            isDoubled = line.contains(UInt8(ascii: ";")) && line.suffix(2) == [UInt8(ascii: ";"), UInt8(ascii: ";")]
          }
          start = nil
          end = line.endIndex
          break
        }
      }
      if lexer.isSymbol(token, "(") { depth += 1 }
      if lexer.isSymbol(token, ")") { depth -= 1 }
      guard lexer.isSymbol(token, ";"), depth <= 0 else { continue }
      let after = token.range.upperBound
      if isDoubled, after >= bytes.count || bytes[after] != UInt8(ascii: ";") { continue }
      if tracker.continues(Array(bytes[(start ?? 0)..<token.range.lowerBound])) { continue }
      end = token.range.lowerBound
      break scan
    }
    var next = end + (isDoubled && end < bytes.count && bytes[end] == UInt8(ascii: ";") ? 2 : 1)
    if let start {
      let statement = Array(bytes[start..<max(start, end)])
      body(statement, start, &schema)
      var cursor = SQLCursor(statement, schema.syntax, limit: 4096)
      if schema.syntax.family == .postgres, cursor.accept("copy") {
        while !cursor.isAtEnd, !cursor.accept("from", "stdin") { cursor.skip() }
        if cursor.at > 2, cursor.lexer.isWord(cursor.tokens[cursor.at - 1], "stdin") { next = copyEnd(bytes, next) }
      }
    }
    at = next
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
