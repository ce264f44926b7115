import Glibc

/// Writes a file through a buffer; any failure ends the program.
struct Output: ~Copyable {
  private let file: UnsafeMutablePointer<FILE>
  private(set) var byteCount = 0

  init(_ path: String) {
    guard let file = fopen(path, "w") else { fail("cannot create \(path)") }
    setvbuf(file, nil, _IOFBF, 1 << 20)
    self.file = file
  }
  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 {
      byteCount += $0.count
      if fwrite($0.baseAddress, 1, $0.count, file) != $0.count { fail("cannot write") }
    }
  }
  consuming func close() {
    if fclose(file) != 0 { fail("cannot write") }
  }
}

func fail(_ message: String) -> Never {
  var text = "generate: \(message)\n"
  text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  exit(1)
}

/// A JSON string literal; `ascii` escapes all that is not ASCII, as old programs do.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

/// A date in the years from 2020 on, without leap-day subtleties: months have 28 days here.
struct Moment {
  var year, month, day, hour, minute, second, millisecond: Int
  init(_ random: inout Random, years: ClosedRange<Int> = 2021...2025) {
    year = years.lowerBound + random.below(years.count)
    month = 1 + random.below(12)
    day = 1 + random.below(28)
    hour = random.below(24)
    minute = random.below(60)
    second = random.below(60)
    millisecond = random.below(1000)
  }
  var date: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
  var clock: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }
  /// As Django's dumpdata prints it: milliseconds, left out when they are none.
  var django: String { date + "T" + clock + (millisecond == 0 ? "Z" : ".\(padded(millisecond, 3))Z") }
}
