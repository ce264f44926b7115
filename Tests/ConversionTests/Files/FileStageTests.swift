import Bytes
import Conversion
import Records
import TestSupport
import Testing

@Suite struct FileStageTests {
  private let place: TemporaryDirectory
  private var target: [UInt8] { Array((place.path + "/files").utf8) }

  init() throws { place = try TemporaryDirectory() }

  private func file(
    _ stage: FileStage, _ folder: Name, _ name: Name, ending: String = "", table: Name? = nil, column: Name? = nil
  ) throws -> String {
    let (number, file) = try stage.begin()
    try file.append(Array("abc".utf8).span)
    try file.finish()
    let object = SchemaObject(kind: "embedded-file", name: name, table: table).measured(3, [0xAB])
    let reference = stage.keep(number, folder, name, ending: Array(ending.utf8), object, column: column)
    return String(decoding: reference.path, as: UTF8.self)
  }
  private func names(_ path: String = "") throws -> [String] {
    try directoryNames(target + Array(path.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func namesAreSafeAndDiffer() throws {
    let stage = try FileStage(target, replaces: false)
    #expect(try file(stage, "Asset", "a1", ending: "png") == "Asset/a1.png")
    #expect(try file(stage, "asset", "A1", ending: "PNG") == "asset/A1-2.PNG")
    #expect(try file(stage, "Asset", "a1", ending: "png") == "Asset/a1-3.png")
    #expect(try file(stage, "Asset", "a1-2", ending: "png") == "Asset/a1-2-2.png")
    #expect(try file(stage, "..", "../x", ending: "../y") == "%2e./%2e.%2fx")
    #expect(try file(stage, "", ".hidden\n", ending: "longerthansixteen") == "%/%2ehidden%0a")
    #expect(try file(stage, "files.jsonl", "x") == "files.jsonl-/x")
    #expect(try file(stage, "q\"\\", "\"\\") == "q%22%5c/%22%5c")
    #expect(try stage.commit([]) == (8, 24))
    #expect(try names() == ["%", "%2e.", "Asset", "asset", "files.jsonl", "files.jsonl-", "q%22%5c"])
    let list = String(decoding: try readFile(place.path + "/files/files.jsonl"), as: UTF8.self)
    #expect(list.hasPrefix("{\"file\":\"Asset/a1.png\",\"bytes\":3,\"name\":\"a1\",\"sha256\":\"ab\"}\n"))
    #expect(list.split(separator: "\n").count == 8)
  }

  @Test func onlyFilesOfWhatIsWrittenAppear() throws {
    let stage = try FileStage(target, replaces: false)
    _ = try file(stage, "a", "1", table: "a")
    _ = try file(stage, "a", "2", table: "a", column: "left")
    _ = try file(stage, "a", "3", table: "a", column: "out")
    _ = try file(stage, "b", "4", table: "b")
    _ = try file(stage, "c", "5")
    let (unkept, discarded) = (try stage.begin().number, try stage.begin().number)
    try stage.discard(discarded)
    #expect(unkept != discarded)
    #expect(try stage.commit([TableSchema("a", [Column("left", .text)])]) == (3, 9))
    #expect(try names() == ["a", "c", "files.jsonl"] && names("/a") == ["1", "2"] && names("/c") == ["5"])
  }

  @Test func nothingAppearsWithoutCommit() throws {
    do {
      let stage = try FileStage(target, replaces: false)
      _ = try file(stage, "a", "1")
    }
    #expect(try directoryNames(Array(place.path.utf8)).isEmpty)
  }
}
