import Bytes
import TestSupport
import Testing

/// Any value of any type that is not what it was fails the proof, which names the row and the column.
@Suite struct ProofTests {
  @Test func everyChangedValueIsFound() throws {
    let place = try TemporaryDirectory()
    let result = try run(
      [
        "python3", packageRoot + "/Tests/EndToEndTests/Fixtures/mutated.py", binaryFolder + "/coffer",
        packageRoot + "/Tests/Fixtures/django/library.json", place.path,
      ], environment: ["HOME": place.path, "TMPDIR": place.path])
    #expect(result.text == "as it is: 0\nchanges: 30 missed: 0\n", "\(result.errorText)")
  }
}
