internal import Bytes
internal import Records

/// Where something is: names without quotes, spelled as the source compares them.
struct Place: Hashable, Sendable {
  var database: Name = ""
  var schema: Name = ""
  var local: Name
}

/// A column while statements still say something of it.
struct ColumnEntry: Sendable {
  var column: Column
  /// The dump's own type that decides its logical type, and whether the column is an array of it.
  var userType: Place?
  var isArray = false
  var isDropped = false

  init(_ column: Column, _ type: ParsedType? = nil) {
    self.column = column
    if let type { set(type) }
  }
  mutating func set(_ type: ParsedType) {
    column.type = type.logical
    column.maximumLength = type.maximumLength
    column.sourceType = type.source.isEmpty ? nil : type.source
    (userType, isArray) = (type.userType, type.isArray)
    if type.isSerial { (column.isIdentity, column.isNullable) = (true, false) }
    if type.isNotNull { column.isNullable = false }
  }
}

/// A foreign key whose table may come later.
struct PendingReference: Sendable {
  /// Numbers of the columns.
  var columns: [Int]
  var target: Place
  /// Number of the table, if it was there when the key was declared.
  var index: Int?
  var referencedColumns: [Name]
  var name: Name?
  var actions: [UInt8]
}

/// A table while statements still say something of it. Keys are numbers of columns, so that columns can be renamed.
struct TableEntry: Sendable {
  var place: Place
  var name: Name
  var namespace: Name?
  var columns: [ColumnEntry] = []
  /// Numbers of columns by name, names that columns once had among them.
  var numbers: [Name: Int] = [:]
  var primaryKey: [Int] = []
  var uniqueKeys: [[Int]] = []
  var references: [PendingReference] = []
  var indexes: [[Int]] = []
  /// Names of keys, so that they can be dropped.
  var keyNames: [Name: KeyKind] = [:]
  var isDropped = false

  enum KeyKind: Sendable {
    case primary
    /// Number of the key among the unique keys or references; dropped ones have no columns.
    case unique(Int)
    case foreign(Int)
  }

  init(_ place: Place, _ name: Name, _ namespace: Name?) {
    self.place = place
    self.name = name
    self.namespace = namespace
  }

  /// Numbers of the columns of those names; nil when one is not there.
  func numbers(of names: [Name], _ fold: (Name) -> Name) -> [Int]? {
    var found: [Int] = []
    found.reserveCapacity(names.count)
    for name in names {
      guard let number = numbers[fold(name)], !columns[number].isDropped else { return nil }
      found.append(number)
    }
    return found
  }

  /// Names of columns; nil when one was dropped.
  func names(of numbers: [Int]) -> [Name]? {
    guard !numbers.contains(where: { columns[$0].isDropped }) else { return nil }
    return numbers.map { columns[$0].column.name }
  }

  /// Appends a column, or puts it in the place of one of that name.
  mutating func append(_ column: ColumnEntry, as key: Name) {
    if let number = numbers[key], !columns[number].isDropped {
      columns[number] = column
    } else {
      numbers[key] = columns.count
      columns.append(column)
    }
  }
}
