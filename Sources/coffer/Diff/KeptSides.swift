internal import BuiltIn
internal import Bytes
internal import CatalogModel
internal import CatalogSource
internal import CatalogStore
internal import CommandLine
internal import Comparison
internal import Conversion
internal import Diagnostics
internal import Records

/// Two registered backups of one lineage, of which only the rows are read that the other one does not hold as they are.
struct KeptSides: Sendable {
  static let files = Flag("files", "read the files of registered backups, not the catalog")

  let sides: [ComparedBackup]
  /// The backups as they are in the catalog.
  let systems: [CatalogSystem]
  /// What is known of all rows, by table.
  private let statistics: [[Name: TableStatistics]]

  /// Nil when files have to be read: one of the two is a path, or they are of different lineages, or a mapping is asked for.
  init?(_ session: Session) throws(Failure) {
    let invocation = session.invocation
    guard !invocation.isSet(Self.files), try session.mapping() == nil, ReadingFlags.system(invocation) == nil else {
      return nil
    }
    var backups: [Backup] = []
    for word in invocation.operands {
      guard case .registered(let backup, _) = try session.address(word) else { return nil }
      backups.append(backup)
    }
    guard backups.count == 2, backups[0].lineage != nil, backups[0].lineage == backups[1].lineage,
      backups.allSatisfy({ $0.indexing == .full })
    else { return nil }
    let catalog = try session.openCatalog()
    var sides: [ComparedBackup] = [], systems: [CatalogSystem] = [], statistics: [[Name: TableStatistics]] = []
    for (backup, other) in zip(backups, backups.reversed()) {
      let opened = try session.catalogBackup(backup, unknowns: .marks, without: other.key)
      sides.append(
        ComparedBackup([.init(system: opened.system, input: opened.input, knowledge: try opened.survey())]))
      if let system = opened.system as? CatalogSystem { systems.append(system) }
      let contents = try telling { () throws(CatalogError) in
        try catalog.read { reader throws(CatalogError) in try reader.contents(of: backup.key, .tables) }
      }
      var known: [Name: TableStatistics] = [:]
      for table in contents.tables { known[table.name] = table.statistics }
      statistics.append(known)
    }
    self.sides = sides
    self.systems = systems
    self.statistics = statistics
  }

  /// What comparing the rows that changed says of all rows.
  func completed(_ tables: [ComparedTable], _ comparesRows: Bool) -> [ComparedTable] {
    guard comparesRows else { return tables }
    return tables.map { table in
      var table = table
      let first = statistics[0][table.name], second = table.secondName.flatMap { statistics[1][$0] }
      table.first.count = Int(first?.recordCount ?? 0)
      table.second.count = Int(second?.recordCount ?? 0)
      // What is masked in the catalog is known to differ by the digests of the rows as they were.
      if table.verdict == .same, let first = first?.digest, let second = second?.digest, first != second {
        table.verdict = .different
        table.isAtLeast = true
      }
      // A row has a number in its file only.
      for i in table.examples.indices { table.examples[i].number = 0 }
      return table
    }
  }
}
