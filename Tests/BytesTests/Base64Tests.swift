import Bytes
import CBytes
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

  /// The kernel with wide registers takes what the plain one takes, and both what Python's reader takes.
  @Test func kernelsAgree() throws {
    var dice = Dice(9)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for count in 0..<300 {
      var text = (0..<count).map { _ in letters[Int.random(in: 0..<64, using: &dice)] }
      // Every other text has one byte of any value somewhere.
      let place = count > 0 && count % 2 == 1 ? Int.random(in: 0..<count, using: &dice) : nil
      if let place { text[place] = UInt8.random(in: 0...255, using: &dice) }
      let (wide, wideCount) = groups(text, cb_base64_decode), (plain, plainCount) = groups(text, cb_plain_base64_decode)
      #expect(wide == plain && wideCount == plainCount)
      let good = text.firstIndex { !letters.contains($0) } ?? count
      #expect(plainCount == good / 4 * 4 && plain.count == good / 4 * 3)
      var encoded: [UInt8] = []
      var encoder = Base64Encoder()
      encoder.append(plain.span, to: &encoded)
      #expect(encoded == Array(text[..<plainCount]))
    }
  }

  @Test func everyByteIsALetterOrNone() {
    for byte in UInt8.min...UInt8.max {
      var text = Array(repeating: UInt8(ascii: "A"), count: 64)
      text[30] = byte
      let isLetter = reading([byte, 65, 65, 65]) { decodeBase64($0) } != nil
      #expect(groups(text, cb_base64_decode).1 == (isLetter ? 64 : 28), "\(byte)")
    }
  }

  /// What a kernel makes of a text; it writes no byte too many.
  private func groups(
    _ text: [UInt8], _ kernel: (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>) -> Int
  ) -> ([UInt8], Int) {
    let room = text.count / 4 * 3
    var output = [UInt8](repeating: 0xEE, count: room + 40)
    let taken = text.withUnsafeBufferPointer { text in
      output.withUnsafeMutableBufferPointer {
        text.isEmpty ? 0 : kernel(text.baseAddress!, text.count, $0.baseAddress!)
      }
    }
    #expect(output[room...].allSatisfy { $0 == 0xEE })
    return (Array(output[..<(taken / 4 * 3)]), taken)
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
