internal import BuiltIn
internal import Bytes
internal import Capture
internal import CatalogIngest
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics

/// One capture: the files are made and proved, get their name and are registered.
struct CaptureRun {
  let session: Session
  let system: CapturedSystem
  let place: CapturePlace
  let progress = Progress()
  private var display: ProgressDisplay?
  /// What programs that were run remarked.
  var remarks: [String] = []

  init(_ session: Session, _ system: CapturedSystem, _ place: CapturePlace) throws(Failure) {
    self.session = session
    self.system = system
    self.place = place
    display = session.show("capturing", progress, messages: .standardOutput)
  }

  mutating func end() {
    display?.end()
    display = nil
  }

  mutating func run() throws(Failure) -> ExitCode {
    // Refused before anything is read.
    let registers = !session.invocation.isSet(CaptureFlags.noRegister)
    let options = registers ? try RegisterFlags.options(session) : nil
    if registers { _ = try session.createCatalog() }
    let manifest: CaptureManifest
    switch system {
    case .postgres, .supabase: manifest = try capturePostgres()
    case .sqlite: manifest = try captureSQLite()
    case .django: manifest = try captureDjango()
    case .convex: manifest = try captureConvex()
    }
    end()
    try tell(manifest)
    var code = ExitCode.success
    if let options {
      var register = RegisterRun(session, options, explains: false)
      defer { register.endDisplay() }
      try register.register(place.directory, isRecursive: false)
      code = register.exitCode
    }
    try finish(manifest)
    if session.invocation.isSet(ConvertFlags.failOnLoss), !manifest.losses.isEmpty { return .loss }
    return code
  }

  /// The password or key in a file's first line.
  func password() throws(Failure) -> [UInt8]? {
    guard let path = session.invocation.bytes(CaptureFlags.passwordFile) else { return nil }
    return try telling { () throws(IOError) in
      var source: any ByteSource & ~Copyable = try FileSource(path)
      let bytes = try readAll(&source, limit: 1 << 16)
      return Array(bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != 0 })
    }
  }

  /// Writes the manifest, reads everything again, and gives the directory its name when every figure holds.
  mutating func commit(_ stage: inout CaptureStage) throws(Failure) {
    do throws(IOError) { try stage.writeManifest() } catch { throw Failure(error) }
    progress.begin(Array("proving".utf8))
    let surveyed = try session.survey(stage.path, .claims)
    let refuted = surveyed.contents.claims.filter { $0.verdict == .refuted }
    guard refuted.isEmpty else {
      let names = refuted.prefix(3).map { claim in
        "\(claim.subject) (\(displayed(claim.stated)) at the source, \(claim.measured ?? "nothing") in the files)"
      }
      throw Failure(
        .failure,
        "the files do not hold what the source does: \(names.joined(separator: "; "))\(refuted.count > 3 ? "; …" : "")",
        advice: "nothing is kept; 'coffer capture' again, and report it if it stays so")
    }
    do throws(IOError) { try stage.commit() } catch {
      var failure = Failure(error)
      if error.isExistingFile { failure.advice = "name a directory that does not exist or is empty" }
      throw failure
    }
  }

  /// Tells what was written.
  private func tell(_ manifest: CaptureManifest) throws(Failure) {
    guard session.isForPrograms else {
      for loss in manifest.losses { session.note("not captured: \(loss.message) (\(loss.count))") }
      for remark in remarks { session.detail("info: \(remark)") }
      let records = manifest.tables.reduce(0) { $0 + $1.count }
      let bytes = manifest.files.reduce(0) { $0 + $1.byteCount }
      return session.note(
        "captured \(counted(manifest.tables.count, "table")), \(counted(records, "record")) in "
          + "\(counted(manifest.files.count, "file")), \(humanSize(bytes)), into \(displayed(place.directory)); every figure is proved"
      )
    }
    var lines: [[Value.Field]] = manifest.files.map { file in
      [
        .init("message_type", .text("change")), .init("action", .text("written")), .init("file", .bytes(file.path)),
        .init("bytes", .integer(Int(file.byteCount))), .init("sha256", .bytes(file.checksum)),
      ]
    }
    lines += manifest.losses.map { loss in
      [
        .init("message_type", .text("loss")), .init("code", .text(loss.code)), .init("message", .text(loss.message)),
        .init("count", .integer(loss.count)),
      ]
    }
    lines += remarks.map { remark in
      [
        .init("message_type", .text("finding")), .init("severity", .text("info")), .init("code", .text("remark")),
        .init("message", .text(remark)),
      ]
    }
    try session.printMessages(lines, to: .standardOutput)
  }

  /// The last message: to whoever waits for it, the capture is there.
  private func finish(_ manifest: CaptureManifest) throws(Failure) {
    guard session.isForPrograms else { return }
    try session.printMessages(
      [
        [
          .init("message_type", .text("summary")), .init("system", .text(system.rawValue)),
          .init("source", .bytes(manifest.source)), .init("taken_at", .time(manifest.takenAt)),
          .init("tables", .integer(manifest.tables.count)),
          .init("records", .integer(manifest.tables.reduce(0) { $0 + $1.count })),
          .init("files", .integer(manifest.files.count)),
          .init("losses", .integer(manifest.losses.reduce(0) { $0 + $1.count })),
          .init("output", .bytes(place.directory)),
        ]
      ], to: .standardOutput)
  }
}

extension Failure {
  init(_ error: CaptureError) {
    self.init(error.isInterruption ? .interrupted : .failure, error.message, advice: error.advice)
  }
}

/// Runs `body` and tells its error as the user is told it.
func telling<T: ~Copyable>(_ body: () throws(CaptureError) -> T) throws(Failure) -> T {
  do throws(CaptureError) { return try body() } catch { throw Failure(error) }
}
