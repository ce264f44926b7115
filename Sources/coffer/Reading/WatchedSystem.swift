internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// A system whose files must stay as they are from the survey to the last row: what is read of a file that something writes to
/// would be part old and part new.
struct WatchedSystem: WrappedSystem {
  let system: any SourceSystem
  private let watch: FileWatch

  /// Begins to watch the files of a backup.
  init(_ system: any SourceSystem, _ input: BackupInput) {
    self.system = system
    watch = FileWatch(input.backup.artifacts.map { input.container.file(of: $0.entry) })
  }

  func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    WatchedReader(try system.openRecords(input, knowledge), watch)
  }
}

/// Size, time and identity of some files at one moment.
private struct FileWatch: Sendable {
  private struct Stamp: Equatable {
    var path: [UInt8]
    var byteCount: Int64?
    var modified: Int64?
    var inode: UInt64?
  }
  private let stamps: [Stamp]

  init(_ paths: [[UInt8]]) { stamps = paths.map(Self.stamp) }

  /// The first file that is not as it was.
  var changed: [UInt8]? { stamps.first { Self.stamp(of: $0.path) != $0 }?.path }

  private static func stamp(of path: [UInt8]) -> Stamp {
    let status = try? fileStatus(path)
    return Stamp(path: path, byteCount: status?.byteCount, modified: status?.modified, inode: status?.inode)
  }
}

/// Looks after the last row whether the files are as they were.
private struct WatchedReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let watch: FileWatch
  private(set) var findings: [Finding] = []

  init(_ reader: consuming any RecordReader & ~Copyable, _ watch: FileWatch) {
    self.reader = reader
    self.watch = watch
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { findings = reader.findings }
    if let table = try reader.nextTable() { return table }
    if let path = watch.changed { throw ReadError(.changed, artifact: path) }
    return nil
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) { return try reader.read(into: &batch) } catch {
      findings = reader.findings
      throw error
    }
  }
}
