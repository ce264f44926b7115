package import Bytes
package import Records

/// A foreign key that nobody declared, and how sure it is.
package struct InferredReference: Hashable, Sendable {
  package var table: Name
  package var key: ForeignKey
  /// From 0 to 1.
  package var confidence: Double
  /// Why it was concluded.
  package var evidence: String
  /// Different values that were found.
  package var distinct: Int

  /// As an object of the backup.
  package var object: SchemaObject {
    var object = SchemaObject(kind: "inferred relation", name: key.columns[0], table: table)
    let target = key.table.bytes + [UInt8(ascii: ".")] + key.referencedColumns[0].bytes
    object.definition = key.columns[0].bytes + Array(" refers to ".utf8) + target + Array(": \(evidence)".utf8)
    object.attributes = [
      SchemaAttribute("references", target), SchemaAttribute("inferred", Array("yes".utf8)),
      SchemaAttribute("confidence", Array("0.\(Int((confidence * 100).rounded()))".utf8)),
      SchemaAttribute("evidence", Array(evidence.utf8)),
    ]
    return object
  }
}

/// Finds references that nobody declared, in one pass: by names, and by values that all are among those of a key.
///
/// Names alone choose the columns whose values are kept, so that memory depends on the budget of the `KeyIndex` alone.
/// `begin` with each run's table, `add` with each of its batches, `references` at the end.
package struct ReferenceInference: Sendable {
  /// Columns of a table that are looked at; and tables that one way of reading a name may lead to.
  static let columnLimit = 256, shareLimit = 64
  /// Keys of a table that are tried for a column, and comparisons of values in all.
  static let keyLimit = 8, comparisonLimit = 50_000
  /// Least confidence that is told; chosen so that at least 95 of 100 references are true where the truth is known.
  package static let threshold = 0.8

  private struct Candidate: Sendable {
    var column: Int
    var name: Name
    var words: [[UInt8]]
    var set: KeyIndex.ID
    var isKey: Bool
  }
  private struct Table: Sendable {
    var schema: TableSchema
    var words: [[UInt8]]
    var candidates: [Candidate] = []
    /// Columns that have been looked at.
    var seen = 0
  }

  private var tables: [Table] = []
  private var positions: [Name: Int] = [:]
  private var index: KeyIndex
  private var current = -1

  package init(budget: Int = 16 << 20) { index = KeyIndex(budget: budget) }

  /// Says which table the next batches are of; its columns may have become more.
  package mutating func begin(_ table: TableSchema) {
    if let known = positions[table.name] {
      current = known
    } else {
      current = tables.count
      positions[table.name] = current
      tables.append(Table(schema: table, words: ReferenceNames.words(table.localName)))
    }
    tables[current].schema = table
    let declared = Set(table.foreignKeys.flatMap(\.columns))
    let unique = Set(([table.primaryKey] + table.uniqueKeys).filter { $0.count == 1 }.map { $0[0] })
    while tables[current].seen < table.columns.count {
      let column = tables[current].seen
      tables[current].seen += 1
      let name = table.columns[column].name, words = ReferenceNames.words(name)
      let isKey =
        ReferenceNames.mayBeKey(words, of: tables[current].words) || unique.contains(name)
      guard isKey || ReferenceNames.subject(words) != nil, !declared.contains(name) || isKey,
        tables[current].candidates.count < Self.columnLimit
      else { continue }
      tables[current].candidates.append(
        Candidate(column: column, name: name, words: words, set: index.makeSet(), isKey: isKey))
    }
  }

  /// Takes the records of a batch.
  package mutating func add(_ batch: borrowing RecordBatch) throws(IOError) {
    guard current >= 0 else { return }
    for candidate in tables[current].candidates where candidate.column < batch.columnCount {
      try index.add(batch, column: candidate.column, to: candidate.set)
    }
  }

  // MARK: Deciding

  /// What has been found, table by table; `declared` are the tables as they are known in the end.
  package func references(_ declared: [TableSchema] = []) throws(IOError) -> [InferredReference] {
    var byLastWord: [[UInt8]: [Int]] = [:], people: [Int] = []
    for (t, table) in tables.enumerated() {
      if let last = table.words.last { byLastWord[last, default: []].append(t) }
      if ReferenceNames.isUsers(table.words) { people.append(t) }
    }
    let known = Dictionary(
      declared.map { ($0.name, Set($0.foreignKeys.flatMap(\.columns))) }, uniquingKeysWith: { first, _ in first })
    var found: [InferredReference] = [], tries = Tries()
    for (t, table) in tables.enumerated() {
      let names = Set(
        table.schema.columns.map { Name(NameWords($0.name).words.joined(separator: [UInt8(ascii: "_")]).map { $0 }) })
      for candidate in table.candidates where !(known[table.schema.name]?.contains(candidate.name) ?? false) {
        guard let subject = ReferenceNames.subject(candidate.words) else { continue }
        // A key that is named after its own table.
        if table.schema.primaryKey == [candidate.name], table.words.last == subject.last { continue }
        // With a column that says which table, it leads to several.
        let type = Name(Array(subject.joined(separator: [UInt8(ascii: "_")])) + Array("_type".utf8))
        if names.contains(type) { continue }
        let targets = targets(of: subject, t, byLastWord, people)
        if let reference = try choose(candidate, t, targets, &tries) { found.append(reference) }
      }
    }
    return found
  }

  /// A table that a name may mean.
  private struct Target {
    var match: ReferenceNames.Match
    /// Words that only one of the two names has.
    var distance = 0
    var table: Int
  }

  /// Tables that a name may mean, by how well it names them.
  private func targets(
    of subject: [[UInt8]], _ own: Int, _ byLastWord: [[UInt8]: [Int]], _ people: [Int]
  ) -> [Target] {
    var targets: [Target] = []
    if let last = subject.last, let tables = byLastWord[last], tables.count <= Self.shareLimit {
      for t in tables {
        let words = self.tables[t].words
        let common = zip(words.reversed(), subject.reversed()).prefix { $0 == $1 }.count
        // Names of applications stand before those of all their tables.
        let isNear = common == subject.count || common == words.count || words.count == common + 1
        let distance = words.count + subject.count - 2 * common
        if isNear { targets.append(Target(match: distance == 0 ? .whole : .words, distance: distance, table: t)) }
      }
    }
    if ReferenceNames.isOwn(subject) { targets.append(Target(match: .own, table: own)) }
    if ReferenceNames.isPerson(subject), people.count <= Self.shareLimit {
      targets += people.map { Target(match: .person, distance: tables[$0].words.count, table: $0) }
    }
    return targets.sorted { ($0.match, $0.distance, $0.table) < ($1.match, $1.distance, $1.table) }
  }

  /// What has been looked at.
  private struct Tries {
    /// Whether no value of a set occurs twice and none is absent.
    var keys: [KeyIndex.ID: Bool] = [:]
    var comparisons = 0
  }

  private func choose(
    _ candidate: Candidate, _ t: Int, _ targets: [Target], _ tries: inout Tries
  ) throws(IOError) -> InferredReference? {
    let counts = try index.counts(of: candidate.set)
    guard counts.values > 0, counts.isComplete else { return nil }
    var best: InferredReference?, rivals = 0, nearest = Target(match: .person, table: t)
    for named in targets {
      // Only what is named as well is a rival.
      if best != nil, (named.match, named.distance) > (nearest.match, nearest.distance) { break }
      let target = named.table
      let keys = tables[target].candidates.lazy.filter {
        $0.isKey && !(target == t && $0.column == candidate.column)
      }
      for key in keys.prefix(Self.keyLimit) where tries.comparisons < Self.comparisonLimit {
        tries.comparisons += 1
        if tries.keys[key.set] == nil { tries.keys[key.set] = try index.counts(of: key.set).isKey }
        guard tries.keys[key.set] ?? false, try index.inclusion(of: candidate.set, in: key.set).holds else {
          continue
        }
        if best != nil {
          rivals += best?.key.table == tables[target].schema.name ? 0 : 1
          continue
        }
        nearest = named
        best = InferredReference(
          table: tables[t].schema.name,
          key: ForeignKey([candidate.name], references: tables[target].schema.name, [key.name], isInferred: true),
          confidence: 0, evidence: "", distinct: counts.distinct)
      }
    }
    guard var best, rivals == 0 else { return nil }
    let (confidence, words): (Double, String) =
      switch nearest.match {
      case .whole: (0.92, "its name names the table")
      case .words: (0.86, "its name ends as the table's")
      case .own: (0.84, "its name speaks of another row of its table")
      case .person: (0.82, "its name speaks of a person")
      }
    // Many values that all are there are no accident; few may be.
    best.confidence = confidence + (counts.distinct >= 10 ? 0.07 : counts.distinct >= 3 ? 0.04 : 0)
    best.evidence = "\(words), and all its \(counts.distinct) values are there"
    return best.confidence >= Self.threshold ? best : nil
  }
}

extension Knowledge {
  /// Whether it is worth looking for references: there are several tables and their source declares none.
  package var mayHideReferences: Bool { mayHideReferences { _ in true } }

  /// The same where foreign keys of tables that are not the application's own say nothing of its others.
  package func mayHideReferences(ofOwn isOwn: (TableSchema) -> Bool) -> Bool {
    tables.count > 1
      && tables.allSatisfy { table in
        table.foreignKeys.isEmpty && !unverifiedForeignKeys.contains { $0.table == table.name } || !isOwn(table)
      }
  }

  /// Looks for references that nobody declared in a pass over the rows. An error ends the pass: rows before it count.
  package mutating func inferReferences(from reader: consuming any RecordReader & ~Copyable) throws(ReadError) {
    var inference = ReferenceInference()
    let ahead = ReadAhead.start(reader)
    do throws(IOError) {
      while let item = ahead.next() {
        switch item {
        case .begin(let table): inference.begin(table)
        case .rows(let box):
          try inference.add(box.batch)
          ahead.recycle(box)
        }
      }
      _ = ahead.finish()
      inferred = try inference.references(tables)
    } catch {
      _ = ahead.finish()
      throw ReadError(.io(error))
    }
    objects += inferred.map(\.object)
  }

  /// The tables with the references that were inferred, and the keys that these need.
  var tablesWithInferredKeys: [TableSchema] {
    var tables = tables
    let places = Dictionary(tables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for reference in inferred {
      guard let from = places[reference.table], let to = places[reference.key.table] else { continue }
      tables[from].foreignKeys.append(reference.key)
      let columns = reference.key.referencedColumns
      if tables[to].primaryKey != columns, !tables[to].uniqueKeys.contains(columns) {
        tables[to].uniqueKeys.append(columns)
      }
    }
    return tables
  }
}
