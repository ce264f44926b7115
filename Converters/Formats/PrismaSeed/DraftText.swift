internal import Bytes
internal import Conversion
internal import Records

/// The text of a schema.
struct DraftText {
  private let plan: DraftPlan
  private(set) var bytes: [UInt8] = []

  init(_ plan: DraftPlan) {
    self.plan = plan
    let provider =
      switch plan.dialect {
      case .postgres: "postgresql"
      case .mysql: "mysql"
      case .sqlite: "sqlite"
      }
    append("// A draft made of a backup's tables. Compare it with the models of the application before using it.\n\n")
    append("generator client {\n  provider = \"prisma-client-js\"\n}\n\n")
    append("datasource db {\n  provider = \"\(provider)\"\n  url      = env(\"DATABASE_URL\")\n")
    if !plan.namespaces.isEmpty {
      append("  schemas  = [")
      bytes += Array(plan.namespaces.map { quoted($0.bytes) }.joined(separator: Array(", ".utf8)))
      append("]\n")
    }
    append("}\n")
    for found in plan.enums { append(found) }
    for model in plan.models { append(model) }
  }

  private mutating func append(_ text: String) { bytes += Array(text.utf8) }
  private mutating func append(_ name: Name) { bytes += name.bytes }

  private mutating func append(_ found: DraftEnum) {
    append("\nenum ")
    append(found.name)
    append(" {\n")
    for value in found.values {
      append("  ")
      append(value.name)
      appendMap("@map", value.name, value.stored)
      append("\n")
    }
    if !plan.namespaces.isEmpty { append("\n  @@schema(\"public\")\n") }
    append("}\n")
  }

  private mutating func appendMap(_ attribute: String, _ name: Name, _ stored: Name) {
    guard name != stored else { return }
    append(" \(attribute)(")
    bytes += quoted(stored.bytes)
    append(")")
  }

  private mutating func append(_ model: DraftModel) {
    append("\n")
    if model.isIgnored { append("/// No key tells its rows apart, so Prisma's client leaves the table out.\n") }
    append("model ")
    append(model.name)
    append(" {\n")
    for field in model.fields { append(field) }
    for relation in model.relations { append(relation) }
    var attributes = DraftText.Attributes()
    if !model.id.isEmpty { attributes.add("@@id", model.id) }
    for key in model.uniqueKeys { attributes.add("@@unique", key) }
    for key in model.indexes { attributes.add("@@index", key) }
    if model.name != model.schema.localName { attributes.add("@@map", text: model.schema.localName) }
    if let namespace = plan.namespace(of: model) { attributes.add("@@schema", text: namespace) }
    if model.isIgnored { attributes.add("@@ignore") }
    if !attributes.bytes.isEmpty {
      append("\n")
      bytes += attributes.bytes
    }
    append("}\n")
  }

  private mutating func append(_ field: DraftField) {
    append("  ")
    append(field.name)
    append(" ")
    append(field.type)
    append(field.isList ? "[]" : field.isOptional ? "?" : "")
    if field.isID { append(" @id") }
    if field.isUnique { append(" @unique") }
    if let value = field.defaultValue {
      append(" @default(")
      bytes += value
      append(")")
    }
    appendMap("@map", field.name, field.column.name)
    if let native = field.native { append(" @db.\(native)") }
    append("\n")
  }

  private mutating func append(_ relation: DraftRelation) {
    append("  ")
    append(relation.field)
    append(" ")
    append(plan.models[relation.model].name)
    append(relation.mark)
    guard relation.name != nil || relation.owner != nil else { return append("\n") }
    append(" @relation(")
    if let name = relation.name { bytes += quoted(name.bytes) }
    if let owner = relation.owner {
      append(relation.name == nil ? "fields: [" : ", fields: [")
      bytes += Self.list(owner.fields)
      append("], references: [")
      bytes += Self.list(owner.references)
      append("], \(owner.actions)")
    }
    append(")\n")
  }

  fileprivate static func list(_ names: [Name]) -> [UInt8] {
    Array(names.map(\.bytes).joined(separator: Array(", ".utf8)))
  }

  /// Lines at the end of a model.
  private struct Attributes {
    var bytes: [UInt8] = []
    mutating func add(_ attribute: String, _ fields: [Name]) {
      bytes += Array("  \(attribute)([".utf8) + DraftText.list(fields) + Array("])\n".utf8)
    }
    mutating func add(_ attribute: String, text: Name) {
      bytes += Array("  \(attribute)(".utf8) + quoted(text.bytes) + Array(")\n".utf8)
    }
    mutating func add(_ attribute: String) { bytes += Array("  \(attribute)\n".utf8) }
  }
}
