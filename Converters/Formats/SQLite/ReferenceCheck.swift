internal import Bytes
internal import Conversion
internal import Records

/// Finds out while rows go by whether the foreign keys to integer keys lead somewhere.
///
/// Asking SQLite afterwards costs a search in a tree for every value, a quarter of the whole load; a bit for every key costs
/// next to nothing. Keys too large for that, and keys of text, are left to SQLite.
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
  private var sets: [IntegerSet] = []
  /// By table.
  private var watched: [[Watched]]
  private var references: [Reference] = []
  /// Tables with foreign keys that only SQLite can check.
  private var others: Set<Int> = []

  init(_ schema: SQLSchema) {
    watched = schema.tables.map { _ in [] }
    for (table, child) in schema.tables.enumerated() {
      for key in child.foreignKeys {
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

  private mutating func watch(_ column: Int, of table: Int) -> Int {
    if let known = watched[table].first(where: { $0.column == column }) { return known.set }
    sets.append(IntegerSet())
    watched[table].append(Watched(column: column, set: sets.count - 1))
    return sets.count - 1
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
  var doubtfulTables: [Int] {
    let doubtful = references.filter { !sets[$0.values].isSubset(of: sets[$0.keys]) }.map(\.table)
    return Set(doubtful).union(others).sorted()
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
