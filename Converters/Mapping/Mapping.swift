package import Bytes
package import Diagnostics
package import Records

/// How the tables and columns of a backup become those of another system: what a mapping file and `--cast` say.
package struct Mapping: Sendable {
  /// What becomes of names that no rule changes.
  package enum Policy: String, Sendable, CaseIterable {
    case asIs = "as-is"
    case snakeCase = "snake_case"
  }
  /// What becomes of the keys of tables that are texts.
  package enum Identifiers: String, Sendable, CaseIterable {
    case keep
    /// They, and the references to them, are UUIDs made of them.
    case uuid
  }
  package var policy = Policy.asIs
  package var identifiers = Identifiers.keep
  /// What becomes of columns of JSON that no rule mentions.
  package var nesting = Nesting.json
  /// In the order in which they are stated; each table once.
  package private(set) var tables: [TableRule] = []
  private var positions: [Name: Int] = [:]
  package init() {}

  /// The rule of a table; nil when there is none.
  func rule(of table: Name) -> TableRule? { positions[table].map { tables[$0] } }

  /// Columns, by the names that they get, of which a type or functions are stated.
  package var castColumns: [(table: Name, column: Name)] {
    tables.flatMap { table in
      table.columns.filter { $0.type != nil || !$0.functions.isEmpty }.map {
        (table.name ?? policy.name(table.source), $0.name ?? policy.name($0.source))
      }
    }
  }

  /// Changes the rule of a table, which is made if need be.
  mutating func change(
    _ table: Name, _ place: RulePlace, _ body: (inout TableRule) throws(MappingError) -> Void
  ) throws(MappingError) {
    let position = positions[table] ?? tables.count
    if position == tables.count {
      positions[table] = position
      tables.append(TableRule(source: table, place: place))
    }
    try body(&tables[position])
  }
}

/// What becomes of values that hold others.
package enum Nesting: String, Sendable, CaseIterable {
  case json
  /// The members of objects are columns.
  case flatten
  /// The elements of lists are rows of a table of their own.
  case table
}

/// Where a rule is stated.
package enum RulePlace: Equatable, Sendable {
  case file(SourceLocation)
  /// The argument of `--cast`.
  case flag([UInt8])
}

/// What is said of one table.
package struct TableRule: Sendable {
  package var source: Name
  package var place: RulePlace
  package var name: Name?
  package var isSkipped = false
  package var nesting: Nesting?
  /// Columns of its primary key, as the source calls them, in place of those it has.
  package var key: [Name]?
  package var keyPlace: RulePlace?
  package var references: [Reference] = []
  package private(set) var columns: [ColumnRule] = []
  private var positions: [Name: Int] = [:]

  /// Columns of the table that refer together to those of another, as the source calls them.
  package struct Reference: Sendable {
    package var columns: [Name] = []
    package var table: Name = ""
    package var referencedColumns: [Name] = []
    package var place: RulePlace
  }

  init(source: Name, place: RulePlace) {
    self.source = source
    self.place = place
  }

  /// The rule of a column; nil when there is none.
  func rule(of column: Name) -> ColumnRule? { positions[column].map { columns[$0] } }

  /// Changes the rule of a column, which is made if need be.
  mutating func change(
    _ column: Name, _ place: RulePlace, _ body: (inout ColumnRule) throws(MappingError) -> Void
  ) throws(MappingError) {
    let position = positions[column] ?? columns.count
    if position == columns.count {
      positions[column] = position
      columns.append(ColumnRule(source: column, place: place))
    }
    columns[position].place = place
    try body(&columns[position])
  }
}

/// What is said of one column.
package struct ColumnRule: Sendable {
  package var source: Name
  package var place: RulePlace
  package var name: Name?
  package var isDropped = false
  package var nesting: Nesting?
  /// Other values for some texts; first of all steps.
  package var values: [(from: [UInt8], to: Literal)] = []
  package var functions: [CastFunction] = []
  package var type: LogicalType?
  /// In place of null and of what is missing.
  package var fallback: Literal?
  package var reference: Reference?

  /// A column of another table that this one refers to, as the source calls them.
  package struct Reference: Sendable {
    package var table: Name
    package var column: Name
    package var place: RulePlace
  }

  init(source: Name, place: RulePlace) {
    self.source = source
    self.place = place
  }
}

/// A value that a mapping states.
package enum Literal: Equatable, Sendable {
  case text([UInt8])
  case boolean(Bool)
  case integer(Int64)
  /// Digits, as they stand.
  case number([UInt8])
  case json([UInt8])
}

/// Something in a mapping that cannot be understood or does not fit the backup.
package struct MappingError: Error, Equatable, Sendable {
  package var place: RulePlace?
  /// One line without a full stop and without the place.
  package var message: String
  package var advice: String?
  /// A word that is not known and those that are, one of which may be meant.
  package var unknown: (word: String, known: [String])?

  init(
    _ place: RulePlace?, _ message: String, advice: String? = nil, unknown: (word: String, known: [String])? = nil
  ) {
    self.place = place
    self.message = message
    self.advice = advice
    self.unknown = unknown
  }

  package static func == (a: MappingError, b: MappingError) -> Bool {
    a.place == b.place && a.message == b.message && a.advice == b.advice
  }
}
