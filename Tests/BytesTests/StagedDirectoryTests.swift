import Bytes
import Glibc
import TestSupport
import Testing

@Suite struct StagedDirectoryTests {
  private let place: TemporaryDirectory
  private var target: [UInt8] { Array((place.path + "/out").utf8) }

  init() throws { place = try TemporaryDirectory() }

  private func put(_ text: String, _ name: String, in directory: [UInt8]) throws {
    let file = try StagedFile(directory.appending(path: Array(name.utf8)))
    try file.append(Array(text.utf8).span)
    try file.finish()
  }
  private func names(_ path: String = "") throws -> [String] {
    try directoryNames(Array((place.path + path).utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func appearsWholeOrNotAtAll() throws {
    do {
      let unfinished = try StagedDirectory(target)
      try put("x", "a", in: unfinished.stage)
      #expect(try names().count == 1)
    }
    #expect(try names().isEmpty)
    var directory = try StagedDirectory(target)
    try put("x", "a", in: directory.stage)
    try directory.commit()
    #expect(try names("/out") == ["a"])
    #expect(throws: IOError.self) { _ = try StagedDirectory(target) }
  }

  @Test func filesAreReplacedAndOthersStay() throws {
    try createDirectory(target)
    try createDirectory(target.appending(path: Array("inner".utf8)))
    for name in ["/out/a", "/out/inner/b", "/out/c"] { try writeFile(place.path + name, Array("old".utf8)) }
    var directory = try StagedDirectory(target, replaces: true)
    let inner = directory.stage.appending(path: Array("inner".utf8))
    try createDirectory(inner)
    try put("new", "a", in: directory.stage)
    try put("new", "b", in: inner)
    try put("new", "d", in: inner)
    try directory.commit()
    #expect(try names() == ["out"] && names("/out") == ["a", "c", "inner"] && names("/out/inner") == ["b", "d"])
    for (name, text) in [("/out/a", "new"), ("/out/inner/b", "new"), ("/out/inner/d", "new"), ("/out/c", "old")] {
      #expect(try readFile(place.path + name) == Array(text.utf8))
    }
  }

  /// A link where a folder is to be would lead files elsewhere.
  @Test func linksAreNotFollowed() throws {
    try createDirectory(target)
    try createDirectory(Array((place.path + "/elsewhere").utf8))
    let linked = try TestSupport.run(["ln", "-s", "../elsewhere", place.path + "/out/inner"])
    #expect(linked.exitCode == 0)
    do {
      var directory = try StagedDirectory(target, replaces: true)
      let inner = directory.stage.appending(path: Array("inner".utf8))
      try createDirectory(inner)
      try put("x", "a", in: inner)
      #expect(throws: IOError.self) { try directory.commit() }
    }
    #expect(try names("/elsewhere").isEmpty && names() == ["elsewhere", "out"])
  }

  /// Nothing that is no directory gives way to one, and no directory to a file; what is to be done is said.
  @Test func kindsAreNotReplacedByOthers() throws {
    try writeFile(place.path + "/out", Array("mine".utf8))
    let lone = #expect(throws: IOError.self) { _ = try StagedDirectory(target, replaces: true) }
    #expect(lone?.errno == ENOTDIR && lone?.advice?.contains("move it away") == true)
    try removeFile(target)
    try createDirectory(target)
    try writeFile(place.path + "/out/inner", Array("mine".utf8))
    try createDirectory(target.appending(path: Array("a".utf8)))
    do {
      var directory = try StagedDirectory(target, replaces: true)
      try createDirectory(directory.stage.appending(path: Array("inner".utf8)))
      let folder = #expect(throws: IOError.self) { try directory.commit() }
      #expect(folder?.errno == ENOTDIR && folder?.path.lastPathComponent == Array("inner".utf8))
      #expect(folder?.advice?.contains("move it away") == true)
    }
    do {
      var directory = try StagedDirectory(target, replaces: true)
      try put("new", "a", in: directory.stage)
      let file = #expect(throws: IOError.self) { try directory.commit() }
      #expect(file?.errno == EISDIR && file?.advice?.contains("move it away") == true)
    }
    #expect(try names("/out") == ["a", "inner"] && readFile(place.path + "/out/inner") == Array("mine".utf8))
  }

  /// Files of a group are there when the group has finished, however many they are.
  @Test func groupsFinishAllTheirFiles() throws {
    try createDirectory(target)
    let group = StagedFileGroup()
    for i in 0..<150 {
      let file = try StagedFile(target.appending(path: Array("\(i)".utf8)), in: group)
      try file.append(Array("text \(i)".utf8).span)
      try file.finish()
    }
    try group.finish()
    try group.finish()
    for i in 0..<150 { #expect(try readFile(place.path + "/out/\(i)") == Array("text \(i)".utf8)) }
  }

  @Test func fullFilesFail() throws {
    let file = try StagedFile(target)
    try file.finish()
    #expect(throws: IOError.self) { _ = try StagedFile(target) }
  }
}
