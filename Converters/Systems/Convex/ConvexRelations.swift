internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Keys and foreign keys of the tables of a backup, as the ids in them tell.
struct ConvexRelations {
  /// What an id names: the number of a table, which counts within one component.
  private struct Address: Hashable {
    var component: Name
    var number: UInt32
  }
  private let tables: [TableFacts]
  private let keys: KeyIndex
  private var targets: [Address: Int] = [:]
  /// All tables of a number, in whatever component.
  private var namesakes: [UInt32: [Int]] = [:]
  /// Tables of other components that are tried for a column.
  private static let tryLimit = 16
  /// Names of tables that the backup lists without their documents.
  private var listed: [Address: Name] = [:]
  private(set) var findings: [Finding] = []
  private(set) var unverified: [UnverifiedForeignKey] = []

  init(_ tables: [TableFacts], _ keys: KeyIndex) {
    self.tables = tables
    self.keys = keys
    for (i, facts) in tables.enumerated() {
      guard let number = facts.tableNumber else { continue }
      let address = Address(component: facts.component, number: number)
      if targets[address] == nil { targets[address] = i }
      namesakes[number, default: []].append(i)
    }
  }

  /// Takes note of a table that the backup lists and has not.
  mutating func note(listed name: Name, component: Name, number: UInt32) {
    listed[Address(component: component, number: number)] = name
  }

  /// Gives a table its primary key and foreign keys.
  mutating func relate(_ facts: TableFacts, _ table: inout TableSchema) throws(ReadError) {
    try takeKey(of: facts, &table)
    for reference in facts.foreignKeys {
      if reference.ids.wrongCount > 0 { report(wrongIDs: reference.ids, reference.column, facts) }
      if reference.ids.tableNumbers.count > 1 {
        report(polymorphic: reference.ids, reference.column, facts)
        continue
      }
      let address = Address(component: facts.component, number: reference.ids.tableNumbers[0])
      let own = targets[address]
      // Ids of another component are texts like any other.
      let others = (namesakes[address.number] ?? []).prefix(Self.tryLimit).filter { $0 != own }
      for target in (own.map { [$0] } ?? []) + others where try danglingCount(reference.set, tables[target]) == 0 {
        table.foreignKeys.append(key(reference.column, target))
        break
      }
      if table.foreignKeys.last?.columns == [reference.column] { continue }
      guard let own else {
        report(missing: listed[address], reference.column, facts)
        continue
      }
      let count = try danglingCount(reference.set, tables[own]) ?? reference.ids.count
      report(dangling: key(reference.column, own), count, facts)
    }
  }

  /// Makes `_id` the primary key when every record has one and none occurs twice.
  private mutating func takeKey(of facts: TableFacts, _ table: inout TableSchema) throws(ReadError) {
    if let ids = facts.ownIDs, ids.wrongCount > 0, ids.holdsIDs { report(wrongIDs: ids, "_id", facts) }
    guard let set = facts.idSet else { return }
    let counts: KeyIndex.Counts
    do throws(IOError) { counts = try keys.counts(of: set) } catch { throw ReadError(.io(error)) }
    if counts.isKey && counts.values == facts.rowCount {
      table.primaryKey = ["_id"]
    } else if counts.repeats > 0 {
      findings.append(
        Finding(
          "duplicate-keys-in-table", .error, "ids of '\(displayed(facts.name))' occur twice, so it has no primary key",
          advice: "find out which of the records is right: Convex never gives an id twice",
          artifact: facts.artifact.entry.path, table: facts.name, column: "_id", count: counts.repeats))
    }
  }

  private func key(_ column: Name, _ target: Int) -> ForeignKey {
    ForeignKey([column], references: tables[target].name, ["_id"], isInferred: true)
  }

  /// How many ids of a column are not those of a table's documents; nil when the table has none.
  private func danglingCount(_ set: KeyIndex.ID, _ target: TableFacts) throws(ReadError) -> Int? {
    guard let ids = target.idSet else { return nil }
    do throws(IOError) {
      let inclusion = try keys.inclusion(of: set, in: ids)
      return inclusion.holds ? 0 : max(inclusion.danglingRecords ?? inclusion.danglingValues, 1)
    } catch { throw ReadError(.io(error)) }
  }

  // MARK: Findings

  private mutating func report(dangling key: ForeignKey, _ count: Int, _ facts: TableFacts) {
    unverified.append(UnverifiedForeignKey(table: facts.name, key: key, reason: .dangling, count: count))
    findings.append(
      Finding(
        "foreign-key-dangling", .warning,
        "the foreign key of '\(displayed(facts.name)).\(displayed(key.columns[0]))' to '\(displayed(key.table))' is left out: some of its rows are not in the backup",
        advice: "--fk keep writes it all the same", artifact: facts.artifact.entry.path, table: facts.name,
        column: key.columns[0], count: count))
  }

  private mutating func report(missing listed: Name?, _ column: Name, _ facts: TableFacts) {
    let which =
      listed.map { "the table '\(displayed($0))', whose documents are" } ?? "a Convex table that is"
    findings.append(
      Finding(
        "foreign-key-missing-table", .info,
        "values of '\(displayed(facts.name)).\(displayed(column))' are ids of \(which) not in the backup",
        artifact: facts.artifact.entry.path, table: facts.name, column: column))
  }

  private mutating func report(polymorphic ids: ColumnReferences, _ column: Name, _ facts: TableFacts) {
    let names = ids.tableNumbers.map { number in
      let address = Address(component: facts.component, number: number)
      return (targets[address].map { tables[$0].name } ?? listed[address]).map { displayed($0) } ?? "table \(number)"
    }
    findings.append(
      Finding(
        "polymorphic-reference", .info,
        "values of '\(displayed(facts.name)).\(displayed(column))' are ids of several tables: \(names.joined(separator: ", "))",
        advice: "no foreign key can say so: look the table up in the id", artifact: facts.artifact.entry.path,
        table: facts.name, column: column, count: ids.count))
  }

  private mutating func report(wrongIDs ids: ColumnReferences, _ column: Name, _ facts: TableFacts) {
    findings.append(
      Finding(
        "wrong-id", .error,
        "values of '\(displayed(facts.name)).\(displayed(column))' look like ids, but their checksum is wrong",
        advice: "they were changed by hand or damaged: Convex refuses them", artifact: facts.artifact.entry.path,
        table: facts.name, column: column, count: ids.wrongCount))
  }
}
