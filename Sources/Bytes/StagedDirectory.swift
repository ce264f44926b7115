internal import CBytes
internal import Glibc

/// A directory that appears under its name only when it is whole; dropped without `commit`, it leaves nothing behind.
public struct StagedDirectory: ~Copyable {
  /// Where the files go until then: beside the target, readable by its owner alone.
  public let stage: [UInt8]
  let path: [UInt8]
  /// Whether what is there already stays, except for files that come under their names.
  let isMerged: Bool
  var isCommitted = false

  /// Begins a directory at `path`, which must not exist or be an empty directory; with `replaces` it may hold files, of which
  /// those are replaced that have the names of new ones.
  public init(_ path: [UInt8], replaces: Bool = false) throws(IOError) {
    var isMerged = false
    var path = path
    while path.count > 1 && path.last == UInt8(ascii: "/") { path.removeLast() }
    if let status = try fileStatus(path, followingLinks: false) {
      guard status.kind == .directory else { throw notDirectory("create", path) }
      isMerged = try !directoryNames(path).isEmpty
      guard !isMerged || replaces else { throw IOError("create", errno: EEXIST, path: path) }
    }
    let name = Array(".\(String(UInt64.random(in: .min ... .max), radix: 36)).partial".utf8)
    let stage = path.directoryPath.appending(path: name)
    guard withPath(stage, { mkdir($0, 0o700) }) == 0 else { throw IOError("mkdir", errno: errno, path: path) }
    self.path = path
    self.stage = stage
    self.isMerged = isMerged
  }
  deinit {
    if !isCommitted { removeDirectory(stage) }
  }

  /// Gives the directory its name and makes that durable; the files in it already are.
  public mutating func commit() throws(IOError) {
    try synchronizeDirectory(stage)
    guard !isMerged else {
      try merge(stage, into: path)
      isCommitted = true
      return removeDirectory(stage)
    }
    // An empty directory of that name gives way; rename(2) refuses any other.
    let result = withPath(stage) { from in withPath(path) { to in rename(from, to) } }
    guard result == 0 else { throw IOError("rename", errno: errno, path: path) }
    isCommitted = true
    try synchronizeDirectory(path.directoryPath)
  }
}

extension StagedDirectory {
  /// Takes the place of the directory that is there, whose files go away; at no time is there neither.
  public mutating func exchange() throws(IOError) {
    guard isMerged else { return try commit() }
    try synchronizeDirectory(stage)
    let result = withPath(stage) { from in withPath(path) { to in cb_rename(from, to, 2) } }
    guard result == 0 else { throw IOError("rename", errno: errno, path: path) }
    isCommitted = true
    try synchronizeDirectory(path.directoryPath)
    removeDirectory(stage)
  }
}

/// Moves what is in a directory into another; links there are neither followed nor replaced by folders.
private func merge(_ directory: [UInt8], into path: [UInt8]) throws(IOError) {
  for name in try directoryNames(directory) {
    let from = directory.appending(path: name), to = path.appending(path: name)
    let isFolder = try fileStatus(from, followingLinks: false)?.kind == .directory
    let there = try fileStatus(to, followingLinks: false)?.kind
    if isFolder, there == .directory {
      try merge(from, into: to)
      continue
    }
    guard !isFolder || there == nil else { throw notDirectory("rename", to) }
    guard there != .directory else {
      throw IOError("rename", errno: EISDIR, path: to, advice: "a file of this name is to be written: move it away")
    }
    try moveFile(from, to: to)
  }
  try synchronizeDirectory(path)
}

/// What is in the way of a directory is never replaced by it.
private func notDirectory(_ operation: String, _ path: [UInt8]) -> IOError {
  IOError(
    operation, errno: ENOTDIR, path: path,
    advice: "a file or link is where a directory is to be written: move it away, or name another place")
}

/// Removes a directory and everything in it, as far as that is possible; links are removed, not followed.
public func removeDirectory(_ path: [UInt8]) {
  for name in (try? directoryNames(path)) ?? [] {
    let inner = path.appending(path: name)
    if (try? fileStatus(inner, followingLinks: false))??.kind == .directory {
      removeDirectory(inner)
    } else {
      _ = withPath(inner) { unlink($0) }
    }
  }
  _ = withPath(path) { rmdir($0) }
}
