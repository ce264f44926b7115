import Archive
import Bytes
import Diagnostics
import PostgresArchive
import TestSupport
import Testing

/// The files of a directory.
struct DirectoryMembers: ArchiveMembers {
  let path: String
  func open(_ name: [UInt8]) throws(IOError) -> (any ByteSource & ~Copyable)? {
    let file = Array(path.utf8).appending(path: name)
    guard try fileStatus(file) != nil else { return nil }
    return try FileSource(regularFile: file)
  }
  func byteCount(of name: [UInt8]) -> Int64? {
    (try? fileStatus(Array(path.utf8).appending(path: name)))??.byteCount
  }
}

/// The members of a tar behind a prefix.
struct TarMembers: ArchiveMembers {
  let tar: any ArchiveReader
  var prefix: [UInt8] = []
  private func index(_ name: [UInt8]) -> Int? { tar.entries.firstIndex { $0.path == prefix + name } }
  func open(_ name: [UInt8]) throws(IOError) -> (any ByteSource & ~Copyable)? {
    guard let index = index(name) else { return nil }
    return try tar.open(index)
  }
  func byteCount(of name: [UInt8]) -> Int64? { index(name).map { tar.entries[$0].byteCount } }
}

/// Files in memory.
struct MemoryMembers: ArchiveMembers {
  var files: [(name: String, bytes: [UInt8])]
  private func file(_ name: [UInt8]) -> [UInt8]? { files.first { Array($0.name.utf8) == name }?.bytes }
  func open(_ name: [UInt8]) throws(IOError) -> (any ByteSource & ~Copyable)? {
    guard let bytes = file(name) else { return nil }
    return MemorySource(bytes)
  }
  func byteCount(of name: [UInt8]) -> Int64? { file(name).map { Int64($0.count) } }
}

/// Opens a dump in any of the three formats.
func openDump(_ path: String) throws -> PostgresArchive {
  let bytes = Array(path.utf8)
  if try fileStatus(bytes)?.kind == .directory {
    return try .open(toc: readFile(path + "/toc.dat"), members: DirectoryMembers(path: path))
  }
  let file = try SharedFile(bytes)
  guard try !ArchiveHeader.matches(file.bytes(at: 0, count: 5)), let tar = try openArchive(file) else {
    return try .open(custom: file)
  }
  let toc = try #require(
    tar.entries.firstIndex { $0.path == Array("toc.dat".utf8) || $0.path.suffix(8).elementsEqual("/toc.dat".utf8) })
  var source = try tar.open(toc)
  let prefix = Array(tar.entries[toc].path.dropLast(7))
  return try .open(toc: readAll(&source, limit: 1 << 24), members: TarMembers(tar: tar, prefix: prefix))
}

/// A custom archive made of bytes.
func openCustom(_ bytes: [UInt8]) throws -> PostgresArchive {
  let spill = try SpillFile()
  try spill.append(bytes.span)
  return try .open(custom: SharedFile(spill))
}

/// The whole text of an archive, and what was noticed.
func text(_ archive: PostgresArchive, step: Int = .max) throws -> (text: [UInt8], codes: [String]) {
  let script = archive.script()
  let notes = script.notes
  var source: any ByteSource & ~Copyable = script
  let bytes = try readAll(&source, limit: 1 << 28)
  return (bytes, notes.findings.map { "\($0.code): \($0.message)" })
}

/// The lines of a script that say something: no comments, no `\restrict`, no empty ones outside data.
func statements(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
  var isData = false
  return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).filter { line in
    if isData {
      isData = !line.elementsEqual("\\.".utf8)
      return true
    }
    isData = line.starts(with: "COPY ".utf8) && line.suffix(11).elementsEqual("FROM stdin;".utf8)
    let isSetting = line.starts(with: "SET ".utf8) && !line.starts(with: "SET search_path".utf8)
    return !line.isEmpty && !line.starts(with: "--".utf8) && !isSetting && !line.starts(with: "\\restrict".utf8)
      && !line.starts(with: "\\unrestrict".utf8)
  }
}
