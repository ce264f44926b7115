import Bytes
import Records
import TestSupport

/// Columns of every type, and values of each that every target has to carry.
struct GeneratedColumn: Sendable {
  let name: Name
  let type: LogicalType
  let values: [TestValue]

  init(_ name: Name, _ type: LogicalType, _ values: [TestValue]) {
    self.name = name
    self.type = type
    self.values = values
  }

  static func text(_ value: String) -> TestValue { TestValue.text(Array(value.utf8)) }
  static func integer(_ value: Int) -> TestValue { TestValue.integer(Int64(value)) }
  static func real(_ value: Double) -> TestValue { TestValue.double(value.bitPattern) }

  private static func texts(_ name: Name, _ type: LogicalType, _ values: [String]) -> GeneratedColumn {
    GeneratedColumn(name, type, values.map(text))
  }
  private static func numbers(_ name: Name, _ type: LogicalType, _ values: [String]) -> GeneratedColumn {
    GeneratedColumn(name, type, values.map { TestValue.number($0) })
  }
  private static func documents(_ name: Name, _ type: LogicalType, _ values: [String]) -> GeneratedColumn {
    GeneratedColumn(name, type, values.map { TestValue.json($0) })
  }

  static let all: [GeneratedColumn] = {
    var all: [GeneratedColumn] = []
    all.append(GeneratedColumn("flag", .boolean, [TestValue.boolean(true), TestValue.boolean(false)]))
    all.append(GeneratedColumn("small", .int32, [Int(Int32.max), Int(Int32.min), 0, 7].map(integer)))
    all.append(GeneratedColumn("large", .int64, [Int.max, Int.min, 0, 1 << 53].map(integer)))
    all.append(numbers("price", .decimal(precision: 12, scale: 2), ["9999999999.99", "-0.10", "1.50"]))
    all.append(
      numbers(
        "exact", .decimal,
        ["0.1234567890123456789012345678901234567890", "-170141183460469231731687303715884105727"]))
    let reals: [Double] = [0.1, 1e300, -Double.leastNonzeroMagnitude, 1.7976931348623157e308, 3]
    all.append(GeneratedColumn("real", .float64, reals.map(real)))
    all.append(
      texts(
        "word", .text, ["", "plain", "Größe", "日本 🙂", "it's \"so\"", "a\tb\nc\\d", "{\"a\": 1}", "NULL", "\\N"]))
    let labels = ["low", "high, or so", "it's"]
    all.append(texts("label", .enumeration(labels), labels))
    all.append(
      texts("token", .uuid, ["00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"]))
    all.append(texts("day", .date, ["0001-01-01", "9999-12-31", "2024-02-29"]))
    all.append(texts("clock", .time, ["00:00:00", "23:59:59.999999", "12:30:45.5"]))
    all.append(
      texts("local", .timestamp, ["0001-01-01 00:00:00", "2024-02-29 13:14:15.123456", "9999-12-31 23:59:59"]))
    all.append(
      texts(
        "moment", .timestamptz,
        ["2024-02-29T13:14:15.123456Z", "1969-12-31T23:59:59+05:30", "2024-07-01T00:00:00-11:00"]))
    all.append(texts("span", .interval, ["1 day 02:03:04.000005", "-00:00:01", "400 days"]))
    all.append(
      documents(
        "facts", .json,
        [
          #"{"a": [1, 2.5, null, {"b": "é"}], "c": {}}"#, "[]", "true", "-12.75", #""text""#,
          #"{"big": 12345678, "deep": [[[[1]]]]}"#,
        ]))
    let photos: [[UInt8]] = [[], [0, 1, 0xFF, 0xFE], Array(0...255)]
    all.append(GeneratedColumn("photo", .bytes, photos.map { TestValue.bytes($0) }))
    all.append(documents("numbers", .array(.int32), ["[1, 2, -3]", "[]", "[null, 4]"]))
    all.append(documents("words", .array(.text), [#"["a", "", "b\"c", "NULL", "{x,y}"]"#, "[]"]))
    return all
  }()
}
