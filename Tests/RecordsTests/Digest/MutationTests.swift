import Bytes
import Records
import Testing

/// A change of any one byte of any value that is not among the equivalences must show.
@Suite struct MutationTests {
  private static let samples: [(LogicalType, Value)] = [
    (.boolean, .text("true")), (.int32, .number("1234567")), (.int64, .text("9223372036854775807")),
    (.decimal, .number("123456789012345678901234567890.123456789")), (.float64, .number("3.14159265358979")),
    (.text, .text("The quick brown fox jumps over the lazy dog: é€😀")),
    (.uuid, .text("0123abcd-4567-89ef-8000-00000000ffff")), (.date, .text("2024-02-29")),
    (.time, .text("13:14:15.123456")), (.timestamp, .text("2024-02-29T13:14:15.123456")),
    (.timestamptz, .text("2024-02-29T13:14:15.123456+05:30")), (.interval, .text("3 04:05:06.789012")),
    (.json, .json(#"{"name":"value","list":[1,2.5,true,null,{"x":"y\n"}]}"#)), (.bytes, .bytes(Array(0...40))),
    (.bytes, .text("AAECAwQFBgcICQoLDA0ODw==")), (.array(.int64), .json("[1,22,null,333]")),
    (.enumeration(["red"]), .text("red")),
  ]
  /// Whether two texts are the same value by the rules although their bytes differ.
  private static func isEquivalent(_ type: LogicalType, _ a: [UInt8], _ b: [UInt8]) -> Bool {
    switch type {
    case .boolean, .uuid: a.map(asciiLower) == b.map(asciiLower)  // case does not matter
    case .timestamp, .timestamptz:
      zip(a, b).enumerated().allSatisfy {
        $1.0 == $1.1 || $0 == 10 && asciiLower($1.1) == UInt8(ascii: "t") || $0 == 10 && $1.1 == UInt8(ascii: " ")
      }
    case .interval: a.elementsEqual(b) { $0 == $1 || $0 == UInt8(ascii: "0") && $1 == UInt8(ascii: "+") }
    default: false
    }
  }

  @Test(arguments: samples.indices) func oneByte(_ index: Int) throws {
    let (type, value) = Self.samples[index]
    let (kind, bytes) = try #require(value.content)
    let columns = [Column("id", .int64), Column("c", type)]
    func held(_ bytes: [UInt8]) -> Value {
      switch kind {
      case .bytes: .bytes(bytes)
      case .json: .json(String(decoding: bytes, as: UTF8.self))
      case .number: .number(String(decoding: bytes, as: UTF8.self))
      default: .raw(bytes)
      }
    }
    // Among other rows: the sums must not hide it.
    func digest(_ value: Value) throws -> TableDigest {
      try RecordsTests.digest(columns, [[.integer(1), .null], [.integer(2), value], [.integer(3), held(bytes)]])
    }
    let original = try digest(held(bytes))
    for at in bytes.indices {
      for byte in kind == .bytes || kind == .text ? Array(UInt8.min...255) : Array(0x20...0x7E) where byte != bytes[at]
      {
        var changed = bytes
        changed[at] = byte
        if Self.isEquivalent(type, bytes, changed) { continue }
        let isEqual = try digest(held(changed)) == original
        if isEqual { Issue.record("\(type.word): byte \(byte) at \(at) does not show") }
      }
    }
  }
}
