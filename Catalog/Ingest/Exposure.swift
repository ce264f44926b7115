internal import Bytes
internal import CatalogModel
internal import Conversion
internal import Diagnostics
internal import Records

/// Says when files that hold secrets can be read by everyone on the machine.
func exposure(
  of artifacts: [DetectedArtifact], in container: any BackupContainer, _ knowledge: Knowledge
) -> [Finding] {
  let holdsSecrets =
    knowledge.tables.contains { $0.columns.contains(where: \.isSecret) }
    || knowledge.findings.contains { $0.severity == .critical }
  guard holdsSecrets else { return [] }
  var places: [[UInt8]] = []
  for artifact in artifacts {
    let place = container.file(of: artifact.entry)
    if !places.contains(place) { places.append(place) }
  }
  let open = places.filter(isReadableByAll)
  guard let first = open.first else { return [] }
  let entry = artifacts.first { container.file(of: $0.entry) == first }?.entry
  return [
    Finding(
      "world-readable", .warning,
      "everyone on this machine can read \(open.count) of the \(places.count) files of a backup that holds secrets",
      advice: "chmod 600 the files, or chmod 700 the directory they are in", artifact: entry?.path, count: open.count)
  ]
}

/// Whether a file and all directories on the way to it are open to everyone.
private func isReadableByAll(_ path: [UInt8]) -> Bool {
  guard path.first == UInt8(ascii: "/"), let file = try? fileStatus(path), file.mode & 0o004 != 0 else { return false }
  var directory = path
  while directory.count > 1 {
    directory = directory.directoryPath
    guard let status = try? fileStatus(directory), status.mode & 0o001 != 0 else { return false }
  }
  return true
}
