internal import Bytes
internal import Capture
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension CaptureRun {
  /// Takes the documents of a Convex deployment; what they are written as.
  mutating func captureConvex() throws(Failure) -> CaptureManifest {
    guard let key = try password() ?? environment("CONVEX_DEPLOY_KEY"), !key.isEmpty else {
      throw Failure(
        .failure, "there is no deploy key",
        advice: "put it into CONVEX_DEPLOY_KEY, or into a file: --password-file FILE")
    }
    let url = session.invocation.operands[1]
    let capture = try telling { () throws(CaptureError) in try ConvexCapture(url, key: key) }
    let tables = try telling { () throws(CaptureError) in try capture.tables() }
    let manifest = CaptureManifest(
      system: "convex", kind: "script set", project: capture.deployment, source: capture.shown,
      server: Array("Convex".utf8), takenAt: currentMicroseconds())
    var stage = try begin(manifest)
    let snapshot = ConvexSnapshot()
    for table in tables {
      var source: any ByteSource & ~Copyable = ConvexTableSource(capture, table, in: snapshot)
      let file = fileName(for: table) + Array("_backup_\(place.stamp).json".utf8)
      do throws(IOError) { try stage.write(file, .data, format: "json", table: table, from: &source) } catch {
        throw Failure(error)
      }
    }
    stage.manifest.tables = snapshot.counts
    if let moment = snapshot.moment { stage.manifest.takenAt = moment / 1000 }
    let summary = summary(stage.manifest)
    stage.manifest.losses += [
      CaptureManifest.Loss("storage-bodies", 1, "stored files, which the streaming export API does not hand out"),
      CaptureManifest.Loss("integers", 1, "which numbers are integers: the API writes both kinds alike"),
      CaptureManifest.Loss("code", 1, "functions, schema, indexes and environment variables of the deployment"),
    ]
    do throws(IOError) {
      try stage.write(Array("backup_summary_\(place.stamp).txt".utf8), .summary, format: "text", summary)
    } catch { throw Failure(error) }
    try commit(&stage)
    return stage.manifest
  }

  private func summary(_ manifest: CaptureManifest) -> [UInt8] {
    let total = manifest.tables.reduce(0) { $0 + $1.count }
    let lines =
      ["Deployment: \(displayed(manifest.project))", "Total records: \(total)", ""]
      + manifest.tables.map { "\(displayed($0.name)): \($0.count) records" }
    return Array(lines.map { $0 + "\n" }.joined().utf8)
  }
}
