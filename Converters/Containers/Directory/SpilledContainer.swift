package import Bytes
package import Conversion
package import Diagnostics

/// Standard input, which the caller has copied to a private nameless file, as a container of one entry.
package struct SpilledContainer: BackupContainer {
  package let path = Array("-".utf8)
  package let isDirectory = false
  package let entries: [ContainerEntry]
  package let findings: [Finding] = []
  private let file: SharedFile

  /// `name` is the entry's path, such as `stdin`, from which a table without a name takes its own.
  package init(_ file: SharedFile, name: [UInt8]) {
    self.file = file
    entries = [ContainerEntry(path: name, byteCount: file.byteCount)]
  }

  package func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable { RangeSource(file) }
  package func sharedFile(_ entry: ContainerEntry) -> SharedFile? { file }
}
