internal import Bytes
package import Conversion
internal import Diagnostics
internal import DjangoModels
package import Records

/// The files of a project that may declare its models.
package struct ProjectFiles {
  package private(set) var files: [(path: [UInt8], text: [UInt8])] = []
  private(set) var findings: [Finding] = []

  package init(_ path: [UInt8], _ toolbox: Toolbox) throws(ReadError) {
    guard let container = try toolbox.open(path: path) else {
      throw ReadError(.unrecognised("neither a file nor a directory"), artifact: path)
    }
    var bytes = 0
    for entry in container.entries {
      // The name of a lone file says nothing of its application; that of its directories may.
      let name = container.isDirectory || container.entries.count > 1 ? path.appending(path: entry.path) : path
      guard DjangoModels.mayDeclare(name) else { continue }
      var text = ByteHeap(capacity: 1 << 16)
      do throws(IOError) {
        var source = try container.open(entry)
        while try !text.fill(from: &source), text.count <= DjangoModels.fileSizeLimit {
          text.reserve(text.capacity * 2)
        }
      } catch { throw ReadError(.io(error), artifact: entry.path) }
      bytes += text.count
      guard files.count < DjangoModels.fileLimit, bytes <= DjangoModels.byteLimit else {
        throw ReadError(.tooMany(what: "files of declarations", limit: DjangoModels.fileLimit), artifact: path)
      }
      files.append((name, Array(text.span)))
    }
  }
}
