import Bytes
import Testing

@testable import CommandLine

@Suite struct SettingsTests {
  static let output = Setting("output", variable: "TOOL_OUTPUT", Sample.output, "where it goes", fallback: "nowhere")
  static let target = Setting("target", variable: "TOOL_TARGET", Sample.target, "what it becomes", fallback: "csv")
  static let limit = Setting("limit", variable: "TOOL_LIMIT", Sample.limit, "how many", fallback: "all")
  static let raw = Setting("raw", variable: "TOOL_RAW", Sample.raw, "show secrets", fallback: "false")
  static let table = [output, target, limit, raw]

  private func settings(
    _ words: [String] = ["convert"], _ variables: [String: String] = [:], _ files: [(path: String, text: String)] = []
  ) throws -> Settings {
    Settings(
      Self.table, of: "tool", try Sample.program.parse(words.map { Array($0.utf8) }),
      variables: { variables[$0].map { Array($0.utf8) } },
      files: try files.map { try SettingsFile(Array($0.text.utf8), path: Array($0.path.utf8)) },
      home: Array("/home/u".utf8))
  }
  private func value(_ settings: Settings, _ setting: Setting) -> String? {
    settings[setting].map { "\(String(decoding: $0.bytes, as: UTF8.self)) \($0.origin.shown)" }
  }

  @Test func theNearestSpeaks() throws {
    let near = (path: "/a/b/.tool.toml", text: "# near\ntarget = 'sql'\n"),
      far = (path: "/a/.tool.toml", text: "target = 'csv'\nlimit = 3")
    let variables = ["TOOL_TARGET": "json"]
    #expect(value(try settings(["convert", "-t", "csv"], variables, [near]), Self.target) == "csv --to")
    #expect(value(try settings(["convert"], variables, [near]), Self.target) == "json TOOL_TARGET")
    #expect(
      value(try settings(["convert"], ["TOOL_TARGET": ""], [near, far]), Self.target) == "sql /a/b/.tool.toml:2:1")
    #expect(value(try settings(["convert"], [:], [near, far]), Self.limit) == "3 /a/.tool.toml:2:1")
    #expect(value(try settings(), Self.target) == nil)
    // A command that does not take the flag has the setting all the same.
    #expect(value(try settings(["list"], variables), Self.target) == "json TOOL_TARGET")
  }

  @Test func switches() throws {
    let file = (path: "f", text: "raw = true")
    #expect(try settings(["convert"], [:], [file]).isOn(Self.raw))
    #expect(try !settings(["convert"], ["TOOL_RAW": "0"], [file]).isOn(Self.raw))
    #expect(try settings(["convert"], ["TOOL_RAW": "true"]).isOn(Self.raw))
    #expect(try !settings(["convert", "--no-raw"], ["TOOL_RAW": "1"], [file]).isOn(Self.raw))
    #expect(try settings(["convert", "-r"], ["TOOL_RAW": "false"]).isOn(Self.raw))
    #expect(try !settings().isOn(Self.raw))
  }

  @Test(arguments: [
    ("x/y", "/a/x/y"), ("/x", "/x"), ("~/x", "/home/u/x"), ("~x", "/a/~x"), ("../x", "/a/../x"),
    ("pg://h/d", "pg://h/d"),
    ("://x", "/a/://x"),
  ])
  func pathsBeginInTheFilesFolder(_ written: String, _ path: String) throws {
    let file = (path: "/a/.tool.toml", text: "output = '\(written)'")
    #expect(try settings(["convert"], [:], [file])[Self.output]?.bytes == Array(path.utf8))
    #expect(try settings(["convert"], ["TOOL_OUTPUT": written])[Self.output]?.bytes == Array(written.utf8))
  }

  @Test(arguments: [
    ("target = 'cvs'", "f:1:10: target does not know 'cvs'", "did you mean 'csv'? one of: csv, json, sql"),
    ("target = true", "f:1:10: target takes text in quotes", "one of: csv, json, sql"),
    ("\nraw = 'yes'", "f:2:7: raw is true or false", nil), ("raw = 1", "f:1:7: raw is true or false", nil),
    ("limit = -1", "f:1:9: limit takes a whole number", nil), ("limit = '1'", "f:1:9: limit takes a whole number", nil),
    ("output = ''", "f:1:10: output is empty", nil), ("output = 1", "f:1:10: output takes text in quotes", nil),
    ("ouptut = 'x'", "f:1:1: there is no setting 'ouptut'", "did you mean 'output'?"),
    ("zzz = 1", "f:1:1: there is no setting 'zzz'", "'tool help environment' lists them"),
  ])
  func mistakesInFiles(_ text: String, _ message: String, _ advice: String?) throws {
    let settings = try settings(["convert"], [:], [("f", text)])
    #expect(settings.problems == [Failure(.usage, message, advice: advice)])
  }

  @Test func mistakesInTheEnvironment() throws {
    let settings = try settings(
      ["convert", "-t", "sql"], ["TOOL_TARGET": "\u{1B}[2J", "TOOL_RAW": "yes", "TOOL_LIMIT": "x"])
    #expect(
      settings.problems.map(\.message) == [
        "TOOL_TARGET does not know '\\u{1b}[2J'", "TOOL_LIMIT takes a whole number, not 'x'",
        "TOOL_RAW does not know 'yes'",
      ])
    #expect(settings.problems.allSatisfy { $0.code == .usage })
    #expect(value(settings, Self.target) == "sql --to")
  }
}
