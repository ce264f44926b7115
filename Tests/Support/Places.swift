internal import Bytes
internal import Glibc

/// The package's root directory.
package let packageRoot: String = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(3)
  return parts.joined(separator: "/")
}()

/// The shared samples beside the package; nil where they are not present (they are no part of the repository).
package let sharedSamples: String? = {
  let path = packageRoot + "/../shared/samples"
  return access(path, R_OK) == 0 ? path : nil
}()

/// A private directory that goes away with the value.
package final class TemporaryDirectory: Sendable {
  package let path: String
  package init() throws {
    var template = Array("/tmp/coffer-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw IOError("mkdtemp", errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  deinit { _ = removeTree(path) }
  /// Bytes of the path of a file in it.
  package func file(_ name: String) -> [UInt8] { Array((path + "/" + name).utf8) }
}

/// Removes a directory and everything in it; links are removed, not followed.
package func removeTree(_ path: String) -> Bool {
  let bytes = Array(path.utf8)
  if let status = try? fileStatus(bytes, followingLinks: false), status.kind == .directory {
    for name in (try? directoryNames(bytes)) ?? [] {
      _ = removeTree(String(decoding: bytes.appending(path: name), as: UTF8.self))
    }
  }
  return remove(path) == 0
}

/// Reads a whole file.
package func readFile(_ path: String) throws -> [UInt8] {
  var source: any ByteSource & ~Copyable = try FileSource(Array(path.utf8))
  return try readAll(&source, limit: 1 << 30)
}

/// Writes a whole file.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  var sink = try DurableFile(Array(path.utf8), replaces: true)
  try sink.write(bytes.span)
  try sink.finish()
}

/// All regular files below a directory, in order.
package func everyFile(_ directory: String) -> [String] {
  var found: [String] = []
  for name in (try? directoryNames(Array(directory.utf8))) ?? [] {
    let path = directory + "/" + String(decoding: name, as: UTF8.self)
    switch try? fileStatus(Array(path.utf8), followingLinks: false)?.kind {
    case .directory: found += everyFile(path)
    case .regular: found.append(path)
    default: continue
    }
  }
  return found
}
