package import Bytes
package import Conversion
package import Diagnostics
package import Records

/// A directory of files, or one regular file as a container of one entry, beside which other files may lie.
package struct DirectoryContainer: BackupContainer {
  package let path: [UInt8]
  package let isDirectory: Bool
  package let entries: [ContainerEntry]
  package let findings: [Finding]

  /// Lists the regular files below a directory.
  init(directory path: [UInt8]) throws(IOError) {
    var walk = DirectoryWalk(path)
    try walk.run()
    self.path = path
    isDirectory = true
    entries = walk.entries
    findings = walk.findings
  }

  /// One file, whose path holds no link any more.
  init(file path: [UInt8], _ status: FileStatus) {
    self.path = path
    isDirectory = false
    findings = []
    entries = [
      ContainerEntry(
        path: path.lastPathComponent, byteCount: status.byteCount, modified: status.modified, mode: status.mode)
    ]
  }

  package func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    // Checked again while opening: the name may have become a link or pipe since it was listed.
    try FileSource(regularFile: file(of: entry))
  }

  package func sharedFile(_ entry: ContainerEntry) throws(IOError) -> SharedFile? { try SharedFile(file(of: entry)) }

  package func file(of entry: ContainerEntry) -> [UInt8] {
    if isDirectory { return path.appending(path: entry.path) }
    return entry.path == path.lastPathComponent ? path : path.directoryPath.appending(path: entry.path)
  }

  package func sibling(named name: [UInt8]) -> ContainerEntry? {
    guard !isDirectory, !name.isEmpty, !name.contains(UInt8(ascii: "/")), name != path.lastPathComponent,
      let status = try? fileStatus(path.directoryPath.appending(path: name), followingLinks: false),
      status.kind == .regular
    else { return nil }
    return ContainerEntry(path: name, byteCount: status.byteCount, modified: status.modified, mode: status.mode)
  }
}

/// Opens directories and single files. It takes every regular file, so it comes last in the list of containers.
package struct DirectoryFormat: ContainerFormat {
  package init() {}
  package var id: String { "directory" }

  package func open(_ path: [UInt8]) throws(ReadError) -> (any BackupContainer)? {
    do throws(IOError) {
      // A link that the user names is resolved, once; links found inside a directory are not followed.
      let resolved = try realPath(path)
      guard let status = try fileStatus(resolved, followingLinks: false) else { return nil }
      switch status.kind {
      case .directory: return try DirectoryContainer(directory: resolved)
      case .regular: return DirectoryContainer(file: resolved, status)
      case .symbolicLink, .other:
        throw IOError(
          "open", path: path, detail: "is a pipe, socket or device", advice: "pass its content on standard input: -")
      }
    } catch { throw ReadError(.io(error), artifact: path) }
  }

  package func open(standardInput file: SharedFile) throws(ReadError) -> (any BackupContainer)? {
    SpilledContainer(file, name: Array("stdin".utf8))
  }
}
