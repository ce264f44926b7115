import Bytes
import TestSupport
import Testing

@Suite struct Base64Tests {
  @Test func agreesWithPythonInPiecesOfEverySize() throws {
    var dice = Dice(6)
    var samples: [[UInt8]] = [[], [0], [255], [0, 0], [255, 255], [251, 255, 191]]
    for count in 3..<120 { samples.append((0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }) }
    let standard = try python("return base64.b64encode(b).decode()", about: samples)
    let url = try python("return base64.urlsafe_b64encode(b).decode()", about: samples)
    for (i, sample) in samples.enumerated() {
      #expect(reading(sample) { encodeBase64($0) } == standard[i].bytes)
      #expect(reading(sample) { encodeBase64($0, .url) } == url[i].bytes)
      for (alphabet, text) in [(Base64Alphabet.standard, standard[i].bytes), (.url, url[i].bytes)] {
        #expect(reading(text) { decodeBase64($0, alphabet) } == sample)
        let step = i % 7 + 1
        var isValid = true
        var encoder = Base64Encoder(alphabet), decoder = Base64Decoder(alphabet)
        var encoded: [UInt8] = [], decoded: [UInt8] = []
        for start in stride(from: 0, to: sample.count, by: step) {
          encoder.append(sample.span.extracting(start..<min(start + step, sample.count)), to: &encoded)
        }
        encoder.finish(to: &encoded)
        for start in stride(from: 0, to: text.count, by: step) {
          isValid =
            decoder.decode(text.span.extracting(start..<min(start + step, text.count)), into: &decoded) && isValid
        }
        isValid = decoder.finish(into: &decoded) && isValid
        #expect(isValid && encoded == text && decoded == sample)
      }
    }
  }

  @Test(arguments: [
    "A", "AA", "AAA", "AA=", "AAA==", "A===", "====", "=", "AA==AA==", "AAAA=", "AB==", "AAB=", "AA A", "AAAA\n",
    "AA-_",
    "AAA=A", "AAAA====",
  ]) func strict(_ text: String) {
    #expect(reading(text) { decodeBase64($0) } == nil)
  }

  @Test func hexadecimalForm() {
    func decode(_ text: String) -> [UInt8]? {
      var output: [UInt8] = []
      let bytes = text.bytes
      return decodeHexBytes(bytes.span, into: &output) ? output : nil
    }
    #expect(decode(#"\xDEADbeef00"#) == [0xde, 0xad, 0xbe, 0xef, 0])
    #expect(decode(#"\x"#) == [])
    for text in ["", "x00", #"\x0"#, #"\x0g"#, #"\X00"#, "00"] { #expect(decode(text) == nil) }
  }
}
