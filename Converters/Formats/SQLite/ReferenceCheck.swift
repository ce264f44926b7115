internal import Bytes
internal import Conversion
internal import Records

/// Finds out while rows go by whether foreign keys lead somewhere.
///
/// Asking SQLite afterwards costs a search in a tree for every value, a quarter of the whole load; a bit for every integer and a
/// hash for every text cost next to nothing. Keys too large for a bit, and keys of several columns, are left to SQLite.
struct ReferenceCheck {
  /// A column whose values are noted.
  private struct Watched {
    var column: Int
    var set: Int
  }
  /// A foreign key: its table and the sets of its values and of the keys it refers to.
  private struct Reference {
    var table: Int
    var values: Int
    var keys: Int
  }
  /// A column of texts whose values are noted.
  private struct Text {
    var column: Int
    var set: KeyIndex.ID
  }
  private var sets: [IntegerSet] = []
  /// By table.
  private var watched: [[Watched]]
  private var references: [Reference] = []
  private var index = KeyIndex(budget: 8 << 20)
  /// By table.
  private var texts: [[Text]]
  private var textReferences: [(table: Int, values: KeyIndex.ID, keys: KeyIndex.ID)] = []
  /// Tables with foreign keys that only SQLite can check.
  private var others: Set<Int> = []

  init(_ schema: SQLSchema) {
    watched = schema.tables.map { _ in [] }
    texts = schema.tables.map { _ in [] }
    for (table, child) in schema.tables.enumerated() {
      for key in child.foreignKeys {
        if let (target, parent) = Self.textKey(key, of: child, schema) {
          let values = watchText(key.columns[0], of: table)
          textReferences.append((table, values, watchText(parent, of: target)))
          continue
        }
        guard let target = key.table, let parent = schema.tables[target].integerKey, key.columns.count == 1,
          key.referencedColumns == [schema.tables[target].columns[parent].quotedName],
          child.columns[key.columns[0]].type.form == .int64
        else {
          others.insert(table)
          continue
        }
        references.append(
          Reference(table: table, values: watch(key.columns[0], of: table), keys: watch(parent, of: target)))
      }
    }
  }

  /// The table and column that a foreign key of one column refers to, when both columns hold texts that are spelled alike.
  private static func textKey(
    _ key: SQLForeignKey, of child: SQLTable, _ schema: SQLSchema
  ) -> (table: Int, column: Int)? {
    guard key.columns.count == 1, let target = key.table else { return nil }
    let columns = schema.tables[target].columns, type = child.columns[key.columns[0]].type.form
    guard let column = columns.firstIndex(where: { [$0.quotedName] == key.referencedColumns }),
      columns[column].type.form == type, type == .text || type == .uuid
    else { return nil }
    return (target, column)
  }

  private mutating func watchText(_ column: Int, of table: Int) -> KeyIndex.ID {
    if let known = texts[table].first(where: { $0.column == column }) { return known.set }
    let set = index.makeSet()
    texts[table].append(Text(column: column, set: set))
    return set
  }

  private mutating func watch(_ column: Int, of table: Int) -> Int {
    if let known = watched[table].first(where: { $0.column == column }) { return known.set }
    sets.append(IntegerSet())
    watched[table].append(Watched(column: column, set: sets.count - 1))
    return sets.count - 1
  }

  /// Notes the texts of a batch all of whose rows are to be stored.
  mutating func note(_ batch: borrowing RecordBatch, table: Int) throws(IOError) {
    for text in texts[table] { try index.add(batch, column: text.column, to: text.set) }
  }

  /// Notes the keys of a row that has been stored.
  mutating func note(_ row: Int, of batch: borrowing RecordBatch, table: Int) {
    for i in watched[table].indices {
      let column = watched[table][i]
      let cell = batch[row, column.column]
      switch cell.kind {
      case .null, .missing: continue
      case .integer: sets[column.set].insert(cell.integer)
      case .number, .text: sets[column.set].insert(Int64(digits: batch.bytes(of: cell)) ?? -1)
      default: sets[column.set].insert(-1)
      }
    }
  }

  /// Tables some of whose foreign keys lead nowhere, or may do so.
  func doubtfulTables() throws(IOError) -> [Int] {
    var doubtful = others.union(references.filter { !sets[$0.values].isSubset(of: sets[$0.keys]) }.map(\.table))
    for reference in textReferences where !doubtful.contains(reference.table) {
      if try !index.inclusion(of: reference.values, in: reference.keys).holds { doubtful.insert(reference.table) }
    }
    return doubtful.sorted()
  }
}

/// A set of integers from zero to some ten million, a bit for each.
struct IntegerSet {
  private static var limit: Int64 { 1 << 26 }
  private var words: [UInt64] = []
  /// Whether every integer inserted could be held.
  private var isComplete = true

  mutating func insert(_ value: Int64) {
    guard value >= 0 && value < Self.limit else { return isComplete = false }
    let word = Int(value >> 6)
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: max(words.count, word + 1 - words.count, 64)))
    }
    words[word] |= 1 << UInt64(value & 63)
  }

  /// Whether certainly all integers of this set are in another.
  func isSubset(of other: IntegerSet) -> Bool {
    guard isComplete else { return false }
    return words.indices.allSatisfy { words[$0] & ~($0 < other.words.count ? other.words[$0] : 0) == 0 }
  }
}
