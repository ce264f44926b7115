internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Whether the rows bear the declared foreign keys out, which SQLite checks only where it is told to.
struct References {
  /// Columns whose values are noted.
  private struct Watched {
    var columns: [Int]
    var set: KeyIndex.ID
  }
  private var watched: [[Watched]] = []

  init() {}

  init(_ tables: [DatabaseTable], _ keys: inout KeyIndex) {
    watched = tables.map { _ in [] }
    for (i, table) in tables.enumerated() {
      for key in table.schema.foreignKeys {
        guard let (target, columns, referenced) = Self.places(of: key, in: i, tables) else { continue }
        _ = watch(columns, of: i, &keys)
        _ = watch(referenced, of: target, &keys)
      }
    }
  }

  /// Table and columns of a foreign key by position; nil when they are not there.
  private static func places(
    of key: ForeignKey, in table: Int, _ tables: [DatabaseTable]
  ) -> (target: Int, columns: [Int], referenced: [Int])? {
    guard let target = tables.firstIndex(where: { $0.schema.name == key.table }) else { return nil }
    let columns = key.columns.compactMap { tables[table].schema.index(of: $0) }
    let referenced = key.referencedColumns.compactMap { tables[target].schema.index(of: $0) }
    guard columns.count == key.columns.count, referenced.count == columns.count else { return nil }
    return (target, columns, referenced)
  }

  private mutating func watch(_ columns: [Int], of table: Int, _ keys: inout KeyIndex) -> KeyIndex.ID {
    if let known = watched[table].first(where: { $0.columns == columns }) { return known.set }
    let set = keys.makeSet()
    watched[table].append(Watched(columns: columns, set: set))
    return set
  }

  /// Notes the values of a batch.
  func add(_ batch: borrowing RecordBatch, table: Int, _ keys: inout KeyIndex) throws(IOError) {
    for watched in watched[table] {
      if watched.columns.count == 1 {
        try keys.add(batch, column: watched.columns[0], to: watched.set)
      } else {
        try keys.add(batch, columns: watched.columns, to: watched.set)
      }
    }
  }

  /// Takes foreign keys whose rows or tables are not there out of the schemas.
  func verify(
    _ tables: inout [DatabaseTable], _ index: KeyIndex, _ knowledge: inout Knowledge, artifact: [UInt8]
  ) throws(IOError) {
    let all = tables
    for i in tables.indices {
      var kept: [ForeignKey] = []
      for key in all[i].schema.foreignKeys {
        guard let (target, columns, referenced) = Self.places(of: key, in: i, all) else {
          leaveOut(key, all[i].schema, .missingTable, 1, &knowledge, artifact)
          continue
        }
        guard let mine = watched[i].first(where: { $0.columns == columns })?.set,
          let theirs = watched[target].first(where: { $0.columns == referenced })?.set
        else { continue }
        let inclusion = try index.inclusion(of: mine, in: theirs, joining: true)
        if inclusion.danglingValues == 0 {
          kept.append(key)
        } else {
          leaveOut(key, all[i].schema, .dangling, inclusion.danglingValues, &knowledge, artifact)
        }
      }
      tables[i].schema.foreignKeys = kept
    }
  }

  private func leaveOut(
    _ key: ForeignKey, _ table: TableSchema, _ reason: UnverifiedForeignKey.Reason, _ count: Int,
    _ knowledge: inout Knowledge, _ artifact: [UInt8]
  ) {
    knowledge.unverifiedForeignKeys.append(
      UnverifiedForeignKey(table: table.name, key: key, reason: reason, count: count))
    let place =
      "the foreign key of '\(displayed(table.name)).\(displayed(key.columns[0]))' to '\(displayed(key.table))'"
    knowledge.findings.append(
      Finding(
        reason == .dangling ? "foreign-key-dangling" : "foreign-key-missing-table",
        reason == .dangling ? .warning : .info,
        "\(place) is left out: "
          + (reason == .dangling ? "some of its rows are not in the database" : "there is no such table or column"),
        advice: "--fk keep writes it all the same", artifact: artifact, table: table.name, column: key.columns[0],
        count: count))
  }
}
