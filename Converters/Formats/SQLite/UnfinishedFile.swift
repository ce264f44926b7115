internal import Bytes
internal import Conversion
internal import Records

/// The file that SQLite works on until it is whole: beside the target, or in the directory for temporary files when it is to be
/// compressed or to go to standard output. It goes away with the value unless it was given its name.
struct UnfinishedFile: ~Copyable {
  let path: [UInt8]
  private let output: Output
  private var isDone = false

  init(_ output: Output) throws(WriteError) {
    let directory: [UInt8]
    switch output.place {
    case .directory: throw WriteError(.unsupported("a SQLite file is no directory: end the output's name without '/'"))
    case .standardOutput: directory = environment("TMPDIR") ?? Array("/tmp".utf8)
    case .file(let target):
      directory = target.directoryPath
      do throws(IOError) {
        if !output.replaces, try fileStatus(target, followingLinks: false) != nil {
          throw IOError("create", path: target, detail: "the file exists already")
        }
      } catch { throw WriteError(error) }
    }
    self.output = output
    let name = ".\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
    path = directory.appending(path: Array(name.utf8))
  }
  deinit {
    if !isDone { try? removeFile(path) }
  }

  /// Makes the file durable and gives it its name, or sends its bytes where they are to go; nothing may have it open.
  mutating func finish() throws(WriteError) {
    do throws(IOError) {
      if case .file(let target) = output.place, output.encoder == nil {
        try synchronizeFile(path)
        try durableRename(path, to: target, replaces: output.replaces)
        isDone = true
        return
      }
    } catch { throw WriteError(error) }
    var buffer = OutputBuffer(try output.openStream(), capacity: 1 << 18)
    do throws(IOError) {
      var source: any ByteSource & ~Copyable = try FileSource(path)
      var heap = ByteHeap(capacity: 1 << 18), isLast = false
      while !isLast {
        heap.removeAll()
        isLast = try heap.fill(from: &source)
        try buffer.append(heap.span)
      }
      try buffer.finish()
    } catch { throw WriteError(error) }
  }
}
