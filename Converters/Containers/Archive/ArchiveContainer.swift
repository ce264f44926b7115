internal import Archive
package import Bytes
package import Conversion
package import Diagnostics
package import Records

/// A zip, tar, compressed tar or 7z as a container; its entries are read as streams and never written to paths they name.
package struct ArchiveContainer: BackupContainer {
  package let path: [UInt8]
  package var isDirectory: Bool { false }
  package private(set) var entries: [ContainerEntry] = []
  package private(set) var findings: [Finding] = []
  private let reader: any ArchiveReader
  /// Position in the archive of the entry of a path.
  private var positions: [Name: Int] = [:]

  /// The container in an open file; nil when it is no archive. `path` names it in findings.
  package init?(_ file: SharedFile, path: [UInt8]) throws(ReadError) {
    do throws(IOError) {
      guard let reader = try openArchive(file) else { return nil }
      self.reader = reader
    } catch { throw ReadError(.io(error), artifact: path) }
    self.path = path
    takeEntries()
    if entries.isEmpty, let worst = findings.max(by: { $0.severity < $1.severity }) {
      throw ReadError(.refused(worst.message), artifact: path)
    }
  }

  /// Lists what can be read and names what cannot.
  private mutating func takeEntries() {
    for remark in reader.remarks {
      findings.append(Finding("archive-oddity", .warning, remark, artifact: path))
    }
    var order: [Name] = []
    var seen: [Name: Int] = [:]
    for (i, entry) in reader.entries.enumerated() {
      if entry.kind == .directory { continue }
      let name = EntryName(entry.path)
      if let refusal = name.refusal ?? Self.refusal(of: entry) {
        findings.append(refused(entry, because: refusal))
        continue
      }
      let path = Name(name.path)
      if IgnoreRules.isToolPath(name.path) { continue }
      if seen[path, default: 0] == 0 { order.append(path) }
      seen[path, default: 0] += 1
      positions[path] = i
    }
    for path in order.sorted() {
      let entry = reader.entries[positions[path]!]
      entries.append(
        ContainerEntry(path: path.bytes, byteCount: entry.byteCount, modified: entry.modified, mode: entry.mode))
      if let count = seen[path], count > 1 { findings.append(duplicate(path, count)) }
    }
  }

  /// Why an entry that has a fit name is left out all the same.
  private static func refusal(of entry: ArchiveEntry) -> String? {
    switch entry.kind {
    case .symbolicLink: return "is a symbolic link"
    case .hardLink: return "is a hard link"
    case .special: return "is no regular file"
    case .regular, .directory: break
    }
    return entry.isEncrypted ? "is encrypted" : entry.problem
  }

  private func refused(_ entry: ArchiveEntry, because reason: String) -> Finding {
    Finding(
      entry.isEncrypted ? "entry-encrypted" : "entry-refused", .error,
      "entry '\(displayed(entry.path))' \(reason) and was left out",
      advice: entry.isEncrypted
        ? "decrypt the archive and register the result"
        : "look at the archive with care: backup tools do not write such entries", artifact: path)
  }

  private func duplicate(_ path: Name, _ count: Int) -> Finding {
    Finding(
      "duplicate-entry", .error, "entry '\(displayed(path))' occurs \(count) times; the last one is read",
      advice: "make the archive again from the original files", artifact: path.bytes, count: count - 1)
  }

  package func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    guard let position = positions[Name(entry.path)] else {
      throw IOError("open", errno: 0, path: entry.path, detail: "archive has no such entry")
    }
    do throws(IOError) { return try reader.open(position) } catch {
      var error = error
      error.path = entry.path
      throw error
    }
  }
}

/// Opens zip, tar, compressed tar and 7z.
package struct ArchiveFormat: ContainerFormat {
  package init() {}
  package var id: String { "archive" }

  package func open(_ path: [UInt8]) throws(ReadError) -> (any BackupContainer)? {
    let file: SharedFile
    let resolved: [UInt8]
    do throws(IOError) {
      // A link that the user names is resolved, once.
      resolved = try realPath(path)
      guard try fileStatus(resolved)?.kind == .regular else { return nil }
      file = try SharedFile(resolved)
    } catch { throw ReadError(.io(error), artifact: path) }
    return try ArchiveContainer(file, path: resolved)
  }

  package func open(standardInput file: SharedFile) throws(ReadError) -> (any BackupContainer)? {
    try ArchiveContainer(file, path: Array("-".utf8))
  }
}
