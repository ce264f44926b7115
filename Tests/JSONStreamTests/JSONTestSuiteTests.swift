import Bytes
import TestSupport
import Testing

/// The public parser corpus: `y_` must be accepted, `n_` rejected, `i_` may go either way but must not crash.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout"))
struct JSONTestSuiteTests {
  @Test func everyFileAsItsNameSays() throws {
    let folder = try #require(sharedSamples) + "/adversarial/dev/json-JSONTestSuite"
    var accepted = 0, rejected = 0
    for name in try directoryNames(Array(folder.utf8)) {
      let file = String(decoding: name, as: UTF8.self)
      guard file.hasSuffix(".json") else { continue }
      let result = transcript(try readFile(folder + "/" + file))
      let isError = result.components().contains { $0.hasPrefix("error ") }
      if file.hasPrefix("y_") {
        #expect(!isError, "\(file): \(result)")
        accepted += 1
      }
      if file.hasPrefix("n_") {
        #expect(isError, "\(file): \(result)")
        rejected += 1
      }
    }
    #expect(accepted >= 61 && rejected >= 98)
  }
}
