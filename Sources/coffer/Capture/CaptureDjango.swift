internal import BuiltIn
internal import Bytes
internal import Capture
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

extension CaptureRun {
  /// Takes the backup of the database behind a Django project: what dumpdata writes, the document of its users, and of SQLite the
  /// database itself.
  mutating func captureDjango() throws(Failure) -> CaptureManifest {
    let word = session.invocation.operands[1], isServer = PostgresPlace.recognises(word)
    let path = filePath(word)
    let source = isServer ? nil : path
    var manifest = CaptureManifest(
      system: "django", kind: "dumpdata fixture", project: Name(isServer ? Array("django".utf8) : stem(of: path)),
      source: path, server: Array((isServer ? "PostgreSQL" : "SQLite").utf8), takenAt: currentMicroseconds())
    let backup: OpenedBackup
    var stage: CaptureStage
    if let source {
      stage = try begin(manifest)
      let name = Name(stem(of: source) + Array("_backup_\(place.stamp).sqlite3".utf8))
      // What is converted is the copy, so that all files are of one moment.
      try copyDatabase(source, name, .part, &stage)
      backup = try openBackup(stage.path.appending(path: name.bytes), session.invocation, ReadOptions(), progress)
    } else {
      backup = try openBackup(word, session.invocation, ReadOptions(), progress)
      manifest.source = backup.input.container.path
      stage = try begin(manifest)
    }
    try convert(backup, to: "django-json", Array("dumpdata_backup_\(place.stamp).json".utf8), .data, &stage)
    if UserTables.find(in: try backup.survey().tables).contains("auth_user") {
      try convert(backup, to: "userdata", Array("user_data_backup_\(place.stamp).json".utf8), .twin, &stage)
    }
    try commit(&stage)
    return stage.manifest
  }

  /// Writes the backup in a format; what that cannot hold is among the losses.
  private mutating func convert(
    _ backup: OpenedBackup, to format: String, _ name: [UInt8], _ role: ArtifactRole, _ stage: inout CaptureStage
  ) throws(Failure) {
    guard let known = BuiltIn.exportFormats.first(where: { $0.id == format }) else { return }
    var target = ConversionTarget(known)
    target.path = stage.path.appending(path: name)
    let work = ConversionWork(progress)
    var (job, selection) = try conversionJob(of: backup, target, work, session)
    let date = Array(rfc3339(microseconds: stage.manifest.takenAt).utf8)
    job.options.attributes.append(("export_date", date))
    let report = try coffer.run(job, selection, work, session)
    // The document of the users is a part of what the other file has whole.
    if role == .data {
      stage.manifest.tables = report.tables.map { CaptureManifest.Count($0.name, Int($0.records)) }
      for loss in report.losses {
        let place = displayed(loss.table) + (loss.column.map { ".\(displayed($0))" } ?? "")
        stage.manifest.losses.append(CaptureManifest.Loss(loss.code, loss.count, "\(place): \(loss.message)"))
      }
    }
    try telling { () throws(IOError) -> Void in try stage.adopt(name, role, format: "json") }
  }
}
