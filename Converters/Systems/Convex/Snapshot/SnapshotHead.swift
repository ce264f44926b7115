internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Records

/// What the first bytes of the files of an export say.
enum SnapshotHead {
  /// First line of the file that every export begins with.
  static let greeting = Array("# Welcome to your Convex snapshot export!".utf8)

  static func isGreeting(_ head: [UInt8]) -> Bool { head.starts(with: greeting) }

  /// Whether the lines are tables with their numbers: `{"name":"messages","id":10001}`.
  static func listsTables(_ head: [UInt8]) -> Bool {
    guard let first = wholeLines(head).first else { return false }
    return table(first) != nil
  }

  /// Table and number that a line lists.
  static func table(_ line: ArraySlice<UInt8>) -> (name: Name, number: UInt32)? {
    let members = jsonMembers(Array(line))
    guard let name = members.first(where: { $0.name == "name" })?.value,
      let digits = members.first(where: { $0.name == "id" })?.value, let number = Int64(digits: digits.span),
      let number = UInt32(exactly: number), number > 0, !name.isEmpty
    else { return nil }
    return (Name(name), number)
  }

  /// Whether the first line is one JSON string, as the shape of a table is.
  static func isShape(_ head: [UInt8]) -> Bool { shape(head) != nil }

  /// The text that the first line holds; nil when it is none or goes beyond the head.
  static func shape(_ head: [UInt8]) -> [UInt8]? {
    let line = Array(trimmed(head.prefix { $0 != UInt8(ascii: "\n") }))
    guard line.count > 2, line[0] == UInt8(ascii: "\"") else { return nil }
    return jsonTexts([UInt8(ascii: "[")] + line + [UInt8(ascii: "]")]).first
  }

  /// Whether the lines describe stored files.
  static func listsFiles(_ head: [UInt8]) -> Bool {
    guard let first = wholeLines(head).first else { return false }
    let members = jsonMembers(Array(first))
    guard let id = members.first(where: { $0.name == "_id" })?.value, ConvexID.tableNumber(of: id.span) != nil,
      let hash = members.first(where: { $0.name == "sha256" })?.value
    else { return false }
    return SnapshotStorage.digest(hash) != nil
  }

  /// Lines of a head without the one that its end may cut off.
  static func wholeLines(_ head: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines = head.split(separator: UInt8(ascii: "\n"))
    if head.last != UInt8(ascii: "\n"), head.count >= 1 << 16 { lines.removeLast() }
    return lines
  }
}
