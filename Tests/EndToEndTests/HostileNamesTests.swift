import Bytes
import Diagnostics
import TestSupport
import Testing

/// SAFETY, row Terminal: whatever stands in names and values, no command writes a byte below 0x20 but line feed and tab, no
/// DEL, no C1 and no character that reorders text, for people or as JSON.
@Suite struct HostileNamesTests {
  /// Names for files: the attack names and bytes that are no UTF-8; a slash and NUL cannot be part of one.
  private static func names() throws -> [[UInt8]] {
    var names: [[UInt8]] = [[0x1B, 0x5B, 0x32, 0x4A], [0xFF, 0xC3, 0x28], Array("a\rb\u{202E}c\u{9B}d\n".utf8)]
    if let samples = sharedSamples {
      names += try readFile(samples + "/adversarial/dev/own-attacks/term/names.txt").split(separator: 0x0A).map(
        Array.init)
    }
    return names.map { name in Array(name.filter { $0 != 0x2F && $0 != 0 }.prefix(200)) }
  }

  @Test func noCommandLetsThemThrough() throws {
    let place = try TemporaryDirectory()
    let folder = place.file("in")
    try createDirectory(folder)
    for (i, name) in try Self.names().enumerated() {
      // The name is a file's, a table's, a column's and a value at once; bytes that JSON cannot hold are left to the file.
      let text = jsonEscaped(name)
      let json = "[{\"id\":\(i),\"\(text)\":\"\(text)\",\"secret \(text)\":\"x\"}]"
      try write(Array(json.utf8), to: folder.appending(path: name + Array(".json".utf8)))
      try write(
        Array("{\"\(text)\":[{\"id\":1,\"\(text)\":\"\(text)\"}]}".utf8), to: folder.appending(path: name + [0x32]))
    }
    let path = String(decoding: folder, as: UTF8.self)
    let project = "pro\u{1B}[31mject\u{202E}"
    let hostile = "\u{1B}]0;x\u{7}\u{9B}\u{202E}"
    let backups = try coffer(["list", "--format", "jsonl"], place).text.split(separator: "\n").count
    #expect(backups == 0)
    try check(["detect", path], place)
    try check(["detect", "--explain", path], place)
    try check(["register", path, "--project", project, "--tag", "k:\(hostile)", "--explain"], place)
    for command in [
      ["list"], ["projects"], ["find", "table", "*"], ["find", "column", "*"], ["find", "file", "*"],
      ["search", "--substring", "1"], ["search", "--regex", "."], ["sql", "SELECT * FROM file_overview"],
      ["sql", "SELECT * FROM column_overview"], ["show", hostile], ["show", "latest"], ["show", "latest", "--columns"],
      ["ls", "latest"], ["claims", "latest"], ["verify", "latest"], ["verify", hostile], ["restore-plan", "latest"],
      ["verify", "latest", "--only", hostile], ["export", "latest", "--only", hostile], ["find", hostile, "x"],
      ["tag", "latest", "k", "--note", hostile, "--label", hostile], ["list"], ["doctor"],
      ["project", "rename", project, hostile], ["project", "rename", project, hostile], [hostile],
      ["list", "--\(hostile)"],
      ["list", "--format", hostile], ["help", hostile], ["cat", "latest", hostile], ["convert", hostile, "-t", "csv"],
      ["forget", "latest", "--dry-run"], ["forget", "latest"], ["forget", "latest", "--yes"],
    ] { try check(command, place) }
    for file in try directoryNames(folder) {
      let path = String(decoding: folder.appending(path: file), as: UTF8.self)
      guard Array(path.utf8) == folder.appending(path: file) else { continue }
      try check(["ls", path], place)
      try check(["detect", path, "--explain"], place)
      try check(["verify", path], place)
      try check(["restore-plan", path, "--script", "sh"], place)
      let table = try coffer(["sql", "SELECT name FROM tables LIMIT 1", "--format", "tsv"], place).text
      try check(["cat", path, table.split(separator: "\n").last.map(String.init) ?? "x"], place)
    }
  }

  /// Runs a command for people and as JSON and looks at all that it writes.
  private func check(_ words: [String], _ place: TemporaryDirectory) throws {
    for format in [[], ["--format", "json"], ["--format", "md"]] {
      let result = try coffer(words + format, place)
      for output in [result.output, result.errorOutput] {
        let text = String(decoding: output, as: UTF8.self)
        let isValid = Array(text.utf8) == output
        #expect(isValid, "\(words) writes bytes that are no UTF-8")
        let bad = text.unicodeScalars.filter { isUnsafeToShow($0) && $0 != "\n" && $0 != "\t" }.map(\.value)
        #expect(bad.isEmpty, "\(words)")
      }
      #expect(result.exitCode < 128, "\(words)")
    }
  }

  private func coffer(_ words: [String], _ place: TemporaryDirectory) throws -> ProcessResult {
    try run(
      [binaryFolder + "/coffer"] + words, environment: ["XDG_DATA_HOME": place.path + "/data", "COFFER_CATALOG": ""])
  }

  private func write(_ bytes: [UInt8], to path: [UInt8]) throws {
    var sink = try DurableFile(path, replaces: true)
    try sink.write(bytes.span)
    try sink.finish()
  }

  /// The name inside a JSON string; bytes that are no UTF-8 become question marks.
  private func jsonEscaped(_ name: [UInt8]) -> String {
    var text = ""
    for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C, 0..<0x20: text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
