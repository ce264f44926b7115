internal import Bytes
internal import CommandLine
internal import Comparison
internal import Conversion
internal import Diagnostics
internal import Records

extension Invocation {
  /// Checks that an output can be read again when a certificate of it is asked for.
  func checkCertificate(_ target: ConversionTarget) throws(Failure) {
    guard bytes(ConvertFlags.certificate) != nil else { return }
    guard target.path != nil else {
      throw .usage("--certificate reads the output again, which has to be a file or a directory (--output)")
    }
    guard target.format.id != "md", target.format.id != "xlsx" else {
      throw .usage("--certificate reads the output again, and a report for people cannot be read as a backup")
    }
  }
}

extension Session {
  /// Reads the output of a conversion, or the database at a place, again, compares it with its source, and writes the certificate if one is asked for.
  /// Says whether every difference is explained by a named loss.
  func certify(
    _ backup: OpenedBackup, _ knowledge: Knowledge, _ selection: ConversionSelection, _ report: ConversionReport,
    at place: [UInt8]? = nil
  ) throws(Failure) -> Bool {
    guard let path = invocation.bytes(ifTaken: ConvertFlags.certificate) else { return true }
    guard let output = place ?? report.outputPath else { return true }
    let progress = Progress()
    let display = show("comparing", progress)
    defer { display?.end() }
    var source = knowledge
    source.tables.removeAll { !selection.tables.contains($0.name) }
    let first = ComparedBackup([ComparedBackup.Part(system: backup.system, input: backup.input, knowledge: source)])
    func proof(_ options: ReadOptions) throws(Failure) -> Proof {
      let second = try comparedBackup(output, options, progress)
      // A place may hold a password; its container does not show it.
      let shown = second.parts.first?.input.container.path ?? output
      return try Proof(
        first, second, names: [backup.input.container.path, place == nil ? output : shown],
        without: selection.internals, losses: report.losses, rules: report.rules,
        known: selection.digests?.digests ?? [:], lineage: report.lineage)
    }
    var options = ReadOptions(), proved: Proof?
    options.written = report.schemas
    do throws(Failure) { proved = try proof(options) } catch {
      guard error.code != .interrupted else { throw error }
    }
    // What is not as it was written may be so when its columns are learnt from its rows.
    if proved == nil || proved?.verdict == .different { proved = try proof(ReadOptions()) }
    display?.end()
    guard let proved else { return false }
    try proved.write(to: path, replaces: invocation.isSet(ifTaken: ConvertFlags.replace))
    proved.tell(self)
    return proved.verdict != .different
  }
}
