package import Bytes
package import Diagnostics
package import Records

/// Holds what a capture's manifest states against what is in its files.
package struct CaptureClaims: Sendable {
  private let manifest: CaptureManifest
  /// Path of the manifest itself.
  private let path: [UInt8]

  /// Nil when no manifest belongs to the backup.
  package init?(_ input: BackupInput) {
    guard let manifest = CaptureManifest(of: input),
      let artifact = input.backup.artifacts.first(where: {
        $0.entry.path.lastPathComponent == CaptureManifest.fileName
      })
    else { return nil }
    self.manifest = manifest
    path = artifact.entry.path
  }

  /// The artifacts that the manifest states a checksum of, among those of the backup.
  package func artifacts(of backup: DetectedBackup) -> [DetectedArtifact] {
    let folder = Array(path.dropLast(CaptureManifest.fileName.count))
    return backup.artifacts.filter { artifact in manifest.files.contains { folder + $0.path == artifact.entry.path } }
  }

  /// Whether every file is there as it was written; `sums` are SHA-256 and size of the artifacts by their paths.
  package func files(_ sums: [(path: [UInt8], checksum: [UInt8], byteCount: Int64)]) -> [Claim] {
    let folder = Array(path.dropLast(CaptureManifest.fileName.count))
    let found = Dictionary(sums.map { ($0.path, ($0.checksum, $0.byteCount)) }) { first, _ in first }
    return manifest.files.map { file in
      let measured = found[folder + file.path]
      let digits = measured.map { Array(hexadecimal($0.0).utf8) }
      let shown = zip(measured, digits).map { "SHA-256 \(String(decoding: $1, as: UTF8.self)), \($0.1) bytes" }
      return claim(
        "file \(displayed(file.path))",
        Array("SHA-256 \(String(decoding: file.checksum, as: UTF8.self)), \(file.byteCount) bytes".utf8),
        shown ?? "absent", digits == file.checksum && measured?.1 == file.byteCount)
    }
  }

  /// Whether there are as many objects of each kind as the source had.
  package func objects(_ objects: [SchemaObject]) -> [Claim] {
    var counts: [String: Int] = [:]
    // Files of rows say of sequences too how far they have come.
    var sequences: Set<Name> = []
    for object in objects where object.kind != "sequence" || sequences.insert(object.name).inserted {
      counts[object.kind, default: 0] += 1
    }
    return manifest.objects.map { stated in
      let measured = counts[String(decoding: stated.name.bytes, as: UTF8.self)] ?? 0
      return claim(
        "objects: \(displayed(stated.name))", Array("\(stated.count)".utf8), "\(measured)", measured == stated.count)
    }
  }

  /// Whether each table has as many rows as the source had, and no other has any.
  package func tables(_ counts: [(name: Name, count: Int)]) -> [Claim] {
    let found = Dictionary(counts.map { ($0.name, $0.count) }) { first, _ in first }
    var claims = manifest.tables.map { stated in
      let measured = found[stated.name]
      return claim(
        "records of \(displayed(stated.name))", Array("\(stated.count)".utf8), measured.map { "\($0)" } ?? "no table",
        measured == stated.count)
    }
    let known = Set(manifest.tables.map(\.name))
    for (name, count) in counts where count > 0 && !known.contains(name) {
      claims.append(claim("records of \(displayed(name))", Array("no such table".utf8), "\(count)", false))
    }
    return claims
  }

  private func claim(_ subject: String, _ stated: [UInt8], _ measured: String, _ holds: Bool) -> Claim {
    Claim(
      subject: subject, stated: stated, measured: measured, verdict: holds ? .proved : .refuted, artifact: path)
  }

  /// What is to be said of claims that do not hold.
  package static func findings(_ claims: [Claim]) -> [Finding] {
    claims.filter { $0.verdict == .refuted }.map { claim in
      Finding(
        "capture-differs", .error,
        "\(claim.subject): the capture stated \(displayed(claim.stated)), there is \(claim.measured ?? "nothing")",
        advice: "the files are no longer what was captured: restore them from another copy", artifact: claim.artifact)
    }
  }
}

private func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
  if let a, let b { (a, b) } else { nil }
}
