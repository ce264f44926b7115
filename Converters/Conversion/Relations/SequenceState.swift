internal import Bytes
internal import Records

/// Where a sequence stands, from the attributes of its object.
struct SequenceState: Sendable {
  var name: Name
  /// The column it fills.
  var table: Name
  var column: Name
  /// The value it gives next; nil when that is beyond 64 bits.
  var next: Int64?

  /// Nil when the object does not say where it stands or what it fills, and for sequences that count down.
  init?(_ object: SchemaObject) {
    guard let owner = object.attribute("owned-by"), let (table, column) = Self.columnName(owner),
      let last = object.attribute("last-value").flatMap({ canonicalInteger($0.span) })
    else { return nil }
    let increment = object.attribute("increment").flatMap { canonicalInteger($0.span) } ?? 1
    guard increment > 0 else { return nil }
    name = object.name
    self.table = table
    self.column = column
    let isCalled = object.attribute("is-called").map {
      !["f", "false", "no"].contains(String(decoding: $0, as: UTF8.self))
    }
    let (sum, isTooLarge) = last.addingReportingOverflow(isCalled ?? true ? increment : 0)
    next = isTooLarge ? nil : sum
  }

  /// Table and column of `table.column`, `public.table.column` or `"quoted"."names"`; the usual schema is left out.
  static func columnName(_ text: [UInt8]) -> (table: Name, column: Name)? {
    var parts: [[UInt8]] = [[]], isQuoted = false, at = 0
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\"") {
        // Two quotes within quotes are one.
        if isQuoted, at + 1 < text.count, text[at + 1] == byte {
          parts[parts.count - 1].append(byte)
          at += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == UInt8(ascii: "."), !isQuoted {
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
      at += 1
    }
    if parts.count > 2, parts[0] == Array("public".utf8) { parts.removeFirst() }
    guard parts.count > 1, let column = parts.popLast(), !column.isEmpty else { return nil }
    return (Name(Array(parts.joined(separator: [UInt8(ascii: ".")]))), Name(column))
  }
}
