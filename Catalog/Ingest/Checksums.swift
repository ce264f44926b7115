package import Bytes
internal import CatalogModel
package import Conversion
package import Records

/// Checksums of a backup's artifacts, computed on a thread of its own while the rows are surveyed.
final class Checksums: @unchecked Sendable {  // the worker owns the results until it is joined
  private let container: any BackupContainer
  private let artifacts: [DetectedArtifact]
  private let progress: Progress?
  private var results: [(checksum: [UInt8], byteCount: Int64)] = []
  private var failure: ReadError?
  private var worker: Worker?

  private init(_ artifacts: [DetectedArtifact], in container: any BackupContainer, _ progress: Progress?) {
    self.artifacts = artifacts
    self.container = container
    self.progress = progress
  }

  /// Begins to read all artifacts.
  static func start(
    _ artifacts: [DetectedArtifact], in container: any BackupContainer, progress: Progress?
  ) -> Checksums {
    let checksums = Checksums(artifacts, in: container, progress)
    checksums.worker = Worker.start { checksums.run() }
    return checksums
  }

  /// SHA-256 and size of each artifact, in their order.
  func finish() throws(ReadError) -> [(checksum: [UInt8], byteCount: Int64)] {
    worker?.join()
    worker = nil
    if let failure { throw failure }
    return results
  }

  private func run() {
    do throws(ReadError) {
      for artifact in artifacts { results.append(try checksum(of: artifact.entry, in: container, progress)) }
    } catch { failure = error }
  }
}

/// SHA-256 and size of the stored bytes of an entry.
package func checksum(
  of entry: ContainerEntry, in container: any BackupContainer, _ progress: Progress? = nil
) throws(ReadError) -> (checksum: [UInt8], byteCount: Int64) {
  do throws(IOError) {
    var source: any ByteSource & ~Copyable = try container.open(entry)
    var hash = SHA256(), heap = ByteHeap(capacity: 1 << 18), count: Int64 = 0
    while true {
      heap.removeAll()
      let isOver = try heap.fill(from: &source)
      hash.update(heap.span)
      count += Int64(heap.count)
      progress?.add(heap.count)
      if isOver { return (hash.finish(), count) }
    }
  } catch { throw ReadError(.io(error), artifact: entry.path) }
}
