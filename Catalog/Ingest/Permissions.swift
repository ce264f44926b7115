internal import Bytes
package import Conversion
package import Diagnostics
package import Records

/// What is to be said of a backup whose files other users can read; nil when they cannot. One finding speaks of all files.
///
/// The mode of the file that lies on the disk counts: of an archive, not of the entries in it.
package func permissionFinding(
  _ backup: DetectedBackup, in container: any BackupContainer, _ knowledge: Knowledge
) throws(ReadError) -> Finding? {
  // Standard input has no permissions.
  guard container.path.first == UInt8(ascii: "/") else { return nil }
  let paths = container.isDirectory ? backup.artifacts.map(\.entry.path) : [container.path.lastPathComponent]
  var readable: [[UInt8]] = [], worldCount = 0
  for path in paths {
    let place = container.isDirectory ? container.path.appending(path: path) : container.path
    let status: FileStatus?
    do throws(IOError) { status = try fileStatus(place) } catch { throw ReadError(.io(error), artifact: place) }
    guard let mode = status?.mode, mode & 0o044 != 0 else { continue }
    readable.append(path)
    if mode & 0o004 != 0 { worldCount += 1 }
  }
  guard let first = readable.first else { return nil }
  let isAlone = readable.count == 1
  let holdsSecrets = knowledge.holdsSecrets
  let files = isAlone ? "file '\(displayed(first))'" : "\(readable.count) files"
  let whom =
    switch worldCount {
    case 0: isAlone ? "the users of its group" : "the users of their groups"
    case readable.count: "every user of this system"
    default: "other users, \(worldCount) of them by every user of this system"
    }
  let secrets = holdsSecrets ? isAlone ? ", and it holds secrets" : ", and the backup holds secrets" : ""
  return Finding(
    "readable-by-others", holdsSecrets ? .error : .warning, "\(files) can be read by \(whom)\(secrets)",
    advice: isAlone
      ? "keep it to yourself: chmod 600 '\(displayed(first))'"
      : "keep them to yourself: chmod 600 (coffer show BACKUP --files names them)",
    artifact: isAlone && backup.artifacts.contains { $0.entry.path == first } ? first : nil, count: readable.count)
}

extension Knowledge {
  /// Whether anything in the backup was taken for a secret.
  fileprivate var holdsSecrets: Bool {
    tables.contains { $0.columns.contains(where: \.isSecret) }
      || findings.contains { SecretKind(rawValue: $0.code) != nil || $0.code == DocumentRisks.credentialCode }
  }
}
