internal import Bytes
internal import Conversion
internal import Diagnostics

/// One walk through a directory: follows no link, opens nothing but `.cofferignore` files.
struct DirectoryWalk {
  /// Most files of one container, and deepest level of directories.
  static let entryLimit = 1_000_000, depthLimit = 128

  private let root: [UInt8]
  private var rules = IgnoreRules()
  private(set) var entries: [ContainerEntry] = []
  private(set) var findings: [Finding] = []

  init(_ root: [UInt8]) { self.root = root }

  mutating func run() throws(IOError) {
    var pending: [(path: [UInt8], depth: Int)] = [([], 0)]
    while let (directory, depth) = pending.popLast() {
      let names: [[UInt8]]
      do throws(IOError) { names = try directoryNames(absolute(directory)) } catch {
        // The root itself has to be readable; below it, what cannot be read is named.
        guard !directory.isEmpty else { throw error }
        note("unreadable", .error, directory, "directory cannot be read (\(error.reason))")
        continue
      }
      if names.contains(IgnoreRules.fileName) { readRules(in: directory) }
      for name in names where !IgnoreRules.isToolName(name) {
        let path = directory.appending(path: name)
        guard let isDirectory = try take(path) else { continue }
        guard isDirectory else { continue }
        if depth < Self.depthLimit {
          pending.append((path, depth + 1))
        } else {
          note("too-deep", .error, path, "directory lies deeper than \(Self.depthLimit) levels and was left out")
        }
      }
    }
    entries.sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// Notes a file; true for a directory to look into, nil for what is left out.
  private mutating func take(_ path: [UInt8]) throws(IOError) -> Bool? {
    let status: FileStatus?
    do throws(IOError) { status = try fileStatus(absolute(path), followingLinks: false) } catch {
      note("unreadable", .error, path, "file cannot be read (\(error.reason))")
      return nil
    }
    // What has gone since the directory was listed is no part of the backup.
    guard let status, !rules.ignores(path, isDirectory: status.kind == .directory) else { return nil }
    switch status.kind {
    case .directory: return true
    case .symbolicLink: note("link-not-followed", .warning, path, "symbolic link was not followed")
    case .other: note("special-file", .warning, path, "pipe, socket or device was not opened")
    case .regular:
      guard isReadable(absolute(path)) else {
        note("unreadable", .error, path, "file cannot be read (permission denied)")
        return nil
      }
      guard entries.count < Self.entryLimit else {
        throw IOError("list", path: root, detail: "directory holds more than \(Self.entryLimit) files")
      }
      entries.append(
        ContainerEntry(path: path, byteCount: status.byteCount, modified: status.modified, mode: status.mode))
    }
    return nil
  }

  private mutating func readRules(in directory: [UInt8]) {
    let path = directory.appending(path: IgnoreRules.fileName)
    do throws(IOError) {
      var source: any ByteSource & ~Copyable = try FileSource(regularFile: absolute(path))
      rules.add(try readAll(&source, limit: 1 << 20), in: directory)
    } catch {
      note("unreadable", .error, path, "ignore file cannot be read (\(error.reason)); nothing was ignored by it")
    }
  }

  private func absolute(_ path: [UInt8]) -> [UInt8] { path.isEmpty ? root : root.appending(path: path) }

  private mutating func note(_ code: String, _ severity: Severity, _ path: [UInt8], _ message: String) {
    findings.append(Finding(code, severity, "\(message): '\(displayed(path))'", artifact: path))
  }
}
