internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics
internal import SQLiteClient

extension Verb {
  static let doctor = Verb(
    Command(
      "doctor", "check this installation, and say where every setting comes from",
      examples: [Example("coffer doctor", "the catalog, the libraries, the environment")],
      discussion: "Exits 1 when something is wrong."),
    toleratesMistakes: true, run: checkInstallation)
}

/// One thing that was looked at.
private struct Checkup: Sendable {
  enum Status: String, Sendable { case ok, warning, error }
  var what: String
  var status: Status
  /// What was found; of unknown origin.
  var found: [UInt8]
  /// Who says so, or what to do.
  var remark: String?
  init(_ what: String, _ status: Status, _ found: [UInt8], _ remark: String? = nil) {
    self.what = what
    self.status = status
    self.found = found
    self.remark = remark
  }
  init(_ what: String, _ status: Status, _ found: String, _ remark: String? = nil) {
    self.init(what, status, Array(found.utf8), remark)
  }
}

private func checkInstallation(_ session: Session) throws(Failure) -> ExitCode {
  var checkups = [Checkup("coffer", .ok, version)]
  checkups += catalogCheckups(session)
  checkups += [
    Checkup("SQLite", .ok, Connection.engineVersion), Checkup("OpenSSL", .ok, cryptographyVersion()),
    temporaryDirectory(),
    Checkup(
      "standard output", .ok,
      (session.standardOutput.isInteractive ? "terminal" : "file or pipe")
        + (session.standardOutput.usesColor ? ", with colours" : ", without colours"),
      session.standardOutput.width.map { "\($0) columns" }),
  ]
  checkups += configurationCheckups(session) + settingCheckups(session)
  for variable in environmentVariables where !Setting.all.contains(where: { $0.variable == variable.name }) {
    if let value = environment(variable.name) { checkups.append(Checkup(variable.name, .ok, value, "environment")) }
  }
  var report = try session.report()
  try report.begin(
    Section("checks", [ReportColumn("check"), ReportColumn("status"), ReportColumn("found"), ReportColumn("remark")]))
  for checkup in checkups {
    try report.row([
      .text(checkup.what), .text(checkup.status.rawValue), .bytes(checkup.found), Value(checkup.remark),
    ])
  }
  try report.finish()
  return checkups.contains { $0.status == .error } ? .failure : .success
}

/// The configuration files: which are honoured, and what is wrong with the others.
private func configurationCheckups(_ session: Session) -> [Checkup] {
  session.configuration.files.map { Checkup("configuration", .ok, $0.path) }
    + session.configuration.ignored.map { path, reason in
      Checkup("configuration", .warning, path, "not honoured: \(reason.reason)")
    } + session.mistakes.map { Checkup("configuration", .error, $0.message, $0.advice) }
}

/// Every setting but the catalog, which has checks of its own: its value and who says so.
private func settingCheckups(_ session: Session) -> [Checkup] {
  Setting.all.filter { $0.key != Setting.catalog.key }.map { setting in
    // What was asked for by --json is no choice of --format.
    if setting.key == Setting.format.key, session.invocation.isSet(GlobalFlags.json), session.format == .json {
      return Checkup("setting format", .ok, session.format.rawValue, "from --json")
    }
    guard let choice = session.settings[setting] else {
      return Checkup("setting \(setting.key)", .ok, setting.fallback, "the default")
    }
    return Checkup("setting \(setting.key)", .ok, choice.bytes, "from \(choice.origin.shown)")
  }
}

/// The catalog: where it is and who says so, who can read it, and whether it can be used.
private func catalogCheckups(_ session: Session) -> [Checkup] {
  let place: CatalogPlace
  do throws(Failure) { place = try CatalogPlace(session.settings) } catch {
    return [Checkup("catalog", .error, error.message, error.advice)]
  }
  let origin = place.origin.map { "from \($0)" } ?? "the default"
  let shown: [UInt8]
  do throws(Failure) { shown = try place.shown() } catch {
    return [Checkup("catalog", .error, error.message, error.advice)]
  }
  do throws(CatalogError) {
    let catalog = try place.open(nil)
    let projects = try catalog.read { reader throws(CatalogError) in try reader.projects() }
    let backups = projects.reduce(0) { $0 + $1.backupCount }
    return [
      Checkup("catalog", .ok, shown, origin),
      Checkup("backups", .ok, "\(counted(backups, "backup")) of \(counted(projects.count, "project"))"),
    ] + (place.isOnServer ? [] : permissions(place.path))
  } catch {
    if case .absent = error.code { return [Checkup("catalog", .ok, shown, "\(origin); not created yet")] }
    return [Checkup("catalog", .error, shown, origin), Checkup("catalog", .error, error.message, error.advice)]
  }
}

private func permissions(_ path: [UInt8]) -> [Checkup] {
  guard let status = try? fileStatus(path) else { return [] }
  let mode = String(status.mode, radix: 8)
  guard status.mode & 0o077 != 0 else { return [Checkup("catalog's permissions", .ok, mode)] }
  return [
    Checkup(
      "catalog's permissions", .warning, mode, "others can read what is in your backups: chmod 600 \(displayed(path))")
  ]
}

/// Where what does not fit in memory goes.
private func temporaryDirectory() -> Checkup {
  let path = environment("TMPDIR") ?? Array("/tmp".utf8)
  do throws(IOError) {
    let file = try SpillFile()
    try file.append([0].span)
    return Checkup("temporary files", .ok, path)
  } catch { return Checkup("temporary files", .error, path, "cannot \(error.operation): \(error.reason)") }
}
