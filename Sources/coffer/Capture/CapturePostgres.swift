internal import Bytes
internal import Capture
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension CaptureRun {
  /// Takes the backup of a PostgreSQL database; what it is made of.
  mutating func capturePostgres() throws(Failure) -> CaptureManifest {
    let invocation = session.invocation
    let program = invocation.bytes(CaptureFlags.program).map { $0.elementsEqual("none".utf8) ? [] : $0 }
    let capture = try openPostgres(program)
    guard capture.isSupabase || system != .supabase else {
      throw Failure(
        .failure, "the database has no table auth.users, which every Supabase project has",
        advice: "coffer capture postgres takes a backup of any PostgreSQL database")
    }
    let layout = invocation.choice(CaptureFlags.layout) ?? (system == .supabase ? .set : CaptureLayout.trio)
    guard system == .supabase || layout != .set else {
      throw .usage("--layout set is that of Supabase", advice: "take trio or folder, or capture supabase")
    }
    guard capture.isComplete || layout == .trio else {
      throw Failure(
        .failure, "--layout \(layout.rawValue) needs pg_dump, and none that suits the server is used",
        advice:
          "install PostgreSQL's client programs of version \(displayed(capture.server)) or newer, or take --layout trio"
      )
    }
    var manifest = CaptureManifest(
      system: system.rawValue, kind: layout == .folder ? "script folder" : "dump set", project: capture.database,
      source: capture.shown, server: capture.server, takenAt: capture.takenAt)
    progress.begin(Array("counting".utf8))
    let inventory = try count(capture, &manifest)
    noteOutside(capture, inventory, layout, &manifest)
    var stage = try begin(manifest)
    switch layout {
    case .trio: try writeTrio(capture, &stage, inventory.application)
    case .set: try writeSet(capture, &stage)
    case .folder: try writeFolder(capture, &stage, inventory)
    }
    try commit(&stage)
    return stage.manifest
  }

  private func openPostgres(_ program: [UInt8]?) throws(Failure) -> PostgresCapture {
    let url = session.invocation.operands[1], password = try password()
    return try telling { () throws(CaptureError) in
      try PostgresCapture(url, password: password, program: program, isPlatform: system == .supabase)
    }
  }

  private func count(
    _ capture: PostgresCapture, _ manifest: inout CaptureManifest
  ) throws(Failure) -> PostgresInventory {
    do throws(CaptureError) { return try capture.count(into: &manifest, progress) } catch { throw Failure(error) }
  }

  /// Names what belongs to the project and lies outside of its database.
  private func noteOutside(
    _ capture: PostgresCapture, _ inventory: PostgresInventory, _ layout: CaptureLayout,
    _ manifest: inout CaptureManifest
  ) {
    if layout != .trio {
      manifest.losses.append(
        CaptureManifest.Loss("role-passwords", capture.logins, "passwords of the cluster's roles that log in"))
    } else {
      manifest.losses.append(
        CaptureManifest.Loss(
          "roles", capture.roles, "roles of the cluster, which no dump of a database holds; other layouts have them"))
    }
    guard system == .supabase else { return }
    manifest.losses.append(
      CaptureManifest.Loss("edge-functions", 1, "edge functions, which lie outside of the database"))
    if let objects = inventory.tables.first(where: { $0.label == "storage.objects" }), objects.count > 0 {
      manifest.losses.append(
        CaptureManifest.Loss(
          "storage-bodies", objects.count, "contents of stored files, which lie outside of the database"))
    }
  }

  /// Roles, schema and rows, as the command line of Supabase names them.
  private mutating func writeSet(_ capture: PostgresCapture, _ stage: inout CaptureStage) throws(Failure) {
    try writeRoles(capture, &stage)
    try write(.schema, of: capture, Array("schema.sql".utf8), .data, format: "sql", &stage)
    try write(.data, of: capture, Array("data.sql".utf8), .data, format: "sql", &stage)
  }

  /// The cluster's roles, or a loss.
  mutating func writeRoles(_ capture: PostgresCapture, _ stage: inout CaptureStage) throws(Failure) {
    let opened: CapturedPart?
    do throws(CaptureError) { opened = try capture.openRoles() } catch { throw Failure(error) }
    guard var opened else {
      stage.manifest.losses.append(
        CaptureManifest.Loss("roles", capture.roles, "roles of the cluster, for no pg_dumpall lies beside pg_dump"))
      return
    }
    do throws(IOError) {
      try stage.write(Array("roles.sql".utf8), .part, format: "sql", from: &opened.source)
    } catch { throw Failure(error) }
  }

  /// Schema, rows, and both.
  private mutating func writeTrio(
    _ capture: PostgresCapture, _ stage: inout CaptureStage, _ application: [CaptureManifest.Count]
  ) throws(Failure) {
    // Supabase's reader puts the two halves together, and the whole bears witness to them.
    let isPlatform = system == .supabase
    let parts: [(word: String, part: PostgresCapture.Part, role: ArtifactRole)] = [
      ("schema", .schema, isPlatform ? .data : .part), ("data", .data, isPlatform ? .data : .twin),
      ("complete", .complete, isPlatform ? .combined : .data),
    ]
    for (word, part, role) in parts {
      let name = fileName(for: capture.database) + Array("_\(word)_backup_\(place.stamp).sql".utf8)
      try write(part, of: capture, name, role, format: "sql", &stage)
    }
    let summary = CaptureSummary(stage.manifest, application, place, session.zone).text
    do throws(IOError) {
      try stage.write(Array("backup-summary-\(place.stamp).md".utf8), .summary, format: "markdown", summary)
    } catch { throw Failure(error) }
  }

  /// Writes a part as a file.
  mutating func write(
    _ part: PostgresCapture.Part, of capture: PostgresCapture, _ name: [UInt8], _ role: ArtifactRole, format: String,
    _ stage: inout CaptureStage
  ) throws(Failure) {
    var opened = try telling { () throws(CaptureError) in try capture.open(part) }
    do throws(IOError) { try stage.write(name, role, format: format, from: &opened.source) } catch {
      throw Failure(error)
    }
    for remark in opened.takeRemarks() where !remarks.contains(remark) { remarks.append(remark) }
  }
}
