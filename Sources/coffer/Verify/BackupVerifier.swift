internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// Verifies one backup, registered or not.
struct BackupVerifier {
  let session: Session
  let sections: Set<VerifySection>
  /// Tables, files and kinds of objects that have to be there.
  let expected: [[UInt8]]
  /// Bytes that the files must have.
  let leastSize: Int64?
  let progress: Progress

  func verify(_ word: [UInt8]) throws(Failure) -> VerifiedBackup {
    switch try session.address(word) {
    case .path(let path):
      var result = VerifiedBackup(name: path)
      let opened = try openBackup(path, session.invocation, ReadOptions(), progress)
      if wants(.checksums) {
        result.sections.append(.skipped(.checksums, "not registered: nothing to compare with"))
      }
      try addContents(of: opened, BackupContents(), isRegistered: false, to: &result)
      return result
    case .registered(let backup, let artifacts): return try verify(backup, artifacts)
    }
  }

  private func wants(_ section: VerifySection) -> Bool { sections.contains(section) }

  /// Whether the user says what has to be there.
  private var isAsked: Bool { !expected.isEmpty || leastSize != nil }

  private func verify(_ backup: Backup, _ artifacts: [Artifact]) throws(Failure) -> VerifiedBackup {
    var result = VerifiedBackup(
      name: Array(backup.id.short.utf8), id: backup.id.description, project: backup.project)
    guard let container = try session.container(of: artifacts) else {
      result.sections = VerifySection.allCases.filter { wants($0) && ($0 != .expected || isAsked) }.map {
        .skipped($0, "the files are not there")
      }
      let last = artifacts.first?.locations.last?.path
      result.sections[0] = SectionResult(
        result.sections[0].section, "the files are not there",
        [
          Finding(
            "artifact-missing", .error,
            "the files are not where they were" + (last.map { ": '\(displayed($0))'" } ?? ""),
            advice: "bring them back, or register the place where they are now: coffer register PATH",
            count: artifacts.count)
        ])
      return result
    }
    if wants(.checksums) { result.sections.append(try checksums(of: artifacts, in: container)) }
    guard sections != [.checksums] || isAsked else { return result }
    let recognition = try telling { () throws(ReadError) in
      try BuiltIn.recogniser.recognise(container, only: backup.system)
    }
    let paths = Set(artifacts.map(\.path))
    let candidates = recognition.backups.map { ($0, Set($0.artifacts.map(\.entry.path)).intersection(paths).count) }
    guard let best = candidates.max(by: { $0.1 < $1.1 }), best.1 > 0 else {
      result.sections.append(
        SectionResult(
          .structure, "the files",
          [
            Finding(
              "unrecognised", .error, "the files are no longer recognised as \(backup.system) \(backup.kind)",
              advice: "'coffer detect --explain PATH' says what they look like now")
          ]))
      return result
    }
    var options = ReadOptions()
    options.takeOver(from: backup.attributes)
    let catalog = try session.openCatalog()
    let contents = try telling { () throws(CatalogError) in
      try catalog.read { reader throws(CatalogError) in try reader.contents(of: backup.key, .tables) }
    }
    try addContents(
      of: try opened(best.0, in: container, options), contents, isRegistered: true, to: &result)
    return result
  }

  // MARK: Bytes

  private func checksums(
    of artifacts: [Artifact], in container: any BackupContainer
  ) throws(Failure) -> SectionResult {
    var findings: [Finding] = [], bytes: Int64 = 0
    for artifact in artifacts {
      guard let entry = container.entry(at: artifact.path) ?? container.sibling(named: artifact.path) else {
        findings.append(
          Finding(
            "artifact-missing", .error, "file '\(displayed(artifact.path))' is not there", artifact: artifact.path))
        continue
      }
      progress.expect(entry.byteCount ?? 0)
      progress.begin(entry.path)
      do throws(ReadError) {
        let found = try checksum(of: entry, in: container, progress)
        bytes += found.byteCount
        guard found.checksum != artifact.checksum else { continue }
        let size =
          found.byteCount == artifact.byteCount
          ? "other bytes of the same size" : "\(found.byteCount) bytes, not \(artifact.byteCount)"
        findings.append(
          Finding(
            "checksum-differs", .critical,
            "file '\(displayed(artifact.path))' is not what was registered: \(size)",
            advice: "restore it from another copy, or register it again if the change was meant",
            artifact: artifact.path))
      } catch {
        try stopIfInterrupted(error)
        findings.append(Self.unreadable(error))
      }
    }
    return SectionResult(.checksums, "\(counted(artifacts.count, "file")), \(humanSize(bytes))", findings)
  }

  // MARK: Contents

  /// Everything that reading the files again shows.
  private func addContents(
    of opened: OpenedBackup, _ known: BackupContents, isRegistered: Bool, to result: inout VerifiedBackup
  ) throws(Failure) {
    guard !sections.subtracting([.checksums, .expected]).isEmpty || isAsked else { return }
    let capture = wants(.claims) ? CaptureClaims(opened.input) : nil
    let readsRows =
      !sections.isDisjoint(with: [.structure, .rows, .relations]) || !expected.isEmpty || capture != nil
    var backup = opened.metered(progress, passes: readsRows ? 2 : 1)
    backup.input.options.keepsRowsBeforeError = true
    backup.system = WatchedSystem(backup.system, backup.input)
    var structure = backup.input.container.findings, knowledge = Knowledge()
    do throws(ReadError) { knowledge = try backup.system.survey(backup.input) } catch {
      try stopIfInterrupted(error)
      structure.append(Self.unreadable(error))
    }
    structure += knowledge.findings.filter { !$0.isOfAnotherSection }
    var rows = VerifiedRows(knowledge, checksRelations: wants(.relations))
    if readsRows { try rows.read(backup, knowledge) }
    structure += rows.findings.filter { !structure.contains($0) && !$0.isOfAnotherSection }
    if let error = rows.failure {
      try stopIfInterrupted(error)
      if !structure.contains(where: { $0.leavesInputUnread && $0.offset == error.offset }) {
        structure.append(Self.unreadable(error))
      }
    }
    if wants(.structure) {
      let count = opened.input.backup.artifacts.count
      result.sections.append(
        SectionResult(.structure, "\(counted(count, "file")), \(counted(rows.recordCount, "record"))", structure))
    }
    if wants(.rows) { result.sections.append(rows.compared(with: known.tables, isRegistered: isRegistered)) }
    if wants(.relations) { result.sections.append(try rows.relations()) }
    if wants(.claims) {
      let stated = try capture.map { (capture) throws(Failure) in try claims(capture, opened, knowledge, rows) } ?? []
      result.sections.append(Self.claims(knowledge.claims + stated))
    }
    if wants(.permissions) { result.sections.append(try permissions(of: opened, knowledge)) }
    if isAsked { result.sections.append(expectations(opened, knowledge, rows)) }
  }

  /// What the manifest of a capture states of files, objects and rows.
  private func claims(
    _ capture: CaptureClaims, _ opened: OpenedBackup, _ knowledge: Knowledge, _ rows: VerifiedRows
  ) throws(Failure) -> [Claim] {
    var sums: [(path: [UInt8], checksum: [UInt8], byteCount: Int64)] = []
    for artifact in capture.artifacts(of: opened.input.backup) {
      do throws(ReadError) {
        let found = try checksum(of: artifact.entry, in: opened.input.container, progress)
        sums.append((artifact.entry.path, found.checksum, found.byteCount))
      } catch { try stopIfInterrupted(error) }
    }
    return capture.files(sums) + capture.objects(knowledge.objects) + capture.tables(rows.counts)
  }

  private static func claims(_ claims: [Claim]) -> SectionResult {
    let findings = claims.compactMap { claim -> Finding? in
      guard let severity = claim.verdict.severity else { return nil }
      let what =
        claim.verdict == .refuted
        ? "what the backup says of \(claim.subject) does not hold"
        : "what the backup says of \(claim.subject) cannot be proved"
      // What cannot be proved is no fault of the backup.
      return Finding(
        "claim-\(claim.verdict.rawValue)", claim.verdict == .refuted ? severity : .info, what,
        advice: "'coffer claims BACKUP' shows what is stated and what was measured", artifact: claim.artifact)
    }
    return SectionResult(.claims, counted(claims.count, "claim"), findings)
  }

  private func permissions(of opened: OpenedBackup, _ knowledge: Knowledge) throws(Failure) -> SectionResult {
    let finding = try telling { () throws(ReadError) in
      try permissionFinding(opened.input.backup, in: opened.input.container, knowledge)
    }
    let count = opened.input.container.isDirectory ? opened.input.backup.artifacts.count : 1
    return SectionResult(.permissions, counted(count, "file"), finding.map { [$0] } ?? [])
  }

  /// Whether what the user names is there.
  private func expectations(
    _ opened: OpenedBackup, _ knowledge: Knowledge, _ rows: VerifiedRows
  ) -> SectionResult {
    var findings: [Finding] = []
    for name in expected {
      let shown = "'\(displayed(name))'"
      let isFile = opened.input.backup.artifacts.contains {
        $0.entry.path == name || $0.entry.path.lastPathComponent == name
      }
      let kind = ObjectKind(named: name)?.word
      if isFile || knowledge.objects.contains(where: { $0.kind == kind }) { continue }
      guard knowledge.tables.contains(where: { $0.name.bytes == name }) else {
        findings.append(
          Finding("section-missing", .error, "there is no table, file or kind of object \(shown) in the backup"))
        continue
      }
      if rows.recordCount(of: Name(name)) == 0 {
        findings.append(Finding("section-empty", .warning, "table \(shown) has no records", table: Name(name)))
      }
    }
    let size = opened.input.backup.artifacts.reduce(0) { $0 &+ ($1.entry.byteCount ?? 0) }
    if let leastSize, size < leastSize {
      findings.append(
        Finding(
          "too-small", .error, "the files have \(humanSize(size)), less than \(humanSize(leastSize))",
          advice: "compare it with an earlier one: coffer coverage PROJECT"))
    }
    let looked = [expected.isEmpty ? nil : counted(expected.count, "name"), leastSize.map { _ in humanSize(size) }]
    return SectionResult(.expected, looked.compactMap { $0 }.joined(separator: ", "), findings)
  }

  // MARK: Errors

  private static func unreadable(_ error: ReadError) -> Finding {
    Finding(
      "unreadable", .error, error.message, advice: error.advice, artifact: error.artifact, offset: error.offset)
  }

  private func stopIfInterrupted(_ error: ReadError) throws(Failure) {
    if case .io(let inner) = error.code, inner.isInterruption { throw Failure(error) }
  }
}

extension Session {
  /// The file or directory that holds all, or at least some, of a registered backup's artifacts; nil when none is there.
  func container(of artifacts: [Artifact]) throws(Failure) -> (any BackupContainer)? {
    var best: (container: any BackupContainer, count: Int)?
    for place in places(of: artifacts) {
      guard try telling({ () throws(IOError) in try fileStatus(place) }) != nil else { continue }
      let container = try openContainer(place)
      let count = artifacts.count { container.entry(at: $0.path) != nil }
      if count == artifacts.count { return container }
      if count > best?.count ?? 0 { best = (container, count) }
    }
    return best?.container
  }
}
