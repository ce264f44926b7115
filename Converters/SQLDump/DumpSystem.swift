package import Bytes
package import Conversion
internal import Diagnostics
internal import PostgresArchive
package import Records
package import SQLText

/// A database system whose backups are dumps in its SQL, each of them a backup of its own.
package protocol DumpSystem: SourceSystem {
  /// The family of SQL that its dumps are in.
  var family: SQLSyntax.Family { get }
}

extension DumpSystem {
  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    var backups: [DetectedBackup] = []
    // The directories that are archives, whose other files belong to them.
    var archives: [[UInt8]] = []
    let entries = container.entries.filter(isCandidate), cluster = ClusterMap(container, toolbox)
    // Tables of contents first, whatever their files' names.
    for entry in entries.filter(isContents) + entries.filter({ !isContents($0) }) {
      guard !archives.contains(where: { entry.path.directory == $0 && isMember(entry) }) else { continue }
      guard let dump = try? SQLDump(entry, in: container, toolbox, ReadOptions()), dump.sniff.syntax.family == family,
        dump.sniff.producer != .script || !quotesSQL(entry)
      else { continue }
      var artifacts = [DetectedArtifact(entry, .data, format: dump.sniff.form == .plain ? "sql" : "pg_dump")]
      if dump.sniff.form == .members {
        artifacts += members(beside: entry, container)
        archives.append(entry.path.directory)
      }
      var evidence = dump.sniff.evidence
      if let cluster, let name = cluster.database(of: entry) {
        evidence.append("it is the database '\(displayed(name))' of a cluster, by map.dat")
        artifacts.append(DetectedArtifact(cluster.entry, .document, format: "text"))
      }
      backups.append(
        DetectedBackup(
          system: id, kind: dump.sniff.kind, confidence: dump.sniff.confidence, evidence: evidence,
          artifacts: artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) },
          takenAt: takenAt(entry)))
    }
    return backups
  }

  /// Whether statements in a file are what it speaks of, or values in it, as its name says what it is.
  private func quotesSQL(_ entry: ContainerEntry) -> Bool {
    let endings = entry.path.lastPathComponent.split(separator: UInt8(ascii: ".")).dropFirst()
    return endings.contains { ending in Self.otherEndings.contains(ending.map(asciiLower)) }
  }
  private static var otherEndings: Set<[UInt8]> {
    Set(["csv", "tsv", "json", "jsonl", "ndjson", "xml", "yaml", "yml", "md", "html"].map { Array($0.utf8) })
  }

  /// What macOS puts into archives beside the files is none of theirs.
  private func isCandidate(_ entry: ContainerEntry) -> Bool { !entry.path.lastPathComponent.starts(with: "._".utf8) }

  /// The files that lie beside the table of contents of a directory or tar dump.
  private func members(beside entry: ContainerEntry, _ container: any BackupContainer) -> [DetectedArtifact] {
    container.entries.filter { $0.path != entry.path && $0.path.directory == entry.path.directory && isMember($0) }.map
    { DetectedArtifact($0, isScript($0) ? .document : .data, format: isScript($0) ? "sql" : "pg_dump") }
  }
  private func isContents(_ entry: ContainerEntry) -> Bool {
    entry.path.lastPathComponent.starts(with: "toc.dat".utf8)
  }
  private func isScript(_ entry: ContainerEntry) -> Bool {
    entry.path.lastPathComponent.elementsEqual("restore.sql".utf8)
  }
  private func isMember(_ entry: ContainerEntry) -> Bool {
    var name = entry.path.lastPathComponent
    for ending in [".gz", ".lz4", ".zst"] where name.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
      name.removeLast(ending.utf8.count)
    }
    return isSafeMemberName(name) || isScript(entry)
  }

  private func takenAt(_ entry: ContainerEntry) -> TakenAt? {
    if let stamp = FileStamp(in: entry.path.lastPathComponent.span) {
      return TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
    }
    return entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    let dump = try dump(input)
    let survey = try SQLDumpSurvey(
      dump, keepsRowsBeforeError: input.options.keepsRowsBeforeError, files: input.files,
      onlyDeclared: input.options.written != nil)
    var knowledge = Knowledge(tables: survey.tables)
    knowledge.objects = survey.objects
    knowledge.findings = survey.findings
    knowledge.unverifiedForeignKeys = survey.unverifiedForeignKeys
    knowledge.attributes = survey.attributes
    knowledge.details = dump
    if knowledge.mayHideReferences, survey.rowCount > 0 {
      try knowledge.inferReferences(from: dump.openRecords(knowledge.tables))
    }
    return knowledge
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    if let dump = knowledge.details as? SQLDump { return try dump.openRecords(knowledge.tables) }
    return try dump(input).openRecords(knowledge.tables)
  }

  package func openFile(_ object: SchemaObject, _ input: BackupInput) throws(ReadError) -> SharedFile? {
    guard object.kind == "large-object" else { return nil }
    return try dump(input).openLargeObject(object.name)
  }

  private func dump(_ input: BackupInput) throws(ReadError) -> SQLDump {
    let data = input.backup.artifacts.filter { $0.role == .data }
    let contents = data.first { isContents($0.entry) }
    guard let artifact = contents ?? data.first,
      let dump = try SQLDump(artifact.entry, in: input.container, input.toolbox, input.options)
    else { throw ReadError(.unrecognised("backup holds no dump"), artifact: input.container.path) }
    return dump
  }
}

extension [UInt8] {
  /// What stands before the last component of a path.
  fileprivate var directory: [UInt8] { Array(dropLast(lastPathComponent.count)) }
}
