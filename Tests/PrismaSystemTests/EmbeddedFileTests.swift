import Bytes
import Conversion
import Diagnostics
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
}
