internal import Bytes
internal import Conversion
internal import Diagnostics

/// A container that counts what is read of its entries.
struct MeteredContainer: BackupContainer {
  let container: any BackupContainer
  let progress: Progress

  var path: [UInt8] { container.path }
  var isDirectory: Bool { container.isDirectory }
  var entries: [ContainerEntry] { container.entries }
  var findings: [Finding] { container.findings }
  func sibling(named name: [UInt8]) -> ContainerEntry? { container.sibling(named: name) }
  func file(of entry: ContainerEntry) -> [UInt8] { container.file(of: entry) }
  func sharedFile(_ entry: ContainerEntry) throws(IOError) -> SharedFile? { try container.sharedFile(entry) }
  func openDeclared(_ entry: ContainerEntry) throws(IOError) -> (any ByteSource & ~Copyable)? {
    try container.openDeclared(entry)
  }
  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    progress.begin(entry.path)
    return MeteredSource(try container.open(entry), progress)
  }
}

extension OpenedBackup {
  /// The same backup, counting; its data will be read so many times.
  func metered(_ progress: Progress, passes: Int) -> OpenedBackup {
    var copy = self
    copy.input.container = MeteredContainer(container: input.container, progress: progress)
    let bytes = input.backup.artifacts.reduce(0) { $0 + ($1.role == .data ? $1.entry.byteCount ?? 0 : 0) }
    progress.expect(bytes * Int64(passes))
    return copy
  }
}
