internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// A file with the body of a stored object: of the backup, or in a bundle that is part of it.
struct StorageFile: Sendable {
  var entry: ContainerEntry
  var container: any BackupContainer
  /// The file of the backup in which it lies.
  var artifact: [UInt8]
}

/// All stored files of a project as the dashboard gives them: `<project>.storage.zip`.
enum StorageBundle {
  static func isNamed(_ path: [UInt8]) -> Bool {
    let name = path.lastPathComponent
    return name.suffix(12).elementsEqual(".storage.zip".utf8) || name.elementsEqual("storage.zip".utf8)
  }

  /// The files in a bundle; a bundle that is none, or in an archive, has a finding instead.
  static func files(_ entry: ContainerEntry, _ input: BackupInput) throws(ReadError) -> (
    files: [StorageFile], findings: [Finding]
  ) {
    do throws(ReadError) {
      guard let bundle = try open(entry, input) else {
        let finding = Finding(
          "storage-bundle-unread", .warning, "the bundle of stored files cannot be looked into",
          advice: "unpack it beside the dump", artifact: entry.path)
        return ([], [finding])
      }
      let files = bundle.entries.map { StorageFile(entry: $0, container: bundle, artifact: entry.path) }
      let findings = bundle.findings.map { finding in
        var finding = finding
        finding.artifact = entry.path
        return finding
      }
      return (files, findings)
    } catch {
      guard !error.isInterruption else { throw error }
      let finding = Finding("unreadable", .error, error.message, advice: error.advice, artifact: entry.path)
      return ([], [finding])
    }
  }

  private static func open(_ entry: ContainerEntry, _ input: BackupInput) throws(ReadError) -> (any BackupContainer)? {
    let file: SharedFile?
    do throws(IOError) { file = try input.container.sharedFile(entry) } catch {
      throw ReadError(.io(error), artifact: entry.path)
    }
    guard let file else { return nil }
    let head: [UInt8]
    do throws(IOError) { head = try file.bytes(at: 0, count: 4) } catch {
      throw ReadError(.io(error), artifact: entry.path)
    }
    // Of a local header, or of the end of an archive without entries.
    guard head == Array("PK\u{3}\u{4}".utf8) || head == Array("PK\u{5}\u{6}".utf8) else { return nil }
    for format in input.toolbox.containers {
      if let found = try format.open(standardInput: file) { return found }
    }
    return nil
  }
}
