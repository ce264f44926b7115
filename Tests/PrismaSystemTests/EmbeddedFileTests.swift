import BuiltIn
import Bytes
import Conversion
import Diagnostics
import PrismaSystem
import Records
import TestSupport
import Testing

@Suite struct EmbeddedFileTests {
  private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

  private func base64(_ bytes: [UInt8]) -> String { String(decoding: encodeBase64(bytes.span), as: UTF8.self) }
  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
  private func backup(_ files: String, rows: String = "") -> String {
    """
    {"timestamp":"2025-10-30T10:00:00.000Z","version":"2.0","includes_files":true,"created_by":{"id":"x"},
     "data":{"assets":[{"id":"a1","filename":"x.png","url":"https://c/x.png"},{"id":"a2","filename":"y","url":"/uploads/y"},
       {"id":"a3","filename":"z","url":""}]\(rows)},"files":\(files)}
    """
  }
  private func run(_ text: String, _ directory: TemporaryDirectory) throws -> PrismaRun {
    try #require(try PrismaRun([(name: "backup.json", text: text)], in: directory))
  }

  @Test func formsOfFiles() throws {
    let directory = try TemporaryDirectory(),
      inner = "{\"content\":\"\(base64(png))\",\"mimeType\":\"image/png\",\"size\":11}"
    let run = try run(
      backup(
        """
        {"a1":\(quoted(inner)), "a2":{"size":999,"data":"\(base64([1, 2]))","mimeType":"text/plain","originalUrl":"/u/\\u00e9"},
         "d":"data:image/gif;base64,\(base64(Array("GIF89a".utf8)))", "raw":"\(base64(png))", "bad":"***", "none":{"size":3},
         "lenient":"iVBORw0K\\nGgoBAgM"}
        """), directory)
    let files = run.files()
    #expect(files.map { text($0.name) } == ["a1", "a2", "d", "raw", "bad", "none", "lenient"])
    for name in ["a1", "raw", "lenient"] as [Name] {
      let file = try #require(files.first { $0.name == name })
      #expect(file.attribute("bytes") == Array("11".utf8), "\(text(name))")
      #expect(file.attribute("type") == Array("image/png".utf8))
      #expect(try run.content(file) == png)
      var digest = SHA256()
      digest.update(png.span)
      #expect(file.attribute("sha256") == Array(hexadecimal(digest.finish()).utf8))
    }
    #expect(files[0].table == "assets" && files[2].table == nil)
    #expect(files[1].attribute("url") == Array("/u/é".utf8))
    #expect(files[2].attribute("stated-type") == Array("image/gif".utf8))
    #expect(run.finding("file-size-differs")?.count == 1)
    #expect(run.finding("file-undecodable")?.message.contains("'bad'") == true)
    #expect(run.finding("file-without-content")?.message.contains("'none'") == true)
    #expect(run.finding("file-base64-lenient") != nil)
    #expect(run.finding("file-orphaned")?.count == 5)
    #expect(run.finding("file-not-included")?.count == 1)
    #expect(run.attribute("assets_cloud") == "1" && run.attribute("assets_local") == "1")
    #expect(run.knowledge.tables.map(\.name) == ["assets"])
  }

  @Test func filesInCells() throws {
    let directory = try TemporaryDirectory(), image = base64(png + Array(repeating: 7, count: 80))
    let rows =
      ",\"users\":[{\"id\":\"u0\",\"avatar\":null},{\"id\":\"u1\",\"avatar\":\"data:image/png;base64,\(image)\"},"
      + "{\"id\":\"u2\",\"avatar\":{\"filename\":\"a.png\",\"mimeType\":\"image/png\",\"content\":\"\(image)\"}}]"
    let run = try run(backup("{}", rows: rows), directory)
    #expect(run.files().map { text($0.name) } == ["users.avatar/2", "users.avatar/3"])
    for file in run.files() { #expect(try run.content(file) == png + Array(repeating: 7, count: 80)) }
    #expect(run.rows["users"]?.count == 3)
  }

  @Test func filesInAnArray() throws {
    let directory = try TemporaryDirectory()
    let list = """
      [{"assetId":"a1","filename":"x.png","mimeType":"image/png","size":11,"content":"\(base64(png))"},
       {"assetId":"zz","filename":"y.txt","mimeType":"text/plain","size":1,"content":"\(base64([1, 2]))"},
       {"assetId":"a3","filename":"z","mimeType":"a/b","size":1,"content":null}]
      """
    let run = try run(backup(list), directory)
    #expect(run.files().map { text($0.name) } == ["a1", "zz", "a3"])
    #expect(run.files()[0].table == "assets" && run.files()[0].attribute("file-name") == Array("x.png".utf8))
    #expect(try run.content(run.files()[0]) == png)
    #expect(try run.content(run.files()[1]) == [1, 2])
    #expect(run.finding("file-size-differs")?.count == 1 && run.finding("file-without-content")?.count == 1)
    #expect(run.knowledge.tables.map(\.name) == ["assets"])
  }

  /// Values above a mebibyte go through private files; one of them is cut anywhere.
  @Test func largeFiles() throws {
    let directory = try TemporaryDirectory()
    var dice = Dice(4), large: [UInt8] = []
    for _ in 0..<2_500_000 { large.append(UInt8(truncatingIfNeeded: dice.next())) }
    let inner =
      "{\"originalUrl\":\"x\",\"content\":\"\(base64(large))\",\"mimeType\":\"application/zip\",\"size\":2500000}"
    let rows = ",\"users\":[{\"id\":\"u1\",\"avatar\":\"data:a/b;base64,\(base64(large))\"}]"
    let run = try run(
      backup("{\"a1\":\(quoted(inner)),\"a2\":{\"content\":\"\(base64(png))\"}}", rows: rows), directory)
    #expect(run.files().map { text($0.name) } == ["users.avatar/1", "a1", "a2"])
    #expect(run.rows["users"] == ["'u1' | external"])
    #expect(try run.content(run.files()[0]) == large)
    #expect(try run.content(run.files()[1]) == large)
    #expect(try run.content(run.files()[2]) == png)
    #expect(run.finding("file-size-differs") == nil)
  }

  /// Escapes within base64 mean the letters they stand for, wherever a window or a file is cut, and whether the member is small
  /// or comes past in pieces.
  @Test(arguments: [40, 900_000]) func escapesWithinBase64(_ size: Int) throws {
    let directory = try TemporaryDirectory()
    var dice = Dice(UInt64(size)), bodies: [(name: String, body: [UInt8])] = [], members: [String] = []
    for i in 0..<6 {
      let body =
        [0xFF, 0xFF, 0xFF, 0, 0, 0, 0xFB, 0xEF, 0xBE]
        + (0..<(size + i)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      let letters = base64(body)
      #expect(letters.hasPrefix("////AAAA++++"))
      let object = "{\"content\":\"\(letters)\",\"size\":\(body.count)}"
      let text =
        switch i {
        case 0: quoted(object.replacing("/", with: "\\/"))
        case 1: quoted(object.replacing("/", with: "\\u002f"))
        case 2: quoted(object).replacing("/", with: "\\u002F")
        case 3: object.replacing("/", with: "\\/")
        case 4: "\"data:a/b;base64,\(letters.replacing("+", with: "\\u002b"))\""
        default: quoted(object.replacing("A", with: "\\u0041"))
        }
      members.append("\"f\(i)\":" + text)
      bodies.append(("f\(i)", body))
    }
    let run = try run(backup("{\(members.joined(separator: " ,"))}"), directory)
    #expect(run.files().map { text($0.name) } == bodies.map(\.name))
    for (file, wanted) in zip(run.files(), bodies) {
      var digest = SHA256()
      digest.update(wanted.body.span)
      #expect(file.attribute("sha256") == Array(hexadecimal(digest.finish()).utf8), "\(wanted.name)")
      #expect(try run.content(file) == wanted.body)
    }
    #expect(run.finding("file-undecodable") == nil && run.finding("file-size-differs") == nil)
  }

  /// What is no base64 is found in files that come past in pieces, too; those beside it stay whole.
  @Test func wrongLargeFiles() throws {
    let directory = try TemporaryDirectory(), large = base64(Array(repeating: 9, count: 1_200_000))
    let members = [
      "\"a\":{\"content\":\"\(large)\"}", "\"b\":{\"content\":\"\(large)*\(large)\"}",
      "\"c\":{\"content\":\"\(large.dropLast(1))\"}", "\"d\":{\"data\":\"\(large)\",\"size\":7}", "\"e\":7",
    ]
    let run = try run(backup("{\(members.joined(separator: ","))}"), directory)
    #expect(run.files().map { text($0.name) } == ["a", "b", "c", "d", "e"])
    #expect(run.finding("file-undecodable")?.message.contains("'b'") == true)
    #expect(run.finding("file-size-differs")?.message.contains("'d'") == true)
    #expect(run.rows["assets"]?.count == 3)
    #expect(run.files()[0].attribute("bytes") == Array("1200000".utf8))
  }

  /// A backup that ends within its files keeps its rows and the files before the end.
  @Test func cutOffWithinFiles() throws {
    let directory = try TemporaryDirectory(), large = base64(Array(repeating: 9, count: 1_500_000))
    let whole = backup("{\"a1\":{\"content\":\"\(large)\"},\"a2\":{\"content\":\"\(large)\"}}")
    let path = directory.path + "/backup.json"
    try writeFile(path, Array(whole.utf8.dropLast(700_000)))
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    let backup = try #require(try BuiltIn.recogniser.recognise(container).backups.first { $0.system == "prisma" })
    var options = ReadOptions()
    options.keepsRowsBeforeError = true
    let knowledge = try Prisma.prisma.survey(
      BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options))
    #expect(knowledge.tables.map(\.name) == ["assets"] && knowledge.findings.contains { $0.code == "unreadable" })
    let files = knowledge.objects.filter { $0.kind == "embedded-file" }
    #expect(files.map(\.name) == ["a1"] && files.first?.attribute("bytes") == Array("1500000".utf8))
  }
}
