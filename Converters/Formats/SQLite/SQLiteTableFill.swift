internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// Indexes that SQLite has to make when the rows are there.
struct UnfinishedKeys {
  /// Tables whose primary key has no index yet.
  var primary: [Int] = []
  /// Keys whose index is there, without entries; by its name.
  var named: [(name: [UInt8], key: SQLKeyStatement)] = []
}

/// A table that is being filled with its indexes.
final class SQLiteTableFill {
  private let root: UInt32
  private let stores: [StorageClass]
  private let forms: [SQLForm]
  /// The column that is the number of the row: the whole primary key, stored as INTEGER.
  private let key: Int?
  private var primary: (index: IndexFill, table: Int)?
  private var named: [(index: IndexFill, name: [UInt8], key: SQLKeyStatement)] = []
  /// Set once the indexes are known.
  private(set) var rows: TableFill

  init(_ table: SQLTable, root: UInt32, budget: SortBudget) {
    self.root = root
    forms = table.columns.map(\.type.form)
    stores = forms.map { StorageClass($0) }
    let whole = table.primaryKey.count == 1 ? table.primaryKey[0] : nil
    key = whole.flatMap { [stores] in stores[$0] == .integer ? $0 : nil }
    rows = TableFill(root: root, stores: stores.map { UInt8($0.rawValue) }, key: key, indexes: [], budget: budget)
  }

  func addPrimaryKey(root: UInt32, of table: SQLTable, table position: Int, budget: SortBudget) {
    let index = makeIndex(table.primaryKey, root, isUnique: true, budget)
    index.isIncomplete = !table.canFill(table.primaryKey)
    primary = (index, position)
  }

  func add(_ key: SQLKeyStatement, name: [UInt8], root: UInt32, of table: SQLTable, budget: SortBudget) {
    named.append((makeIndex(key.columns, root, isUnique: key.isUnique, budget), name, key))
  }

  private func makeIndex(_ columns: [Int], _ root: UInt32, isUnique: Bool, _ budget: SortBudget) -> IndexFill {
    IndexFill(
      root: root, columns: columns, stores: columns.map { UInt8(stores[$0].rawValue) }, isUnique: isUnique,
      budget: budget)
  }

  /// Makes the table ready for rows once all its indexes are known.
  func makeRows(budget: SortBudget) {
    let indexes = [primary?.index].compactMap { $0 } + named.map(\.index)
    rows = TableFill(root: root, stores: stores.map { UInt8($0.rawValue) }, key: key, indexes: indexes, budget: budget)
  }

  /// Stores rows; returns how many were left out because they are too long.
  func append(_ range: Range<Int>, of batch: borrowing RecordBatch, to file: inout PageFile) throws(IOError) -> Int {
    try rows.append(rows: range, of: batch, to: &file) { [forms] (value, column, body) throws(IOError) in
      try value.forEachPiece(as: forms[column], body)
    }
  }

  /// Builds the indexes whose keys are known and, where they have to be, unique; notes the others.
  func buildIndexes(in file: inout PageFile, leaving unfinished: inout UnfinishedKeys) throws(IOError) {
    // The keys of rows that turn out to be duplicates are among those gathered.
    var isSpoiled = rows.duplicateCount > 0
    if let primary {
      var isBuilt = false
      if !primary.index.isIncomplete { isBuilt = try primary.index.build(in: &file) }
      if !isBuilt {
        unfinished.primary.append(primary.table)
        isSpoiled = true
      }
    }
    for (index, name, key) in named {
      var isBuilt = false
      if !isSpoiled && !index.isIncomplete { isBuilt = try index.build(in: &file) }
      if !isBuilt { unfinished.named.append((name, key)) }
    }
  }
}
