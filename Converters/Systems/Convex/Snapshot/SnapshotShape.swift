internal import Bytes
internal import Conversion
internal import Records

/// The shape of a table's documents as text: the server's own where the export has it, else what was seen.
struct SnapshotShape {
  /// Longer shapes are not shown.
  private static let limit = 1 << 16

  private let facts: TableFacts
  private let decoder: DocumentDecoder
  private let sketch: ShapeSketch
  /// Columns of which no value may be shown.
  private let secrets: Set<Name>

  init(_ facts: TableFacts, _ decoder: DocumentDecoder, _ sketch: ShapeSketch) {
    self.facts = facts
    self.decoder = decoder
    self.sketch = sketch
    secrets = Set(facts.secrets.secrets.map(\.column))
  }

  /// What the catalog shows of it, beside the number that ids name the table by.
  func object(_ table: TableSchema) -> SchemaObject {
    var object = SchemaObject(kind: "document-shape", name: table.name, table: table.name)
    if let number = facts.tableNumber { object.attributes.append(SchemaAttribute("number", Array("\(number)".utf8))) }
    object.attributes.append(SchemaAttribute("generation", Array(decoder.generation.rawValue.utf8)))
    let fields = table.columns.map { column in
      let isOptional = (facts.profile[column.name]?.missingCount ?? 0) > 0
      return Array("\"".utf8) + column.name.bytes + Array((isOptional ? "\"?: " : "\": ").utf8) + text(of: column)
    }
    let whole = Array("{".utf8) + Array(fields.joined(separator: Array(", ".utf8))) + Array("}".utf8)
    if whole.count <= Self.limit { object.definition = whole }
    return object
  }

  /// The shape of a column's values.
  func text(of column: Column) -> [UInt8] {
    if let states = decoder.states {
      let state = states.field(column.name.bytes.span, of: 0)
      if state >= 0 { return states.text(of: state, literals: !secrets.contains(column.name)) }
    }
    var parts: [[UInt8]] = []
    if let values = facts.profile[column.name] {
      if values.nullCount > 0 { parts.append(Array("null".utf8)) }
      parts += scalars(values, column.name)
    }
    if let nested = sketch.text(of: column.name) { parts.append(nested) }
    return parts.isEmpty ? Array("unknown".utf8) : Array(parts.joined(separator: Array(" | ".utf8)))
  }

  private func scalars(_ values: ColumnProfile, _ column: Name) -> [[UInt8]] {
    var words: [String] = []
    if values.numbers.count > 0 {
      let integers = values.numbers.integerCount - values.numbers.longCount
      if integers > 0 { words.append("int64") }
      if integers < values.numbers.count { words.append("float64") }
    }
    if values.booleanCount > 0 { words.append("boolean") }
    if values.bytesCount > 0 { words.append("bytes") }
    if values.text.count > 0 {
      let ids = facts.ids(in: column)
      words += ids?.holdsIDs == true ? ids?.tableNumbers.map { "id<\($0)>" } ?? [] : ["string"]
    }
    return words.map { Array($0.utf8) }
  }
}
