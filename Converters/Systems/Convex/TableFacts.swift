internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What the rows of one table say.
struct TableFacts {
  /// The name as the combined file writes it.
  var name: Name
  /// The component that the table lies in; empty for the deployment itself.
  var component: Name = ""
  /// Number that the backup itself gives the table.
  var statedNumber: UInt32?
  /// The file that holds the rows.
  let artifact: DetectedArtifact
  private(set) var schema: TableSchema
  /// Of all rows, with the kinds of their values.
  var exactDigest = TableDigest()
  private(set) var profile = TableProfile()
  private var secretScan: SecretScan
  /// By column: what its ids refer to, and the set of its values as long as they are ids.
  private var references: [ColumnReferences] = []
  private var sets: [KeyIndex.ID?] = []
  /// Number that the table's own ids carry; nil when they are no ids of one table.
  var ownNumber: UInt32? { index(of: "_id").flatMap { references[$0].tableNumber } }
  /// Number by which ids in other tables name this one.
  var tableNumber: UInt32? { statedNumber ?? ownNumber }
  /// What the table's own ids look like; nil when it has none.
  var ownIDs: ColumnReferences? { ids(in: "_id") }
  /// What the texts of a column look like as ids.
  func ids(in column: Name) -> ColumnReferences? { index(of: column).map { references[$0] } }
  /// Set of the table's own ids.
  var idSet: KeyIndex.ID? { index(of: "_id").flatMap { sets[$0] } }
  var rowCount: Int { profile.recordCount }

  private func index(of column: Name) -> Int? { schema.index(of: column) }

  init(_ name: Name, _ artifact: DetectedArtifact) {
    self.name = name
    self.artifact = artifact
    schema = TableSchema(name, [])
    secretScan = SecretScan(table: name)
  }

  /// Takes a batch whose columns are those of a run.
  mutating func add(_ batch: borrowing RecordBatch, _ run: TableSchema, _ keys: inout KeyIndex) throws(ReadError) {
    schema.columns = run.columns
    profile.begin(run)
    profile.add(batch)
    secretScan.begin(run)
    secretScan.add(batch, profile: profile)
    while references.count < run.columns.count {
      references.append(ColumnReferences())
      sets.append(nil)
    }
    for column in run.columns.indices where !references[column].isRuledOut {
      guard references[column].add(batch, column: column) else {
        sets[column] = nil
        continue
      }
      guard references[column].count > 0 else { continue }
      let set = sets[column] ?? keys.makeSet(keepsOrder: run.columns[column].name != "_id")
      sets[column] = set
      do throws(IOError) { try keys.add(batch, column: column, to: set) } catch { throw ReadError(.io(error)) }
    }
  }

  /// What secrets the rows hold.
  var secrets: SecretReport {
    var report = secretScan.report(artifact: artifact.entry.path)
    for i in report.findings.indices { report.findings[i].table = name }
    return report
  }

  /// Columns other than the id whose values are ids.
  var foreignKeys: [(column: Name, ids: ColumnReferences, set: KeyIndex.ID)] {
    schema.columns.indices.compactMap { i in
      guard schema.columns[i].name != "_id", references[i].holdsIDs, let set = sets[i] else { return nil }
      return (schema.columns[i].name, references[i], set)
    }
  }

  /// Names of columns that hold objects or arrays.
  var structures: Set<Name> {
    Set(zip(profile.names, profile.columns).filter { $0.1.json.count > 0 }.map(\.0))
  }

  /// The columns with their types. JavaScript has one kind of number: integers are not narrowed.
  var columns: [Column] {
    profile.inferredColumns(from: .json).map { column in
      var column = column
      let facts = profile[column.name]
      if let facts, facts.isNumber, facts.numbers.integerCount == facts.numbers.count, Self.areDoubles(facts.numbers) {
        column.type = .float64
      }
      if column.name == "_id" || column.name == "_creationTime", facts?.absentCount == 0 { column.isNullable = false }
      return column
    }
  }

  /// Whether 64-bit floats hold the integers exactly.
  private static func areDoubles(_ numbers: NumberProfile) -> Bool {
    let exact: Int64 = 1 << 53
    return numbers.longCount == 0 && numbers.minimum >= -exact && numbers.maximum <= exact
  }
}
