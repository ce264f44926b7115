package import Bytes
package import CatalogModel
package import CatalogStore
package import Conversion
internal import Diagnostics
internal import Records

/// Registers backups: detect, survey, checksum, store. Each backup is one transaction; sources are only read.
package struct Registrar: Sendable {
  private let recogniser: Recogniser
  private let catalog: any CatalogStore
  private let progress: Progress?
  /// The present moment.
  private let now: Moment

  package init(_ recogniser: Recogniser, catalog: any CatalogStore, now: Moment, progress: Progress? = nil) {
    self.recogniser = recogniser
    self.catalog = catalog
    self.now = now
    self.progress = progress
  }

  /// Registers every backup in a container. `begun` is told each backup before it is read, `finished` what became of it as soon
  /// as that is durable. `strangers` are entries that nothing recognises.
  package func register(
    _ container: any BackupContainer, options: RegisterOptions, begun: (DetectedBackup, Name) -> Void = { _, _ in },
    finished: (RegisterReport) -> Void = { _ in }
  ) throws(RegisterError) -> (reports: [RegisterReport], strangers: [ContainerEntry]) {
    // What describes a lone file may have come to lie beside it.
    let described =
      container.entries + container.entries.compactMap { container.sibling(named: $0.path + schemaFileSuffix) }
    if let known = try unchanged(described, in: container, options) {
      known.forEach(finished)
      return (known, [])
    }
    let recognition: Recognition
    do throws(ReadError) {
      recognition = try recogniser.recognise(container, only: options.system)
    } catch { throw .read(error) }
    var reports: [RegisterReport] = []
    for backup in recognition.backups {
      let project = projectName(backup, in: container, options: options)
      // A directory may hold files that nothing recognises, so the backups in it are asked for one by one, too.
      if let known = try unchanged(backup.artifacts.map(\.entry), in: container, options) {
        let new = known.filter { known in !reports.contains { $0.backup.key == known.backup.key } }
        new.forEach(finished)
        reports += new
        continue
      }
      begun(backup, project)
      let report = try register(backup, project, in: container, options)
      finished(report)
      reports.append(report)
    }
    return (reports, recognition.unclaimed)
  }

  /// The backups that some entries belong to, none of which has changed since they were registered; nil when anything is new.
  private func unchanged(
    _ entries: [ContainerEntry], in container: any BackupContainer, _ options: RegisterOptions
  ) throws(RegisterError) -> [RegisterReport]? {
    guard !entries.isEmpty else { return nil }
    do {
      let stamps = try stamps(of: entries, in: container)
      return try catalog.read { (catalog) throws(CatalogError) -> [RegisterReport]? in
        var keys: [Key<Backup>] = []
        for (entry, stamp) in zip(entries, stamps) {
          let path = container.file(of: entry)
          let matches = try catalog.knownFiles(at: path).filter { file in
            file.location.stamp == stamp && (options.project == nil || file.project == options.project)
              && (container.isDirectory || file.artifact == entry.path)
          }
          guard !matches.isEmpty else { return nil }
          for match in matches where !keys.contains(match.backup) { keys.append(match.backup) }
        }
        var reports: [RegisterReport] = []
        for key in keys {
          guard let backup = try catalog.backup(key) else { return nil }
          reports.append(RegisterReport(.unchanged, backup))
        }
        return reports
      }
    } catch let error as CatalogError {
      if case .absent = error.code { return nil }
      throw .catalog(error)
    } catch let error as ReadError {
      throw .read(error)
    } catch { return nil }
  }

  private func register(
    _ detected: DetectedBackup, _ project: Name, in container: any BackupContainer, _ options: RegisterOptions
  ) throws(RegisterError) -> RegisterReport {
    let system = recogniser.system(detected.system)
    var reading = options.reading
    reading.keepsRowsBeforeError = true
    let input = BackupInput(
      backup: detected, container: container, toolbox: recogniser.toolbox, options: reading)
    let entries = detected.artifacts.map(\.entry)
    var knowledge = Knowledge(), unreadable: [Finding] = [], permissions: [Finding] = [], before: [FileStamp?] = []
    var sums: [(checksum: [UInt8], byteCount: Int64)] = []
    do throws(ReadError) {
      before = try stamps(of: entries, in: container)
      let checksums = Checksums.start(detected.artifacts, in: container, progress: progress)
      var surveyError: ReadError?
      do throws(ReadError) { if let system { knowledge = try system.survey(input) } } catch { surveyError = error }
      sums = try checksums.finish()
      if let surveyError {
        if surveyError.code == .changed { throw surveyError }
        if surveyError.isInterruption { throw surveyError }
        unreadable.append(Self.finding(surveyError))
      }
      if let finding = try permissionFinding(detected, in: container, knowledge) { permissions = [finding] }
    } catch { throw .read(error) }

    var registration = Registration(
      project: project, content: contentIdentity(ofChecksums: sums.map(\.checksum)), system: detected.system,
      kind: detected.kind, takenAt: takenAt(detected, before, options), registeredAt: now,
      indexing: options.indexing,
      artifacts: zip(detected.artifacts, zip(sums, before)).map { artifact, measured in
        Artifact(
          role: artifact.role.rawValue, format: artifact.format, path: artifact.entry.path,
          checksum: measured.0.checksum, byteCount: measured.0.byteCount, modified: artifact.entry.modified,
          mode: artifact.entry.mode, table: artifact.table,
          locations: measured.1.map { [Location(path: container.file(of: artifact.entry), stamp: $0)] } ?? [])
      })
    registration.environment = options.environment
    registration.label = options.label
    registration.note = options.note
    registration.alias = options.alias
    registration.tags = options.tags
    registration.attributes = knowledge.attributes.map { Attribute($0.name, $0.value) } + options.reading.attributes
    registration.objects = knowledge.objects
    let capture = CaptureClaims(input)
    let stated =
      capture.map { capture in
        capture.files(zip(entries, sums).map { ($0.path, $1.checksum, $1.byteCount) })
          + capture.objects(knowledge.objects)
      } ?? []
    registration.claims = knowledge.claims + stated
    registration.findings =
      knowledge.findings + container.findings + unreadable + permissions + CaptureClaims.findings(stated)
    registration.documents = knowledge.documents.map { Document(path: $0.artifact, text: $0.text) }
    var values = SecretValues()
    let isProtected = !options.keepsSecrets
    if let system, options.indexing != .none || isProtected && registration.hasTexts {
      values = try secrets(of: knowledge, input, system)
    }
    if isProtected { registration.protect(values) }
    let report = try store(registration, knowledge, values, input, system, before, capture)
    if case .added = report.outcome, let lineage = report.backup.lineage {
      try stored { () throws(CatalogError) in try catalog.mergeRows(of: lineage) }
    }
    return report
  }

  /// Puts everything into the catalog in one transaction.
  private func store(
    _ registration: Registration, _ knowledge: Knowledge, _ values: SecretValues, _ input: BackupInput,
    _ system: (any SourceSystem)?, _ before: [FileStamp?], _ capture: CaptureClaims?
  ) throws(RegisterError) -> RegisterReport {
    let entries = input.backup.artifacts.map(\.entry)
    return try catalog.write(failed: { .catalog($0) }) { (catalog) throws(RegisterError) -> RegisterReport in
      let outcome = try stored { () throws(CatalogError) in try catalog.register(registration) }
      if case .known(let key, let newLocations) = outcome {
        let backup = try stored { () throws(CatalogError) in try catalog.backup(key) }
        guard let backup else { throw .catalog(CatalogError(.damaged("a known backup is not there"))) }
        return RegisterReport(.known(newLocations: newLocations), backup)
      }
      guard case .added(let key) = outcome else { preconditionFailure("an outcome is known or added") }
      var rows = RowSurvey(), late: [Finding] = [], counted: [Claim] = []
      if let system, !knowledge.tables.isEmpty {
        let reader: any RecordReader & ~Copyable
        do throws(ReadError) { reader = try system.openRecords(input, knowledge) } catch { throw .read(error) }
        if registration.indexing != .none { rows.protect(knowledge.tables, SecretFinder(values)) }
        do throws(CatalogError) {
          try rows.begin(knowledge.tables, unverified: knowledge.unverifiedForeignKeys, of: key, in: &catalog)
          try rows.run(reader, isIndexed: registration.indexing != .none, into: &catalog)
          try rows.finish(in: &catalog)
        } catch { throw .catalog(error) }
        late = rows.findings.filter { !registration.findings.contains($0) }
        if let failure = rows.failure {
          if failure.code == .changed { throw .read(failure) }
          if failure.isInterruption { throw .read(failure) }
          // The survey has met the same place before and said so.
          let isKnown = registration.findings.contains { Self.isPartial($0) && $0.offset == failure.offset }
          if !isKnown { late.append(Self.finding(failure)) }
        }
      }
      if let capture {
        counted = capture.tables(rows.counts)
        late += CaptureClaims.findings(counted)
      }
      do throws(ReadError) {
        guard try stamps(of: entries, in: input.container) == before else {
          throw ReadError(.changed, artifact: input.container.path)
        }
      } catch { throw .read(error) }
      do throws(CatalogError) {
        if !late.isEmpty { try catalog.add(late, to: key) }
        if !counted.isEmpty { try catalog.add(counted, to: key) }
        try catalog.finish(key)
        guard let backup = try catalog.backup(key) else { throw CatalogError(.damaged("the new backup is not there")) }
        let findings = registration.findings + late
        return RegisterReport(.added, backup, findings: findings, isPartial: findings.contains(where: Self.isPartial))
      } catch { throw .catalog(error) }
    }
  }

  /// The values of a backup's secret columns, for which its rows have to be read.
  private func secrets(
    of knowledge: Knowledge, _ input: BackupInput, _ system: any SourceSystem
  ) throws(RegisterError) -> SecretValues {
    guard knowledge.tables.contains(where: { $0.columns.contains(where: \.isSecret) }) else { return SecretValues() }
    var collector = SecretCollector(searchesAll: false)
    let reader: any RecordReader & ~Copyable
    do throws(ReadError) { reader = try system.openRecords(input, knowledge) } catch { throw .read(error) }
    do throws(PumpError) { try collector.read(reader, keepsRowsBeforeError: true) } catch {
      if case .read(let error) = error { throw .read(error) }
    }
    return collector.values
  }

  private func stored<T>(_ body: () throws(CatalogError) -> T) throws(RegisterError) -> T {
    do throws(CatalogError) { return try body() } catch { throw .catalog(error) }
  }

  /// A read error as a finding: the artifact is kept, and what is wrong with it is known.
  private static func finding(_ error: ReadError) -> Finding {
    Finding(
      "unreadable", .error, error.message, advice: error.advice, artifact: error.artifact, offset: error.offset)
  }

  /// Whether a finding says that some of the input could not be read.
  private static func isPartial(_ finding: Finding) -> Bool {
    finding.leavesInputUnread
  }

  private func takenAt(_ backup: DetectedBackup, _ stamps: [FileStamp?], _ options: RegisterOptions) -> BackupTime {
    if let given = options.takenAt { return BackupTime(given, origin: .given, hasZone: true) }
    if let found = backup.takenAt {
      return BackupTime(
        Moment(microseconds: found.microseconds(in: options.zone)),
        origin: BackupTime.Origin(rawValue: found.origin) ?? .content,
        hasZone: found.hasZone)
    }
    let newest = stamps.compactMap { $0?.modified }.max().map { Moment(microseconds: $0 / 1_000) } ?? now
    return BackupTime(newest, origin: .modified, hasZone: true)
  }
}
