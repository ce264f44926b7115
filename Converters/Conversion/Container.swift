package import Bytes
package import Diagnostics
package import Records

/// A named byte stream in a container.
package struct ContainerEntry: Hashable, Sendable {
  /// Path within the container, as bytes, with `/` between components; the file's own name for a single file.
  package var path: [UInt8]
  /// Size of the stored bytes, when it is known.
  package var byteCount: Int64?
  /// Modification time in nanoseconds since 1970, when it is known.
  package var modified: Int64?
  /// Permission bits, when they are known.
  package var mode: UInt32?
  package init(path: [UInt8], byteCount: Int64? = nil, modified: Int64? = nil, mode: UInt32? = nil) {
    self.path = path
    self.byteCount = byteCount
    self.modified = modified
    self.mode = mode
  }
}

/// Bytes holding entries: a directory, a single file, a zip, a tar.
package protocol BackupContainer: Sendable {
  /// Absolute path of the directory or file, as bytes; `-` for standard input.
  var path: [UInt8] { get }
  /// Whether `path` is a directory of separate files.
  var isDirectory: Bool { get }
  /// All regular entries in byte order of their paths.
  var entries: [ContainerEntry] { get }
  /// What was noticed while opening: links not followed, names refused.
  var findings: [Finding] { get }
  /// The regular file of a name beside a lone file, which may say how it is to be read; opened like an entry. Nil where there
  /// is none, and in containers that hold all there is.
  func sibling(named name: [UInt8]) -> ContainerEntry?
  /// The file in which the bytes of an entry or sibling lie.
  func file(of entry: ContainerEntry) -> [UInt8]
  /// The entry's stored bytes (still compressed when the entry itself is a `.gz`).
  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable
  /// The bytes of an entry without its rows, for what it declares; nil where they cannot be had for less than the whole.
  func openDeclared(_ entry: ContainerEntry) throws(IOError) -> (any ByteSource & ~Copyable)?
  /// The stored bytes of an entry as a file that can be read at any place; nil when they are none.
  func sharedFile(_ entry: ContainerEntry) throws(IOError) -> SharedFile?
}

/// What is added to the name of a data file for that of the file which describes its columns.
package let schemaFileSuffix = Array(".schema.json".utf8)

extension BackupContainer {
  package func sibling(named name: [UInt8]) -> ContainerEntry? { nil }
  package func sharedFile(_ entry: ContainerEntry) throws(IOError) -> SharedFile? { nil }
  package func openDeclared(_ entry: ContainerEntry) throws(IOError) -> (any ByteSource & ~Copyable)? { nil }
  package func file(of entry: ContainerEntry) -> [UInt8] { isDirectory ? path.appending(path: entry.path) : path }

  /// The entry of a path.
  package func entry(at path: [UInt8]) -> ContainerEntry? {
    let entries = entries
    var low = 0, high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].path.lexicographicallyPrecedes(path) { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].path == path ? entries[low] : nil
  }

  /// The file that is named as the description of an entry's columns: among the entries, or beside a lone file.
  package func schemaFile(of entry: ContainerEntry) -> ContainerEntry? {
    let name = entry.path + schemaFileSuffix
    return self.entry(at: name) ?? sibling(named: name)
  }
}

/// A kind of container; one value per plug-in, registered in `BuiltIn`.
package protocol ContainerFormat: Sendable {
  var id: String { get }
  /// Opens the container at `path`; nil when it is not this format's.
  func open(_ path: [UInt8]) throws(ReadError) -> (any BackupContainer)?
  /// The same for standard input, which the caller has copied to a private file.
  func open(standardInput file: SharedFile) throws(ReadError) -> (any BackupContainer)?
}

/// A compression of single streams (gzip, bzip2, xz, zstd, lzma); registered in `BuiltIn`.
package protocol ContentDecoder: Sendable {
  var id: String { get }
  /// File name endings without the dot, such as `gz`, for naming what is inside and for compressing output.
  var endings: [String] { get }
  /// Whether the first bytes (up to 16) are this compression's.
  func matches(_ head: [UInt8]) -> Bool
  /// The decompressed bytes of `source`. All members are read; damage and trailing junk are errors of its `read`.
  func decode(_ source: consuming any ByteSource & ~Copyable) throws(IOError) -> any ByteSource & ~Copyable
  /// A sink that compresses into `sink`.
  func encode(_ sink: consuming any ByteSink & ~Copyable) throws(IOError) -> any ByteSink & ~Copyable
}
