internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics

/// One run of `register` over some paths.
struct RegisterRun {
  private let session: Session
  private let options: RegisterOptions
  private let explains: Bool
  private let progress = Progress()
  private var display: ProgressDisplay?
  private var catalog: (any CatalogStore)?
  private var added = 0
  private var known = 0
  private var failed = 0
  private var isPartial = false

  init(_ session: Session, _ options: RegisterOptions, explains: Bool) {
    self.session = session
    self.options = options
    self.explains = explains
    display = session.show("registering", progress, messages: .standardOutput)
  }

  mutating func endDisplay() {
    display?.end()
    display = nil
  }

  /// Registers every backup at a path.
  mutating func register(_ path: [UInt8], isRecursive: Bool) throws(Failure) {
    let container = try openContainer(path, progress)
    let catalog: any CatalogStore
    if let open = self.catalog { catalog = open } else { catalog = try session.createCatalog() }
    self.catalog = catalog
    try register(container, path, catalog, isRecursive: isRecursive)
  }

  private mutating func register(
    _ container: any BackupContainer, _ path: [UInt8], _ catalog: any CatalogStore, isRecursive: Bool
  ) throws(Failure) {
    // Checksums, survey and rows each read the files once.
    progress.expect(container.entries.reduce(0) { $0 + ($1.byteCount ?? 0) } * 3)
    let registrar = Registrar(
      BuiltIn.recogniser, catalog: catalog, now: Moment(microseconds: currentMicroseconds()))
    let result: (reports: [RegisterReport], strangers: [ContainerEntry])
    var failure: Failure?
    do throws(RegisterError) {
      result = try registrar.register(
        MeteredContainer(container: container, progress: progress), options: options, begun: announce
      ) { report in
        // Told at once: what has been told is there, whatever happens to the next one.
        do throws(Failure) { try tell(report) } catch { failure = failure ?? error }
      }
    } catch {
      switch error {
      case .read(let error): throw Failure(error)
      case .catalog(let error): throw Failure(error)
      }
    }
    if let failure { throw failure }
    var strangers = result.strangers
    if isRecursive, container.isDirectory {
      strangers = []
      for entry in result.strangers {
        guard let archive = try archive(container.path.appending(path: entry.path)) else {
          strangers.append(entry)
          continue
        }
        try register(archive, archive.path, catalog, isRecursive: false)
      }
    }
    guard !result.reports.isEmpty || strangers.count < result.strangers.count else {
      throw unrecognised(path, container)
    }
    tell(strangers: strangers.map(\.path))
  }

  /// Says which files nothing recognises: the first few, or all of them to those who want to know.
  private func tell(strangers: [[UInt8]]) {
    guard !strangers.isEmpty, !session.isForPrograms else { return }
    display?.clear()
    let shown = session.isVerbose ? strangers : Array(strangers.prefix(3))
    let names = shown.map { displayed($0) }.joined(separator: ", ")
    session.note(
      "not recognised: \(counted(strangers.count, "file")): \(names)" + (shown.count < strangers.count ? ", …" : ""))
  }

  /// The archive at a path; nil when it is another kind of file.
  private func archive(_ path: [UInt8]) throws(Failure) -> (any BackupContainer)? {
    let container = try openContainer(path)
    return container.entries.count == 1 && container.entries[0].path == path.lastPathComponent ? nil : container
  }

  private func announce(_ backup: DetectedBackup, _ project: Name) {
    progress.begin(backup.artifacts.first?.entry.path ?? [])
    guard explains, !session.isForPrograms else { return }
    display?.clear()
    session.note("\(backup.system) \(backup.kind), project \(displayed(project)):")
    for reason in backup.evidence { session.note("  \(reason)") }
  }

  /// Says what became of a backup.
  private mutating func tell(_ report: RegisterReport) throws(Failure) {
    display?.clear()
    let action: String
    switch report.outcome {
    case .added:
      action = "added"
      added += 1
    case .known(let newLocations):
      action = newLocations > 0 ? "located" : "known"
      known += 1
    case .unchanged:
      action = "unchanged"
      known += 1
    }
    isPartial = isPartial || report.isPartial
    guard session.isForPrograms else {
      let backup = report.backup
      try session.print(
        remark:
          "\(action)  \(backup.id.short)  \(displayed(backup.project))  \(session.shown(backup.takenAt.moment))  \(backup.system) "
          + "\(backup.kind)  \(counted(backup.counts.tables, "table")), \(counted(Int(backup.counts.records), "record"))"
      )
      return session.note(findings: report.findings)
    }
    var change: [Value.Field] = [.init("message_type", .text("change")), .init("action", .text(action))]
    change += zip(Backup.columns, report.backup.values).map { column, value in
      .init(String(decoding: column.name, as: UTF8.self), value)
    }
    let findings = report.findings.map { [Value.Field("message_type", .text("finding"))] + fields(of: $0) }
    try session.printMessages([change] + findings, to: .standardOutput)
  }

  /// Tells of a path that could not be registered.
  mutating func note(_ failure: Failure, at path: [UInt8]) {
    failed += 1
    display?.clear()
    writeStandardError(session.isForPrograms ? failure.json : failure.text(program: program.name))
  }

  /// What became of the paths as an exit code.
  var exitCode: ExitCode {
    if failed > 0 && added + known == 0 { return .failure }
    return isPartial || failed > 0 ? .partial : .success
  }

  /// The summary and the exit code.
  func finish() throws(Failure) -> ExitCode {
    if session.isForPrograms {
      try session.printMessages(
        [
          [
            .init("message_type", .text("summary")), .init("added", .integer(added)), .init("known", .integer(known)),
            .init("failed", .integer(failed)), .init("is_partial", .boolean(isPartial)),
          ]
        ], to: .standardOutput)
    } else {
      session.note(
        "\(counted(added, "backup")) added, \(known) known" + (failed > 0 ? ", \(counted(failed, "path")) failed" : ""))
    }
    return exitCode
  }
}
