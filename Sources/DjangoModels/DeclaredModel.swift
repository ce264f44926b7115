package import Bytes
package import Records

/// A field of a model as it is declared.
package struct DeclaredField: Sendable {
  package var name: Name
  /// The column; nil for fields that have none: many-to-many.
  package var column: Name?
  /// The last part of the class's name, such as `CharField`.
  package var className: Name
  /// nil when the class does not tell, as with fields of a project's own.
  package var type: LogicalType?
  package var maximumLength: Int?
  /// The type of PostgreSQL that Django makes, where it says more than `type`.
  package var sourceType: [UInt8]?
  /// Arrays within arrays.
  package var arrayDepth = 0
  package var isNullable = false
  package var isUnique = false
  package var isIndexed = false
  package var isPrimaryKey = false
  /// Fields of a composite primary key.
  package var members: [Name] = []
  /// The model referred to, `app.model` in lower case.
  package var target: Name?
  /// The field of it, when it is not the primary key.
  package var targetField: Name?
  package var isList = false
  /// The table of a many-to-many field, when it is named.
  package var joinTable: Name?
  /// Whether rows of a many-to-many field are rows of a model of their own.
  package var hasThrough = false
  /// Whether the field leads to the row of the parent model.
  package var isParentLink = false
  /// Whether the database computes it.
  package var isGenerated = false

  package init(_ name: Name, className: Name) {
    self.name = name
    self.className = className
    column = name
  }
}

/// A model as it is declared.
package struct DeclaredModel: Sendable {
  /// `app.model` in lower case.
  package var name: Name
  package var table: Name
  package var fields: [DeclaredField] = []
  /// Fields of unique constraints and of indexes over several fields.
  package var uniqueTogether: [[Name]] = []
  package var indexes: [[Name]] = []
  /// Whether Django makes the table.
  package var isManaged = true
  /// Whether columns, tables and what may be null are known, not types alone.
  package var isExact = true
  package var index: [Name: Int] = [:]

  package init(_ name: Name, table: Name) {
    self.name = name
    self.table = table
  }

  package mutating func add(_ field: DeclaredField) {
    if let at = index[field.name] { return fields[at] = field }
    index[field.name] = fields.count
    fields.append(field)
  }
  package func field(_ name: Name) -> DeclaredField? { index[name].map { fields[$0] } }
  package var primaryKey: DeclaredField? { fields.first(where: \.isPrimaryKey) }
}

/// Models by their names.
package struct Declarations: Sendable {
  package private(set) var models: [DeclaredModel] = []
  private var index: [Name: Int] = [:]
  /// The user model, `app.model` in lower case.
  package var userModel: Name = "auth.user"

  package init() {}
  package mutating func add(_ model: DeclaredModel) {
    if let at = index[model.name] { return models[at] = model }
    index[model.name] = models.count
    models.append(model)
  }
  package subscript(_ name: Name) -> DeclaredModel? { index[name].map { models[$0] } }
}
