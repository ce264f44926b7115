internal import Bytes

/// Kinds whose owner statement names them by schema and tag.
private let named: Set<Name> = [
  "COLLATION", "CONVERSION", "DATABASE", "DOMAIN", "EVENT TRIGGER", "FOREIGN DATA WRAPPER", "FOREIGN TABLE",
  "MATERIALIZED VIEW", "PROCEDURAL LANGUAGE", "PUBLICATION", "SCHEMA", "SEQUENCE", "SERVER", "STATISTICS",
  "SUBSCRIPTION",
  "TABLE", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY", "TYPE", "VIEW",
]
/// Kinds that need arguments or more, which their DROP statement has.
private let described: Set<Name> = [
  "AGGREGATE", "FUNCTION", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY", "PROCEDURE",
]
/// Kinds that older programs address as tables.
private let likeTables: Set<Name> = ["MATERIALIZED VIEW", "SEQUENCE", "VIEW"]

extension ArchiveScript {
  /// `ALTER … OWNER TO`, in the form of the program that wrote the archive; nil for what has no owner of its own.
  func ownerStatement(_ entry: TOCEntry) -> [UInt8]? {
    guard let owner = entry.owner, !owner.isEmpty, !entry.dropStmt.isEmpty else { return nil }
    let end = Array(" OWNER TO ".utf8) + quoted(owner) + Array(";\n".utf8)
    var start = Array("ALTER ".utf8)
    if entry.desc == "BLOB METADATA" {
      return perObject(entry, Array("ALTER LARGE OBJECT ".utf8), end)
    } else if entry.desc == "BLOB" {
      start += Array("LARGE OBJECT ".utf8) + entry.tag.bytes
    } else if described.contains(entry.desc), entry.dropStmt.starts(with: "DROP ".utf8) {
      var object = entry.dropStmt.dropFirst(5)
      while let last = object.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: ";") { object.removeLast() }
      start += object
    } else if named.contains(entry.desc) {
      let isTable = likeTables.contains(entry.desc) && !archive.header.isAtLeast(15)
      start += (isTable ? "TABLE" : entry.desc).bytes + [UInt8(ascii: " ")]
      if let namespace = entry.namespace, !namespace.isEmpty { start += quoted(namespace) + [UInt8(ascii: ".")] }
      start += quoted(entry.tag)
    } else {
      return nil
    }
    return start + end + [UInt8(ascii: "\n")]
  }

  /// A statement for each object of a `BLOB METADATA` entry, and an empty line.
  func perObject(_ entry: TOCEntry, _ before: [UInt8], _ after: [UInt8]) -> [UInt8] {
    var statements: [UInt8] = []
    for line in entry.defn.split(separator: UInt8(ascii: "\n")) where decimalNumber(Array(line)) != nil {
      statements += before + line + after
    }
    return statements + [UInt8(ascii: "\n")]
  }

  mutating func appendPerObject(_ entry: TOCEntry, _ before: String, _ after: String) {
    text.append(perObject(entry, Array(before.utf8), Array(after.utf8)))
  }

  /// The entry whose objects a grant on several large objects is for.
  func objectList(of entry: TOCEntry) -> TOCEntry? {
    guard let first = entry.dependencies.first else { return nil }
    return archive.entries.first { $0.dumpId == first && $0.desc == "BLOB METADATA" }
  }

  /// Writes each grant, which names one object, for all objects of a list.
  mutating func appendGrants(_ entry: TOCEntry, _ list: TOCEntry) {
    let mark = Array("LARGE OBJECT ".utf8)
    var from = 0, quotes = false
    for i in entry.defn.indices {
      let byte = entry.defn[i]
      if byte == UInt8(ascii: "\"") { quotes.toggle() }
      guard byte == UInt8(ascii: ";"), !quotes else { continue }
      let statement = Array(entry.defn[from...i])
      from = i + 1
      guard let at = firstOffset(of: mark.span, in: statement.span) else {
        text.append(statement + [UInt8(ascii: "\n")])
        continue
      }
      let rest = statement[(at + mark.count)...].drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let start = statement[..<(at + mark.count)].drop { $0 == UInt8(ascii: "\n") }
      text.append(perObject(list, Array(start), rest + [UInt8(ascii: "\n")]))
    }
  }
}

/// A name as SQL spells it: in quotes unless it is plain and no keyword.
func quoted(_ name: Name) -> [UInt8] {
  let bytes = name.bytes
  func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
  }
  let isPlain =
    bytes.first.map(isLetter) == true
    && bytes.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  if isPlain && !keywords.contains(name) { return bytes }
  let quote = UInt8(ascii: "\"")
  return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
}
