internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLDump

/// Digests of the rows of all tables.
struct DumpDigests {
  private var digesters: [RowDigester]
  private let places: [Name: Int]
  private let names: [Name]

  init(_ tables: [TableSchema]) {
    names = tables.map(\.name)
    digesters = tables.map { RowDigester($0) }
    places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Adds rows in the columns of the table that the digests were made for.
  mutating func add(_ batch: borrowing RecordBatch, _ table: TableSchema) throws(ReadError) {
    guard let place = places[table.name] else { return }
    do throws(IOError) { try digesters[place].add(batch) } catch { throw ReadError(.io(error)) }
  }

  /// Names of tables whose rows are not the same.
  func differing(from other: DumpDigests) -> [Name] {
    names.indices.filter { digesters[$0].digest != other.digesters[$0].digest }.map { names[$0] }
  }
  var rowCount: Int { digesters.reduce(0) { $0 &+ $1.digest.count } }
}

/// A dump that holds the same as others of the set: an archive beside plain SQL, a complete dump beside its parts.
struct DumpWitness: Sendable {
  let dump: SQLDump
  let survey: SQLDumpSurvey
  init(_ dump: SQLDump, _ survey: SQLDumpSurvey) {
    self.dump = dump
    self.survey = survey
  }

  /// Kinds of objects that every form of a dump spells alike.
  private static let kinds: Set<String> = ["policy", "row-security", "function", "trigger", "view", "type"]

  private static func identities(_ objects: [SchemaObject]) -> Set<[Name]> {
    Set(objects.filter { kinds.contains($0.kind) }.map { [Name($0.kind), $0.table ?? "", $0.name] })
  }

  /// Holds rows and objects against those of the set.
  func compare(with digests: DumpDigests, _ knowledge: inout Knowledge, keepsRows: Bool) throws(ReadError) {
    let path = dump.entry.path, tables = knowledge.tables
    var own = DumpDigests(tables)
    do throws(ReadError) {
      var reader = try dump.openRecords(tables), batch = RecordBatch()
      while let table = try reader.nextTable() {
        while try reader.read(into: &batch) { try own.add(batch, table) }
      }
    } catch {
      guard !error.isInterruption else { throw error }
      return knowledge.findings.append(
        Finding(
          "unreadable", .error, "\(error.message); it cannot bear witness to the other dumps", advice: error.advice,
          artifact: path, offset: error.offset))
    }
    let file = displayed(path.lastPathComponent)
    let differing = own.differing(from: digests)
    let names = differing.prefix(5).map { displayed($0) }.joined(separator: ", ") + (differing.count > 5 ? ", …" : "")
    claim(
      "rows of \(file)",
      differing.isEmpty ? "\(own.rowCount) rows of \(tables.count) tables, all equal" : "differing rows in \(names)",
      differing.isEmpty, differing.count, &knowledge)
    let here = Self.identities(survey.objects), there = Self.identities(knowledge.objects)
    let apart = here.symmetricDifference(there).count
    claim(
      "objects of \(file)",
      apart == 0
        ? "\(here.count) policies, functions, triggers, views and types, all there"
        : "\(apart) are in only one of them",
      apart == 0, apart, &knowledge)
  }

  private func claim(_ subject: String, _ measured: String, _ holds: Bool, _ count: Int, _ knowledge: inout Knowledge) {
    let path = dump.entry.path
    knowledge.claims.append(
      Claim(
        subject: subject, stated: Array("the same as the other dumps of the set".utf8), measured: measured,
        verdict: holds ? .proved : .refuted, artifact: path))
    guard !holds else { return }
    knowledge.findings.append(
      Finding(
        "twin-differs", .error, "\(subject) are not those of the other dumps: \(measured)",
        advice: "find out which of them was made later", artifact: path, count: count))
  }
}
