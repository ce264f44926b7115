import Bytes
import Conversion
import Diagnostics
import DirectoryContainer
import Glibc
import TestSupport
import Testing

private func paths(_ container: any BackupContainer) -> [String] {
  container.entries.map { String(decoding: $0.path, as: UTF8.self) }
}

/// A directory with the given files; a name that ends in `/` is a directory.
private func tree(_ files: [String: String]) throws -> TemporaryDirectory {
  let place = try TemporaryDirectory()
  for (name, content) in files.sorted(by: { $0.key < $1.key }) {
    let parts = name.split(separator: "/")
    var directory = place.path
    for part in parts.dropLast() {
      directory += "/" + part
      try createDirectory(Array(directory.utf8))
    }
    try writeFile(place.path + "/" + name, Array(content.utf8))
  }
  return place
}

private func open(_ place: TemporaryDirectory) throws -> any BackupContainer {
  try #require(try DirectoryFormat().open(Array(place.path.utf8)))
}

@Suite struct DirectoryContainerTests {
  @Test func listsRegularFilesInByteOrder() throws {
    let place = try tree(["b.json": "1", "a/z.csv": "2", "a.json": "", "ü": "3", "a/b/c": "4"])
    let container = try open(place)
    #expect(paths(container) == ["a.json", "a/b/c", "a/z.csv", "b.json", "ü"])
    #expect(container.isDirectory && container.findings.isEmpty)
    #expect(container.entries[3].byteCount == 1 && container.entries[3].mode == 0o600)
    var source = try container.open(container.entries[1])
    #expect(try readAll(&source, limit: 10) == Array("4".utf8))
  }

  @Test func skipsWhatToolsKeep() throws {
    let place = try tree([
      ".git/config": "", "a/node_modules/x": "", ".DS_Store": "", "._a": "", "a/__pycache__/x": "", "a/.gitx": "",
    ])
    #expect(try paths(open(place)) == ["a/.gitx"])
  }

  @Test func loneFileSeesRegularFilesBesideItOnly() throws {
    let place = try tree(["t.csv": "a", "t.csv.schema.json": "{}", "sub/x": "", "real": "y"])
    #expect(symlink("real", place.path + "/link") == 0)
    #expect(mkfifo(place.path + "/pipe", 0o600) == 0)
    let lone = try #require(try DirectoryFormat().open(place.file("t.csv")))
    let beside = try #require(lone.sibling(named: Array("t.csv.schema.json".utf8)))
    #expect(lone.file(of: beside) == lone.path.directoryPath.appending(path: Array("t.csv.schema.json".utf8)))
    #expect(lone.file(of: lone.entries[0]) == lone.path)
    var source = try lone.open(beside)
    #expect(try readAll(&source, limit: 10) == Array("{}".utf8))
    for name in ["none", "link", "pipe", "sub", "sub/x", "../x", "", "t.csv", "."] {
      #expect(lone.sibling(named: Array(name.utf8)) == nil, "\(name)")
    }
    #expect(try open(place).sibling(named: Array("real".utf8)) == nil)
  }

  @Test func entriesAreFoundByTheirPaths() throws {
    let container = try open(try tree(["a": "", "a.schema.json": "", "b/c": "", "z": ""]))
    for entry in container.entries { #expect(container.entry(at: entry.path) == entry) }
    for path in ["", "A", "aa", "b", "zz"] { #expect(container.entry(at: Array(path.utf8)) == nil) }
    #expect(container.schemaFile(of: container.entries[0])?.path == Array("a.schema.json".utf8))
  }

  @Test func takesAnyNameOfBytes() throws {
    let place = try TemporaryDirectory()
    let name: [UInt8] = [0xFF, 0x0A, 0x1B, 0x20, 0x2D]
    var sink = try DurableFile(Array(place.path.utf8).appending(path: name))
    try sink.finish()
    #expect(try open(place).entries.map(\.path) == [name])
  }

  @Test func followsNoLinkAndOpensNoSpecialFile() throws {
    let place = try tree(["real": "x"])
    #expect(symlink("real", place.path + "/link") == 0)
    #expect(symlink("/etc", place.path + "/folder") == 0)
    #expect(mkfifo(place.path + "/pipe", 0o600) == 0)
    let container = try open(place)
    #expect(paths(container) == ["real"])
    #expect(container.findings.map(\.code) == ["link-not-followed", "link-not-followed", "special-file"])
  }

  @Test func fileThatBecameALinkOrPipeIsRefused() throws {
    let place = try tree(["a": "x", "b": "y"])
    let container = try open(place)
    #expect(unlink(place.path + "/a") == 0 && symlink("b", place.path + "/a") == 0)
    #expect(unlink(place.path + "/b") == 0 && mkfifo(place.path + "/b", 0o600) == 0)
    for entry in container.entries { #expect(throws: IOError.self) { _ = try container.open(entry) } }
  }

  @Test func singleFileIsAContainerOfOne() throws {
    let place = try tree(["a.json": "[]"])
    #expect(symlink("a.json", place.path + "/link") == 0)
    for name in ["a.json", "link"] {
      let container = try #require(try DirectoryFormat().open(place.file(name)))
      #expect(paths(container) == ["a.json"])
      #expect(!container.isDirectory && container.path == place.file("a.json"))
      var source = try container.open(container.entries[0])
      #expect(try readAll(&source, limit: 10) == Array("[]".utf8))
    }
  }

  @Test func pipeAndNothingAreErrors() throws {
    let place = try TemporaryDirectory()
    #expect(mkfifo(place.path + "/pipe", 0o600) == 0)
    #expect(throws: (any Error).self) { _ = try DirectoryFormat().open(place.file("pipe")) }
    #expect(throws: (any Error).self) { _ = try DirectoryFormat().open(place.file("none")) }
  }

  @Test func ignoreFilesAreRespectedBelowTheirDirectory() throws {
    let place = try tree([
      ".cofferignore": "*.log\n/top.txt\n", "a.log": "", "top.txt": "", "b/top.txt": "", "b/c.log": "",
      "b/.cofferignore": "!c.log\nsecret/\n", "b/secret/x": "", "b/d/secret": "", "secret/y": "",
    ])
    #expect(try paths(open(place)) == ["b/c.log", "b/d/secret", "b/top.txt", "secret/y"])
  }

  @Test func unreadableFilesAndDirectoriesAreNamed() throws {
    let place = try tree(["a": "x", "b/c": "y", "d": "z"])
    #expect(chmod(place.path + "/a", 0) == 0 && chmod(place.path + "/b", 0) == 0)
    defer { chmod(place.path + "/b", 0o700) }
    // Root may read everything.
    let container = try open(place)
    if geteuid() == 0 {
      #expect(paths(container) == ["a", "b/c", "d"])
    } else {
      #expect(paths(container) == ["d"])
      #expect(container.findings.map(\.code) == ["unreadable", "unreadable"])
    }
  }

  @Test func spilledInputIsAContainerOfOne() throws {
    let spill = try SpillFile()
    let text = Array("[1]".utf8)
    try spill.append(text.span)
    let container = SpilledContainer(try SharedFile(spill), name: Array("stdin".utf8))
    #expect(paths(container) == ["stdin"] && container.entries[0].byteCount == 3)
    for _ in 0..<2 {
      var source = try container.open(container.entries[0])
      #expect(try readAll(&source, limit: 10) == text)
    }
  }
}
