package import Bytes

/// The value of an argument.
package indirect enum PrismaValue: Hashable, Sendable {
  case text([UInt8])
  case number([UInt8])
  /// A name, a path of names, `true`, `false`.
  case word(Name)
  case call(Name, [PrismaArgument])
  case list([PrismaValue])

  /// The name of a word or of what is called.
  package var name: Name? {
    switch self {
    case .word(let name), .call(let name, _): name
    default: nil
    }
  }
  /// The text, when it is one.
  package var text: [UInt8]? { if case .text(let text) = self { text } else { nil } }
  /// The parts of a list; a lone value is a list of one.
  package var parts: [PrismaValue] { if case .list(let parts) = self { parts } else { [self] } }
}

/// An argument of an attribute or function.
package struct PrismaArgument: Hashable, Sendable {
  package var name: Name?
  package var value: PrismaValue
}

/// `@id`, `@db.VarChar(20)`, `@@unique([a, b])`.
package struct PrismaAttribute: Hashable, Sendable {
  /// Such as `db.VarChar`, without the signs before it.
  package var name: Name
  package var arguments: [PrismaArgument]

  /// The argument of a name; `position`: also the one at that place when it has no name.
  package func argument(_ name: Name, or position: Int? = nil) -> PrismaValue? {
    if let found = arguments.first(where: { $0.name == name }) { return found.value }
    guard let position else { return nil }
    let nameless = arguments.filter { $0.name == nil }
    return position < nameless.count ? nameless[position].value : nil
  }
}

/// A field of a model.
package struct PrismaField: Hashable, Sendable {
  package var name: Name
  /// Such as `String` or the name of a model or enum.
  package var type: Name
  /// What stands in `Unsupported("…")`.
  package var unsupported: [UInt8]?
  package var isList = false
  package var isOptional = false
  package var attributes: [PrismaAttribute] = []
  package var documentation: [UInt8] = []

  package func attribute(_ name: Name) -> PrismaAttribute? { attributes.first { $0.name == name } }
  package var isIgnored: Bool { attribute("ignore") != nil }
  /// The name of its column.
  package var columnName: Name { attribute("map")?.argument("name", or: 0)?.text.map { Name($0) } ?? name }
}

/// A model, a view, or a type of a document database.
package struct PrismaModel: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable { case model, view, type }
  package var kind: Kind
  package var name: Name
  package var fields: [PrismaField] = []
  /// Those that begin with `@@`.
  package var attributes: [PrismaAttribute] = []
  package var documentation: [UInt8] = []
  /// The text of the block.
  package var definition: [UInt8] = []

  package func attribute(_ name: Name) -> PrismaAttribute? { attributes.first { $0.name == name } }
  package func field(_ name: Name) -> PrismaField? { fields.first { $0.name == name } }
  package var isIgnored: Bool { attribute("ignore") != nil }
  /// The name of its table.
  package var tableName: Name { attribute("map")?.argument("name", or: 0)?.text.map { Name($0) } ?? name }
  /// The database schema that it lies in, where that is said.
  package var namespace: Name? { attribute("schema")?.argument("map", or: 0)?.text.map { Name($0) } }
}

/// An enum.
package struct PrismaEnum: Hashable, Sendable {
  package struct Value: Hashable, Sendable {
    package var name: Name
    /// What the database holds.
    package var stored: Name
  }
  package var name: Name
  package var values: [Value] = []
  package var attributes: [PrismaAttribute] = []

  package var typeName: Name {
    attributes.first { $0.name == "map" }?.argument("name", or: 0)?.text.map { Name($0) } ?? name
  }
  package var namespace: Name? {
    attributes.first { $0.name == "schema" }?.argument("map", or: 0)?.text.map { Name($0) }
  }
  /// Whether some value is stored under another name.
  package var isMapped: Bool { values.contains { $0.name != $0.stored } }
}

/// What `datasource` says.
package struct PrismaSource: Hashable, Sendable {
  package enum Provider: String, Hashable, Sendable, CaseIterable {
    case postgresql, mysql, sqlite, sqlserver, mongodb, cockroachdb
  }
  package var provider = Provider.postgresql
  /// Whether the database is addressed by a text instead of a variable: a secret that lies in the open.
  package var holdsURL = false
  /// Whether relations are no foreign keys.
  package var emulatesRelations = false
  /// The database schemas that are listed.
  package var schemas: [Name] = []
}
