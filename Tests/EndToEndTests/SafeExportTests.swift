import Bytes
import TestSupport
import Testing

/// A secret that is planted in many encodings and places comes out of no safe export, and is in no log and not in the catalog.
@Suite struct SafeExportTests {
  private func plant(_ flags: [String]) throws -> ProcessResult {
    let place = try TemporaryDirectory()
    return try run(
      ["python3", packageRoot + "/Tests/EndToEndTests/Fixtures/planted.py", binaryFolder + "/coffer", place.path]
        + flags,
      environment: ["HOME": place.path, "TMPDIR": place.path])
  }

  @Test func plantedSecretIsNowhere() throws {
    let result = try plant(["--safe"])
    #expect(result.text == "in exports: 0\nin logs: 0\nin the catalog: 0\nin its files: True\n", "\(result.errorText)")
  }

  /// Otherwise the test above would prove nothing.
  @Test func otherExportsHoldIt() throws {
    let result = try plant([])
    #expect(!result.text.contains("in exports: 0\n"), "\(result.text)\(result.errorText)")
  }
}
