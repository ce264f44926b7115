import Bytes
import TestSupport
import Testing

/// The project's own attacks in JSON, met by the program as `EXPECT.jsonl` says: what is to be rejected ends with 1, or with 3
/// and a finding; what is to be accepted without loss comes out with every value.
@Suite(.enabled(if: sharedSamples != nil)) struct OwnAttacksTests {
  /// Text in UTF-16 with a mark is decoded: the table of bad input goes before the list of attacks.
  private static let decided = ["utf16.json": "accept"]

  @Test func jsonIsMetAsExpected() throws {
    let folder = (sharedSamples ?? "") + "/adversarial/dev/own-attacks"
    let list = try run(["python3", "-c", Self.expectations, folder + "/EXPECT.jsonl"])
    var seen = 0
    for line in list.text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init), name = words[0]
      let place = try TemporaryDirectory(), output = place.path + "/out/"
      let result = try run(
        ["timeout", "60", binaryFolder + "/coffer", "convert", "\(folder)/json/\(name)", "-t", "jsonl", "-o", output],
        environment: ["HOME": place.path])
      seen += 1
      switch Self.decided[name] ?? words[1] {
      case "reject": #expect(result.exitCode == 1 || result.exitCode == 3, "\(name): \(result.exitCode)")
      case "accept", "neutralise": #expect(result.exitCode == 0, "\(name): \(result.errorText)")
      default:
        #expect(result.exitCode == 0, "\(name): \(result.errorText)")
        let same = try run(["python3", "-c", Self.comparison, "\(folder)/json/\(name)", output])
        #expect(same.text == "True\n", "\(name): \(same.text)\(same.errorText)")
      }
    }
    #expect(seen >= 25)
  }

  private static let expectations = """
    import json, sys
    for line in open(sys.argv[1]):
        e = json.loads(line)
        if e["file"].startswith("json/"): print(e["file"][5:], e["expect"])
    """

  /// Whether all keys and values of a document are among those of the records, each as often.
  private static let comparison = """
    import collections, json, os, sys
    class Num(str): pass
    decoder = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=Num, object_pairs_hook=list)
    def leaves(v):
        if isinstance(v, list): return [x for y in v for x in (leaves(y) if not isinstance(y, tuple) else [("key", y[0])] + leaves(y[1]))]
        return [(type(v).__name__, str(v))]
    text = open(sys.argv[1], encoding="utf-8").read()
    lines = [l for n in os.listdir(sys.argv[2]) for l in open(sys.argv[2] + n, encoding="utf-8").read().split("\\n") if l]
    theirs = collections.Counter(leaves(decoder.decode(text.strip())))
    ours = collections.Counter(x for l in lines for x in leaves(decoder.decode(l)))
    print(not theirs - ours or (theirs - ours))
    """
}
