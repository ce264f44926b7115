package import Bytes
package import CatalogModel
internal import Diagnostics
internal import PrismaSchema

/// What becomes of one table or model in the backups of a project.
package struct CoverageRow: Hashable, Sendable {
  /// What matters most comes first.
  package enum State: String, Hashable, Sendable, CaseIterable, Comparable {
    /// No backup holds it.
    case never = "never backed up"
    /// Backups held it, and the newest of their kind does not.
    case vanished
    /// It had rows, and the newest backup has none.
    case emptied
    /// Complete backups hold it and safe ones do not, though it holds no secrets.
    case notInSafe = "not in safe backups"
    /// The newest backup holds it and the one before did not.
    case appeared
    case backedUp = "backed up"
    /// Whoever makes the backups cannot see it.
    case ignored
    /// It is not where it could be, on purpose.
    case excluded = "left out on purpose"

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (a: State, b: State) -> Bool { a.rank < b.rank }
  }
  /// The model's name, else the table's.
  package var name: Name
  /// What the newest backup that holds it calls it.
  package var table: Name?
  package var state: State
  /// Why it is left out, when that is on purpose and somebody says why.
  package var reason: [UInt8]?
  /// Kinds of backups whose newest holds it: `safe`, `complete`.
  package var places: [Name] = []
  package var records: Int64?
  package var recordsBefore: Int64?
  /// Columns that were there in the backup before.
  package var lostColumns: [Name] = []
  /// Columns of the schema that no row has.
  package var missingColumns: [Name] = []
  package var holdsSecrets = false
  /// The newest backup that holds it.
  package var lastSeen: Backup?
}

/// Where the files lie that rows refer to.
package struct AssetLocality: Hashable, Sendable {
  package var cloud = 0
  package var local = 0
  /// Files on the own server whose content the newest backup that holds most of them lacks.
  package var localMissing = 0
  package var withoutAddress = 0
  /// Files whose content the newest complete backup holds.
  package var embedded = 0
}

/// Something to be done.
package struct CoverageAdvice: Hashable, Sendable {
  package var code: String
  package var message: String
}

/// What the backups of a project hold of what there is.
package struct Coverage: Sendable {
  package private(set) var rows: [CoverageRow] = []
  package private(set) var assets: AssetLocality?
  package private(set) var advice: [CoverageAdvice] = []
  /// The newest backup of each kind.
  package private(set) var newest: [Backup] = []

  /// Compares models with backups, which come newest first. `models` empty: backups are compared with each other alone.
  /// `excluded` are models or tables that are left out on purpose, with reasons.
  package init(
    models: [CoverageModel], backups: [CoveredBackup], now: Moment, excluded: [(name: Name, reason: [UInt8])] = []
  ) {
    var names = DatasetNames(models)
    let places = backups.map { names.places($0.tables, isFuzzy: $0.backup.system == "prisma") }
    var lineages: [(lineage: Lineage, backups: [Int])] = []
    for (i, backup) in backups.enumerated() where !backup.tables.isEmpty {
      if let at = lineages.firstIndex(where: { $0.lineage == backup.lineage }) {
        lineages[at].backups.append(i)
      } else {
        lineages.append((backup.lineage, [i]))
      }
    }
    newest = lineages.map { backups[$0.backups[0]].backup }
    // Tables by dataset, for each backup that is compared.
    let tables: [[Int: CatalogTable]] = zip(backups, places).map { backup, places in
      Dictionary(zip(places, backup.tables).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    }
    for dataset in 0..<names.count {
      let model = dataset < models.count ? models[dataset] : nil
      rows.append(Self.row(dataset, model, backups, tables, lineages))
    }
    exclude(excluded)
    rows = rows.enumerated().sorted { ($0.element.state, $0.offset) < ($1.element.state, $1.offset) }.map(\.element)
    assets = Self.assets(lineages.map { backups[$0.backups[0]] })
    advise(lineages.map { ($0.lineage, backups[$0.backups[0]].backup) }, now)
  }

  private mutating func exclude(_ excluded: [(name: Name, reason: [UInt8])]) {
    for (name, reason) in excluded {
      let places = rows.indices.filter { rows[$0].name == name || rows[$0].table == name }
      for i in places where rows[i].state < .appeared {
        rows[i].state = .excluded
        rows[i].reason = reason.isEmpty ? nil : reason
      }
      if !places.contains(where: { rows[$0].state == .excluded }) {
        let what = places.isEmpty ? "is not there" : "is backed up"
        advice.append(
          CoverageAdvice(code: "stale-exclusion", message: "'\(displayed(name))' is left out on purpose, but \(what)"))
      }
    }
  }

  package func count(_ state: CoverageRow.State) -> Int { rows.count { $0.state == state } }

  private static func row(
    _ dataset: Int, _ model: CoverageModel?, _ backups: [CoveredBackup], _ tables: [[Int: CatalogTable]],
    _ lineages: [(lineage: Lineage, backups: [Int])]
  ) -> CoverageRow {
    let holders = backups.indices.filter { tables[$0][dataset] != nil }
    let last = holders.first
    var row = CoverageRow(name: model?.name ?? last.flatMap { tables[$0][dataset]?.name } ?? "", state: .backedUp)
    row.lastSeen = last.map { backups[$0].backup }
    row.table = last.flatMap { tables[$0][dataset]?.name }
    guard last != nil else {
      row.state = model?.isHidden == true ? .ignored : .never
      return row
    }
    var states = Set<CoverageRow.State>(), isInSafe: Bool?, isInComplete = false
    for (lineage, members) in lineages {
      let here = tables[members[0]][dataset], before = members.count > 1 ? tables[members[1]][dataset] : nil
      if lineage.isSafe { isInSafe = here != nil }
      if lineage.isComplete { isInComplete = here != nil }
      guard let here else {
        if members.dropFirst().contains(where: { tables[$0][dataset] != nil }) { states.insert(.vanished) }
        continue
      }
      row.places.append(Name(lineage.contents))
      row.records = max(row.records ?? 0, here.statistics.recordCount)
      row.holdsSecrets = row.holdsSecrets || here.columns.contains { $0.isSecret || speaksOfSecrets($0.name) }
      if members.count > 1 {
        if let before {
          row.recordsBefore = max(row.recordsBefore ?? 0, before.statistics.recordCount)
          if before.statistics.recordCount > 0, here.statistics.recordCount == 0 { states.insert(.emptied) }
          row.lostColumns += lost(before, here)
        } else {
          states.insert(.appeared)
        }
      }
    }
    if isInComplete, isInSafe == false, !row.holdsSecrets { states.insert(.notInSafe) }
    row.state = states.min() ?? .backedUp
    if let model, let last, let table = tables[last][dataset] { row.missingColumns = missing(model, table) }
    return row
  }

  /// Columns with values that the later table does not have.
  private static func lost(_ before: CatalogTable, _ here: CatalogTable) -> [Name] {
    guard here.statistics.recordCount > 0 else { return [] }
    let there = Set(here.columns.filter { !isMissing($0, here) }.map(\.name))
    return before.columns.filter { !there.contains($0.name) && !isMissing($0, before) }.map(\.name)
  }

  private static func missing(_ model: CoverageModel, _ table: CatalogTable) -> [Name] {
    guard table.statistics.recordCount > 0 else { return [] }
    let there = Set(table.columns.filter { !isMissing($0, table) }.map(\.name))
    return model.columns.filter { column in
      !there.contains(column) && !(model.fields[column].map { there.contains($0) } ?? false)
    }
  }

  /// Whether no row has the column.
  private static func isMissing(_ column: CatalogColumn, _ table: CatalogTable) -> Bool {
    table.statistics.recordCount > 0 && column.statistics.missingCount == table.statistics.recordCount
  }

  /// Words of columns whose tables belong to complete backups alone, whatever their rows hold today.
  private static let secretWords = ["token", "password", "secret", "deviceid"].map { Array($0.utf8) }

  private static func speaksOfSecrets(_ name: Name) -> Bool {
    let small = SectionName(name).bytes, reference = Array("tokenid".utf8)
    guard !small.suffix(reference.count).elementsEqual(reference) else { return false }
    return secretWords.contains { firstOffset(of: $0.span, in: small.span) != nil }
  }

  // MARK: Files

  /// `newest`: the newest backup of each kind, the newest of all first.
  private static func assets(_ newest: [CoveredBackup]) -> AssetLocality? {
    let all = newest.filter { $0.number("assets_cloud") != nil }
    guard let first = all.first else { return nil }
    let local = first.number("assets_local") ?? 0
    return AssetLocality(
      cloud: first.number("assets_cloud") ?? 0, local: local,
      localMissing: all.compactMap { $0.number("assets_local_missing") }.min() ?? local,
      withoutAddress: first.number("assets_without_address") ?? 0,
      embedded: all.compactMap { $0.number("assets_embedded") }.max() ?? 0)
  }

  // MARK: Advice

  private mutating func advise(_ newest: [(lineage: Lineage, backup: Backup)], _ now: Moment) {
    func say(_ code: String, _ message: String) { advice.append(CoverageAdvice(code: code, message: message)) }
    let safe = newest.first { $0.lineage.isSafe }?.backup, complete = newest.first { $0.lineage.isComplete }?.backup
    let never = count(.never)
    if never > 0 {
      say(
        "back-up-models", "\(never) of \(rows.count) models are in no backup: add them to the list of what is backed up"
      )
    }
    if count(.vanished) > 0 {
      say("find-vanished", "tables that earlier backups held are gone: find out whether they were dropped or forgotten")
    }
    if count(.emptied) > 0 {
      say("check-emptied", "tables that had rows are empty: scripts write the same when a query fails")
    }
    if count(.notInSafe) > 0 {
      say(
        "widen-safe",
        "\(count(.notInSafe)) tables without secrets are only in complete backups: a safe backup does not restore them")
    }
    if let assets {
      if assets.localMissing > 0 {
        say(
          "files-are-local",
          "\(assets.localMissing) of \(assets.local) files on the own server are in no newest backup: make complete backups, or back the files up separately"
        )
      } else if assets.local > 0 {
        say("files-are-embedded", "files lie on the own server and are embedded in complete backups: keep making these")
      } else if assets.cloud > 0 {
        say(
          "files-are-in-the-cloud",
          "all files lie in a cloud: safe backups suffice for them, as long as that keeps them")
      }
    }
    if let safe, Self.days(safe, now) > BackupPolicy.safeWeekly.days {
      say("safe-weekly", "the newest safe backup is \(Self.days(safe, now)) days old: make one weekly")
    }
    if let complete, Self.days(complete, now) > BackupPolicy.completeMonthly.days {
      say("complete-monthly", "the newest complete backup is \(Self.days(complete, now)) days old: make one monthly")
    }
    if safe != nil, complete == nil {
      say("no-complete", "there is no complete backup: passwords, tokens and files cannot be restored")
    }
    if complete != nil {
      say(
        "keep-complete-private",
        "complete backups hold passwords: keep them encrypted and offline, and never share them")
    }
  }

  static func days(_ backup: Backup, _ now: Moment) -> Int64 {
    (now.microseconds - backup.takenAt.moment.microseconds) / 86_400_000_000
  }
}
