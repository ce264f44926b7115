internal import Bytes
internal import CommandLine
internal import Comparison
internal import Conversion
internal import Diagnostics
internal import Mapping
internal import Records

/// What comparing two backups came to, and how that is told and kept.
struct Proof: Sendable {
  let comparison: Comparison
  private let first: Side
  private let second: Side

  /// What was compared.
  private struct Side: Sendable {
    var name: [UInt8]
    var system: String
    var kind: String
    var root: String

    init(_ backup: ComparedBackup, _ name: [UInt8], _ tables: [(name: Name, digest: TableDigest)]) {
      self.name = name
      system = backup.parts.first?.input.backup.system ?? ""
      kind = backup.parts.count == 1 ? backup.parts[0].input.backup.kind : "\(backup.parts.count) backups"
      var hash = SHA256()
      for (name, digest) in tables.sorted(by: { $0.name < $1.name }) {
        let line = Array("\(digest) ".utf8) + name.bytes + [UInt8(ascii: "\n")]
        hash.update(line.span)
      }
      root = hexadecimal(hash.finish())
    }

    var value: Value {
      .object([
        .init("backup", .bytes(name)), .init("system", .text(system)), .init("kind", .text(kind)),
        .init("root", .text(root)),
      ])
    }
  }

  /// Named losses that a conversion from the first to the second has told of.
  private var namedLosses: [Loss]
  /// The rules of the mapping by which the first is compared.
  private var rules: [AppliedRule]

  /// `columns` are left out of the second on purpose. `known`: digests of the first's tables without them.
  init(
    _ first: ComparedBackup, _ second: ComparedBackup, names: [[UInt8]], without columns: [Name] = [],
    losses: [Loss] = [], rules: [AppliedRule] = [], known: [Name: TableDigest] = [:], lineage: Lineage = Lineage()
  ) throws(Failure) {
    var comparison = Comparison(first, second, without: columns, known: known, lineage: lineage, losses: losses)
    do throws(ComparisonError) { try comparison.run() } catch { throw Failure(error.error) }
    comparison.explain(by: losses)
    namedLosses = losses
    self.rules = rules
    self.comparison = comparison
    let tables = comparison.tables.filter { $0.first.count + $0.second.count > 0 && $0.verdict != .added }
    self.first = Side(first, names[0], tables.map { ($0.name, $0.first) })
    // Digests of values that are spelled otherwise differ, and so do the roots.
    self.second = Side(second, names[1], tables.filter { $0.verdict != .missing }.map { ($0.name, $0.second) })
  }

  /// The first is read as a mapping has it.
  init(
    _ first: ComparedBackup, _ second: ComparedBackup, names: [[UInt8]], mapping: MappingLog?
  ) throws(Failure) {
    try self.init(first, second, names: names, lineage: first.lineage(to: second))
    rules = mapping?.rules ?? []
    namedLosses = mapping?.losses ?? []
  }

  /// Whether rows or values were lost before anything was compared.
  var hasLosses: Bool { !namedLosses.isEmpty }

  /// The worst of all tables; an empty one is not missed.
  var verdict: ComparedTable.Verdict {
    if comparison.tables.contains(where: \.isDifferent) { return .different }
    return comparison.tables.contains { $0.verdict == .explained } ? .explained : .same
  }

  // MARK: Telling

  func print(_ session: Session) throws(Failure) {
    let isSingle = session.format == .csv || session.format == .tsv
    var report = try session.report(isSingle: isSingle)
    try report.list(comparison.tables, as: .comparedTables)
    if !isSingle {
      if !rules.isEmpty { try report.list(rules, as: .rules) }
      if !namedLosses.isEmpty { try report.list(namedLosses, as: .losses) }
      try report.list(coercions, as: .coercions)
      try report.list(losses, as: .lostColumns)
      try report.list(differences, as: .rowDifferences)
    }
    try report.finish()
    tell(session)
  }

  /// Says in a line what came out.
  func tell(_ session: Session) {
    guard session.isForPeople else { return }
    let counts = ComparedTable.Verdict.allCases.map { verdict in
      (verdict, comparison.tables.count { $0.verdict == verdict })
    }
    session.note(
      "\(verdict.rawValue): "
        + counts.filter { $0.1 > 0 }.map { "\(counted($0.1, "table")) \($0.0.rawValue)" }.joined(separator: ", ")
        + "; root \(first.root)")
  }

  private var coercions: [(Name, Coercion)] {
    comparison.tables.flatMap { table in table.coercions.map { (table.name, $0) } }
  }
  private var losses: [(Name, Name, Int)] {
    comparison.tables.flatMap { table in table.missingColumns.map { (table.name, $0.name, $0.values) } }
  }
  private var differences: [(Name, RowDifference)] {
    comparison.tables.flatMap { table in table.examples.map { (table.name, $0) } }
  }

  // MARK: Keeping

  /// Writes the certificate; the file appears when it is whole.
  func write(to path: [UInt8], replaces: Bool) throws(Failure) {
    let tables = comparison.tables.map { table in
      Value.object([
        .init("table", .name(table.name)), .init("verdict", .text(table.verdict.rawValue)),
        .init("second_table", Value(table.secondName)), .init("records", .integer(table.first.count)),
        .init("second_records", .integer(table.second.count)), .init("digest", .text("\(table.first)")),
        .init("second_digest", .text("\(table.second)")), .init("changed", .integer(table.changed)),
        .init("removed", .integer(table.removed)), .init("added", .integer(table.addedRows)),
        .init("is_at_least", .boolean(table.isAtLeast)), .init("added_columns", .names(table.addedColumns)),
        .init(
          "coercions",
          .list(table.coercions.map { RowShape.coercions.object(of: (table.name, $0)) })),
        .init(
          "missing_columns",
          .list(
            table.missingColumns.map {
              .object([.init("column", .name($0.name)), .init("values", .integer($0.values))])
            })),
        .init(
          "differences",
          .list(table.examples.map { RowShape.rowDifferences.object(of: (table.name, $0)) })),
      ])
    }
    let text = jsonLine([
      .init("certificate", .integer(1)), .init("made_by", .text("coffer \(version)")),
      .init("made_at", Value(time: currentMicroseconds())), .init("verdict", .text(verdict.rawValue)),
      .init("first", first.value), .init("second", second.value), .init("tables", .list(tables)),
      .init("rules", .list(rules.map { RowShape.rules.object(of: $0) })),
      .init(
        "losses",
        .list(
          namedLosses.map { loss in
            .object([
              .init("code", .text(loss.code)), .init("message", .text(loss.message)), .init("table", .name(loss.table)),
              .init("column", Value(loss.column)), .init("count", .integer(loss.count)),
              .init("is_reject", .boolean(loss.isReject)),
            ])
          })),
    ])
    do throws(WriteError) {
      do throws(IOError) {
        var file: any ByteSink & ~Copyable = try DurableFile(path, replaces: replaces)
        try file.write(text.span)
        try file.finish()
      } catch { throw WriteError(error) }
    } catch { throw Failure(error) }
  }
}
