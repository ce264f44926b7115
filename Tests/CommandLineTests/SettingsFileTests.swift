import Bytes
import Diagnostics
import TOML
import Testing

@testable import CommandLine

@Suite struct SettingsFileTests {
  private static let path = Array("dir/.coffer.toml".utf8)
  private func read(_ text: String) throws(SettingsFileError) -> [SettingsFile.Entry] {
    try SettingsFile(Array(text.utf8), path: Self.path).entries
  }
  private func error(_ bytes: [UInt8]) -> SettingsFileError? {
    do throws(SettingsFileError) { _ = try SettingsFile(bytes, path: Self.path) } catch { return error }
    return nil
  }
  private static func text(_ text: String) -> SettingsFile.Value { .text(Array(text.utf8)) }

  @Test(
    arguments: [
      ("a = \"x y\"", text("x y")), ("a=''", text("")), ("\ta\t=\t'C:\\x \"y\"' # 'z'", text("C:\\x \"y\"")),
      ("a = \"\\\"\\\\\\n\\t\\r\\b\\f\\u00e9\\U0001F600\"", text("\"\\\n\t\r\u{8}\u{C}é😀")),
      ("a = \"# = ]\"#", text("# = ]")),
      ("a = true", .flag(true)), ("a = false\r\n", .flag(false)), ("a = 0", .integer(0)),
      ("a = -12_000", .integer(-12000)),
      ("a = +7 ", .integer(7)), ("a = 9223372036854775807", .integer(.max)),
      ("a = -9223372036854775808", .integer(.min)),
      ("\u{FEFF}a = 1", .integer(1)), ("# é\n\n  \r\na = 1\n\n#", .integer(1)),
    ] as [(String, SettingsFile.Value)])
  func everyKindOfValue(_ text: String, _ value: SettingsFile.Value) throws {
    let entries = try read(text)
    #expect(entries.map(\.key) == ["a"])
    #expect(entries.first?.value == value)
  }

  @Test func placesCountLinesAndBytes() throws {
    let entries = try read("\u{FEFF}# é\r\n a-b_1 = 'é'\nc='é' \n")
    #expect(entries.map(\.place.shown) == ["dir/.coffer.toml:2:2", "dir/.coffer.toml:3:1"])
    #expect(entries.map(\.valuePlace.shown) == ["dir/.coffer.toml:2:10", "dir/.coffer.toml:3:3"])
    #expect(try read("").isEmpty)
  }

  /// Text that is no configuration, what is wrong, and where.
  static let mistakes: [(String, SettingsFileError.Code, Int, Int)] = [
    ("= 1", .noKey, 1, 1), ("a 1", .noEquals, 1, 3), ("a", .noEquals, 1, 2), ("a =", .noValue, 1, 4),
    ("x = 1\na = # 1", .noValue, 2, 5), ("a = x", .unknownWord, 1, 5), ("a = True", .unknownWord, 1, 5),
    ("a = -", .unknownWord, 1, 5), ("a = \"x\ny = 1", .openText, 1, 5), ("a = 'x", .openText, 1, 5),
    ("a = \"\\x41\"", .badEscape, 1, 6), ("a = \"\\ud800\"", .badEscape, 1, 6), ("a = \"\\u00e\"", .badEscape, 1, 6),
    ("a = \"\\u0000\"", .badEscape, 1, 6), ("a = \"\\", .badEscape, 1, 6), ("a = 1 2", .somethingBehind, 1, 7),
    ("a = \"x\" y = 1", .somethingBehind, 1, 9), ("a = 1\n\na = 2", .repeated("a"), 3, 1),
    ("a = 9223372036854775808", .numberTooLarge, 1, 5), ("a = 1\r2", .badCharacter, 1, 6),
    ("a = '\u{1B}'", .badCharacter, 1, 6), ("a = '\u{7F}'", .badCharacter, 1, 6),
    ("[a]", .unsupported("a section"), 1, 1),
    ("\"a\" = 1", .unsupported("a name in quotes"), 1, 1), ("a.b = 1", .unsupported("a name with a dot in it"), 1, 2),
    ("a = [1]", .unsupported("a list"), 1, 5), ("a = {}", .unsupported("a table"), 1, 5),
    ("a = \"\"\"x\"\"\"", .unsupported("text of several lines"), 1, 5),
  ]
  @Test(arguments: mistakes)
  func mistakesHaveAPlace(_ text: String, _ code: SettingsFileError.Code, _ line: Int, _ column: Int) {
    let place = SourceLocation(artifact: Self.path, line: line, column: column)
    #expect(error(Array(text.utf8)) == SettingsFileError(code: code, place: place))
  }

  @Test(arguments: ["2026-02-05", "07", "1.5", "0x1F", "12:30:00", "1__0", "1_", "1e5", "1+2"])
  func otherNumbersAreRefused(_ number: String) {
    let expected = SettingsFileError.Code.unsupported("a date, a fraction or another kind of number")
    #expect(error(Array("a = \(number)".utf8))?.code == expected)
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(error(Array("a = 'x".utf8) + [0xFF, 0x27])?.code == .badCharacter)
    #expect(error([0xFF, 0xFE, 0x61, 0])?.place.shown == "dir/.coffer.toml:1:1")
  }

  @Test func everyCutEndsWell() {
    let text = Array("a = \"x\\u00e9\"\r\nb = -1_0 # é\nc = true\n".utf8)
    for count in 0...text.count { _ = error(Array(text.prefix(count))) }
    for i in text.indices {
      for byte in [0x00, 0x22, 0x27, 0x5C, 0x0A, 0xFF] as [UInt8] {
        var copy = text
        copy[i] = byte
        _ = error(copy)
      }
    }
  }

  @Test func onlyWhatTheUserAloneCanWriteIsTrusted() throws {
    var status = try #require(try fileStatus(Array(#filePath.utf8)))
    (status.owner, status.mode) = (1000, 0o644)
    #expect(status.distrust(user: 1000) == nil)
    #expect(status.distrust(user: 1001) == .otherOwner(1000))
    #expect(status.distrust(user: 0) == .otherOwner(1000))
    for mode in [0o664, 0o646, 0o666, 0o602] as [UInt32] {
      status.mode = mode
      #expect(status.distrust(user: 1000) == .writableByOthers)
    }
    (status.owner, status.mode) = (0, 0o600)
    #expect(status.distrust(user: 1000) == nil)
    status.kind = .other
    #expect(status.distrust(user: 1000) == .noRegularFile)
  }
}
